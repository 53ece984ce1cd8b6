"""Evidence is taken back. Before its confirmation the case goes back to handing in; afterwards the milestone is open
again, and everything that rested on it follows or is named (R31, R34)."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.core.models import Case
from workflows.core.notices import digest_send
from workflows.core.services import LostRace, case_note, case_put_back

from .. import permissions, rules
from ..models import Evidence, Milestone, MilestoneCase, Programme
from ..reminders import owner_of, people_of_owners
from ..selectors.withdrawal import Follows, follows_of
from ..signals import milestone_reopened
from .evidence import milestone_set, standing_evidence
from .unified import unified_item_clear

State = Milestone.State


def evidence_withdraw(*, evidence: Evidence, by: Any, reason: str, mark: str = "") -> Evidence | LostRace:
    """Take evidence back: before it is confirmed, who handed it in; afterwards the bureau.

    While it is being looked at, its case goes back to handing in; what was returned and has been replaced since does
    not bring it back. After confirmation the milestone is in progress
    again and another case begins with what is handed in next; its unified item loses this evidence, what a survey
    wrote into the register goes back where it still stands there. What was confirmed because of it stays confirmed:
    the bureau and whose milestone it is are told, with all of it by name.

    Args:
        evidence: which one.
        by: who withdraws it.
        reason: why; mandatory.
        mark: `Follows.mark` of what they were shown; empty when nobody was shown anything.

    Returns:
        The evidence; or LostRace when it was withdrawn already, or the case rests or is over.

    Raises:
        PermissionDenied: it is not theirs to withdraw.
        ValidationError: no reason; the programme is accepted; or what follows is no longer what they were shown.
    """
    if not (reason := reason.strip()):
        raise ValidationError({"reason": _("Say why.")})
    with MilestoneCase.objects.get(pk=evidence.case_id).flow_class.lock(evidence.case_id):
        related = ("case", "milestone__item", "milestone__venue", "milestone__programme")
        evidence = Evidence.objects.select_related(*related).get(pk=evidence.pk)
        if evidence.withdrawn_at:
            return LostRace(withdrawn_already())
        if not permissions.may_withdraw(by, evidence):
            raise PermissionDenied(_("This evidence is not yours to withdraw."))
        if problem := kept_because(evidence.milestone):
            raise ValidationError(problem)
        follows = follows_of(evidence)
        if not (follows or evidence.case.state == Case.State.ACTIVE):
            return LostRace(withdrawn_already())
        if mark and mark != (follows.mark if follows else ""):
            raise ValidationError(follows_changed())
        replaced = evidence != standing_evidence(evidence.case)
        evidence.withdrawn_at, evidence.withdrawn_by, evidence.withdrawn_why = timezone.now(), by, reason
        evidence.full_clean()
        evidence.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        evidence.files.update(replaced=True)
        if follows:
            _reopen(evidence, by, reason)
            _tell(evidence, follows, by, reason)
        elif replaced:
            case_note(case=evidence.case, actor=by, action="evidence_withdrawn", reason=reason)
        else:
            _back_to_hand_in(evidence.case, by, reason)
        return evidence


def withdrawn_already() -> str:
    """Said to whom a colleague forestalled."""
    return _("This evidence was withdrawn already, or no longer counts. Nothing was changed.")


def follows_changed() -> str:
    """Said to somebody who looked at what followed earlier."""
    return _("What follows has changed meanwhile. Look at it again, then withdraw.")


def kept_because(milestone: Milestone) -> str:
    """Why nobody can withdraw evidence of this milestone any more, or an empty string."""
    if milestone.programme.state == Programme.State.ACCEPTED:
        return _("The programme is accepted: it stays as it was accepted.")
    return ""


def _back_to_hand_in(case: Any, by: Any, reason: str) -> None:
    """The case waits for evidence again, unless it does already (it was returned), or will after a question of dates or
    a block."""
    node = rules.hand_in_node(case)
    told = {"case": case, "actor": by, "action": "evidence_withdrawn", "reason": reason}
    if case.work_items.open().filter(node__in=[node, "move_decision", "resolution"]).exists():
        case_note(**told)
        return
    case_put_back(node=node, changes=milestone_set(case.milestone, state=State.IN_PROGRESS), **told)


def _reopen(evidence: Evidence, by: Any, reason: str) -> None:
    milestone = evidence.milestone
    changes = milestone_set(milestone, state=State.IN_PROGRESS, done_on=None, confirmed_on=None, back_dated=False)
    unified_item_clear(milestone, case=evidence.case, by=by)
    heard: list[tuple[Any, Any]] = milestone_reopened.send(Milestone, milestone=milestone, evidence=evidence, by=by)
    for _receiver, more in heard:
        changes |= more or {}
    case_note(case=evidence.case, actor=by, action="evidence_withdrawn", reason=reason, changes=changes)


def _tell(evidence: Evidence, follows: Follows, by: Any, reason: str) -> None:
    """The bureau, and whose milestone it is: that it is open again, why, and what follows."""
    milestone, people = evidence.milestone, people_of_owners(timezone.localdate())
    told = {user.pk: user for user in (*people[("bureau", 0)], *people.get(owner_of(milestone), []))}
    told.pop(by.pk, None)

    def words() -> tuple[str, str]:
        line = _("Confirmed evidence was withdrawn, the milestone is open again: %(name)s") % {"name": milestone}
        if follows.standing:
            line += _(" (confirmed after it: %(n)s)") % {"n": len(follows.standing)}
        return line, "\n".join([_("Why: %(reason)s") % {"reason": reason}, *(f"- {row}" for row in follows.lines())])

    digest_send(told.values(), words, reverse("milestones_milestone", args=[milestone.pk]))
