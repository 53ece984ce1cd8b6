"""What the search remembers: the text of attached files, and what people looked for in vain."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExtractedText(models.Model):
    """The text of one file, as far as it could be read (search/extraction.py)."""

    class State(models.TextChoices):
        READ = "read", _("Read")
        CUT = "cut", _("Read in part")
        EMPTY = "empty", _("No text in it")
        BROKEN = "broken", _("Could not be read")
        OTHER = "other", _("Not a kind of file that is read")

    document = models.OneToOneField(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, models.CASCADE, related_name="extracted_text", verbose_name=_("file")
    )
    file_name = models.CharField(_("file name"), max_length=255)  # a new upload has a new name: then it is read again
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    text = models.TextField(_("text"), blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("read at"), auto_now=True)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")

    def __str__(self) -> str:
        return self.file_name


class MissedSearch(models.Model):
    """How often a search found nothing on one day. Nothing about who asked is kept (docs/search.md)."""

    day = models.DateField(_("day"))
    text = models.CharField(_("searched for"), max_length=100)
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        constraints = [models.UniqueConstraint(fields=["day", "text"], name="search_missed_once_a_day")]

    def __str__(self) -> str:
        return self.text
