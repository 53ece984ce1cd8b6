"""`run_timers`: one failing timer must not take the others with it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_every_timer_runs_although_one_before_it_fails(settings, caplog):
    Session.objects.create(session_key="old", expire_date=timezone.now() - timedelta(days=1))
    settings.TIMERS = {"no_such_command": 60, "clearsessions": 60}
    with pytest.raises(SystemExit, match="no_such_command"):
        call_command("run_timers", once=True)
    assert not Session.objects.exists()
    assert "timer no_such_command failed" in caplog.text


def test_the_sites_own_timers_run():
    call_command("run_timers", once=True)
