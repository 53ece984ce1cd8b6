"""People and steps for tests of secondments, on top of the small county of `world`."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from network.models import Appointment, Post
from workflows.core.services import case_start, task_act
from workflows.secondments.flows import SecondmentFlow
from workflows.secondments.models import Secondment

from ..world import act, item, person


def hold(world, name, place, title, *, full_time=True, **more):
    """A person with a post of their own."""
    user = world.people[name] = person(name)
    post = Post.objects.create(venue=place, title=title, full_time=full_time)
    Appointment.objects.create(post=post, person=user, full_time=full_time, since=date(2020, 1, 1), **more)
    return user


def add_staff(world):
    """An able librarian at the head, the branch's head and a member of its staff."""
    hold(world, "able", world.library, Post.Title.HEAD_STAFF)
    hold(world, "chief", world.branch, Post.Title.BRANCH_HEAD)
    hold(world, "junior", world.branch, Post.Title.BRANCH_STAFF)
    return world


def day(ahead):
    return timezone.localdate() + timedelta(days=ahead)


def facts(world, direction="down", **more):
    down = direction == "down"
    return {
        "direction": direction,
        "line": "library",
        "person": world.able if down else world.junior,
        "venue": world.branch if down else None,
        "full_time": True,
        "first_day": day(0),
        "last_day": day(180),
        "need": "分馆需要编目指导",
        "cover_plan": "由同事代管",
    } | more


def nominate(world, direction="down", by=None, **more):
    by = by or (world.lib1 if direction == "down" else world.chief)
    return case_start(SecondmentFlow, by=by, facts=facts(world, direction, **more))


def until_appointment(world, case, publish=True):
    """Consent, the receiving side, the bureau."""
    case = fresh(case)
    act(case, case.person, "agree", publish=publish)
    if case.direction == "down":
        act(case, world.town, "support")
    else:
        act(case, world.lib2, "accept", mentor=world.lib3, study_plan="编目、活动策划")
    act(case, world.bureau1, "approve")
    return fresh(case)


def appointed(world, direction="down", publish=True, **more):
    case = until_appointment(world, nominate(world, direction, **more), publish)
    act(case, world.lib1, "appoint")
    return fresh(case)


def reviewed(world, direction="down", **more):
    """A posting that has been handed over and reviewed, and waits for its end."""
    case = appointed(world, direction, **more)
    act(case, world.lib1, "handed_over", handover_on=day(0), handover_note="交接")
    if direction == "down":
        act(case, world.town, "said", view_grade="excellent", view="群众反映好")
    act(case, world.lib1, "reviewed", midterm_grade="competent", midterm_text="好")
    return fresh(case)


def need_facts(world, direction="down", **more):
    return {
        "direction": direction,
        "line": "library",
        "branch": world.branch,
        "full_time": True,
        "first_day": day(0),
        "last_day": day(180),
        "need": "古籍编目缺人",
        "cover_plan": "由同事代管",
    } | more


def state_need(world, direction="down", by=None, **more):
    by = by or (world.town if direction == "down" else world.chief)
    return case_start(SecondmentFlow, by=by, entry="need", facts=need_facts(world, direction, **more))


def fresh(case):
    return Secondment.objects.select_related("person", "venue", "appointment", "home_later").get(pk=case.pk)


def on(clock, when):
    """Noon of that day."""
    clock.move_to(datetime(when.year, when.month, when.day, 4, tzinfo=UTC))


def problem(call, *fields):
    """It is refused beside these fields and no other."""
    with pytest.raises(ValidationError) as error:
        call()
    assert set(error.value.message_dict) == set(fields), error.value.message_dict


def refused(case, user, decision, **data):
    """It is not theirs to decide."""
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(case).pk, actor=user, decision=decision, reason="because", data=data)
