"""An acceptance from its start to the superior's decision, and the rectification of one item (R39–R41)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import nodes

from workflows.core.models import WorkItem
from workflows.core.nodes import Act, CaseFlow, Choice, HumanTask
from workflows.core.services import case_start

from . import permissions, presentation, services
from .models import Acceptance, Rectification, Statement

Role = WorkItem.Role
FORMS = "workflows.acceptance.forms."
LINES = {"library": permissions.reports_for_library, "culture": permissions.reports_for_culture}


def _said_by(line: str, decision: Choice, handler: Any, form: str) -> HumanTask:
    """A step that one head institution takes beside the other."""
    return HumanTask(
        role=Role.HEAD,
        line=line,
        permission=LINES[line],
        decisions={"hand_in": decision},
        workdays=10,
        handler=handler,
        form=FORMS + form,
    )


class AcceptanceFlow(CaseFlow):
    process_class = Acceptance
    process_title = _("Final acceptance")
    case_title = _("Acceptance of a programme")
    prefix = "YS"
    reason_readers = _("The township and the head institutions concerned read it.")

    start = nodes.StartHandle(this.fill).Next(this.opened)
    opened = nodes.Function(this.open_case).Annotation(title=_("Started")).Next(this.reports)

    reports = nodes.Split().Annotation(title=_("Reports")).Next(this.library_report).Next(this.culture_report)
    library_report = (
        _said_by("library", Choice(_("Hand in the report")), this.reported, "ReportForm")
        .Annotation(title=_("The library's summary report"))
        .Next(this.reports_in)
    )
    culture_report = (
        _said_by("culture", Choice(_("Hand in the report")), this.reported, "ReportForm")
        .Annotation(title=_("The cultural centre's summary report"))
        .Next(this.reports_in)
    )
    reports_in = nodes.Join().Annotation(title=_("Both reports in")).Next(this.checks)

    checks = nodes.Split().Annotation(title=_("Self-checks")).Next(this.library_check).Next(this.culture_check)
    library_check = (
        _said_by("library", Choice(_("Confirm the self-check")), this.self_checked, "SelfCheckForm")
        .Annotation(title=_("The library's self-check"))
        .Next(this.checks_in)
    )
    culture_check = (
        _said_by("culture", Choice(_("Confirm the self-check")), this.self_checked, "SelfCheckForm")
        .Annotation(title=_("The cultural centre's self-check"))
        .Next(this.checks_in)
    )
    checks_in = nodes.Join().Annotation(title=_("Both self-checks in")).Next(this.pre_acceptance)

    pre_acceptance = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.leads,
            decisions={
                "pass": Choice(_("Passed: ask the superior to inspect")),
                "rectify": Choice(_("Send out the rectification list"), tone="ask"),
            },
            workdays=15,
            handler=this.pre_accepted,
            form=FORMS + "PreAcceptanceForm",
            judges=True,
        )
        .Annotation(title=_("County's pre-acceptance"))
        .Next(this.after_pre_acceptance)
    )
    after_pre_acceptance = (
        nodes.Switch()
        .Annotation(title=_("Passed?"))
        .Case(this.rectification, lambda act: act.process.outcome == "rectify")
        .Default(this.superior)
    )
    rectification = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.leads,
            decisions={
                "finish": Choice(_("Everything is put right: ask the superior to inspect")),
                "more": Choice(_("Send out further items"), tone="ask"),
            },
            workdays=30,
            handler=this.rectified,
            form=FORMS + "RectificationForm",
        )
        .Annotation(title=_("Rectification"))
        .Next(this.after_rectification)
    )
    after_rectification = (
        nodes.Switch()
        .Annotation(title=_("Everything put right?"))
        .Case(this.rectification, lambda act: act.process.outcome == "more")
        .Default(this.superior)
    )
    superior = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.leads,
            decisions={
                "passed": Choice(_("Accepted by the superior")),
                "failed": Choice(_("Not accepted"), needs_reason=True, tone="stop"),
            },
            workdays=60,
            handler=this.inspected,
            form=FORMS + "InspectionForm",
        )
        .Annotation(title=_("Superior's acceptance"))
        .Next(this.after_superior)
    )
    after_superior = (
        nodes.Switch()
        .Annotation(title=_("Accepted?"))
        .Case(this.rectification, lambda act: act.process.outcome == "failed")
        .Default(this.done)
    )
    done = nodes.End().Annotation(title=_("Programme accepted"))

    def fill(self, activation: Any, *, by: Any, number: str, check_word: str, **given: Any) -> Acceptance:
        case = activation.process
        case.number, case.check_word = number, check_word
        services.acceptance_fill(case, by=by, **given)
        return case

    def open_case(self, activation: Any) -> None:
        case = activation.process
        services.snapshot_take(case, node="start", by=case.opened_by)

    def reported(self, act: Act) -> None:
        self._state(act, Statement.Kind.REPORT)

    def self_checked(self, act: Act) -> None:
        self._state(act, Statement.Kind.SELF_CHECK)
        services.snapshot_take(act.case, node=act.item.node, by=act.actor)

    def _state(self, act: Act, kind: str) -> None:
        act.changes |= services.statement_save(
            act.case,
            kind=kind,
            line=act.item.line,
            text=act.data.get("text"),
            paper=act.data.get("paper"),
            by=act.actor,
        )

    def pre_accepted(self, act: Act) -> None:
        act.changes |= services.pre_acceptance_record(
            act.case, decision=act.decision, opinion=act.data.get("opinion", "")
        )
        services.snapshot_take(act.case, node=act.item.node, by=act.actor)
        if act.decision == "rectify":
            self._send_out(act)

    def rectified(self, act: Act) -> None:
        act.changes |= services.rectification_check(act.case, decision=act.decision)
        services.snapshot_take(act.case, node=act.item.node, by=act.actor)
        if act.decision == "more":
            self._send_out(act)

    def _send_out(self, act: Act) -> None:
        for item in act.case.items.filter(case=None).select_related("township", "acceptance"):
            case_start(RectificationFlow, by=act.actor, item=item)

    def inspected(self, act: Act) -> None:
        wanted = {name: act.data.get(name) for name in ("organ", "document_number", "on", "paper")}
        passed = act.decision == "passed"
        act.changes |= services.inspection_record(act.case, passed=passed, reasons=act.reason, by=act.actor, **wanted)
        services.snapshot_take(act.case, node=act.item.node, by=act.actor)
        if passed:
            services.acceptance_close(act.case, by=act.actor)

    def facts(self, case: Acceptance, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        return presentation.facts(case)

    def stopped(self, case: Acceptance) -> None:
        services.acceptance_stopped(case)

    def may_withdraw(self, case: Acceptance) -> bool:
        """There is no applicant. An administrator may cancel it."""
        return False


class RectificationFlow(CaseFlow):
    process_class = Rectification
    process_title = _("Rectification item")
    case_title = _("Rectification item")
    prefix = "ZG"
    reason_readers = _("The township and the head institutions concerned read it.")

    start = nodes.StartHandle(this.fill).Next(this.whose)
    whose = (
        nodes.Switch()
        .Annotation(title=_("Whose item?"))
        .Case(this.answer_township, lambda act: act.process.township_id is not None)
        .Default(this.answer_head)
    )
    answer_township = (
        HumanTask(
            role=Role.TOWNSHIP,
            permission=permissions.answers_for_township,
            decisions={"answer": Choice(_("Put right: hand in the evidence"))},
            workdays=15,
            due=lambda case: case.item.due_on,
            handler=this.answered,
            form=FORMS + "AnswerForm",
        )
        .Annotation(title=_("The township puts it right"))
        .Next(this.tick_head)
    )
    answer_head = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.answers_for_head,
            decisions={"answer": Choice(_("Put right: hand in the evidence"))},
            workdays=15,
            due=lambda case: case.item.due_on,
            handler=this.answered,
            form=FORMS + "AnswerForm",
        )
        .Annotation(title=_("The head institution puts it right"))
        .Next(this.tick_bureau)
    )
    tick_head = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.ticks_township_item,
            decisions={
                "accept": Choice(_("Put right: tick it off")),
                "return": Choice(_("Not yet: return it"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.ticked,
            judges=True,
        )
        .Annotation(title=_("A head institution ticks it off"))
        .Next(this.after_tick)
    )
    tick_bureau = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.ticks_head_item,
            decisions={
                "accept": Choice(_("Put right: tick it off")),
                "return": Choice(_("Not yet: return it"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.ticked,
            judges=True,
        )
        .Annotation(title=_("The bureau ticks it off"))
        .Next(this.after_tick)
    )
    after_tick = (
        nodes.Switch()
        .Annotation(title=_("Put right?"))
        .Case(this.whose, lambda act: act.process.outcome == "return")
        .Default(this.close)
    )
    close = nodes.Function(this.close_item).Annotation(title=_("Ticked off")).Next(this.done)
    done = nodes.End().Annotation(title=_("Put right"))

    @classmethod
    def label(cls) -> str:
        """The second flow of this app: work items and deadlines must not confuse it with the first."""
        return "rectification"

    def fill(self, activation: Any, *, by: Any, number: str, check_word: str, **given: Any) -> Rectification:
        case = activation.process
        case.number, case.check_word = number, check_word
        services.rectification_fill(case, by=by, **given)
        return case

    def answered(self, act: Act) -> None:
        act.changes |= services.answer_save(
            act.case,
            answer=act.data.get("answer"),
            done_on=act.data.get("done_on"),
            papers=act.data.get("papers") or [],
            by=act.actor,
        )

    def ticked(self, act: Act) -> None:
        act.changes |= services.tick_record(act.case, decision=act.decision)

    def close_item(self, activation: Any) -> None:
        services.rectification_close(activation.process)

    def facts(self, case: Rectification, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        return presentation.item_facts(case)

    def may_withdraw(self, case: Rectification) -> bool:
        """There is no applicant."""
        return False
