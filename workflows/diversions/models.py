"""Reports of diversion 挪用 (R99, R100): dedicated staff made to do other work."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models import Post, Venue
from workflows.core.models import Case


class Diversion(Case):
    """One report. `person` (of Case) is the reporter.

    It has neither line nor township, so that the scope of every list, count and page shows it to the bureau alone, and
    to the reporter at the desk; its title does not name the reporter, because titles travel in mails.
    """

    class Finding(models.TextChoices):
        FOUNDED = "founded", _("founded")
        UNFOUNDED = "unfounded", _("not founded")

    class Decision(models.TextChoices):
        ORDER = "order", _("the person returns to the post")
        ADMONISH = "admonish", _("the unit is admonished")
        DISMISS = "dismiss", _("no measure")

    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="diversions", verbose_name=_("venue")
    )
    place = models.CharField(_("place that is not in the register"), max_length=120, blank=True)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="diversions", verbose_name=_("post concerned")
    )
    who = models.CharField(_("who is diverted"), max_length=80, blank=True)
    since = models.DateField(_("since"))
    account = models.TextField(_("what is happening"), max_length=4000)
    finding = models.CharField(_("finding"), max_length=10, choices=Finding.choices, blank=True)
    findings = models.TextField(_("what was found"), max_length=4000, blank=True)
    decision = models.CharField(_("decision on the report"), max_length=10, choices=Decision.choices, blank=True)

    class Meta:
        verbose_name = _("report of diversion")
        verbose_name_plural = _("reports of diversion")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(venue__isnull=False) | ~models.Q(place=""), name="diversions_report_says_where"
            ),
            models.CheckConstraint(
                condition=models.Q(post__isnull=False) | ~models.Q(who=""), name="diversions_report_says_who"
            ),
        ]

    @property
    def where(self) -> str:
        """The venue, or the place in the reporter's words."""
        return str(self.venue or self.place)
