"""The milestone's own page and what is sent from it: who may, what is shown, that bad input loses nothing."""

from datetime import date

import pytest
from django.urls import reverse

from tests.workflows.world import PDF, act, item, picture, upload
from workflows.milestones.models import DateMove, Evidence, GroupIssue, Milestone
from workflows.milestones.selectors.withdrawal import follows_of

from .plan import PLAN, confirmed, fresh, hand_in, later, make_programme, milestone
from .survey import make_questions

State = Milestone.State


@pytest.fixture
def branch(world, programme):
    return milestone(programme, "signage", world.branch)


def page_of(row, what="milestone", *more):
    return reverse(f"milestones_{what}", args=[row.pk, *more])


def sent(client, row, what="hand_in", **data):
    return client.post(page_of(row, what), data)


def good():
    return {"done_on": "2026-03-01", "note": "已挂牌", "files": [upload("p.jpg", picture()), upload("a.pdf", PDF)]}


def test_the_page_says_what_is_asked_before_there_is_a_case(client, world, programme, branch):
    client.force_login(world.town)
    html = client.get(page_of(milestone(programme, "signage", world.points[0]))).content.decode()
    assert "/about/policy/#R31" in html
    assert page_of(branch) in html  # what comes first
    assert 'name="done_on"' in html


def test_evidence_is_handed_in_from_the_page(client, world, branch):
    client.force_login(world.town)
    assert sent(client, branch, **good()).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.done_on, evidence.note, evidence.files.count()) == (date(2026, 3, 1), "已挂牌", 2)
    assert "已挂牌" in client.get(page_of(branch)).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"done_on": ""},
        {"done_on": "2100-01-01"},
        {"done_on": "0001-01-01"},
        {"done_on": "昨天"},
        {"files": []},
        {"files": [upload("a.pdf", PDF)]},
        {"files": [upload("x.jpg", b"MZ not a picture")]},
        {"files": [upload(f"{n}.jpg", picture()) for n in range(11)]},
        {"note": "字" * 2001},
    ],
)
def test_bad_evidence_is_refused_in_words_and_what_was_typed_stays(client, world, branch, wrong):
    client.force_login(world.town)
    answer = sent(client, branch, **(good() | {"note": "牌子<b>已</b>挂"} | wrong))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "help-critical" in html
    assert wrong.get("note", "牌子&lt;b&gt;已&lt;/b&gt;挂") in html
    assert not Evidence.objects.exists()


def test_a_survey_is_answered_on_the_page_and_its_problems_stand_beside_the_questions(client, world, programme):
    make_questions()
    row = milestone(programme, "survey", world.branch)
    client.force_login(world.town)
    data = {"done_on": "2026-03-01", "survey-area": "120.5", "survey-seats": "很多", "survey-stage": "yes"}
    answer = sent(client, row, **data)
    assert answer.status_code == 422
    assert 'value="很多"' in answer.content.decode()
    assert sent(client, row, **(data | {"survey-seats": "8"})).status_code == 302
    assert Evidence.objects.get().answers == {"area": 120.5, "seats": 8, "stage": True}
    client.force_login(world.lib1)
    assert (
        "120.5" in client.get(reverse("workflows_step", args=[item(Evidence.objects.get().case).pk])).content.decode()
    )


def test_another_date_and_a_block_are_sent_from_the_page(client, world, programme, branch):
    client.force_login(world.town)
    assert sent(client, branch, "move", new="2026-12-31", reason="雨季").status_code == 422  # that is its last day
    new = later()
    assert sent(client, branch, "move", new=new).status_code == 422
    assert sent(client, branch, "move", new=new, reason="雨季").status_code == 302
    assert DateMove.objects.get().new == new
    other = milestone(programme, "signage", world.points[0])
    assert sent(client, other, "block", problem="").status_code == 422
    assert sent(client, other, "block", problem="没有场地").status_code == 302
    assert GroupIssue.objects.get().problem == "没有场地"
    html = client.get(page_of(other)).content.decode()
    assert "没有场地" in html
    assert 'name="done_on"' not in html


def test_the_inbox_leads_to_the_milestones_page_to_hand_in(client, world, branch):
    case = hand_in(branch, world.town).case
    act(case, world.cul1, "return", reason="看不清")
    client.force_login(world.town)
    assert client.get(reverse("workflows_step", args=[item(case).pk])).url == page_of(branch)
    html = client.get(page_of(branch)).content.decode()
    assert "看不清" in html


def test_a_step_claimed_by_a_colleague_is_theirs(client, world, branch):
    from workflows.core.services import item_claim

    case = hand_in(branch, world.town).case
    act(case, world.cul1, "return", reason="看不清")
    item_claim(work_item=item(case).pk, actor=world.town2)
    client.force_login(world.town)
    html = client.get(page_of(branch)).content.decode()
    assert "town2" in html
    assert 'name="done_on"' not in html
    assert sent(client, branch, **good()).status_code in (302, 403)  # Wagtail answers a refusal with its front page
    assert Evidence.objects.count() == 1


