"""A secondment from the need to the appraisal: the flow reads like the process it is (R102–R107)."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import nodes

from workflows.core.models import WorkItem
from workflows.core.nodes import Act, CaseFlow, Choice, HumanTask
from workflows.core.permissions import is_official

from . import permissions, presentation, rules, services
from .models import Secondment

Role = WorkItem.Role
FORMS = "workflows.secondments.step_forms."
REFUSE = Choice(_("Refuse"), needs_reason=True, tone="stop")


def middle_of(case: Secondment) -> date:
    """The day in the middle of the term: the mid-term review is due then."""
    return case.first_day + (case.last_day - case.first_day) / 2


def month_before_end(case: Secondment) -> date | None:
    """A month before the end: early enough for a renewal to be approved. None, so that the rule counts from today, when
    a venue that left service or a person who is gone brought the case here early."""
    if not case.venue.is_active or not case.person.is_active:  # type: ignore[union-attr]
        return None
    return max(case.last_day - timedelta(days=30), case.first_day)


def end_in_sight(case: Secondment) -> date | None:
    """Two weeks from the day on which the term may be reported on. None, so that the rule counts, once it has come."""
    begins = rules.reported_from(case)
    return begins + timedelta(days=14) if begins > timezone.localdate() else None


def after_the_term(case: Secondment) -> date:
    """The appraisal is due three weeks after the last day, or after a return decided later."""
    return max(case.last_day, timezone.localdate()) + timedelta(days=21)


class SecondmentFlow(CaseFlow):
    process_class = Secondment
    process_title = _("Secondment")
    case_title = _("Secondment")
    prefix = "GZ"
    partner = _("the person sent")
    reason_readers = _("The person concerned and the offices involved read it.")
    action_names: ClassVar[dict[str, Any]] = {
        "need_withdrawn": _("Need withdrawn"),
        "venue_left": _("A venue concerned left service"),
        "person_left": _("The person's account was deactivated"),
    }

    need = nodes.StartHandle(this.fill_need).Annotation(title=_("Need")).Next(this.nominate)
    start = nodes.StartHandle(this.fill).Annotation(title=_("Nomination")).Next(this.consent)

    nominate = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={
                "nominate": Choice(_("Nominate")),
                "unmet": Choice(_("The need cannot be met"), needs_reason=True, tone="stop"),
            },
            workdays=10,
            handler=this.nominated,
            form=FORMS + "AnswerForm",
        )
        .Annotation(title=_("Nomination for the need"))
        .Next(this.after_nomination)
    )
    after_nomination = (
        nodes.Switch()
        .Annotation(title=_("Nominated?"))
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.consent)
    )
    consent = (
        HumanTask(
            role=Role.APPLICANT,
            permission=permissions.agrees,
            decisions={
                "agree": Choice(_("I agree")),
                "decline": Choice(_("I do not agree"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.consented,
            form=FORMS + "ConsentForm",
        )
        .Annotation(title=_("The person's consent"))
        .Next(this.after_consent)
    )
    after_consent = (
        nodes.Switch()
        .Annotation(title=_("Agreed?"))
        .Case(this.refuse, lambda act: act.process.outcome == "decline")
        .Case(this.nominate, lambda act: act.process.outcome == "again")
        .Case(this.acceptance, lambda act: act.process.direction == "up")
        .Default(this.opinion)
    )
    opinion = (
        HumanTask(
            role=Role.TOWNSHIP,
            permission=permissions.speaks_for_township,
            decisions={
                "support": Choice(_("Support")),
                "object": Choice(_("Object"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.opinion_given,
            judges=True,
        )
        .Annotation(title=_("Receiving township's opinion"))
        .Next(this.approve)
    )
    acceptance = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={
                "accept": Choice(_("Receive the trainee")),
                "decline": Choice(_("Decline"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.accepted,
            form=FORMS + "AcceptanceForm",
            judges=True,
        )
        .Annotation(title=_("Acceptance by the head, mentor and study plan"))
        .Next(this.after_acceptance)
    )
    after_acceptance = (
        nodes.Switch()
        .Annotation(title=_("Accepted?"))
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.approve)
    )
    approve = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.approves,
            decisions={"approve": Choice(_("Approve")), "refuse": REFUSE},
            workdays=10,
            handler=this.approved,
            judges=True,
            bars_own_township=True,
        )
        .Annotation(title=_("Bureau's approval"))
        .Next(this.after_approval)
    )
    after_approval = (
        nodes.Switch()
        .Annotation(title=_("Approved?"))
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.appoint)
    )
    appoint = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={
                "appoint": Choice(_("Appoint")),
                "abandon": Choice(_("It does not come to pass"), needs_reason=True, tone="stop"),
            },
            workdays=5,
            handler=this.appointed,
            form=FORMS + "AppointmentForm",
        )
        .Annotation(title=_("Appointment"))
        .Next(this.after_appointment)
    )
    after_appointment = (
        nodes.Switch()
        .Annotation(title=_("Appointed?"))
        .Case(this.refuse, lambda act: act.process.outcome == "abandon")
        .Default(this.handover)
    )
    handover = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={"handed_over": Choice(_("Record the handover"))},
            workdays=10,
            handler=this.handed_over,
            form=FORMS + "HandoverForm",
        )
        .Annotation(title=_("Handover"))
        .Next(this.at_work)
    )
    at_work = (
        nodes.Switch()
        .Annotation(title=_("At a branch?"))
        .Case(this.midterm_view, lambda act: act.process.direction == "down")
        .Default(this.midterm)
    )
    midterm_view = (
        HumanTask(
            role=Role.TOWNSHIP,
            permission=permissions.speaks_for_township,
            decisions={"said": Choice(_("Hand in"))},
            workdays=20,
            due=middle_of,
            handler=this.midterm_seen,
            form=FORMS + "ViewForm",
        )
        .Annotation(title=_("Township's view at mid-term"))
        .Next(this.midterm)
    )
    midterm = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={"reviewed": Choice(_("Record the review"))},
            workdays=20,
            due=middle_of,
            handler=this.reviewed,
            form=FORMS + "MidtermForm",
        )
        .Annotation(title=_("Mid-term review"))
        .Next(this.ending)
    )
    ending = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={
                "return": Choice(_("Return to the home post")),
                "rotate": Choice(_("Rotate to another venue")),
                "renew": Choice(_("Ask for a renewal"), needs_reason=True, tone="ask"),
                "stay": Choice(_("It goes on as planned"), tone="ask"),
            },
            workdays=20,
            due=month_before_end,
            handler=this.term_ends,
            form=FORMS + "EndingForm",
            judges=True,
        )
        .Annotation(title=_("End of the term"))
        .Next(this.after_ending)
    )
    after_ending = (
        nodes.Switch()
        .Annotation(title=_("What follows?"))
        .Case(this.renewal, lambda act: act.process.outcome == "renew")
        .Case(this.handover, lambda act: act.process.outcome == "stay" and not act.process.handover_on)
        .Case(this.ending, lambda act: act.process.outcome == "stay" and act.process.midterm_grade)
        .Case(this.at_work, lambda act: act.process.outcome == "stay")
        .Case(this.final_view, lambda act: act.process.direction == "down")
        .Case(this.report, lambda act: act.process.person.is_active)
        .Default(this.appraisal)
    )
    renewal = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.approves,
            decisions={"approve": Choice(_("Approve the renewal")), "refuse": REFUSE},
            workdays=5,
            handler=this.renewal_decided,
            judges=True,
            bars_own_township=True,
        )
        .Annotation(title=_("Approval of the renewal"))
        .Next(this.ending)
    )
    final_view = (
        HumanTask(
            role=Role.TOWNSHIP,
            permission=permissions.speaks_for_township,
            decisions={"said": Choice(_("Hand in"))},
            workdays=10,
            due=end_in_sight,
            handler=this.finally_seen,
            form=FORMS + "FinalViewForm",
        )
        .Annotation(title=_("Township's view of the term"))
        .Next(this.appraisal)
    )
    report = (
        HumanTask(
            role=Role.APPLICANT,
            permission=permissions.agrees,
            decisions={"reported": Choice(_("Hand in the report"))},
            workdays=10,
            due=end_in_sight,
            handler=this.reported,
            form=FORMS + "ReportForm",
        )
        .Annotation(title=_("Final report"))
        .Next(this.appraisal)
    )
    appraisal = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_line,
            decisions={"appraised": Choice(_("Record the appraisal"))},
            workdays=15,
            due=after_the_term,
            handler=this.appraised,
            form=FORMS + "AppraisalForm",
        )
        .Annotation(title=_("Appraisal"))
        .Next(this.close)
    )
    close = nodes.Function(this.close_done).Annotation(title=_("Appraised")).Next(this.done)
    done = nodes.End().Annotation(title=_("Completed"))
    refuse = nodes.Function(this.close_refused).Annotation(title=_("Refusal")).Next(this.refused)
    refused = nodes.End().Annotation(title=_("Refused"))

    # The flow's side of each step: it hands what was decided to a service.

    def fill_need(self, activation: Any, *, by: Any, number: str, check_word: str, facts: Any) -> Secondment:
        case = activation.process
        case.number, case.check_word = number, check_word
        services.need_fill(case, facts=facts, by=by)
        return case

    def fill(self, activation: Any, *, by: Any, number: str, check_word: str, facts: Any) -> Secondment:
        case = activation.process
        case.number, case.check_word = number, check_word
        services.secondment_fill(case, facts=facts, by=by)
        return case

    def nominated(self, act: Act) -> None:
        act.changes |= services.nomination_record(act.case, decision=act.decision, facts=act.data, by=act.actor)

    def consented(self, act: Act) -> None:
        act.changes |= services.consent_record(act.case, decision=act.decision, publish=act.data.get("publish", False))

    def opinion_given(self, act: Act) -> None:
        act.changes |= services.opinion_record(act.case, decision=act.decision)

    def accepted(self, act: Act) -> None:
        act.changes |= services.acceptance_record(
            act.case,
            decision=act.decision,
            mentor=act.data.get("mentor"),
            study_plan=act.data.get("study_plan", ""),
        )

    def approved(self, act: Act) -> None:
        act.changes |= services.approval_record(act.case, decision=act.decision)

    def appointed(self, act: Act) -> None:
        if act.decision == "abandon":
            act.changes |= services.secondment_abandon(act.case)
            return
        act.changes |= services.secondment_appoint(
            act.case,
            first_day=act.data.get("first_day", act.case.first_day),
            last_day=act.data.get("last_day", act.case.last_day),
            by=act.actor,
        )

    def handed_over(self, act: Act) -> None:
        act.changes |= services.handover_record(
            act.case, handover_on=act.data.get("handover_on"), note=act.data.get("handover_note", "")
        )

    def midterm_seen(self, act: Act) -> None:
        self._seen(act, "midterm")

    def finally_seen(self, act: Act) -> None:
        self._seen(act, "final")

    def _seen(self, act: Act, stage: str) -> None:
        grade, text = act.data.get("view_grade", ""), act.data.get("view", "")
        act.changes |= services.view_record(act.case, stage=stage, grade=grade, text=text)

    def reviewed(self, act: Act) -> None:
        act.changes |= services.midterm_record(
            act.case, grade=act.data.get("midterm_grade", ""), text=act.data.get("midterm_text", "")
        )

    def term_ends(self, act: Act) -> None:
        act.changes |= services.ending_record(
            act.case,
            decision=act.decision,
            until=act.data.get("until"),
            next_venue=act.data.get("next_venue"),
            by=act.actor,
        )

    def renewal_decided(self, act: Act) -> None:
        act.changes |= services.renewal_record(act.case, decision=act.decision, by=act.actor)

    def reported(self, act: Act) -> None:
        act.changes |= services.report_record(act.case, report=act.data.get("report", ""))

    def appraised(self, act: Act) -> None:
        act.changes |= services.appraisal_record(
            act.case, grade=act.data.get("appraisal_grade", ""), text=act.data.get("appraisal_text", "")
        )

    def close_done(self, activation: Any) -> None:
        services.secondment_close(activation.process)

    def close_refused(self, activation: Any) -> None:
        services.secondment_refuse(activation.process)

    # What the screens ask.

    def facts(self, case: Secondment, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        return presentation.facts(case, internal=internal)

    def address(self, case: Any, user: Any) -> str:
        """A branch's head is no official of the case: they read what became of it in the list of needs."""
        return super().address(case, user) if is_official(user) else reverse("secondments_needs")

    def may_withdraw(self, case: Secondment) -> bool:
        """The person declines instead of consenting; after that it is not theirs to take back."""
        return False
