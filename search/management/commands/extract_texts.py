"""Read the text of new files, and index anew what carries them. Run by the timers; also drops old counts."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from search.attachments import extract, unread
from search.indexing import index_carriers
from search.models import ExtractedText
from search.services import missed_search_forget


class Command(BaseCommand):
    help = "Read the text of files that were uploaded since the last run, so that it can be searched."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read one file after the other; a broken one is told and passed over."""
        for document in unread():
            found = extract(document)
            index_carriers(document)
            if found.state == ExtractedText.State.BROKEN:
                self.stderr.write(f"{found.file_name}: {found.problem}")
            elif options["verbosity"] > 1:
                self.stdout.write(f"{found.file_name}: {found.get_state_display()}")
        missed_search_forget(today=timezone.localdate())
