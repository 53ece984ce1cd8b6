"""What a long command tells the person who waits for it."""

import time
from dataclasses import dataclass, field
from typing import TextIO
from unicodedata import east_asian_width


@dataclass
class Report:
    """Progress lines and demo accounts.

    `out` is the stream to write to (None: keep quiet, as tests do). Accounts are gathered and printed together at the
    end as `accounts_table`.
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

    def accounts_table(self) -> str:
        """The demo accounts in columns, a line each: role, e-mail, password."""
        widths = [max(map(_columns, column)) for column in zip(*self.accounts, strict=True)]
        return "".join(
            "  ".join(
                cell + " " * (width - _columns(cell)) for cell, width in zip(account, widths, strict=True)
            ).rstrip()
            + "\n"
            for account in self.accounts
        )


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes: a Chinese character is two wide."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
