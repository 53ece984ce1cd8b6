"""Offices 机关: they hold posts, decide cases and issue documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Office(models.Model):
    """An organ 机关 that issues and decides: bureau, county government office, township government, superior."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("Culture and tourism bureau")
        COUNTY_OFFICE = "county_office", _("County government office")
        TOWNSHIP = "township", _("Township government")
        SUPERIOR = "superior", _("Superior organ")
        OTHER = "other", _("Other organ")

    name = models.CharField(_("full name"), max_length=80, unique=True)
    short_name = models.CharField(
        _("short name"), max_length=40, help_text=_("The short form that disclosure pages show.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    division = models.ForeignKey(
        "network.Division", models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("division")
    )
    slug = models.SlugField(_("address part"), max_length=60, unique=True)
    disclosure_letters = models.CharField(
        _("disclosure letters"),
        max_length=10,
        blank=True,
        help_text=_("The letters before an index number, with the hyphen at the end."),
    )
    organ_code = models.CharField(
        _("organ code"), max_length=20, blank=True, help_text=_("The characters before the year in a document number.")
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return self.name
