"""Administrative divisions 行政区划."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

COMMITTEE_SUFFIXES = {"village": "村民委员会", "community": "社区居民委员会"}


class Division(models.Model):
    """A province, prefecture, county, township, community or village, with its statistical code."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        PREFECTURE = "prefecture", _("Prefecture")
        COUNTY = "county", _("County")
        TOWNSHIP = "township", _("Township")
        COMMUNITY = "community", _("Community")
        VILLAGE = "village", _("Village")

    code = models.CharField(
        _("code"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^\d{2,12}\Z", _("A division code has 2 to 12 digits."))],
    )
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    slug = models.SlugField(_("address part"), max_length=60, help_text=_("Pinyin; unique within its parent."))
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(_("population counted in"), null=True, blank=True)

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["parent", "slug"], name="network_division_slug_once")]

    def __str__(self) -> str:
        return self.short_name

    def clean(self) -> None:
        """A division lies directly under one of the level above it."""
        level = self.parent.level if self.parent else None
        if self.level in ABOVE and level not in (ABOVE[self.level] or (None,)):
            raise ValidationError({"parent": _("A division of this level does not lie there.")})

    @property
    def short_name(self) -> str:
        """The name people use: 白衣村, 中村 (never 中村村), 龙泉社区; a township's or county's own name."""
        if self.level == self.Level.VILLAGE:
            stem = self.name.removesuffix(COMMITTEE_SUFFIXES["village"])
            return stem if stem.endswith("村") else f"{stem}村"
        if self.level == self.Level.COMMUNITY:
            return f"{self.name.removesuffix(COMMITTEE_SUFFIXES['community'])}社区"
        return self.name


Level = Division.Level
# Which levels may stand directly above a level. A county may lie directly under a province 省直辖.
ABOVE: dict[str, tuple[str, ...]] = {
    Level.PROVINCE: (),
    Level.PREFECTURE: (Level.PROVINCE,),
    Level.COUNTY: (Level.PREFECTURE, Level.PROVINCE),
    Level.TOWNSHIP: (Level.COUNTY,),
    Level.COMMUNITY: (Level.TOWNSHIP,),
    Level.VILLAGE: (Level.TOWNSHIP,),
}
