"""The catalogue 公文目录, the organs it holds, and the index numbers 索引号 given out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from pages.core.models import BasePage

from ..numbers import LAST_SERIAL
from ..permissions import DocumentPermissionTester


class Catalogue(models.Model):
    """A branch of the document catalogue 公文目录: a small tree that readers browse by (R05)."""

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address part"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    # A handful of entries: a plain list is quicker than Wagtail's window, and takes bad input calmly.
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("parent", widget=forms.Select),
        FieldPanel("position"),
    ]

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="disclosure_catalogue_name_once"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")), name="disclosure_catalogue_no_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("An entry cannot lie below itself.")})
            above = above.parent


class IndexNumber(models.Model):
    """An index number 索引号 given out. Rows are never deleted, so that no number is used twice (R04)."""

    office = models.ForeignKey("network.Office", models.PROTECT, related_name="index_numbers", verbose_name=_("office"))
    day = models.DateField(_("day of entry"))
    serial = models.PositiveSmallIntegerField(_("serial number of the day"))

    class Meta:
        verbose_name = _("index number")
        verbose_name_plural = _("index numbers")
        constraints = [
            models.UniqueConstraint(fields=["office", "day", "serial"], name="disclosure_index_number_once"),
            models.CheckConstraint(
                condition=Q(serial__gte=1, serial__lte=LAST_SERIAL), name="disclosure_index_number_serial"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office.disclosure_letters}/{self.number}"

    @property
    def number(self) -> str:
        """The part after the slash, which is the page's address: 2023-1027116."""
        return f"{self.day:%Y-%m%d}{self.serial:03}"


class DisclosureIndexPage(BasePage):
    """The catalogue of public documents at /disclosure/."""

    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    template = "disclosure/catalogue.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["disclosure.OrganPage"]

    class Meta:
        verbose_name = _("disclosure catalogue")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from ..selectors import catalogue_listing

        return super().get_context(request, *args, **kwargs) | {"listing": catalogue_listing(request.GET)}


class OrganPage(BasePage):
    """One organ's documents. Its address part is the organ's letters, as index numbers have them: nhx- (R04)."""

    office = models.OneToOneField(
        "network.Office", models.PROTECT, related_name="disclosure_page", verbose_name=_("office")
    )

    content_panels = [*Page.content_panels, FieldPanel("office")]
    template = "disclosure/catalogue.html"
    parent_page_types = ["disclosure.DisclosureIndexPage"]
    subpage_types = ["disclosure.DocumentPage"]

    class Meta:
        verbose_name = _("organ's documents")
        verbose_name_plural = _("organs' documents")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and not self.slug:
            self.slug = self.office.disclosure_letters
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.office_id and self.slug != self.office.disclosure_letters:
            message = _("The address part is the office's disclosure letters, “%(letters)s”, and stays.")
            raise ValidationError({"slug": message % {"letters": self.office.disclosure_letters}})

    def permissions_for_user(self, user: Any) -> DocumentPermissionTester:
        return DocumentPermissionTester(user, self, self.office)

    def can_move_to(self, parent: Page) -> bool:
        """Never: the address is quoted elsewhere and stays."""
        return False

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from ..selectors import catalogue_listing

        listing = catalogue_listing(request.GET, organ_page=self)
        return super().get_context(request, *args, **kwargs) | {"listing": listing}
