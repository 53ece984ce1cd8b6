"""The rectification list 整改清单 and the case in which each of its items is answered."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from network.models import Division
from workflows.core.models import Case

from .cases import Acceptance, Statement


class RectificationItem(models.Model):
    """One thing to put right: what, by which clause, by whom, until when. Township or head institution, not both."""

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="items", verbose_name=_("acceptance"))
    text = models.TextField(_("what is to be put right"), max_length=1000)
    clause = models.CharField(
        _("clause"), max_length=4, validators=[RegexValidator(r"^R\d{2,3}\Z", _("A clause is written like R31."))]
    )
    township = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible township")
    )
    line = models.CharField(
        _("responsible head institution"), max_length=10, choices=Statement.Line.choices, blank=True
    )
    due_on = models.DateField(_("due"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("rectification item")
        verbose_name_plural = _("rectification items")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(township__isnull=False, line="") | (Q(township=None) & ~Q(line="")),
                name="acceptance_item_has_one_responsible",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def responsible(self) -> str:
        """The township's or the head institution's name."""
        return str(self.township) if self.township_id else str(self.get_line_display())


class Rectification(Case):
    """The case of one item: answered with evidence by its responsible, ticked off by the head or the bureau."""

    item = models.OneToOneField(
        RectificationItem, models.PROTECT, related_name="case", verbose_name=_("rectification item")
    )
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    done_on = models.DateField(_("put right on"), null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")

    @cached_property
    def answered_by(self) -> set[int]:
        """Who answered the item; read once for an instance, which every step loads anew under its lock."""
        answers = self.work_items.filter(node__startswith="answer").exclude(closed_by=None)
        return set(answers.values_list("closed_by", flat=True))
