"""The screens of the acceptance: who reaches what, what is typed wrong, what they cost."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.models import Division
from tests.workflows.world import act, item, venue
from workflows.acceptance import services
from workflows.acceptance.figures import FigureName
from workflows.acceptance.models import Acceptance, RectificationItem, Threshold

from .walk import add_item, answer, fresh, start, until_pre_acceptance

pytestmark = pytest.mark.django_db

ROLES = ["lib1", "cul1", "town", "elsewhere", "bureau1", "admin", "teacher", "stranger", "idle", None]
BUREAU = {"bureau1", "admin"}
COUNTY = BUREAU | {"lib1", "cul1"}
OFFICIAL = COUNTY | {"town", "elsewhere"}
GETS = {
    "acceptance_home": OFFICIAL,
    "acceptance_criteria": OFFICIAL,
    "acceptance_gaps": OFFICIAL,
    "acceptance_thresholds": BUREAU,
    "acceptance_start": BUREAU,
    "acceptance_items": COUNTY,
    "acceptance_snapshots": COUNTY,
}
OTHERS_404 = {"acceptance_items", "acceptance_snapshots"}


def as_(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def case(world, running):
    made = start(world, running)
    until_pre_acceptance(world, made)
    return made


def address(name, case):
    if name in OTHERS_404:
        return reverse(name, args=[case.number])
    return reverse(name, args=["settlements"] if name == "acceptance_gaps" else [])


@pytest.mark.parametrize("role", ROLES)
def test_matrix_of_addresses_and_roles(world, case, role):
    client = as_(getattr(world, role)) if role else Client()
    for name, allowed in GETS.items():
        page = client.get(address(name, case))
        if role in allowed:
            assert page.status_code == 200, (name, role)
        elif role in OFFICIAL and name in OTHERS_404:
            assert page.status_code == 404, (name, role)
        else:
            assert page.status_code in (302, 403), (name, role)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in BUREAU])
def test_posts_of_others_change_nothing(world, case, role):
    client = as_(getattr(world, role)) if role else Client()
    row = add_item(world, case)
    item_post = {"text": "x", "clause": "R31", "line": "library", "due_on": "2999-01-01"}
    for url, data in (
        (reverse("acceptance_items", args=[case.number]), item_post),
        (reverse("acceptance_item_remove", args=[case.number, row.pk]), {}),
        (reverse("acceptance_start"), {"why_now": "x"}),
        (reverse("acceptance_thresholds"), {"townships": "1"}),
    ):
        assert client.post(url, data).status_code in (302, 403, 404)
    assert list(RectificationItem.objects.all()) == [row]
    assert Acceptance.objects.count() == 1
    assert not Threshold.objects.exists()


def test_the_list_is_written_on_its_page_and_sent_out_with_the_decision(world, case):
    bureau, url = as_(world.bureau1), reverse("acceptance_items", args=[case.number])
    wrong = bureau.post(url, {"text": "补挂牌子", "clause": "31", "due_on": "2020-01-01"})
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert "补挂牌子" in html
    assert {"clause", "township"} <= set(wrong.context["form"].errors)
    past = bureau.post(url, {"text": "x", "clause": "R31", "township": world.township.pk, "due_on": "2020-01-01"})
    assert "due_on" in past.context["form"].errors  # the service's refusal stands beside its field
    good = {"text": "补挂牌子", "clause": "R31", "township": world.township.pk, "due_on": "2999-01-01"}
    assert bureau.post(url, good).status_code == 302
    assert bureau.post(url, good | {"text": "多余"}).status_code == 302
    extra = RectificationItem.objects.get(text="多余")
    assert bureau.post(reverse("acceptance_item_remove", args=[case.number, extra.pk])).status_code == 302
    step = reverse("workflows_step", args=[item(case).pk])
    assert bureau.post(step, {"decision": "rectify"}).status_code == 302
    assert RectificationItem.objects.get().case.number in bureau.get(url).content.decode()
    gone = bureau.post(reverse("acceptance_item_remove", args=[case.number, RectificationItem.objects.get().pk]))
    assert gone.status_code == 302
    assert RectificationItem.objects.exists()


def test_a_township_answers_from_its_inbox_with_what_was_typed_kept(world, case):
    from tests.workflows.world import upload

    row = add_item(world, case)
    act(case, world.bureau1, "rectify")
    town = as_(world.town)
    assert row.case.number in town.get(reverse("workflows_inbox") + "?tab=office").content.decode()
    url = reverse("workflows_step", args=[item(row.case).pk])
    bad = town.post(url, {"decision": "answer", "answer": "已经补挂", "done_on": "2999-01-01"})
    assert bad.status_code == 422
    assert {"done_on", "papers"} == set(bad.context["form"].errors)
    assert "已经补挂" in bad.content.decode()
    evil = town.post(
        url, {"decision": "answer", "answer": "x", "done_on": "2026-01-01", "papers": upload("a.pdf", b"MZ")}
    )
    assert "papers" in evil.context["form"].errors
    two = [upload("a.pdf"), upload("b.pdf")]
    good = {"decision": "answer", "answer": "已经补挂", "done_on": "2026-01-01", "papers": two}
    assert town.post(url, good).status_code == 302
    assert row.case.files.count() == 2


def test_starting_warns_and_keeps_what_was_typed(world, running):
    bureau, url = as_(world.bureau1), reverse("acceptance_start")
    assert b"7" in bureau.get(url).content
    assert bureau.post(url, {"why_now": ""}).status_code == 422
    assert bureau.post(url, {"why_now": "上级要求"}).status_code == 302
    again = bureau.post(url, {"why_now": "上级要求"})
    assert again.status_code == 422
    assert Acceptance.objects.count() == 1


def test_thresholds_are_set_on_their_page(world, running):
    bureau, url = as_(world.bureau1), reverse("acceptance_thresholds")
    bad = bureau.post(url, {"townships": "101", "week": "x", "week_basis": "会议纪要", "reason": "州里要求"})
    assert bad.status_code == 422
    assert {"townships", "week"} == set(bad.context["form"].errors)
    assert "会议纪要" in bad.content.decode()
    sourceless = bureau.post(url, {"townships": "90", "reason": ""})
    assert {"townships_basis", "reason"} == set(sourceless.context["form"].errors)
    good = {"townships": "90", "townships_basis": "会议纪要", "week": "30.5", "week_basis": "本县暂定"}
    assert bureau.post(url, good | {"reason": "州里要求"}).status_code == 302
    assert {row.figure: float(row.at_least) for row in Threshold.objects.all()} == {"townships": 90, "week": 30.5}
    page = bureau.get(url).content.decode()
    assert all(words in page for words in ("州里要求", "bureau1"))
    shown = as_(world.town).get(reverse("acceptance_criteria")).content.decode()
    assert all(words in shown for words in ("会议纪要", "本县暂定", "R27", "R126"))


def test_a_colleague_s_change_meanwhile_stays(world, running):
    """The page was opened before the colleague's change; what was not touched on it is not written back."""
    bureau, url = as_(world.bureau1), reverse("acceptance_thresholds")
    opened = dict.fromkeys(bureau.get(url).context["form"].fields, "")
    opened |= {f"initial-{name}": "" for name in opened}
    services.thresholds_set(wanted={"townships": (Decimal(90), "县政府会议")}, reason="x", by=world.bureau2)
    mine = {"week": "30", "week_basis": "本县暂定", "reason": "y"}
    assert bureau.post(url, opened | mine).status_code == 302
    assert {row.figure: float(row.at_least) for row in Threshold.objects.all()} == {"townships": 90, "week": 30}


