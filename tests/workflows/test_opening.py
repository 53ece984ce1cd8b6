"""The last step: venue, posts, editors' group and published page in one transaction, or nothing of it."""

import pytest
from django.contrib.auth.models import Group

from network.models import Post, UnifiedItem, Venue
from network.signals import venue_created
from pages.venues.models import VenuePage
from pages.venues.services import venue_index_ensure
from workflows.applications.models import Application
from workflows.core.agreement import disagreements
from workflows.core.models import Case, Notice
from workflows.core.services import task_act

from .world import act, item, submit, until_opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(world):
    venue_index_ensure()
    case = submit(world)
    until_opening(world, case)
    return case


def test_opening_makes_everything_and_tells_everyone(world, waiting, client):
    act(waiting, world.lib1, "open")
    case = Application.objects.get(pk=waiting.pk)
    venue = case.venue
    assert (case.state, venue.status, venue.tier) == (Case.State.DONE, "open", "branch")
    assert venue.plaque == case.plaque == "Test县图书馆第一中学图书馆分馆"
    assert set(venue.posts.values_list("title", flat=True)) == {"branch_head", "liaison", "branch_staff"}
    assert UnifiedItem.objects.filter(venue=venue).count() == 6
    assert venue.editor_group.group.page_permissions.filter(page=venue.page).count() == 2
    page = client.get(venue.page.url)
    assert page.status_code == 200
    assert venue.plaque in page.content.decode()
    told = set(Notice.objects.filter(kind="outcome").values_list("user__name", flat=True))
    assert {"teacher", "lib1", "town", "bureau2"} <= told
    assert disagreements() == []


def test_a_converted_case_opens_as_a_point_below_its_branch(world):
    from .world import checked, date, services, timedelta, timezone, until_panel

    venue_index_ensure()
    case = submit(world, division=world.village)
    until_panel(world, case)
    act(case, world.bureau1, "convert", reason="Too small", panel_on=date(2026, 1, 6), panel_members="x")
    act(case, world.teacher, "agree")
    act(case, world.bureau2, "approve")
    act(case, world.lib1, "signed", agreement_on=date(2026, 1, 7), agreement=checked("agreement.pdf"))
    act(case, world.lib1, "mounted", plaque=services.plaque_proposed(Application.objects.get(pk=case.pk)))
    act(case, world.lib1, "started", trial_until=timezone.localdate() + timedelta(days=30))
    act(case, world.lib2, "open")
    venue = Application.objects.get(pk=case.pk).venue
    assert (venue.tier, venue.parent) == ("point", world.branch)
    assert venue.page.live


def counts():
    return Venue.objects.count(), Post.objects.count(), Group.objects.count(), VenuePage.objects.count()


def test_a_crash_while_publishing_rolls_all_back_and_the_task_is_still_there(world, waiting):
    def crash(**_kwargs):
        raise RuntimeError("the disk is full")

    before, log = counts(), waiting.decisions.count()
    pk = item(waiting).pk
    venue_created.connect(crash, weak=False)
    try:
        with pytest.raises(RuntimeError):
            task_act(work_item=pk, actor=world.lib1, decision="open")
    finally:
        venue_created.disconnect(crash)
    assert counts() == before
    assert waiting.decisions.count() == log
    assert Application.objects.get(pk=waiting.pk).state == Case.State.ACTIVE
    assert item(waiting).pk == pk
    assert disagreements() == []
    act(waiting, world.lib1, "open")
    assert Application.objects.get(pk=waiting.pk).venue.page.live
