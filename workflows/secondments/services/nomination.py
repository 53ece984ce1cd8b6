"""How a case begins: with a need that is answered by a nomination, or with a nomination at once; and the consent."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common.changes import Changes
from network.models import Venue
from network.permissions import officials_of_lines
from workflows.core.fields import case_set
from workflows.core.models import Case, Notice
from workflows.core.notices import notice_send
from workflows.core.services import case_stop

from .. import permissions, rules
from ..models import Secondment
from .shared import lock_both, lock_venue, text_of

FACTS = ("direction", "line", "person", "venue", "full_time", "first_day", "last_day", "need", "cover_plan")


# A need -----------------------------------------------------------------------------------------
def need_fill(case: Secondment, *, facts: Mapping[str, Any], by: Any) -> None:
    """Fill a new case from a need 需求 that a branch or its township states; the line's head answers it.

    Args:
        case: unsaved, with number and check word.
        facts: direction, line, branch, full_time, first_day, last_day, need, cover_plan (up; may stay empty).
        by: who states it.

    Raises:
        ValidationError: field → message, as `rules.need_problems` says.
        PermissionDenied: they do not speak for this branch.
    """
    facts = {**facts, "venue": rules.venue_of_need(facts)}
    if facts["venue"] is not None:
        lock_venue(facts["venue"])
    if found := rules.need_problems(facts):
        raise ValidationError(found)
    if not permissions.speaks_for_branch(by, facts["branch"]):
        raise PermissionDenied(_("This branch's needs are not yours to state."))
    for name in ("direction", "line", "venue", "full_time", "first_day", "last_day"):
        setattr(case, name, facts[name])
    case.need = text_of(facts["need"], "need", _("Say what the posting is needed for."))
    case.cover_plan = facts.get("cover_plan", "").strip()
    case.is_sample = by.is_sample
    _place(case, facts["branch"], by)
    case.title = _need_title(case)


def _place(case: Secondment, branch: Venue, by: Any) -> None:
    """Where the case belongs: branch, township, line, and who opened it."""
    case.branch, case.township, case.opened_by = branch, branch.division, by
    setattr(case, case.line, True)
    case.clean_fields(exclude=[field.name for field in case._meta.fields if field.name not in FACTS])


def _need_title(case: Secondment) -> str:
    """Kept with the case, so in the county's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        return (_("Need of %(branch)s") % {"branch": case.branch})[:200]


def need_withdraw(*, case: Secondment, by: Any, reason: str) -> Secondment:
    """Who stated a need takes it back, as long as nobody is nominated for it; the line's head is told.

    Raises:
        PermissionDenied: it is not theirs to withdraw.
        ValidationError: no reason; or somebody was nominated, or the need was answered, meanwhile.
    """
    reason = text_of(reason, "reason", _("Say why."))
    with transaction.atomic():
        case = Secondment.objects.select_for_update().get(pk=case.pk)
        if case.pk not in permissions.needs_withdrawn_by(by, [case]):
            raise PermissionDenied(_("This need is not yours to withdraw."))
        if not case.work_items.open().filter(node="nominate").exists():
            raise ValidationError(_("This need has been answered meanwhile: it can no longer be withdrawn."))
        case_stop(case=case, actor=by, reason=reason, state=Case.State.WITHDRAWN, action="need_withdrawn")
        told = dict.fromkeys([*officials_of_lines({case.line}), case.opened_by])
        notice_send([user for user in told if user != by], Notice.Kind.OUTCOME, case)
    return case


def nomination_record(case: Secondment, *, decision: str, facts: Mapping[str, Any], by: Any) -> Changes:
    """The head's answer to a need: somebody is nominated, or it cannot be met.

    Args:
        case: locked, without a person.
        decision: "nominate" or "unmet".
        facts: person, first_day, last_day, full_time, cover_plan.
        by: who answers; they never approve it.

    Raises:
        ValidationError: field → message, as `rules.problems` says.
    """
    if decision != "nominate":
        return case_set(case, outcome="refuse")
    person = facts.get("person")
    if person is None:
        raise ValidationError({"person": _("Choose whom you nominate.")})
    if person == by:
        raise ValidationError({"person": _("Nobody nominates themselves.")})
    names = ("person", "first_day", "last_day", "full_time", "cover_plan")
    given = {name: facts.get(name) for name in names} | {"cover_plan": (facts.get("cover_plan") or "").strip()}
    lock_both(person.pk, case.venue)
    if found := rules.problems(rules.facts_of(case, **given), case=case):
        raise ValidationError(found)
    home = rules.home_of(person, case.direction, case.line, given["first_day"])
    assert home is not None  # `problems` asked  # noqa: S101
    if rules.branch_of(case.direction, case.venue, home.post.venue) != case.branch:
        raise ValidationError({"person": _("Holds no post at %(where)s on the first day.") % {"where": case.branch}})
    title = f"{person} → {case.venue}"[:200]
    return case_set(case, **given, home=home.post, nominated_by=by, title=title, outcome="")


def need_reopen(case: Secondment) -> Changes:
    """Nobody is nominated any more: the person declined or is gone, and the need still stands."""
    case.person = case.home = None  # the title is of the branch again
    changes = case_set(case, nominated_by=None, title=_need_title(case), outcome="again", publish=False)
    case.save(update_fields=["person", "home"])
    return changes


# A nomination at once ---------------------------------------------------------------------------
def secondment_fill(case: Secondment, *, facts: Mapping[str, Any], by: Any) -> None:
    """Fill a new case from a nomination; everything is checked once more under the locks.

    Args:
        case: unsaved, with number and check word.
        facts: direction, line, person, venue (up: the line's head when None), full_time, first_day, last_day, need,
            cover_plan.
        by: who nominates.

    Raises:
        ValidationError: field → message, as `rules.problems` says.
        PermissionDenied: it is not theirs to nominate this person from there.
    """
    facts = dict(facts)
    if facts["direction"] != rules.DOWN:
        facts["venue"] = facts.get("venue") or rules.head_of(facts["line"])
    if facts["person"] == by:
        raise ValidationError({"person": _("Nobody nominates themselves.")})
    if found := rules.term_problems(facts["first_day"], facts["last_day"]):
        raise ValidationError(found)
    if facts["venue"] is not None:
        lock_both(facts["person"].pk, facts["venue"])
    if found := rules.problems(facts):
        raise ValidationError(found)
    for name in FACTS:
        setattr(case, name, facts[name])
    case.need = text_of(facts["need"], "need", _("Say what the posting is needed for."))
    home = rules.home_of(case.person, case.direction, case.line, case.first_day)
    assert home is not None  # `problems` asked  # noqa: S101
    branch = rules.branch_of(case.direction, case.venue, home.post.venue)
    if not permissions.nominates(by, case.direction, case.line, branch):
        raise PermissionDenied(_("Nominating this person is not yours to do."))
    case.home, case.nominated_by, case.is_sample = home.post, by, facts["person"].is_sample
    case.title = f"{case.person} → {case.venue}"[:200]
    _place(case, branch, by)


# The answer of the person -----------------------------------------------------------------------
def consent_record(case: Secondment, *, decision: str, publish: bool) -> Changes:
    """The person's own consent, and whether name, post and term may be public. A need goes back to the head without."""
    if decision != "agree" and case.from_need:
        return need_reopen(case)
    return case_set(case, outcome=decision, publish=publish and decision == "agree")
