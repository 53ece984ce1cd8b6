"""A milestone from its first evidence to its confirmation: the flow reads like the process it is (R33–R41)."""

from datetime import date
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import nodes

from workflows.core.models import WorkItem
from workflows.core.nodes import Act, CaseFlow, Choice, HumanTask

from . import permissions, presentation, rules
from .locks import MilestoneLock
from .models import Evidence, Milestone, MilestoneCase, SurveyQuestion
from .services import delays, evidence

Role = WorkItem.Role
FORMS = "workflows.milestones.forms."
RETURN = Choice(_("Return with reasons"), needs_reason=True, tone="ask")
HANDING_IN = {
    "hand_in": Choice(_("Hand in evidence")),
    "move": Choice(_("Ask for another last day"), needs_reason=True, tone="ask"),
    "block": Choice(_("Report what blocks it"), needs_reason=True, tone="ask"),
}
COMMON = ("move_decision", "resolution", "confirm")
CHECKING = {"accept": Choice(_("The evidence is sound")), "return": RETURN}


def last_day_ahead(case: MilestoneCase) -> date | None:
    """Handing in is due on the milestone's last day; once that has passed, the step's own figure holds."""
    return case.milestone.last_day if case.milestone.last_day >= timezone.localdate() else None


def milestone_page(case: MilestoneCase) -> str:
    """Evidence is handed in on the milestone's own page, which is there before its case is."""
    return reverse("milestones_milestone", args=[case.milestone_id])


def _handing_in(role: str) -> HumanTask:
    return HumanTask(
        role=role,
        permission=permissions.hands_in,
        decisions=HANDING_IN,
        workdays=10,
        due=last_day_ahead,
        handler=this.handed_in,
        page=milestone_page,
    )


def _checking(permission: Any, line: str = "") -> HumanTask:
    return HumanTask(
        role=Role.HEAD,
        line=line,
        permission=permission,
        decisions=CHECKING,
        workdays=5,
        handler=this.checked,
        form=FORMS + "JudgingStep",
        judges=True,
    )


