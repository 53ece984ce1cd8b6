"""The same nodes, gateways and lock; no work items, no log, no rules, no deadlines."""

from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock, nodes

from .models import BareProcess


def goes(outcome: str) -> Any:
    return lambda act: act.process.outcome == outcome


class BareFlow(flow.Flow):
    process_class = BareProcess
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = nodes.StartHandle().Next(this.receive)
    receive = nodes.Function(this.nothing).Next(this.accept)
    accept = nodes.View(None).Next(this.after_acceptance)
    after_acceptance = (
        nodes.Switch().Case(this.correct, goes("correct")).Case(this.refuse, goes("refuse")).Default(this.opinion)
    )
    correct = nodes.View(None).Next(this.accept)
    opinion = nodes.View(None).Next(this.reviews)
    reviews = nodes.Split().Next(this.library_review, case=goes("")).Next(this.culture_review, case=goes("both"))
    library_review = nodes.View(None).Next(this.reviewed)
    culture_review = nodes.View(None).Next(this.reviewed)
    reviewed = nodes.Join().Next(this.settle)
    settle = nodes.Function(this.save).Next(this.after_reviews)
    after_reviews = (
        nodes.Switch().Case(this.refuse, goes("refuse")).Case(this.supplement, goes("correct")).Default(this.visit)
    )
    supplement = nodes.View(None).Next(this.reviews)
    visit = nodes.View(None).Next(this.panel)
    panel = nodes.View(None).Next(this.after_panel)
    after_panel = (
        nodes.Switch().Case(this.consent, goes("convert")).Case(this.refuse, goes("refuse")).Default(this.decide)
    )
    consent = nodes.View(None).Next(this.after_consent)
    after_consent = nodes.Switch().Case(this.refuse, goes("decline")).Default(this.decide)
    decide = nodes.View(None).Next(this.after_decision)
    after_decision = nodes.Switch().Case(this.refuse, goes("refuse")).Default(this.agreement)
    agreement = nodes.View(None).Next(this.plaque)
    plaque = nodes.View(None).Next(this.trial)
    trial = nodes.View(None).Next(this.opening)
    opening = nodes.View(None).Next(this.after_trial)
    after_trial = nodes.Switch().Case(this.trial, goes("extend")).Case(this.refuse, goes("refuse")).Default(this.tell)
    tell = nodes.Function(this.nothing).Next(this.opened)
    opened = nodes.End()
    refuse = nodes.Function(this.nothing).Next(this.refused)
    refused = nodes.End()

    def nothing(self, activation: Any) -> None:
        pass

    def save(self, activation: Any) -> None:
        activation.process.save()
