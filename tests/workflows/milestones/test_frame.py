"""The programme's frame in the back office: who may enter, which programme is chosen, the tabs."""

import pytest
from django.urls import reverse

from tests.workflows.milestones.plan import PLAN, make_programme
from workflows.milestones.models import Programme

State = Programme.State


def chosen(client, **query):
    return client.get(reverse("milestones_gantt"), query).context["programme"]


@pytest.mark.parametrize("who", ["bureau1", "lib1", "cul1", "town"])
def test_officials_of_every_kind_enter(client, programme, world, who):
    client.force_login(getattr(world, who))
    assert client.get(reverse("milestones_gantt")).status_code == 200


@pytest.mark.parametrize("who", ["teacher", "idle"])
def test_others_do_not(client, programme, world, who):
    client.force_login(getattr(world, who))
    assert client.get(reverse("milestones_gantt")).status_code in (302, 403)


def test_the_newest_running_programme_is_chosen_unless_another_is_asked_for(client, programme, world):
    newer = make_programme([], slug="newer")
    make_programme([], slug="over", state=State.ACCEPTED)
    client.force_login(world.town)
    assert chosen(client) == newer
    assert chosen(client, programme="test") == programme
    assert chosen(client, programme="no-such") == newer


def test_a_draft_is_the_bureau_s_own(client, programme, world):
    draft = make_programme(PLAN, slug="draft", state=State.DRAFT)
    client.force_login(world.town)
    assert chosen(client, programme="draft") == programme
    client.force_login(world.bureau1)
    assert chosen(client, programme="draft") == draft


def test_without_a_programme_the_page_says_so(client, world):
    client.force_login(world.bureau1)
    html = client.get(reverse("milestones_gantt")).content.decode()
    assert "There is no programme yet." in html or "还没有实施方案" in html
