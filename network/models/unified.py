"""The six unified items 六统一 (R31)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

SCORES = {"yes": 1.0, "partly": 0.5, "no": 0.0}


class UnifiedItem(models.Model):
    """One of the six items at one venue. Without evidence it scores nothing, whatever the state says."""

    class Item(models.TextChoices):
        SIGNAGE = "signage", _("Unified signage")
        PLATFORM = "platform", _("Unified platform")
        ALLOCATION = "allocation", _("Unified resource allocation")
        TRAINING = "training", _("Unified staff training")
        STANDARDS = "standards", _("Unified service standards")
        ASSESSMENT = "assessment", _("Unified performance assessment")

    class State(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("Not yet")

    venue = models.ForeignKey("network.Venue", models.CASCADE, related_name="unified_items", verbose_name=_("venue"))
    item = models.CharField(_("item"), max_length=12, choices=Item.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NO)
    evidence = models.TextField(_("evidence"), blank=True, help_text=_("What shows it: a document, a photo, a record."))
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )

    class Meta:
        verbose_name = _("unified item")
        verbose_name_plural = _("unified items")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["venue", "item"], name="network_unified_item_once")]

    def __str__(self) -> str:
        return f"{self.venue}: {self.get_item_display()}"

    @property
    def score(self) -> float:
        """Yes 1, partly ½; without evidence 0, whatever the state says."""
        return SCORES[self.state] if self.evidence else 0

    def details(self) -> str:
        """Item, state and evidence in words, as the log keeps it."""
        return f"{self.get_item_display()}: {self.get_state_display()} {self.evidence}".strip()
