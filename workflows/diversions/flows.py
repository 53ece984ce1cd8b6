"""A report of diversion: report → examine → decide → close."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import nodes

from workflows.core.models import WorkItem
from workflows.core.nodes import Act, CaseFlow, Choice, HumanTask

from . import permissions, selectors, services
from .models import Diversion


class DiversionFlow(CaseFlow):
    process_class = Diversion
    process_title = _("Report of diversion")
    case_title = _("Report of diversion")
    prefix = "NY"
    partner = _("the reporter")
    reason_readers = _("The reporter reads it, without your name.")

    start = nodes.StartHandle(this.fill).Next(this.keep)

    keep = nodes.Function(this.keep_evidence).Annotation(title=_("Received")).Next(this.examine)

    examine = (
        HumanTask(
            role=WorkItem.Role.BUREAU,
            permission=permissions.handles,
            decisions={
                "founded": Choice(_("Founded")),
                "unfounded": Choice(_("Not founded"), tone="stop"),
            },
            workdays=10,
            handler=this.examined,
            form="workflows.diversions.forms.ExaminationForm",
            judges=True,
        )
        .Annotation(title=_("Examination"))
        .Next(this.decide)
    )
    decide = (
        HumanTask(
            role=WorkItem.Role.BUREAU,
            permission=permissions.handles,
            decisions={
                "order": Choice(_("The person returns to the post"), needs_reason=True),
                "admonish": Choice(_("Admonish the unit"), needs_reason=True),
                "dismiss": Choice(_("No measure"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.decided,
            judges=True,
        )
        .Annotation(title=_("Decision on the report"))
        .Next(this.close)
    )
    close = nodes.Function(this.close_report).Annotation(title=_("Reporter told")).Next(this.closed)
    closed = nodes.End().Annotation(title=_("Case closed"))

    def fill(self, activation: Any, *, by: Any, number: str, check_word: str, facts: Any) -> Diversion:
        case = activation.process
        case.number, case.check_word = number, check_word
        services.report_fill(case, facts=facts, by=by)
        case.evidence = facts.get("evidence")  # for the next node, once the case is saved
        return case

    def keep_evidence(self, activation: Any) -> None:
        case = activation.process
        services.evidence_keep(case, paper=case.evidence, by=case.opened_by)

    def examined(self, act: Act) -> None:
        act.changes |= services.finding_record(act.case, decision=act.decision, findings=act.data.get("findings", ""))

    def decided(self, act: Act) -> None:
        act.changes |= services.decision_record(act.case, decision=act.decision)

    def close_report(self, activation: Any) -> None:
        services.report_close(activation.process)

    def facts(self, case: Diversion, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        rows = [
            (gettext("Venue"), case.where),
            (gettext("Post concerned"), case.post),
            (gettext("Held by"), gettext(", ").join(map(str, selectors.holders(case)))),
            (gettext("Who is diverted"), case.who),
            (gettext("Since when"), date_format(case.since, "DATE_FORMAT")),
            (gettext("What is happening"), case.account),
            (gettext("Reported by (for the bureau only)"), case.person if internal else ""),
            (gettext("Finding"), case.get_finding_display()),
            (gettext("What was found"), case.findings if internal else ""),
            (gettext("Decision on the report"), case.get_decision_display()),
        ]
        return [(gettext("Report"), [(label, value) for label, value in rows if value not in (None, "")])]
