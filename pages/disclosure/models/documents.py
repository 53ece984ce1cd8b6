"""A government document 公文 and whether the public may read it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.actions.publish_page_revision import PublishPagePermissionError
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester, Revision
from wagtail.search import index

from common.jsonld import json_ld
from common.searchable import Searchable, SearchCard, SearchKind
from pages.core.blocks import files_in
from pages.core.models import BasePage

from ..blocks import DocumentBody
from ..forms import DocumentPageForm
from ..numbers import DocumentNumberField
from ..outline import outline, plain_text
from ..permissions import DocumentPermissionTester
from .catalogue import Catalogue, IndexNumber

DOCUMENT_NUMBER_TAKEN = _("Another document has this number.")
TIMER = "wagtail.publish.scheduled"  # what manage.py publish_scheduled calls its publishing


class Decision(models.TextChoices):
    """Whether the public may read a document, settled before it is signed (Regulations on Open Government, 15–19)."""

    UNDECIDED = "", _("Not decided")
    OPEN = "open", _("Open to the public 公开")
    ON_REQUEST = "on_request", _("On request 依申请公开")
    CLOSED = "closed", _("Not open 不公开")


class PublicationRefusedError(PublishPagePermissionError):
    """A document may not be published; `problems` says why, by field.

    A kind of PermissionDenied, so that every caller of Wagtail's (workflow, API) answers it politely.
    """

    def __init__(self, problems: dict[str, Any]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems.values()))
        self.problems = problems


class DocumentPage(Searchable, BasePage):
    """A government document 公文 with its eight header fields, its text, annexes and attachments.

    The index number is given on the first save, is the page's address and never changes (R04). Nothing is published
    unless it is decided that the public may read it, and on what basis (R13).
    """

    index_number = models.OneToOneField(
        IndexNumber, models.PROTECT, related_name="document", editable=False, verbose_name=_("index number")
    )
    catalogue = models.ForeignKey(
        Catalogue,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("catalogue"),
        help_text=_("公文目录: where readers find it when they browse."),
    )
    issuer = models.ForeignKey(
        "network.Office",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("issuing organ"),
        help_text=_("发文机关."),
    )
    made_on = models.DateField(
        _("date made"),
        null=True,
        blank=True,
        help_text=_("成文日期: the day it was signed, as at the end of the text."),
    )
    document_number = DocumentNumberField(
        _("document number"),
        max_length=60,
        blank=True,
        help_text=_("发文字号, as in 南政办通〔2019〕11号. Brackets and widths are put right for you."),
    )
    subject_words = models.CharField(
        _("subject words"), max_length=120, blank=True, help_text=_("主题词: only older documents have them.")
    )
    published_on = models.DateField(
        _("published on"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("发布日期: left empty, it becomes the day of publication."),
    )
    paper_title = models.CharField(
        _("title on the paper"),
        max_length=200,
        blank=True,
        help_text=_("With the organ's name before it, where the paper has it."),
    )
    addressees = models.CharField(
        _("addressees"), max_length=400, blank=True, help_text=_("主送机关, as the paper has them, with the colon.")
    )
    remark = models.CharField(
        _("remark"), max_length=60, blank=True, help_text=_("附注 under the date: (此件公开发布).")
    )
    decision = models.CharField(
        _("decision"),
        max_length=12,
        choices=Decision.choices,
        default=Decision.UNDECIDED,
        blank=True,
        help_text=_("Only a document that is open to the public can be published."),
    )
    decision_basis = models.CharField(
        _("basis of the decision"),
        max_length=300,
        blank=True,
        help_text=_("What it rests on: the remark on the document, or the article of the Regulations."),
    )
    body = StreamField(DocumentBody(), verbose_name=_("text"), blank=True)

    base_form_class = DocumentPageForm
    template = "disclosure/document.html"
    parent_page_types = ["disclosure.OrganPage"]
    subpage_types: list[str] = []

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("catalogue", widget=forms.Select),
                FieldPanel("issuer"),
                FieldPanel("made_on"),
                FieldPanel("document_number"),
                FieldPanel("subject_words"),
                FieldPanel("published_on"),
            ],
            heading=_("Header"),
        ),
        MultiFieldPanel(
            [FieldPanel("decision"), FieldPanel("decision_basis"), FieldPanel("remark")],
            heading=_("May the public read it?"),
        ),
        MultiFieldPanel([FieldPanel("paper_title"), FieldPanel("addressees")], heading=_("Above the text")),
        FieldPanel("body"),
        InlinePanel("annexes", heading=_("Annexes"), label=_("Annex")),
        InlinePanel("bases", heading=_("Documents it rests on"), label=_("Document")),
        InlinePanel("attachments", heading=_("Files"), label=_("File")),
    ]
    # No slug here: the address is the index number.
    promote_panels = [FieldPanel("seo_title"), FieldPanel("search_description")]

    search_fields = [
        *Page.search_fields,
        index.SearchField("document_number"),
        index.SearchField("subject_words"),
        index.SearchField("body"),
        index.SearchField("header_texts"),
        index.AutocompleteField("document_number"),
        index.RelatedFields("annexes", [index.SearchField("title"), index.SearchField("body")]),
        index.FilterField("catalogue"),
        index.FilterField("issuer"),
        index.FilterField("published_on"),
    ]

    search_kind = SearchKind(
        "documents", pgettext_lazy("government", "Documents"), order=30, date_field="published_on", filter_by_date=True
    )

    class Meta:
        verbose_name = pgettext_lazy("government", "document")
        verbose_name_plural = pgettext_lazy("government", "documents")
        constraints = [
            models.UniqueConstraint(
                fields=["document_number"],
                condition=~Q(document_number=""),
                name="disclosure_document_number_once",
                violation_error_message=DOCUMENT_NUMBER_TAKEN,
            )
        ]

    @transaction.atomic
    def save(self, clean: bool = True, **kwargs: Any) -> None:
        if self._state.adding and self.index_number_id is None:
            from ..services import index_number_allot

            self.index_number = index_number_allot(office=self.get_parent().specific.office)
        if self._state.adding:
            self.slug = self.index_number.number
        if self.live and clean and (problems := self.publication_problems()):
            raise ValidationError(problems)
        super().save(clean=clean, **kwargs)

    def clean(self) -> None:
        super().clean()
        self._keep_address()
        others = DocumentPage.objects.filter(document_number=self.document_number).exclude(pk=self.pk)
        if self.document_number and others.exists():  # beside the field, where the constraint would speak of the page
            raise ValidationError({"document_number": DOCUMENT_NUMBER_TAKEN})

    def minimal_clean(self) -> None:
        super().minimal_clean()
        self._keep_address()

    def _keep_address(self) -> None:
        if self.index_number_id and self.slug and self.slug != self.index_number.number:
            raise ValidationError(_("The index number is the document's address: it does not change."))

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        parent = self.get_parent() if self.path else None  # none while the page is being written for the first time
        if parent is None:
            return super().permissions_for_user(user)
        return DocumentPermissionTester(user, self, parent.specific.office)

    def can_move_to(self, parent: Page) -> bool:
        """Never to another organ: the organ's letters are part of the index number."""
        return False

    def publication_problems(self) -> dict[str, Any]:
        """Why the public may not read this document, by field; empty if it may (R13)."""
        problems: dict[str, Any] = {}
        if self.decision != Decision.OPEN:
            problems["decision"] = _("Only a document that is decided to be open to the public can be published.")
        elif not self.decision_basis.strip():
            problems["decision_basis"] = _("Name the basis on which the document is open to the public.")
        if not self.catalogue_id:
            problems["catalogue"] = _("Choose where in the catalogue readers find the document.")
        if not self.issuer_id:
            problems["issuer"] = _("Choose the organ that issues the document.")
        return problems

    def publish(
        self, revision: Revision, user: Any = None, changed: bool = True, log_action: Any = True, **kwargs: Any
    ):
        """Publish or schedule `revision`, whoever asks: editor, workflow, service, timer.

        Raises PublicationRefusedError unless the revision says that the document is open to the public, and why. The
        timer only loses its schedule: one document must not stop the others.
        """
        draft = revision.as_object()
        if problems := draft.publication_problems():
            if log_action == TIMER:
                from ..services import schedule_cancel

                return schedule_cancel(revision=revision, reason=" ".join(map(str, problems.values())))
            raise PublicationRefusedError(problems)
        if draft.published_on is None:
            known = DocumentPage.objects.values_list("published_on", flat=True).get(pk=self.pk)
            day = timezone.localdate(draft.go_live_at) if draft.go_live_at else timezone.localdate()
            revision.content["published_on"] = (known or max(day, timezone.localdate())).isoformat()
            revision.save(update_fields=["content"])
        return super().publish(revision, user=user, changed=changed, log_action=log_action, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from ..structured import document_data

        attachments, annexes, bases = (list(rows.all()) for rows in (self.attachments, self.annexes, self.bases))
        models.prefetch_related_objects(attachments, "document")
        if self.index_number_id:  # not yet in the first preview
            self.index_number = IndexNumber.objects.select_related("office").get(pk=self.index_number_id)
        return super().get_context(request, *args, **kwargs) | {
            "outline": outline(self.body, annexes),
            "attachments": attachments,
            "bases": bases,
            "structured": json_ld(document_data(self, request, annexes=annexes, bases=bases)),
        }

    @classmethod
    def searchable(cls) -> QuerySet:
        """The public documents, with what a hit shows of each."""
        return super().searchable().select_related("issuer").prefetch_related("annexes")

    def search_card(self, request: HttpRequest) -> SearchCard:
        """This document as a hit: what was found in its text or in an annex."""
        texts = [plain_text(self.body), *(plain_text(annex.body) for annex in self.annexes.all())]
        note = " · ".join(filter(None, [self.issuer.short_name if self.issuer else "", self.document_number]))
        return SearchCard(self.title, self.get_url(request) or "", texts=texts, note=note, date=self.published_on)

    def header_texts(self) -> list[str]:
        """What stands around the text, as readers may quote it."""
        issuer = [self.issuer.name, self.issuer.short_name] if self.issuer else []
        return [str(self.index_number), self.paper_title, self.addressees, self.remark, *issuer]

    def search_documents(self) -> list[Any]:
        return [*files_in(self.body), *(attachment.document for attachment in self.attachments.all())]

    @property
    def summary(self) -> str:
        """One sentence for search engines and lists."""
        made = date_format(self.made_on, "Y-m-d") if self.made_on else ""
        return " · ".join(filter(None, [self.title, self.document_number, made]))

    @property
    def official_title(self) -> str:
        """The title as the paper has it."""
        return self.paper_title or self.title