class MilestoneFlow(CaseFlow):
    process_class = MilestoneCase
    process_title = _("Milestone")
    case_title = _("Milestone")
    prefix = "SS"
    reason_readers = _("Whoever handed it in and the offices involved read it.")
    lock_impl = MilestoneLock()
    field_names: ClassVar[dict[str, Any]] = {
        "milestone_state": _("milestone"),
        "last_day": pgettext_lazy("milestone", "Last day"),
        "asked_last_day": _("last day asked for"),
        "done_on": _("done on"),
        "confirmed_on": _("confirmed on"),
        "back_dated": _("recorded afterwards"),
        "left_out": _("not taken over into the register"),
        "register_kept": _("not turned back in the register"),
        **{str(field): field.label for field in SurveyQuestion.Feeds},
    }
    value_names: ClassVar[dict[str, Any]] = {"milestone_state": Milestone.State.choices}
    action_names: ClassVar[dict[str, Any]] = {"evidence_withdrawn": _("Evidence withdrawn")}

    start = nodes.StartHandle(this.fill).Next(this.turn)
    turn = (
        nodes.Switch()
        .Annotation(title=_("Whose is it?"))
        .Case(this.hand_in_bureau, lambda act: rules.hand_in_node(act.process) == "hand_in_bureau")
        .Case(this.hand_in_head, lambda act: rules.hand_in_node(act.process) == "hand_in_head")
        .Default(this.hand_in)
    )
    hand_in = _handing_in(Role.TOWNSHIP).Annotation(title=_("Evidence by the township")).Next(this.after_hand_in)
    hand_in_head = (
        _handing_in(Role.HEAD).Annotation(title=_("Evidence by the head institution")).Next(this.after_hand_in)
    )
    hand_in_bureau = _handing_in(Role.BUREAU).Annotation(title=_("Evidence by the bureau")).Next(this.after_hand_in)
    after_hand_in = (
        nodes.Switch()
        .Annotation(title=_("What was handed in?"))
        .Case(this.move_decision, lambda act: act.process.outcome == "move")
        .Case(this.resolution, lambda act: act.process.outcome == "block")
        .Case(this.confirm, lambda act: rules.way_to_confirmation(act.process) == "nobody")
        .Case(this.both_check, lambda act: rules.way_to_confirmation(act.process) == "both")
        .Default(this.check)
    )
    move_decision = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.decides_move,
            decisions={
                "approve": Choice(_("Approve the new date")),
                "refuse": Choice(_("Refuse"), needs_reason=True, tone="ask"),
            },
            workdays=5,
            handler=this.move_decided,
            form=FORMS + "MoveStep",
        )
        .Annotation(title=_("Decision on the last day"))
        .Next(this.turn)
    )
    resolution = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.records_resolution,
            decisions={"resolved": Choice(_("Record the resolution"))},
            workdays=10,
            handler=this.resolved,
            form=FORMS + "ResolveStep",
        )
        .Annotation(title=_("Resolution of the leading group"))
        .Next(this.turn)
    )
    check = _checking(permissions.checks).Annotation(title=_("Head institution's check")).Next(this.settle)
    both_check = nodes.Split().Annotation(title=_("Both check")).Next(this.check_library).Next(this.check_culture)
    check_library = (
        _checking(permissions.checks_for_library, "library")
        .Annotation(title=_("Check by the library"))
        .Next(this.checks_in)
    )
    check_culture = (
        _checking(permissions.checks_for_culture, "culture")
        .Annotation(title=_("Check by the cultural centre"))
        .Next(this.checks_in)
    )
    checks_in = nodes.Join().Annotation(title=_("All checks in")).Next(this.settle)
    settle = nodes.Function(this.settle_checks).Annotation(title=_("Sum up")).Next(this.after_checks)
    after_checks = (
        nodes.Switch()
        .Annotation(title=_("Sound?"))
        .Case(this.turn, lambda act: act.process.outcome == "return")
        .Default(this.confirm)
    )
    confirm = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.confirms,
            decisions={"confirm": Choice(_("Confirm")), "return": RETURN},
            workdays=5,
            handler=this.confirmed,
            form=FORMS + "ConfirmStep",
            judges=True,
        )
        .Annotation(title=_("Bureau's confirmation"))
        .Next(this.after_confirmation)
    )
    after_confirmation = (
        nodes.Switch()
        .Annotation(title=_("Confirmed?"))
        .Case(this.turn, lambda act: act.process.outcome == "return")
        .Default(this.close)
    )
    close = nodes.Function(this.close_done).Annotation(title=_("Done")).Next(this.done)
    done = nodes.End().Annotation(title=_("Done"))

    # The flow's side of each step: it hands what was decided to a service.

    def fill(self, activation: Any, *, by: Any, number: str, check_word: str, milestone: Any) -> MilestoneCase:
        case = activation.process
        case.number, case.check_word = number, check_word
        evidence.case_fill(case, milestone=milestone, by=by)
        return case

    def handed_in(self, act: Act) -> None:
        if act.decision == "move":
            act.changes |= delays.date_move_record(act.case, new=act.data.get("new"), reason=act.reason, by=act.actor)
        elif act.decision == "block":
            act.changes |= delays.block_record(act.case, problem=act.reason, by=act.actor)
        else:
            act.made, changes = evidence.evidence_record(
                act.case,
                by=act.actor,
                done_on=act.data.get("done_on"),
                note=act.data.get("note", ""),
                answers=act.data.get("answers") or {},
                files=act.data.get("files") or (),
                source=act.data.get("source", Evidence.Source.FORM),
            )
            act.changes |= changes

    def move_decided(self, act: Act) -> None:
        act.changes |= delays.date_move_decide(act.case, decision=act.decision, by=act.actor)

    def resolved(self, act: Act) -> None:
        act.changes |= delays.issue_resolve(
            act.case,
            met_on=act.data.get("met_on"),
            resolution=act.data.get("resolution", ""),
            minutes=act.data.get("minutes"),
            by=act.actor,
        )

    def checked(self, act: Act) -> None:
        act.changes |= evidence.check_record(act.case, decision=act.decision, by=act.actor)

    def settle_checks(self, activation: Any) -> None:
        evidence.check_settle(activation.process)

    def confirmed(self, act: Act) -> None:
        act.changes |= evidence.confirmation_record(act.case, decision=act.decision, by=act.actor, choices=act.data)

    def close_done(self, activation: Any) -> None:
        evidence.milestone_close(activation.process)

    # What the screens ask.

    def facts(self, case: MilestoneCase, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        return presentation.facts(case, internal=internal)

    def steps_of(self, case: MilestoneCase) -> list[HumanTask]:
        checks = {"nobody": set(), "one": {"check"}, "both": {"check_library", "check_culture"}}
        shown = checks[rules.way_to_confirmation(case)] | {rules.hand_in_node(case), *COMMON}
        return [node for node in self.human_nodes() if node.name in shown]

    def stopped(self, case: MilestoneCase) -> None:
        evidence.case_stopped(case)

    def may_withdraw(self, case: MilestoneCase) -> bool:
        """Evidence is withdrawn, not the case: see `services.evidence.evidence_withdraw`."""
        return False
