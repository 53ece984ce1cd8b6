"""The questions of stage 1's survey 摸底排查 (R34): three forms, three levels. The answers lie with the evidence."""

from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.models import Venue

from .programme import PlanItem

LEVELS = {Venue.Tier.HEAD: "for_heads", Venue.Tier.BRANCH: "for_branches", Venue.Tier.POINT: "for_points"}
NORMS = {Venue.Tier.HEAD: "norm_head", Venue.Tier.BRANCH: "norm_branch", Venue.Tier.POINT: "norm_point"}


class QuestionQuerySet(models.QuerySet["SurveyQuestion"]):
    """Filters that the forms and the totals share."""

    def asked_at(self, tier: str) -> Self:
        """Those that a venue of this tier is asked."""
        return self.filter(**{LEVELS[Venue.Tier(tier)]: True})

    def asked_somewhere(self) -> Self:
        """Those that any level is asked; a question that no level is asked any more keeps its old answers."""
        return self.filter(Q(for_heads=True) | Q(for_branches=True) | Q(for_points=True))


class SurveyQuestion(models.Model):
    """A question 排查事项 of one of the three forms.

    `key` names its answers for good. `options`: a line for each choice, «Chinese | English»; the Chinese word is what
    is stored. `register_field`: the field of the venues' register that the confirmed answer becomes. The norms are the
    smallest values that count as enough, for each level; a yes or no counts as 1 or 0.
    """

    class Kind(models.TextChoices):
        WHOLE = "whole", _("whole number")
        DECIMAL = "decimal", _("number with decimals")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("choice")
        SHORT = "short", _("short text")
        LONG = "long", _("long text")

    class Feeds(models.TextChoices):
        FLOOR_AREA = "floor_area", _("floor area (m²)")
        SEATS = "seats", _("seats")
        STOCK = "stock", _("stock (volumes)")
        PHONE = "phone", _("telephone")
        ADDRESS = "address", _("address")
        LATITUDE = "latitude", _("latitude")
        LONGITUDE = "longitude", _("longitude")

    class Total(models.TextChoices):
        SUM = "sum", _("sum")
        MEAN = "mean", _("average")
        COUNT = "count", _("how many answered")

    NUMBERS = (Kind.WHOLE, Kind.DECIMAL)
    MEASURED = (Kind.WHOLE, Kind.DECIMAL, Kind.YES_NO)
    FITS = {
        Feeds.FLOOR_AREA: MEASURED[:2],
        Feeds.SEATS: MEASURED[:1],
        Feeds.STOCK: MEASURED[:1],
        Feeds.PHONE: (Kind.SHORT,),
        Feeds.ADDRESS: (Kind.SHORT,),
        Feeds.LATITUDE: (Kind.DECIMAL,),
        Feeds.LONGITUDE: (Kind.DECIMAL,),
    }

    form = models.CharField(_("survey form"), max_length=10, choices=PlanItem.Survey.choices)
    key = models.CharField(
        _("key"), max_length=40, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z")],
        help_text=_("Small letters, digits and _. It names the answers for good."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    label = models.CharField(_("question"), max_length=120)
    label_en = models.CharField(_("question in English"), max_length=160, blank=True)
    help = models.CharField(_("explanation"), max_length=200, blank=True)
    help_en = models.CharField(_("explanation in English"), max_length=240, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=8, choices=Kind.choices)
    options = models.TextField(
        _("choices"), max_length=1000, blank=True, help_text=_("One a line: Chinese | English. Only for choices.")
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=30, blank=True)
    minimum = models.DecimalField(_("smallest"), max_digits=15, decimal_places=6, null=True, blank=True)
    maximum = models.DecimalField(_("largest"), max_digits=15, decimal_places=6, null=True, blank=True)
    total = models.CharField(
        _("in totals"), max_length=5, choices=Total.choices, default=Total.SUM,
        help_text=_("Of numbers. Hours a week are averaged, coordinates only counted."),
    )  # fmt: skip
    required = models.BooleanField(_("must be answered"), default=True)
    for_heads = models.BooleanField(_("asked of head institutions"), default=False)
    for_branches = models.BooleanField(_("asked of branches"), default=False)
    for_points = models.BooleanField(_("asked of service points"), default=False)
    norm_head = models.DecimalField(_("norm for heads"), max_digits=12, decimal_places=2, null=True, blank=True)
    norm_branch = models.DecimalField(_("norm for branches"), max_digits=12, decimal_places=2, null=True, blank=True)
    norm_point = models.DecimalField(
        _("norm for service points"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    norm_source = models.CharField(_("source of the norm"), max_length=120, blank=True)
    register_field = models.CharField(_("feeds the register"), max_length=12, choices=Feeds.choices, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey question")
        verbose_name_plural = _("survey questions")
        ordering = ["form", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(maximum__gte=F("minimum")),
                name="milestones_question_range",
                violation_error_message=_("The largest value cannot be below the smallest."),
            ),
            models.UniqueConstraint(
                fields=["register_field"],
                condition=~Q(register_field=""),
                name="milestones_one_question_a_field",
                violation_error_message=_("Another question feeds this field of the register already."),
            ),
        ]

    def __str__(self) -> str:
        return _in_language(self.label, self.label_en)

    def clean(self) -> None:
        """What belongs to one kind of answer only. Raises ValidationError by field."""
        problems = {}
        words = [word for word, _english in self.choice_words]
        if self.kind == self.Kind.CHOICE and (len(words) < 2 or len(set(words)) < len(words)):
            problems["options"] = _("Give at least two different choices, one a line.")
        if self.kind != self.Kind.CHOICE and self.options.strip():
            problems["options"] = _("Only a choice has choices.")
        for name in ("minimum", "maximum"):
            if getattr(self, name) is not None and self.kind not in self.NUMBERS:
                problems[name] = _("Only a number has a smallest and a largest value.")
        for name in NORMS.values():
            if getattr(self, name) is not None and self.kind not in self.MEASURED:
                problems[name] = _("Only numbers and yes or no have a norm.")
        if self.register_field and self.kind not in self.FITS[self.Feeds(self.register_field)]:
            problems["register_field"] = _("This field of the register takes another kind of answer.")
        if problems:
            raise ValidationError(problems)

    @property
    def choice_words(self) -> list[tuple[str, str]]:
        """The choices as (stored word, English word or the stored one)."""
        pairs = [line.partition("|")[::2] for line in self.options.splitlines() if line.strip()]
        return [(word.strip(), english.strip() or word.strip()) for word, english in pairs]

    @property
    def choices_shown(self) -> list[str]:
        """The choices in the reader's language."""
        english = (get_language() or "").startswith("en")
        return [name if english else word for word, name in self.choice_words]

    @property
    def unit_shown(self) -> str:
        return _in_language(self.unit, self.unit_en)

    @property
    def help_shown(self) -> str:
        return _in_language(self.help, self.help_en)

    @property
    def label_with_unit(self) -> str:
        return f"{self} ({self.unit_shown})" if self.unit_shown else str(self)

    def norm_at(self, tier: str) -> Decimal | None:
        """The smallest value that counts as enough for a venue of this tier, if there is a norm."""
        return getattr(self, NORMS[Venue.Tier(tier)])

    def is_asked_at(self, tier: str) -> bool:
        return getattr(self, LEVELS[Venue.Tier(tier)])


def _in_language(chinese: str, english: str) -> str:
    return (english if (get_language() or "").startswith("en") else "") or chinese
