"""manage.py import_notice FILE."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pages.disclosure.parsing import NoticeError
from pages.disclosure.services import notice_import

LARGEST = 5 * 1024 * 1024  # the longest real notice has about 20 KB of text


class Command(BaseCommand):
    """A thin face of `notice_import`. Exit code 0 where the document is there afterwards, 1 where it is not."""

    help = "Import a disclosure page that was saved as text (UTF-8 or GBK)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the saved page, for example data/nanhua/notice_2019_11.txt")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            imported = notice_import(raw=self.read(file))
        except NoticeError as error:
            raise CommandError(
                _("%(file)s: %(error)s Nothing was imported.") % {"file": file, "error": error}
            ) from error
        page = imported.page
        for warning in imported.warnings:
            self.stderr.write(self.style.WARNING(_("Warning: %(text)s") % {"text": warning}))
        if not imported.created:
            message = _("%(number)s is already there: nothing was changed.")
        elif page.live:
            message = _("%(number)s was imported and published: %(title)s")
        else:
            message = _("%(number)s was imported as a draft, not published: %(title)s")
        self.stdout.write(message % {"number": page.index_number, "title": page.title})

    def read(self, file: Path) -> bytes:
        """The bytes of `file`. Raises CommandError with a sentence a clerk understands."""
        if not file.exists():
            raise CommandError(_("%(file)s: there is no such file.") % {"file": file})
        if not file.is_file():
            raise CommandError(_("%(file)s is not a file.") % {"file": file})
        if file.stat().st_size > LARGEST:
            raise CommandError(_("%(file)s is too large for a page saved as text.") % {"file": file})
        try:
            return file.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
            ) from error
