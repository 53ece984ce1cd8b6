from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.core.agreement import disagreements


class Command(BaseCommand):
    help = "Prove that open tasks and open work items agree, and that every step has a deadline. Exit status 1 if not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = disagreements()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} disagreement(s).")
        self.stdout.write("Tasks and work items agree.")
