from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.milestones.services.batch_run import batches_run


class Command(BaseCommand):
    help = "Go on with the batches that wait, for at most so many seconds. A timer starts it every few seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=20)

    def handle(self, *args: Any, seconds: float, **options: Any) -> None:
        chunks = batches_run(seconds=seconds)
        if chunks and options["verbosity"] > 1:
            self.stdout.write(f"{chunks} chunks of batches taken")