@pytest.mark.parametrize("name", FigureName.values)
def test_behind_every_figure_stands_its_list(world, running, name):
    page = as_(world.town).get(reverse("acceptance_gaps", args=[name]), {"p": "1"})
    assert page.status_code == 200


def test_no_list_behind_an_unknown_figure(world, running):
    assert as_(world.town).get(reverse("acceptance_gaps", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("name", ["acceptance_criteria", "acceptance_gaps", "acceptance_items", "acceptance_snapshots"])
def test_the_number_of_queries_does_not_grow(world, case, name):
    client = as_(world.bureau1)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(name, case)).status_code == 200
        return len(queries)

    add_item(world, case)
    cost()
    few = cost()
    for number in range(8):
        place = Division.objects.create(
            code=f"9900020{number + 50}", name=f"村{number}村民委员会", level="village", slug=f"w{number}",
            parent=world.township,
        )  # fmt: skip
        venue(f"q{number}", "point", "village_centre", place, parent=world.branch, library=True, culture=True)
        add_item(world, case)
        shot = fresh(case).snapshots.last()
        shot.pk = None
        shot.save()
    assert cost() <= few


def test_the_public_page_of_a_programme_gets_the_criteria(world, running, rf):
    from workflows.acceptance.wagtail_hooks import criteria_panel

    with CaptureQueriesContext(connection) as queries:
        html = criteria_panel(running, rf.get("/programme/"))
    assert "style=" not in html
    assert html.count("<caption>") == 3
    assert len(queries) < 25


def test_the_first_page_says_where_an_acceptance_stands(world, case):
    add_item(world, case)
    client, url = as_(world.lib1), reverse("acceptance_home")
    assert "<div>县级预验收 <small>" in client.get(url).content.decode()
    act(case, world.bureau1, "rectify")
    page = client.get(url).content.decode()
    assert "<div>整改 <small>" in page
    assert "0/1" in page
    answer(RectificationItem.objects.get(), world.town)
    act(RectificationItem.objects.get().case, world.lib1, "accept")
    assert "1/1" in client.get(url).content.decode()
