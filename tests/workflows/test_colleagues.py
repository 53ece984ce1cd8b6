"""Who could take a step, and who may cover: lists of colleagues, and what a step says about its reason."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from network.permissions import heads_line, held_by, is_bureau, township_of_official, with_duties
from workflows.core import services
from workflows.core.forms import TaskForm
from workflows.core.nodes import all_flows
from workflows.core.permissions import may_take

from .secondments.posting import add_staff, nominate
from .world import act, appoint, item, person, submit, until_panel

pytestmark = pytest.mark.django_db


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        page = client.get(url)
    assert page.status_code == 200
    return len(found), page


def choices(page, name):
    return {str(user) for user in page.context["form"].fields[name].queryset}


def many(place, count=12, **kind):
    for number in range(count):
        appoint(person(f"more{number}"), **{kind.get("where", "venue"): place})


def test_the_screen_of_passing_on_costs_the_same_with_a_larger_office(world, client):
    case = submit(world)
    services.item_claim(work_item=item(case).pk, actor=world.lib1)
    client.force_login(world.lib1)
    url = reverse("workflows_reassign", args=[item(case).pk])
    small, page = queries(client, url)
    assert choices(page, "to") == {"lib2", "lib3"}
    many(world.library)
    large, page = queries(client, url)
    assert len(choices(page, "to")) == 14
    assert large == small


def test_so_it_does_where_a_rule_looks_at_the_step_before(world, client):
    case = submit(world)
    until_panel(world, case)
    act(case, world.bureau1, "approve", panel_on=date(2026, 1, 6), panel_members="three")
    services.item_claim(work_item=item(case).pk, actor=world.bureau2)
    client.force_login(world.bureau2)
    url = reverse("workflows_reassign", args=[item(case).pk])
    small, page = queries(client, url)
    assert choices(page, "to") == {"bureau3"}  # bureau1 sat on the panel
    for number in range(12):
        person(f"official{number}").groups.add(world.bureau1.groups.get())
    large, page = queries(client, url)
    assert len(choices(page, "to")) == 13
    assert large == small


def test_the_bureau_passes_on_a_step_of_a_posting_at_constant_cost(world, client):
    add_staff(world)
    case = nominate(world)
    act(case, world.able, "agree")
    client.force_login(world.bureau1)
    url = reverse("workflows_reassign", args=[item(case).pk])
    small, page = queries(client, url)
    assert choices(page, "to") == {"town", "town2"}
    many(world.town.appointments.get().post.office, where="office")
    large, page = queries(client, url)
    assert len(choices(page, "to")) == 14
    assert large == small


def test_the_screen_of_cover_costs_the_same_with_a_larger_county(world, client):
    client.force_login(world.lib1)
    small, page = queries(client, reverse("workflows_cover"))
    assert choices(page, "delegate") == {"lib2", "lib3"}
    many(world.library)
    large, page = queries(client, reverse("workflows_cover"))
    assert len(choices(page, "delegate")) == 14
    assert large == small


@pytest.mark.parametrize("name", ["lib1", "cul1", "town", "elsewhere", "bureau1", "idle", "gone", "over", "to_come"])
def test_read_for_a_list_the_answers_are_the_same(world, name):
    """`with_duties` must say what a fresh question says, or the lists would offer people whom the step refuses."""
    today = timezone.localdate()
    people = world.people
    for key in ("gone", "over", "to_come"):
        people[key] = person(key)
    appoint(people["gone"], venue=world.library)
    type(people["gone"]).objects.filter(pk=people["gone"].pk).update(is_active=False)
    held = appoint(people["over"], venue=world.library)
    type(held).objects.filter(pk=held.pk).update(until=today - timedelta(days=1))
    appoint(people["to_come"], venue=world.library, since=today + timedelta(days=1))
    fresh = type(people[name]).objects.get(pk=people[name].pk)
    listed = with_duties(type(fresh).objects.filter(pk=fresh.pk)).get()
    for ask in (heads_line, is_bureau, township_of_official, lambda user: {row.pk for row in held_by(user)}):
        assert ask(listed) == ask(fresh)
    expected = {"lib1": {"library"}, "cul1": {"culture"}}.get(name, set())
    assert heads_line(listed) == expected


def test_only_applications_speak_of_an_applicant():
    """Beside the field of the reason stands who reads it, and for which decisions it must be there."""
    for flow in all_flows():
        for node in flow.human_nodes():
            with translation.override("en"):
                text = str(TaskForm(node=node, case=None).fields["reason"].help_text)
                needing = [str(row.label) for row in node.decisions.values() if row.needs_reason]
            assert ("applicant" in text) is (flow.label() == "applications"), (flow, node.name)
            assert all(label in text for label in needing)
            assert ("Mandatory" in text) is bool(needing)


def test_only_applications_call_the_other_side_an_applicant(world, client):
    """Also where messages are written, whose turn it is, and who alone may answer."""
    add_staff(world)
    case = nominate(world)
    client.force_login(world.bureau1)
    with translation.override("en"):
        client.cookies["django_language"] = "en"
        page = client.get(reverse("workflows_case", args=[case.number])).content.decode()
    assert "pplicant" not in page.split("<main", 1)[1]
    assert "Messages with the person sent" in page
    assert "The person sent" in page
    with translation.override("en"):
        node = case.flow_class.consent
        assert str(may_take(world.lib1, item(case), case, node).refusal) == "Only the person sent can answer this."
    page = client.get(reverse("workflows_case", args=[submit(world).number])).content.decode()
    assert "Messages with the applicant" in page
