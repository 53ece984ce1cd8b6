"""Applications to become a branch or a service point 分馆、服务点申请."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.privatefiles import private_storage
from network.models import Venue
from workflows.core.models import Case


class ApplicantKind(models.Model):
    """What kinds of rooms may apply, and as what (data: the county's criteria)."""

    code = models.CharField(_("kind"), max_length=20, unique=True, choices=Venue.Kind.choices)
    may_be_branch = models.BooleanField(_("may become a branch"), default=True)
    may_be_point = models.BooleanField(_("may become a service point"), default=True)
    library = models.BooleanField(_("may join the library line"), default=True)
    culture = models.BooleanField(_("may join the culture line"), default=True)
    branch_area = models.PositiveIntegerField(_("floor area for a branch (m²)"), default=0)
    branch_seats = models.PositiveIntegerField(_("seats for a branch"), default=0)
    branch_stock = models.PositiveIntegerField(_("volumes for a library branch"), default=0)
    point_area = models.PositiveIntegerField(_("floor area for a service point (m²)"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    note_en = models.CharField(_("note in English"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("kind of applicant")
        verbose_name_plural = _("kinds of applicants")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="internet_venue") | Q(may_be_branch=False),
                name="applications_internet_venue_never_a_branch",
                violation_error_message=_("An internet venue can only be a service point (R83)."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()

    @property
    def remark(self) -> str:
        """The note in the reader's language."""
        return (self.note_en if get_language() == "en" else "") or self.note

    def may_be(self, tier: str) -> bool:
        """Whether this kind may become a "branch" or a "point"."""
        return self.may_be_branch if tier == Venue.Tier.BRANCH else self.may_be_point


class Paper(models.Model):
    """A paper that must or may be handed in, for which kinds and operators (data)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    help = models.CharField(_("what it must show"), max_length=200, blank=True)
    help_en = models.CharField(_("what it must show, in English"), max_length=200, blank=True)
    kinds = models.JSONField(_("for these kinds"), default=list, blank=True, help_text=_("Empty: for every kind."))
    operators = models.JSONField(
        _("for these operators"), default=list, blank=True, help_text=_("Empty: whoever runs it.")
    )
    required = models.BooleanField(pgettext_lazy("paper", "required"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name

    @property
    def hint(self) -> str:
        """What it must show, in the reader's language."""
        return (self.help_en if get_language() == "en" else "") or self.help

    def applies(self, kind: str, operator: str) -> bool:
        """Whether this paper is asked of a kind of venue run by such an operator."""
        return (not self.kinds or kind in self.kinds) and (not self.operators or operator in self.operators)


class Draft(models.Model):
    """An application that is being written. Nothing is checked until it is submitted; nothing typed is lost."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="drafts")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return str(self.data.get("venue_name") or _("New application"))


class DraftFile(models.Model):
    """A checked paper of a draft."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    paper = models.CharField(max_length=40)
    file = models.FileField(storage=private_storage, upload_to="drafts/%Y/%m", max_length=120)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "paper"], name="applications_draft_paper_once")]

    def __str__(self) -> str:
        return self.name


class Application(Case):
    """One application: what is applied for, and what the officials found and decided."""

    venue_name = models.CharField(_("name of the room"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Venue.Kind.choices)
    operator = models.CharField(
        _("operated by"), max_length=15, choices=Venue.Operator.choices, default=Venue.Operator.SELF
    )
    wanted = models.CharField(
        _("applies to become"), max_length=10, choices=[c for c in Venue.Tier.choices if c[0] != Venue.Tier.HEAD]
    )
    tier = models.CharField(
        _("becomes"), max_length=10, choices=[c for c in Venue.Tier.choices if c[0] != Venue.Tier.HEAD]
    )
    division = models.ForeignKey(
        "network.Division", models.PROTECT, related_name="applications", verbose_name=_("place")
    )
    address = models.CharField(_("address"), max_length=200)
    floor_area = models.DecimalField(_("floor area (m²)"), max_digits=8, decimal_places=1)
    seats = models.PositiveIntegerField(_("seats"))
    stock = models.PositiveIntegerField(_("stock (volumes)"), default=0)
    hours = models.CharField(_("planned opening hours"), max_length=200)
    contact_name = models.CharField(_("contact"), max_length=40)
    contact_phone = models.CharField(_("telephone"), max_length=30)
    staff = models.JSONField(
        _("named staff"), default=list, help_text=_("People who will run it: name, and whether full-time.")
    )
    licence_number = models.CharField(_("licence number"), max_length=40, blank=True)
    operator_name = models.CharField(_("operator"), max_length=120, blank=True)
    contract_until = models.DateField(_("contract runs until"), null=True, blank=True)
    performance_goals = models.TextField(_("performance goals"), max_length=2000, blank=True)
    exit_terms = models.TextField(_("how the contract can be ended"), max_length=2000, blank=True)
    free_will = models.BooleanField(_("applies of its own free will"), default=False)

    opinion = models.CharField(_("township's opinion"), max_length=10, blank=True)
    library_review = models.CharField(_("library's review"), max_length=10, blank=True)
    culture_review = models.CharField(_("cultural centre's review"), max_length=10, blank=True)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    visitors = models.CharField(_("visitors"), max_length=200, blank=True)
    checklist = models.JSONField(_("checklist"), default=dict)
    visit_note = models.TextField(_("findings"), max_length=4000, blank=True)
    panel_on = models.DateField(_("panel met on"), null=True, blank=True)
    panel_members = models.CharField(_("panel members"), max_length=300, blank=True)
    agreement_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    parent = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parent branch")
    )
    plaque = models.CharField(_("plaque"), max_length=80, blank=True)
    trial_until = models.DateField(_("trial run until"), null=True, blank=True)
    venue = models.OneToOneField(
        Venue, models.PROTECT, null=True, blank=True, related_name="application", verbose_name=_("venue")
    )

    # Where the flow goes next. Written by the step's handler, read by the gateways.
    outcome = models.CharField(max_length=10, blank=True, editable=False)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="internet_venue") | Q(tier="point", wanted="point"),
                name="applications_internet_venue_is_point",
                violation_error_message=_("An internet venue can only be a service point (R83)."),
            ),
            models.CheckConstraint(
                condition=Q(free_will=True),
                name="applications_of_free_will",
                violation_error_message=_("Only who applies of their own free will can join (R82)."),
            ),
            models.CheckConstraint(condition=Q(floor_area__gt=0), name="applications_some_floor_area"),
        ]

    @property
    def converted(self) -> bool:
        """Whether it became a service point though a branch was applied for."""
        return self.tier != self.wanted


class Correction(models.Model):
    """One thing that the applicant is asked to put right."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="corrections")
    target = models.CharField(_("what"), max_length=40, help_text=_("A paper's code or a field's name."))
    request = models.TextField(_("what to put right"), max_length=1000)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("asked_at")),
                name="applications_answer_after_question",
            ),
        ]

    def __str__(self) -> str:
        return self.request[:40]
