"""What follows when evidence is withdrawn that the bureau has confirmed: shown before, told afterwards."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from network.models import UnifiedItem, Venue
from workflows.core.models import Case, Decision

from ..models import Evidence, Milestone, Programme, SurveyQuestion
from ..rules import stands_on_many
from ..services.evidence import standing_evidence
from ..services.unified import unified_left
from ..survey_values import number_text


@dataclass(frozen=True)
class Written:
    """A field of the venues' register that the confirmed survey wrote: what it said before, what the survey wrote into
    it, what it says now."""

    name: str
    before: Any
    wrote: Any
    now: Any

    @property
    def goes_back(self) -> bool:
        """Only what still is as the survey wrote it; what somebody changed since is theirs."""
        return self.now == self.wrote

    @property
    def text(self) -> str:
        words = {"field": str(SurveyQuestion.Feeds(self.name).label)}
        words |= {name: _shown(getattr(self, name)) for name in ("before", "wrote", "now")}
        if self.goes_back:
            return _("%(field)s: back from %(wrote)s to %(before)s") % words
        return _("%(field)s: stays %(now)s; the survey wrote %(wrote)s, somebody changed it since") % words


@dataclass(frozen=True)
class Unified:
    """The venue's unified item 六统一: its state and the venue's score now and afterwards."""

    item: UnifiedItem
    state: str
    score: float
    score_after: float

    @property
    def text(self) -> str:
        return _("%(item)s: %(old)s → %(new)s; score of the venue %(score)s → %(after)s") % {
            "item": self.item.get_item_display(),
            "old": self.item.get_state_display(),
            "new": UnifiedItem.State(self.state).label,
            "score": number_text(self.score),
            "after": number_text(self.score_after),
        }


@dataclass(frozen=True)
class Follows:
    """What follows from a withdrawal.

    Attributes:
        standing: milestones confirmed because this one was done (villages after their branch, later items, roll-out
            after the pilot). They stay confirmed: the bureau decides what to do about each.
        written: fields of the register that the survey wrote.
        unified: the unified item that loses this evidence.
    """

    standing: Sequence[Milestone]
    written: Sequence[Written]
    unified: Unified | None

    @property
    def mark(self) -> str:
        """A short mark by which a withdrawal shows that it is about what its reader saw."""
        unified = (self.unified.state, self.unified.score_after) if self.unified else ""
        text = f"{[row.pk for row in self.standing]}{self.written}{unified}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def lines(self) -> list[str]:
        """All of it in words, a line each, in the active language."""
        return [
            *(_("Confirmed after it, stays confirmed: %(name)s") % {"name": row} for row in self.standing),
            *(_("Register: %(what)s") % {"what": row.text} for row in self.written),
            *([_("Unified item: %(what)s") % {"what": self.unified.text}] if self.unified else []),
        ]


def follows_of(evidence: Evidence) -> Follows | None:
    """What follows when this evidence is withdrawn; None while its milestone is not done by it: not yet, or by what was
    handed in after it."""
    milestone = evidence.milestone
    if milestone.state != Milestone.State.DONE or milestone.case_id != evidence.case_id:
        return None
    if standing_evidence(evidence.case) != evidence:
        return None
    standing = stands_on_many([milestone])[milestone.pk]
    return Follows(standing, written_by(evidence), _unified(evidence))


def written_by(evidence: Evidence, venue: Venue | None = None) -> list[Written]:
    """What the confirmation of this evidence wrote into the register, from the decision log. `venue`: as it is now,
    when the caller holds its lock."""
    venue = venue or evidence.milestone.venue
    confirmed = Decision.objects.filter(case=evidence.case_id, action="confirm").last()
    if venue is None or confirmed is None:
        return []
    found = []
    for name in SurveyQuestion.Feeds.values:
        if name in confirmed.changes:
            field: Any = Venue._meta.get_field(name)
            before, wrote = (field.to_python(value) for value in confirmed.changes[name])
            found.append(Written(name, before, wrote, getattr(venue, name)))
    return found


def _unified(evidence: Evidence) -> Unified | None:
    left = unified_left(evidence.milestone, case=evidence.case)
    if left is None:
        return None
    item, state, lines = left
    score = item.venue.score
    after = UnifiedItem(state=state, evidence="\n".join(lines)).score
    return Unified(item, state, score, score - item.score + after)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return _("empty")
    return str(value) if isinstance(value, str) else number_text(value)


def reopened(programme: Programme, rows: QuerySet[Milestone]) -> list[tuple[Milestone, list[Milestone]]]:
    """The milestones in one's scope that were confirmed once and are open again, each with what was confirmed because
    of it; those alone on which something stands."""
    open_again = rows.filter(programme=programme).unfinished().filter(cases__state=Case.State.DONE).distinct()  # type: ignore[attr-defined]
    found = list(open_again.with_place())
    standing = stands_on_many(found)
    return [(row, standing[row.pk]) for row in found if standing[row.pk]]
