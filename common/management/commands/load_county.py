from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from common.county import County, CountyError
from common.report import Report
from common.rooms import room_modules


class Command(BaseCommand):
    help = "Load a county from its folder: every room loads its part, all or nothing. Loading again only adds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", help="the folder with county.toml, such as data/nanhua")

    def handle(self, *args: Any, folder: str, verbosity: int, **options: Any) -> None:
        report = Report(self.stdout if verbosity else None)  # type: ignore[arg-type]
        try:
            county = County(folder)
            with transaction.atomic():
                for room in room_modules("loading"):
                    room.load(county, report)
        except CountyError as error:
            raise CommandError(f"{folder}: {error}\nNothing was changed.") from error
        report.step("county loaded")
