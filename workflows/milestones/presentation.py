"""How a milestone's case is shown: the same groups on the case page, at each step and in the dossier."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from .models import Evidence, Milestone, MilestoneCase, PlanItem
from .rules import waits_for
from .selectors.survey import answer_pairs, register_diff

Pairs = list[tuple[str, Any]]


def facts(case: MilestoneCase, *, internal: bool = True) -> list[tuple[str, Pairs]]:
    """Groups of (label, value); what is empty is left out."""
    milestone = Milestone.objects.with_place().get(pk=case.milestone_id)
    standing = Evidence.objects.filter(case=case, withdrawn_at=None).order_by("-pk")
    evidence = standing.select_related("by", "milestone__item", "milestone__venue").first()
    before = [] if milestone.state == Milestone.State.DONE else waits_for(milestone)
    groups = [
        (_("Milestone"), _milestone(milestone)),
        (_("To be done first"), [(str(row.item), f"{row.place}: {row.get_state_display()}") for row in before]),
        (_("Evidence"), _evidence(evidence, internal=internal) if evidence else []),
        (_("In the venues' register"), _register(evidence) if evidence and internal else []),
        (_("Answers"), answer_pairs(evidence) if evidence else []),
    ]
    shown = [(title, [(label, value) for label, value in pairs if value not in (None, "")]) for title, pairs in groups]
    return [(title, pairs) for title, pairs in shown if pairs]


def asked(item: PlanItem) -> str:
    """The evidence that is asked for, in the reader's language where somebody wrote it."""
    english = (get_language() or "").startswith("en")
    return (english and item.asks_en) or item.asks


def _milestone(milestone: Milestone) -> Pairs:
    item = milestone.item
    return [
        (_("Place"), milestone.place),
        (_("What is asked"), item),
        (_("Clause"), item.clause),
        (_("Evidence asked for"), asked(item)),
        (_("State"), milestone.get_state_display()),
        (pgettext("milestone", "Last day"), _day(milestone.last_day)),
        (_("Last day as planned"), _day(milestone.planned_last_day) if _moved(milestone) else ""),
        (_("Done on"), _day(milestone.done_on)),
        (_("Recorded afterwards"), _("yes") if milestone.back_dated else ""),
    ]


def _evidence(evidence: Evidence, *, internal: bool) -> Pairs:
    return [
        (_("Done on"), _day(evidence.done_on)),
        (_("Note"), evidence.note),
        (_("Handed in by"), evidence.by if internal else ""),
        (_("Papers and photos"), evidence.files.count() or ""),
    ]


def _register(evidence: Evidence) -> Pairs:
    """What the confirmation would write; once it is confirmed, the decision log says what it wrote."""
    if evidence.milestone.state == Milestone.State.DONE:
        return []
    return [(str(row.question), row.text) for row in register_diff(evidence)]


def _moved(milestone: Milestone) -> bool:
    return milestone.last_day != milestone.planned_last_day


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
