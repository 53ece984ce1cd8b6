from typing import Any

from django.core.management.base import BaseCommand

from workflows.milestones.services.batch_purge import batches_purge


class Command(BaseCommand):
    help = "Delete forgotten drafts of batches, and spreadsheets of those that are over, after BATCH_KEEP_DAYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{batches_purge()} batches purged")
