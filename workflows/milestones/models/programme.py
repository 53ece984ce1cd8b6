"""A programme 实施方案 with its stages 阶段 and the items that the plan repeats for every venue 计划事项."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.models import UnifiedItem


class Bilingual(models.Model):
    """A name in Chinese, and in English where somebody wrote one."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return (english and self.name_en) or self.name


class Programme(Bilingual):
    """One programme, like the notice's «总分馆制建设实施方案». `public`: shown at /programme/, the newest first."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        ACCEPTED = "accepted", _("Accepted")

    slug = models.SlugField(_("address part"), max_length=40, unique=True)
    basis = models.CharField(
        _("basis"), max_length=200, blank=True, help_text=_("The number of the document that it follows.")
    )
    basis_url = models.CharField(_("address of the basis"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    public = models.BooleanField(_("public"), default=False)
    move_years = models.PositiveSmallIntegerField(
        _("years by which a last day may be moved"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("At most so many years after the plan's last day or the day of the request, whichever is later."),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-pk"]


class Stage(Bilingual):
    """A stage of the programme. Stages may share months; a first day may be unknown (“until …”)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="stages", verbose_name=_("programme"))
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"))
    clause = models.CharField(_("clause"), max_length=4, blank=True, validators=[RegexValidator(r"^R\d{2,3}\Z")])

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="milestones_stage_once"),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day__gte=F("first_day")),
                name="milestones_stage_order",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
        ]


class PlanItem(Bilingual):
    """What has to be shown, once for the county or at every venue of a kind. Its milestones are made from it."""

    class Level(models.TextChoices):
        COUNTY = "county", _("once for the county")
        HEAD = "head", _("each head institution")
        BRANCH = "branch", _("each branch")
        POINT = "point", _("each service point")
        VENUE = "venue", _("every venue")

    class CheckedBy(models.TextChoices):
        NOBODY = "", _("nobody: straight to the bureau")
        LIBRARY = "library", _("the library")
        CULTURE = "culture", _("the cultural centre")
        EITHER = "either", _("either head institution")
        BOTH = "both", _("both head institutions")

    class Survey(models.TextChoices):
        FACILITIES = "facilities", _("facilities")
        RESOURCES = "resources", _("service resources")
        PEOPLE = "people", _("people")

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="items", verbose_name=_("stage"))
    code = models.SlugField(_("code"), max_length=30)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    clause = models.CharField(_("clause"), max_length=4, validators=[RegexValidator(r"^R\d{2,3}\Z")])
    level = models.CharField(_("where"), max_length=10, choices=Level.choices)
    checked_by = models.CharField(
        _("checked by"),
        max_length=10,
        choices=CheckedBy.choices,
        blank=True,
        help_text=_("Of branches and service points. What head institutions and the bureau hand in needs no check."),
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"))
    asks = models.CharField(_("evidence asked for"), max_length=300, blank=True)
    asks_en = models.CharField(_("evidence asked for, in English"), max_length=300, blank=True)
    needs_file = models.BooleanField(_("needs a document"), default=False)
    needs_photo = models.BooleanField(_("needs a photo"), default=False)
    survey = models.CharField(_("survey form"), max_length=10, choices=Survey.choices, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    after = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="followers",
        verbose_name=_("only after"),
        help_text=_("At the same venue, these must be done before; what is once for the county, there."),
    )
    township_first = models.BooleanField(
        _("township before its villages"),
        default=True,
        help_text=_("先镇后村 (R23): a service point is confirmed only after its branch."),
    )
    pilot_first = models.BooleanField(
        _("pilot before roll-out"),
        default=False,
        help_text=_("R46: other branches are confirmed only after the pilot branches."),
    )
    unified_item = models.CharField(
        _("shows the unified item"), max_length=12, choices=UnifiedItem.Item.choices, blank=True
    )

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        ordering = ["stage", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "code"], name="milestones_item_once"),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day__gte=F("first_day")),
                name="milestones_item_order",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
        ]
