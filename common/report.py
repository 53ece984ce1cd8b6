"""What a long command tells the person who waits for it."""

import time
from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class Report:
    """Progress lines and demo accounts.

    `out` is the stream to write to (None: keep quiet, as tests do). Accounts are gathered and printed together at the
    end by `print_accounts`.
    """

    out: TextIO | None = None
    accounts: list[tuple[str, str, str]] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    def step(self, text: str) -> None:
        """Say what was just done or is about to be done, with the seconds since the start."""
        if self.out:
            self.out.write(f"{time.monotonic() - self._since:6.1f} s  {text}\n")
            self.out.flush()

    def account(self, role: str, email: str, password: str) -> None:
        """Remember a demo account: whose role it plays and how to sign in."""
        self.accounts.append((role, email, password))

    def print_accounts(self) -> None:
        """Print the demo accounts as a table."""
        if not self.out or not self.accounts:
            return
        widths = [max(len(account[column]) for account in self.accounts) for column in range(3)]
        for account in self.accounts:
            self.out.write("  ".join(cell.ljust(width) for cell, width in zip(account, widths, strict=True)) + "\n")
