from typing import Any

from django.core.management.base import BaseCommand

from workflows.acceptance.dossiers import dossiers_make


class Command(BaseCommand):
    help = "Make the acceptance dossiers that were asked for."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if made := dossiers_make():
            self.stdout.write(f"{made} dossiers made")