def test_check_confirm_date_and_resolution_in_the_inbox(client, world, programme, branch):
    case = hand_in(branch, world.town).case

    def step():
        return reverse("workflows_step", args=[item(case).pk])

    client.force_login(world.cul1)
    assert "办妥" in client.get(step()).content.decode()
    assert client.post(step(), {"decision": "return", "reason": ""}).status_code == 422
    assert client.post(step(), {"decision": "accept"}).status_code == 302
    client.force_login(world.bureau1)
    assert client.post(step(), {"decision": "confirm"}).status_code == 302
    assert fresh(branch).state == State.DONE

    other = milestone(programme, "signage", world.points[0])
    client.force_login(world.town)
    sent(client, other, "move", new=later(), reason="雨季施工")
    case = fresh(other).case
    client.force_login(world.bureau1)
    assert "雨季施工" in client.get(step()).content.decode()
    assert client.post(step(), {"decision": "approve"}).status_code == 302
    client.force_login(world.town)
    sent(client, other, "block", problem="没有场地")
    client.force_login(world.bureau1)
    assert "没有场地" in client.get(step()).content.decode()
    bad = client.post(step(), {"decision": "resolved", "met_on": "2100-01-01", "resolution": "用旧粮站"})
    assert (bad.status_code, "用旧粮站" in bad.content.decode()) == (422, True)
    client.post(step(), {"decision": "resolved", "met_on": "2026-03-05", "resolution": "用旧粮站"})
    assert fresh(other).state == State.IN_PROGRESS


def test_confirming_too_early_says_what_comes_first(client, world, programme):
    point = milestone(programme, "signage", world.points[0])
    case = hand_in(point, world.town).case
    act(case, world.cul1, "accept")
    client.force_login(world.bureau1)
    answer = client.post(reverse("workflows_step", args=[item(case).pk]), {"decision": "confirm"})
    assert (answer.status_code, "R23" in answer.content.decode()) == (422, True)


def test_evidence_is_withdrawn_with_a_reason(client, world, branch):
    evidence = hand_in(branch, world.town)
    url = page_of(branch, "withdraw", evidence.pk)
    client.force_login(world.town)
    assert url in client.get(page_of(branch)).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "传错了"}).status_code == 302
    assert "传错了" in client.get(page_of(branch)).content.decode()
    client.post(url, {"reason": "again"})
    assert Evidence.objects.get().withdrawn_why == "传错了"


def test_evidence_of_another_milestone_is_not_withdrawn_from_here(client, world, programme, branch):
    evidence = hand_in(branch, world.town)
    client.force_login(world.town)
    other = milestone(programme, "survey", world.branch)
    assert client.get(page_of(other, "withdraw", evidence.pk)).status_code == 404


# Who may: every address for every role ----------------------------------------------------------
SEES = {"town": 200, "town2": 200, "cul1": 200, "lib1": 200, "bureau1": 200, "admin": 200, "elsewhere": 404}
OUTSIDE = ("idle", "teacher", None)


@pytest.mark.parametrize(("who", "status"), [*SEES.items(), *((name, 302) for name in OUTSIDE)])
def test_who_sees_the_page(client, world, branch, who, status):
    if who:
        client.force_login(getattr(world, who))
    answer = client.get(page_of(branch))
    assert answer.status_code == status or (status == 302 and answer.status_code == 403)
    shown = answer.status_code == 200 and 'name="done_on"' in answer.content.decode()
    assert shown == (who in ("town", "town2"))


@pytest.mark.parametrize("what", ["hand_in", "move", "block"])
@pytest.mark.parametrize("who", [*SEES, *OUTSIDE])
def test_who_sends_from_the_page(client, world, branch, what, who):
    if who:
        client.force_login(getattr(world, who))
    data = {"hand_in": good(), "move": {"new": later(), "reason": "雨季"}, "block": {"problem": "没有场地"}}[what]
    answer = sent(client, branch, what, **data)
    if who == "elsewhere":
        assert answer.status_code == 404
    assert (fresh(branch).case is not None) == (who in ("town", "town2"))


@pytest.mark.parametrize("who", [*SEES, *OUTSIDE])
@pytest.mark.parametrize("done", [False, True])
def test_who_withdraws(client, world, branch, who, done):
    if done:
        confirmed(branch, world)
        evidence = Evidence.objects.get()
    else:
        evidence = hand_in(branch, world.town)
    if who:
        client.force_login(getattr(world, who))
    follows = follows_of(Evidence.objects.get(pk=evidence.pk))
    client.post(page_of(branch, "withdraw", evidence.pk), {"reason": "x", "mark": follows.mark if follows else ""})
    allowed = ("bureau1", "admin") if done else ("town",)
    assert bool(Evidence.objects.get().withdrawn_at) == (who in allowed)


def test_get_on_an_address_for_sending_leads_back(client, world, branch):
    client.force_login(world.town)
    for what in ("hand_in", "move", "block"):
        assert client.get(page_of(branch, what)).url == page_of(branch)


@pytest.mark.parametrize("pk", ["0", "999999"])
def test_no_such_milestone(client, world, programme, pk):
    client.force_login(world.bureau1)
    assert client.get(f"/admin/programme/milestones/{pk}/").status_code == 404


def test_a_draft_programmes_milestones_take_nothing(client, world):
    row = milestone(make_programme(PLAN, slug="draft", state="draft"), "signage", world.branch)
    client.force_login(world.town)
    assert 'name="done_on"' not in client.get(page_of(row)).content.decode()
    assert sent(client, row, **good()).status_code == 422
    assert not Evidence.objects.exists()


def test_the_page_costs_the_same_with_much_evidence(client, world, branch, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(page_of(branch)).status_code == 200
        return len(caught)

    client.force_login(world.bureau1)
    case = hand_in(branch, world.town).case
    queries()
    few = queries()
    for _time in range(4):
        act(case, world.cul1, "return", reason="看不清")
        hand_in(branch, world.town)
    assert queries() <= few
