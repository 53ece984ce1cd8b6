"""Appointments: one full-time post a person, one holder a post, terms (R95–R100)."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command

from network import services

from .steps import NOON, TODAY, appoint, errors, log_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


def test_one_full_time_post_a_person(posts, make_person):
    person = make_person()
    appoint(person, posts[0])
    assert "person" in errors(lambda: appoint(person, posts[2]))
    assert appoint(person, posts[1]).full_time is False  # the liaison's post is part-time: allowed beside it


def test_one_after_the_other_is_allowed(posts, make_person):
    person = make_person()
    appoint(person, posts[0], until=TODAY + dt.timedelta(days=9))
    assert "person" in errors(lambda: appoint(person, posts[2], since=TODAY + dt.timedelta(days=9)))
    appoint(person, posts[2], since=TODAY + dt.timedelta(days=10))


def test_a_post_is_one_slot(posts, make_person):
    appoint(make_person("甲"), posts[0])
    assert errors(lambda: appoint(make_person("乙"), posts[0]))["post"] == ["甲在此期间担任该岗位。"]


def test_a_full_time_post_is_held_full_time_except_by_secondment(posts, make_person):
    assert "full_time" in errors(lambda: appoint(make_person(), posts[0], full_time=False))
    assert appoint(make_person(), posts[0], full_time=False, basis="secondment")


def test_a_deactivated_person_is_not_appointed(posts, make_person):
    assert "person" in errors(lambda: appoint(make_person(is_active=False), posts[0]))


def test_a_term_does_not_run_backwards(posts, make_person):
    assert "until" in errors(lambda: appoint(make_person(), posts[0], until=TODAY - dt.timedelta(days=1)))


def test_suspension_frees_person_and_post_and_resumption_asks_again(posts, make_person, heard):
    person, cover = make_person(), make_person("代")
    home = appoint(person, posts[0])
    services.appointment_suspend(appointment=home, by=None, reason="下派")
    away = appoint(person, posts[2], basis="secondment")
    covering = appoint(cover, posts[0])
    problems = errors(lambda: services.appointment_resume(appointment=home, by=None))
    assert problems.keys() == {"person", "post"}
    services.appointment_end(appointment=away, by=None)
    services.appointment_end(appointment=covering, by=None, reason="期满")
    assert services.appointment_resume(appointment=home, by=None).status == "active"
    assert [name.removeprefix("appointment_") for name, _ in heard] == [
        *("started", "ended", "started", "started", "ended", "ended", "started")
    ]


def test_what_has_ended_stays_ended(posts, make_person):
    held = appoint(make_person(), posts[0])
    services.appointment_end(appointment=held, by=None)
    for call in (
        lambda: services.appointment_end(appointment=held, by=None),
        lambda: services.appointment_resume(appointment=held, by=None),
        lambda: services.appointment_suspend(appointment=held, by=None, reason="x"),
    ):
        assert errors(call)


def test_an_end_ahead_is_reached_by_the_timer(posts, make_person, heard, capsys):
    held = appoint(make_person(), posts[0])
    services.appointment_end(appointment=held, by=None, last_day=TODAY + dt.timedelta(days=1))
    held.refresh_from_db()
    assert (held.status, held.until) == ("active", TODAY + dt.timedelta(days=1))
    assert services.appointments_end_due() == 0
    with time_machine.travel(NOON + dt.timedelta(days=2)):
        call_command("end_appointments")
        assert services.appointments_end_due() == 0
    held.refresh_from_db()
    assert held.status == "ended"
    assert "1 " in capsys.readouterr().out
    assert [name for name, _ in heard] == ["appointment_started", "appointment_ended"]


def test_an_end_before_the_beginning_is_refused(posts, make_person):
    held = appoint(make_person(), posts[0])
    last = TODAY - dt.timedelta(days=1)
    assert "until" in errors(lambda: services.appointment_end(appointment=held, by=None, last_day=last))


def test_an_extension_asks_the_rules_again(posts, make_person):
    person = make_person()
    held = appoint(person, posts[0], until=TODAY + dt.timedelta(days=5))
    appoint(person, posts[2], since=TODAY + dt.timedelta(days=6))
    last = TODAY + dt.timedelta(days=7)
    assert "person" in errors(lambda: services.appointment_end(appointment=held, by=None, last_day=last))


def test_an_appointment_is_logged_with_who_and_what(posts, make_person, bureau):
    person = make_person()
    held = appoint(person, posts[0], by=bureau, basis="ex_officio")
    services.appointment_end(appointment=held, by=bureau, reason="调任")
    first, last = log_of(held)
    assert first.data["changes"]["person"] == [None, "王小明"]
    assert last.data == {
        "changes": {"status": ["active", "ended"], "until": [None, "2026-11-22"]},
        "reason": "调任",
    }
    assert last.user == bureau
