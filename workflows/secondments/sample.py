"""Sample secondments: one running down, one waiting for consent, one up and one need waiting for the head."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.sample import PASSWORD, make_person
from common.report import Report
from network.models import Appointment, Post, Venue
from network.services import appointment_create, appointment_end
from workflows.core.samples import sample_cases_delete
from workflows.core.services import case_start, task_act

from .flows import SecondmentFlow
from .models import LogEntry, Secondment
from .services import log_entry_save

NAMES = ("library", "culture", "township", "bureau", "editor")


def load(report: Report) -> None:
    """Nominate through the services and take one to its appointment. Loading again adds nothing."""
    people: dict[str, Any] = {name: User.objects.filter(email=f"{name}@example.org").first() for name in NAMES}
    if not settings.DEMO or not all(people.values()) or Secondment.objects.filter(is_sample=True).exists():
        return
    branch = Venue.objects.filter(posts__appointments__person=people["editor"]).first()
    if branch is None or not branch.is_active:
        return
    with transaction.atomic():
        people["able"] = _staff("seconded@example.org", "图书馆业务骨干（示例）", Venue.Kind.COUNTY_LIBRARY)
        people["singer"] = _staff("seconded2@example.org", "文化馆业务骨干（示例）", Venue.Kind.COUNTY_CENTRE)
        _running(people, branch)
        _nominate(people["culture"], people["singer"], "down", "culture", branch, 30, 210)
        up = _nominate(people["township"], people["editor"], "up", "library", None, 20, 110)
        _act(up, people["editor"], "agree")
        _need(people["township"], branch)
    report.account("Seconded to a branch · 下派挂职人员", "seconded@example.org", PASSWORD)
    report.step("Secondments: one running, two on their way, one need stated")


def _staff(email: str, name: str, kind: str) -> User:
    """A full-time member of a head's staff."""
    person = make_person(email, name)
    if not person.appointments.exists():
        head = Venue.objects.get(kind=kind)
        post = Post.objects.create(venue=head, title=Post.Title.HEAD_STAFF, is_sample=True)
        since = timezone.localdate() - timedelta(days=700)
        appointment_create(post=post, person=person, since=since, by=None, is_sample=True)
    return person


def _nominate(
    by: User, person: User, direction: str, line: str, venue: Venue | None, first: int, last: int
) -> Secondment:
    today = timezone.localdate()
    facts = {
        "direction": direction,
        "line": line,
        "person": person,
        "venue": venue,
        "full_time": True,
        "first_day": today + timedelta(days=first),
        "last_day": today + timedelta(days=last),
        "need": "指导分馆编目、阅读推广和村级服务点业务（示例）",
        "cover_plan": "由同科室人员代管（示例）",
    }
    return case_start(SecondmentFlow, by=by, facts=facts)


def _need(by: User, branch: Venue) -> None:
    """What the branch needs once the running posting is over."""
    today = timezone.localdate()
    facts = {
        "direction": "down",
        "line": "library",
        "branch": branch,
        "full_time": False,
        "first_day": today + timedelta(days=190),
        "last_day": today + timedelta(days=370),
        "need": "少儿阅读推广活动策划，每周两天（示例）",
    }
    case_start(SecondmentFlow, by=by, entry="need", facts=facts)


def _running(people: dict[str, Any], branch: Venue) -> None:
    case = _nominate(people["library"], people["able"], "down", "library", branch, 0, 181)
    _act(case, people["able"], "agree", publish=True)
    _act(case, people["township"], "support")
    _act(case, people["bureau"], "approve")
    _act(case, people["library"], "appoint")
    _act(
        case,
        people["library"],
        "handed_over",
        handover_on=timezone.localdate(),
        handover_note="书目、钥匙已移交（示例）",
    )
    month = timezone.localdate().replace(day=1)
    case = Secondment.objects.get(pk=case.pk)
    log_entry_save(case=case, by=people["able"], month=month, days=1, work="到岗报到，走访两个服务点（示例）。")


def _act(case: Secondment, user: User, decision: str, **data: Any) -> None:
    task_act(work_item=case.work_items.open().get().pk, actor=user, decision=decision, data=data)


def remove(report: Report) -> None:
    """Take the sample secondments away with their appointments; network's own sample people go afterwards."""
    rows = Secondment.objects.filter(is_sample=True)
    cases = list(rows.values_list("pk", flat=True))
    made = list(rows.exclude(appointment=None).values_list("appointment", flat=True))
    later = list(rows.exclude(home_later=None).values_list("home_later", flat=True))
    LogEntry.objects.filter(secondment__in=cases).delete()
    sample_cases_delete(cases)
    Appointment.objects.filter(pk__in=later).delete()
    for appointment in Appointment.objects.filter(pk__in=made, is_sample=True).exclude(status="ended"):
        if appointment.since <= timezone.localdate():  # so that the rooms above withdraw what it gave
            appointment_end(appointment=appointment, by=None)
    Appointment.objects.filter(pk__in=made, is_sample=True).delete()
    report.step(f"Secondments: {len(cases)} sample cases removed")
