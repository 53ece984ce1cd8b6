"""Reminders of milestones that nobody has begun: a digest an owner, each threshold once, nothing lost."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from network.models import Appointment
from workflows.core.models import Notice
from workflows.core.notices import notices_for
from workflows.milestones.models import Milestone, MilestoneReminder, Programme
from workflows.milestones.reminders import Kind, milestones_remind
from workflows.milestones.services.delays import block_report

from .plan import hand_in, milestone

pytestmark = pytest.mark.django_db
LAST = date(2026, 12, 31)
SURVEYED = date(2026, 4, 30)


@pytest.fixture(autouse=True)
def one_last_day(programme):
    """Everything is due on the same day, and two people work for one township."""
    Milestone.objects.update(last_day=LAST, planned_last_day=LAST)
    Email.objects.all().delete()


def on(day):
    with time_machine.travel(f"{day} 09:00+08:00", tick=False):
        return milestones_remind()


def mails(user):
    return Email.objects.filter(to=user.email)


def test_nothing_before_the_first_threshold(world, programme):
    assert on(LAST - timedelta(days=31)) == 0
    assert not MilestoneReminder.objects.exists()


def test_one_digest_for_each_of_the_owner_s_people_not_one_a_milestone(world, programme):
    told = on(LAST - timedelta(days=30))
    assert told == Email.objects.count()
    for user in (world.town, world.town2, world.lib1, world.cul1, world.bureau1):
        assert mails(user).count() == 1
    assert not mails(world.elsewhere).exists()  # nothing of theirs
    body = mails(world.town).get().message
    mine = programme.milestones.filter(township=world.township).count()
    assert (mine, f"{mine}" in mails(world.town).get().subject) == (12, True)
    assert body.count("\n- ") == 11  # ten by name and how many more
    assert MilestoneReminder.objects.count() == 21


def test_each_threshold_is_told_of_once(world, programme):
    for days in (30, 29, 30, 8):
        on(LAST - timedelta(days=days))
    assert mails(world.town).count() == 1
    for days in (7, 6, 0):
        on(LAST - timedelta(days=days))
    assert mails(world.town).count() == 2
    for days in (1, 2, 14):
        on(LAST + timedelta(days=days))
    assert mails(world.town).count() == 3
    on(LAST + timedelta(days=15))
    on(LAST + timedelta(days=40))
    assert mails(world.town).count() == 3
    assert mails(world.bureau1).count() == 4  # its own three, and the escalation


def test_nothing_is_lost_when_the_clock_stood_still(world, programme):
    on(LAST - timedelta(days=2))  # 30 and 7 days have both passed: told of once, as the nearest
    assert mails(world.town).count() == 1
    assert set(MilestoneReminder.objects.values_list("kind", flat=True)) == {Kind.SOON_7, Kind.SOON_30}
    on(LAST + timedelta(days=60))  # overdue and overdue for long
    assert mails(world.town).count() == 2
    assert mails(world.bureau1).filter(subject__contains="两周").count() == 1


def test_the_escalation_counts_by_township(world, programme):
    on(LAST + timedelta(days=60))
    body = mails(world.bureau2).get(subject__contains="两周").message
    assert "- 甲镇: 12" in body


def test_a_moved_last_day_begins_anew(world, programme):
    on(LAST + timedelta(days=1))
    row = milestone(programme, "signage", world.branch)
    Milestone.objects.filter(pk=row.pk).update(last_day=LAST + timedelta(days=30))
    on(LAST + timedelta(days=2))
    assert mails(world.town).count() == 2
    assert "1" in mails(world.town).order_by("pk").last().subject


def test_what_has_a_case_is_left_to_its_work_item(world, programme):
    for row in programme.milestones.filter(township=world.township):
        block_report(milestone=row, by=world.town, problem="没有场地")
    Email.objects.all().delete()
    on(LAST + timedelta(days=60))
    assert not mails(world.town).exists()


def test_nobody_to_tell_yet_means_later_not_never(world, programme):
    posts = Appointment.objects.filter(person__in=[world.town, world.town2])
    posts.update(status=Appointment.Status.ENDED)
    on(LAST + timedelta(days=1))
    assert not mails(world.town).exists()
    posts.update(status=Appointment.Status.ACTIVE)
    on(LAST + timedelta(days=3))
    assert mails(world.town).count() == 1


@pytest.mark.parametrize("state", [Programme.State.DRAFT, Programme.State.ACCEPTED])
def test_only_running_programmes_are_reminded_of(world, programme, state):
    Programme.objects.update(state=state)
    assert on(LAST + timedelta(days=60)) == 0


def test_done_and_void_are_not_reminded_of(world, programme):
    rows = programme.milestones.all()
    rows.update(state=Milestone.State.DONE, done_on=LAST, confirmed_on=LAST)
    assert on(LAST + timedelta(days=60)) == 0
    rows.update(state=Milestone.State.VOID, done_on=None, confirmed_on=None)
    assert on(LAST + timedelta(days=60)) == 0


def test_a_digest_speaks_its_reader_s_language(world, programme):
    world.town.language = "en"
    world.town.save()
    on(LAST - timedelta(days=7))
    assert "milestones need your evidence" in mails(world.town).get().subject
    assert "due within 7 days" in mails(world.town).get().message


def test_each_digest_is_a_notice_in_the_site_too_that_leads_to_the_list(client, world, programme):
    world.town.language, world.town2.email = "en", ""
    world.town.save()
    world.town2.save()
    on(LAST - timedelta(days=7))
    for user in (world.town, world.town2, world.lib1, world.bureau1):
        notice = Notice.objects.get(user=user)
        assert (notice.kind, notice.case) == ("digest", None)
    (_row, line, path), *more = notices_for(world.town)
    assert (line, more) == (mails(world.town).get().subject, [])
    assert "12 milestones need your evidence" in line
    client.force_login(world.town)
    inbox = client.get(reverse("workflows_inbox")).content.decode()
    assert path in inbox
    assert client.get(path).status_code == 200
    client.post(reverse("workflows_notices_read"))
    assert notices_for(world.town) == []


def test_the_notice_of_what_is_overdue_leads_to_what_is_overdue(world, programme):
    on(LAST + timedelta(days=60))
    paths = set(Notice.objects.values_list("path", flat=True))
    assert paths == {f"{reverse('milestones_list')}?programme=test&overdue=on"}
    assert Notice.objects.filter(user=world.bureau1).count() == 2  # its own, and the escalation
    assert Notice.objects.filter(user=world.town).count() == 1


def test_a_notice_is_of_a_case_or_says_everything_itself(world):
    for wrong in ({"kind": "digest", "line": "x"}, {"kind": "turn", "line": "x", "path": "/x/"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(user=world.town, **wrong)


def test_the_clock_of_the_workflows_reminds(world, programme):
    with time_machine.travel(f"{LAST - timedelta(days=7)} 09:00+08:00", tick=False):
        call_command("workflow_clock")
    assert mails(world.town).exists()


def test_whose_turn_it_is_is_told_by_the_clock_with_the_way_to_the_case(client, world, programme):
    case = hand_in(milestone(programme, "signage", world.branch), world.town).case
    call_command("workflow_clock")
    told = [(line, path) for row, line, path in notices_for(world.cul1) if row.case]
    assert told[0][1] == reverse("workflows_case", args=[case.number])
    assert case.number in mails(world.cul1).latest("pk").subject
    client.force_login(world.cul1)
    assert client.get(told[0][1]).status_code == client.get(reverse("workflows_inbox")).status_code == 200


def test_a_quiet_minute_costs_the_same_however_much_there_is(world, programme):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            on(LAST + timedelta(days=60))
        return len(queries)

    cost()
    few = cost()
    for number in range(3):
        programme.milestones.filter(item__code="survey").first()
        row = milestone(programme, "measures")
        row.pk, row.venue = None, world.points[number]
        row.township, row.office = world.township, milestone(programme, "signage", world.branch).office
        row.save()
    cost()
    assert cost() <= few
