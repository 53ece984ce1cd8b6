"""What comes with a document: annexes 附件, the documents it rests on, files."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable

from ..blocks import DocumentBody
from ..numbers import DocumentNumberField
from .documents import DocumentPage


class Annex(Orderable):
    """What a document brings into force or carries with it 附件: an object of its own, linked to the document (R14)."""

    page = ParentalKey(DocumentPage, on_delete=models.CASCADE, related_name="annexes")
    title = models.CharField(_("title"), max_length=200)
    body = StreamField(DocumentBody(), verbose_name=_("text"), blank=True)

    panels = [FieldPanel("title"), FieldPanel("body")]

    class Meta(Orderable.Meta):
        verbose_name = _("annex")
        verbose_name_plural = _("annexes")

    def __str__(self) -> str:
        return self.title


class BasisDocument(Orderable):
    """A superior document that a document rests on, with the organs that issued it jointly (R15)."""

    page = ParentalKey(DocumentPage, on_delete=models.CASCADE, related_name="bases")
    number = DocumentNumberField(_("document number"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    issuers = models.TextField(_("issuing organs"), blank=True, help_text=_("One a line."))
    link = models.URLField(_("link"), blank=True)

    panels = [FieldPanel("number"), FieldPanel("title"), FieldPanel("issuers"), FieldPanel("link")]

    class Meta(Orderable.Meta):
        verbose_name = _("document it rests on")
        verbose_name_plural = _("documents it rests on")

    def __str__(self) -> str:
        return self.number

    @property
    def issuer_names(self) -> list[str]:
        """The organs, one an entry."""
        return [name.strip() for name in self.issuers.splitlines() if name.strip()]


class Attachment(Orderable):
    """A file that readers can take with them: the signed original, a form."""

    page = ParentalKey(DocumentPage, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey("pages_core.SiteDocument", models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=200, blank=True, help_text=_("Empty: the file's own title."))

    panels = [FieldPanel("document"), FieldPanel("title")]

    class Meta(Orderable.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.title or self.document.title
