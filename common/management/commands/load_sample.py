from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from common.report import Report
from common.rooms import room_modules


class Command(BaseCommand):
    help = "Load sample data, marked as such everywhere, with demo accounts; --remove takes all of it away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take the sample data away")
        parser.add_argument("--accounts", type=Path, metavar="FILE", help="write the demo accounts into this file too")

    def handle(self, *args: Any, remove: bool, accounts: Path | None, verbosity: int, **options: Any) -> None:
        report = Report(self.stdout if verbosity else None)  # type: ignore[arg-type]
        rooms = list(room_modules("sample"))
        with transaction.atomic():
            if remove:
                for room in reversed(rooms):
                    room.remove(report)
            else:
                for room in rooms:
                    room.load(report)
        report.step("sample data removed" if remove else "sample data loaded")
        if verbosity:
            self.stdout.write(report.accounts_table())
        if accounts:
            accounts.write_text(report.accounts_table(), encoding="utf-8")
