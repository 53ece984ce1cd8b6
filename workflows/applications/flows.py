"""Becoming a branch or a service point: the flow reads like the process it is."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import nodes

from workflows.core.models import WorkItem
from workflows.core.nodes import Act, CaseFlow, Choice, HumanTask

from . import permissions, presentation, services
from .models import Application

Role = WorkItem.Role
FORMS = "workflows.applications.forms."
CORRECT = Choice(_("Ask for a correction"), tone="ask")
REFUSE = Choice(_("Refuse"), needs_reason=True, tone="stop")


class ApplicationFlow(CaseFlow):
    process_class = Application
    process_title = _("Application to become a branch or a service point")
    case_title = _("Application")
    prefix = "SQ"
    reason_readers = _("The applicant reads it.")
    value_names: ClassVar[dict[str, Any]] = {"checklist": [*presentation.CHECKS.items(), *presentation.ANSWERS]}

    start = nodes.StartHandle(this.fill).Next(this.receive)

    receive = nodes.Function(this.take_papers).Annotation(title=_("Received")).Next(this.accept)

    accept = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_head,
            decisions={"accept": Choice(_("Accept")), "correct": CORRECT, "refuse": REFUSE},
            workdays=5,
            handler=this.accepted,
            form=FORMS + "AcceptanceForm",
            judges=True,
        )
        .Annotation(title=_("Acceptance"))
        .Next(this.after_acceptance)
    )
    after_acceptance = (
        nodes.Switch()
        .Annotation(title=_("Accepted?"))
        .Case(this.correct, lambda act: act.process.outcome == "correct")
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.opinion)
    )
    correct = (
        HumanTask(
            role=Role.APPLICANT,
            permission=permissions.answers,
            decisions={"answered": Choice(_("Send the answers"))},
            workdays=10,
            handler=this.corrected,
            form=FORMS + "CorrectionForm",
        )
        .Annotation(title=_("Correction by the applicant"))
        .Next(this.accept)
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
        .Annotation(title=_("Township's opinion"))
        .Next(this.reviews)
    )

    reviews = (
        nodes.Split()
        .Annotation(title=_("Reviews"))
        .Next(this.library_review, case=lambda act: act.process.library)
        .Next(this.culture_review, case=lambda act: act.process.culture)
    )
    library_review = (
        HumanTask(
            role=Role.HEAD,
            line="library",
            permission=permissions.reviews_for_library,
            decisions={"approve": Choice(_("Approve")), "correct": CORRECT, "refuse": REFUSE},
            workdays=10,
            handler=this.library_reviewed,
            form=FORMS + "ReviewForm",
            judges=True,
        )
        .Annotation(title=_("Library's review"))
        .Next(this.reviewed)
    )
    culture_review = (
        HumanTask(
            role=Role.HEAD,
            line="culture",
            permission=permissions.reviews_for_culture,
            decisions={"approve": Choice(_("Approve")), "correct": CORRECT, "refuse": REFUSE},
            workdays=10,
            handler=this.culture_reviewed,
            form=FORMS + "ReviewForm",
            judges=True,
        )
        .Annotation(title=_("Cultural centre's review"))
        .Next(this.reviewed)
    )
    reviewed = nodes.Join().Annotation(title=_("All reviews in")).Next(this.settle)
    settle = nodes.Function(this.settle_reviews).Annotation(title=_("Sum up")).Next(this.after_reviews)
    after_reviews = (
        nodes.Switch()
        .Annotation(title=_("Reviews passed?"))
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Case(this.supplement, lambda act: act.process.outcome == "correct")
        .Default(this.visit)
    )
    supplement = (
        HumanTask(
            role=Role.APPLICANT,
            permission=permissions.answers,
            decisions={"answered": Choice(_("Send the answers"))},
            workdays=10,
            handler=this.corrected,
            form=FORMS + "CorrectionForm",
        )
        .Annotation(title=_("Supplement by the applicant"))
        .Next(this.reviews)
    )

    visit = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_head,
            decisions={"visited": Choice(_("Record the visit"))},
            workdays=15,
            handler=this.was_visited,
            form=FORMS + "VisitForm",
            judges=True,
        )
        .Annotation(title=_("Site visit"))
        .Next(this.panel)
    )
    panel = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.decides_for_bureau,
            decisions={
                "approve": Choice(_("Recommend")),
                "convert": Choice(_("A service point instead"), needs_reason=True, tone="ask"),
                "refuse": REFUSE,
            },
            workdays=10,
            handler=this.panel_met,
            form=FORMS + "PanelForm",
            judges=True,
            bars_own_township=True,
        )
        .Annotation(title=_("Panel review"))
        .Next(this.after_panel)
    )
    after_panel = (
        nodes.Switch()
        .Annotation(title=_("Recommended?"))
        .Case(this.consent, lambda act: act.process.outcome == "convert")
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.decide)
    )
    consent = (
        HumanTask(
            role=Role.APPLICANT,
            permission=permissions.answers,
            decisions={
                "agree": Choice(_("We agree to become a service point")),
                "decline": Choice(_("We do not agree: end the application"), tone="stop"),
            },
            workdays=10,
            handler=this.consented,
            form=FORMS + "ConsentForm",
        )
        .Annotation(title=_("Consent to a service point"))
        .Next(this.after_consent)
    )
    after_consent = (
        nodes.Switch()
        .Annotation(title=_("Agreed?"))
        .Case(this.refuse, lambda act: act.process.outcome == "decline")
        .Default(this.decide)
    )
    decide = (
        HumanTask(
            role=Role.BUREAU,
            permission=permissions.decides_for_bureau,
            decisions={"approve": Choice(_("Approve")), "refuse": REFUSE},
            workdays=10,
            handler=this.decided,
            judges=True,
            bars_own_township=True,
        )
        .Annotation(title=_("Bureau's decision"))
        .Next(this.after_decision)
    )
    after_decision = (
        nodes.Switch()
        .Annotation(title=_("Approved?"))
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.agreement)
    )

    agreement = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_head,
            decisions={"signed": Choice(_("The agreement is signed"))},
            workdays=10,
            handler=this.agreed,
            form=FORMS + "AgreementForm",
        )
        .Annotation(title=_("Agreement"))
        .Next(this.plaque)
    )
    plaque = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_head,
            decisions={"mounted": Choice(_("The plaque is up"))},
            workdays=15,
            handler=this.plaque_mounted,
            form=FORMS + "PlaqueForm",
        )
        .Annotation(title=_("Plaque"))
        .Next(this.trial)
    )
    trial = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_head,
            decisions={"started": Choice(_("The trial run begins"))},
            workdays=5,
            handler=this.trial_started,
            form=FORMS + "TrialForm",
        )
        .Annotation(title=_("Trial run"))
        .Next(this.opening)
    )
    opening = (
        HumanTask(
            role=Role.HEAD,
            permission=permissions.works_for_head,
            decisions={
                "open": Choice(_("Open the venue")),
                "extend": Choice(_("Extend the trial run"), needs_reason=True, tone="ask"),
                "refuse": REFUSE,
            },
            workdays=70,
            handler=this.trial_ended,
            judges=True,
        )
        .Annotation(title=_("End of the trial run"))
        .Next(this.after_trial)
    )
    after_trial = (
        nodes.Switch()
        .Annotation(title=_("Ready?"))
        .Case(this.trial, lambda act: act.process.outcome == "extend")
        .Case(this.refuse, lambda act: act.process.outcome == "refuse")
        .Default(this.tell)
    )
    tell = nodes.Function(this.tell_everyone).Annotation(title=_("Opened")).Next(this.opened)
    opened = nodes.End().Annotation(title=_("In service"))
    refuse = nodes.Function(this.close_refused).Annotation(title=_("Refusal")).Next(this.refused)
    refused = nodes.End().Annotation(title=_("Refused"))

    # The flow's side of each step: it hands what was decided to a service.

    def fill(self, activation: Any, *, by: Any, number: str, check_word: str, draft: Any, facts: Any) -> Application:
        case = activation.process
        case.number, case.check_word = number, check_word
        services.application_fill(case, draft=draft, facts=facts, by=by)
        case.draft = draft  # for the next node, once the case is saved
        return case

    def take_papers(self, activation: Any) -> None:
        services.application_receive(activation.process, draft=activation.process.draft)

    def accepted(self, act: Act) -> None:
        corrections = act.data.get("corrections", {})
        act.changes |= services.acceptance_record(
            act.case, decision=act.decision, corrections=corrections, by=act.actor
        )

    def corrected(self, act: Act) -> None:
        act.changes |= services.corrections_answer(
            act.case, answers=act.data.get("answers", {}), files=act.data.get("files", {}), by=act.actor
        )

    def opinion_given(self, act: Act) -> None:
        act.changes |= services.opinion_record(act.case, decision=act.decision)

    def library_reviewed(self, act: Act) -> None:
        self._reviewed(act, "library")

    def culture_reviewed(self, act: Act) -> None:
        self._reviewed(act, "culture")

    def _reviewed(self, act: Act, line: str) -> None:
        corrections = act.data.get("corrections", {})
        act.changes |= services.review_record(
            act.case, line=line, decision=act.decision, corrections=corrections, by=act.actor
        )

    def settle_reviews(self, activation: Any) -> None:
        services.reviews_settle(activation.process)

    def was_visited(self, act: Act) -> None:
        data = act.data
        act.changes |= services.visit_record(
            act.case,
            visited_on=data.get("visited_on"),
            visitors=data.get("visitors", ""),
            checklist=data.get("checklist", {}),
            note=data.get("visit_note", ""),
            photos=data.get("photos", []),
            by=act.actor,
        )

    def panel_met(self, act: Act) -> None:
        act.changes |= services.panel_record(
            act.case,
            decision=act.decision,
            panel_on=act.data.get("panel_on"),
            members=act.data.get("panel_members", ""),
        )

    def consented(self, act: Act) -> None:
        act.changes |= services.conversion_answer(act.case, decision=act.decision)

    def decided(self, act: Act) -> None:
        act.changes |= services.decision_record(act.case, decision=act.decision)

    def agreed(self, act: Act) -> None:
        act.changes |= services.agreement_record(
            act.case, agreement_on=act.data.get("agreement_on"), paper=act.data.get("agreement"), by=act.actor
        )

    def plaque_mounted(self, act: Act) -> None:
        act.changes |= services.plaque_record(act.case, plaque=act.data.get("plaque", ""))

    def trial_started(self, act: Act) -> None:
        act.changes |= services.trial_record(act.case, trial_until=act.data.get("trial_until"))

    def trial_ended(self, act: Act) -> None:
        act.changes |= services.opening_record(act.case, decision=act.decision)
        if act.decision == "open":
            act.changes |= services.application_open(act.case, by=act.actor)

    def tell_everyone(self, activation: Any) -> None:
        services.outcome_tell(activation.process, everyone=True)

    def close_refused(self, activation: Any) -> None:
        services.application_refuse(activation.process)
        services.outcome_tell(activation.process, everyone=False)

    # What the screens ask.

    def facts(self, case: Application, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        return presentation.facts(case, internal=internal)
