"""The pages of secondments: desk, log, letter, nomination, board, report; who may and who may not."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from network.models import Appointment, Post
from workflows.core.models import Case, CaseFile
from workflows.secondments.models import LogEntry, Secondment

from ..world import act, item, picture, upload
from .posting import appointed, day, fresh, hold, nominate, reviewed

pytestmark = pytest.mark.django_db


def form_data(world, **more):
    return {
        "direction": "down",
        "line": "library",
        "person": world.able.pk,
        "venue": world.branch.pk,
        "full_time": "on",
        "first_day": "2026-04-01",
        "last_day": "2026-09-30",
        "need": "编目指导",
        "cover_plan": "同事代管",
    } | more


# Nomination ---------------------------------------------------------------------------------------
def test_nomination_by_form_then_consent_at_the_desk(staffed, client):
    client.force_login(staffed.lib1)
    assert client.post(reverse("secondments_nominate"), form_data(staffed)).status_code == 302
    case = Secondment.objects.get()
    client.force_login(staffed.able)
    assert case.number in client.get(reverse("desk")).content.decode()
    step = reverse("desk_step", args=[case.number, item(case).pk])
    assert step in client.get(reverse("posting", args=[case.number])).content.decode()
    assert client.post(step, {"decision": "agree", "publish": "on"}).status_code == 302
    assert fresh(case).publish
    assert item(case).node == "opinion"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": ""}, "last_day"),
        ({"last_day": "2026-03-31"}, "last_day"),
        ({"first_day": "2025-02-29"}, "first_day"),
        ({"first_day": "2026-01-01"}, "first_day"),
        ({"cover_plan": ""}, "cover_plan"),
        ({"person": "999999"}, "person"),
        ({"person": "\0"}, "person"),
        ({"venue": ""}, "venue"),
        ({"direction": "sideways"}, "direction"),
        ({"need": "x" * 2001}, "need"),
    ],
)
def test_mistakes_stand_beside_the_field_and_nothing_typed_is_lost(staffed, client, change, field):
    client.force_login(staffed.lib1)
    page = client.post(reverse("secondments_nominate"), form_data(staffed, **change))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert "编目指导" in page.content.decode() or field == "need"
    assert not Secondment.objects.exists()


def test_somebody_who_may_nominate_elsewhere_is_refused_beside_the_person(staffed, client):
    client.force_login(staffed.cul1)
    page = client.post(reverse("secondments_nominate"), form_data(staffed))
    assert "person" in page.context["form"].errors


def plan_data(rows, **more):
    data = {
        "line": "library", "full_time": "on", "first_day": "2026-04-01", "last_day": "2026-09-30", "need": "轮换",
        "cover_plan": "同事代管", "row-TOTAL_FORMS": "8", "row-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, (who, where) in enumerate(rows):
        data |= {f"row-{number}-person": who.pk, f"row-{number}-venue": where.pk}
    return data | more


@pytest.fixture
def second_branch(staffed):
    from ..world import venue

    return venue("yi", "branch", "township_centre", staffed.other_township, library=True, culture=True)


def test_a_rotation_plan_nominates_all_or_nobody(staffed, client, second_branch):
    able2 = hold(staffed, "able2", staffed.library, Post.Title.HEAD_STAFF)
    client.force_login(staffed.lib1)
    url = reverse("secondments_plan")
    nominate(staffed, person=able2, first_day=date(2026, 5, 1), last_day=date(2026, 5, 31))
    pairs = [(staffed.able, staffed.branch), (able2, second_branch)]
    page = client.post(url, plan_data(pairs))
    assert page.status_code == 422
    assert "person" in page.context["rows"].forms[1].errors
    assert "轮换" in page.content.decode()
    assert Secondment.objects.count() == 1  # the first row was not nominated either
    Secondment.objects.update(state="refused")
    assert client.post(url, plan_data(pairs)).status_code == 302
    assert Secondment.objects.filter(state="active", need="轮换").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"last_day": ""},
        {"last_day": "2026-01-01"},
        {"need": ""},
        {"row-0-venue": ""},
        {"row-0-person": "x"},
        {"row-TOTAL_FORMS": "x"},
    ],
)
def test_mistakes_in_a_plan_are_shown(staffed, client, change):
    client.force_login(staffed.lib1)
    page = client.post(reverse("secondments_plan"), plan_data([(staffed.able, staffed.branch)]) | change)
    assert page.status_code == 422
    assert not Secondment.objects.exists()


def test_a_plan_is_not_empty_and_names_nobody_twice(staffed, client):
    client.force_login(staffed.lib1)
    url = reverse("secondments_plan")
    assert client.post(url, plan_data([])).status_code == 422
    assert client.post(url, plan_data([(staffed.able, staffed.branch)] * 2)).status_code == 422
    assert not Secondment.objects.exists()


@pytest.mark.parametrize("name", ["chief", "bureau1", "town", "idle"])
def test_only_head_institutions_plan_rotations(staffed, client, name):
    client.force_login(getattr(staffed, name))
    assert client.get(reverse("secondments_plan")).status_code in (302, 403)


# Refusals -----------------------------------------------------------------------------------------
OFFICIAL = [
    "secondments_board",
    "secondments_branches",
    "secondments_nominate",
    "secondments_report",
    "secondments_report_csv",
]


@pytest.mark.parametrize("name", ["idle", "junior", "teacher", "stranger"])
@pytest.mark.parametrize("page", OFFICIAL)
def test_who_has_nothing_to_do_with_it_is_refused(staffed, client, page, name):
    client.force_login(getattr(staffed, name))
    assert client.get(reverse(page)).status_code in (302, 403)


def test_the_bureau_looks_but_does_not_nominate(staffed, client):
    client.force_login(staffed.bureau1)
    assert client.get(reverse("secondments_board")).status_code == 200
    assert client.post(reverse("secondments_nominate"), form_data(staffed)).status_code in (302, 403)
    assert not Secondment.objects.exists()


def test_another_person_s_posting_is_not_found(staffed, client):
    case = appointed(staffed)
    pages = [
        reverse("posting", args=[case.number]),
        reverse("posting_log", args=[case.number, "2026-03"]),
        reverse("posting_letter", args=[case.number]),
        reverse("desk_case", args=[case.number]),
    ]
    client.force_login(staffed.junior)
    assert [client.get(url).status_code for url in pages] == [404] * 4
    client.logout()
    assert [client.get(url).status_code for url in pages] == [302] * 4


def test_officials_see_the_letter_within_their_scope_only(staffed, client):
    case = appointed(staffed)
    url = reverse("secondments_letter", args=[case.number])
    for name, status in (
        ("lib1", 200),
        ("town", 200),
        ("bureau1", 200),
        ("chief", 200),
        ("elsewhere", 404),
        ("cul1", 404),
    ):
        client.force_login(getattr(staffed, name))
        assert client.get(url).status_code == status, name


# The log ------------------------------------------------------------------------------------------
def test_log_with_pictures_from_the_phone(staffed, client):
    case = appointed(staffed)
    client.force_login(staffed.able)
    url = reverse("posting_log", args=[case.number, "2026-03"])
    sent = {
        "days": "20",
        "work": "下村十次",
        "problems": "缺书架",
        "photos": [upload("a.jpg", picture()), upload("b.jpg", picture())],
    }
    assert client.post(url, sent).status_code == 302
    entry = LogEntry.objects.get()
    assert (entry.days, entry.work) == (20, "下村十次")
    photos = CaseFile.objects.filter(case=case, paper__startswith="log-2026-03-", replaced=False)
    assert photos.count() == 2
    assert client.get(reverse("desk_file", args=[case.number, photos[0].pk])).status_code == 200
    page = client.get(reverse("posting", args=[case.number])).content.decode()
    assert "下村十次" in page
    assert "a.jpg" in page
    client.force_login(staffed.lib1)  # who reviews and appraises reads it on the case's page
    assert "下村十次" in client.get(reverse("workflows_case", args=[case.number])).content.decode()


@pytest.mark.parametrize("change", [{"days": "32"}, {"days": "-1"}, {"days": ""}, {"work": " "}, {"work": "x" * 4001}])
def test_a_wrong_log_keeps_what_was_typed(staffed, client, change):
    case = appointed(staffed)
    client.force_login(staffed.able)
    url = reverse("posting_log", args=[case.number, "2026-03"])
    page = client.post(url, {"days": "20", "work": "下村", "problems": "缺书架"} | change)
    assert page.status_code == 422
    assert "缺书架" in page.content.decode()
    assert not LogEntry.objects.exists()


def test_a_log_that_is_no_picture_is_refused(staffed, client):
    case = appointed(staffed)
    client.force_login(staffed.able)
    url = reverse("posting_log", args=[case.number, "2026-03"])
    page = client.post(url, {"days": "20", "work": "下村", "photos": [upload("a.pdf")]})
    assert "photos" in page.context["form"].errors


@pytest.mark.parametrize("month", ["2026-02", "2027-03", "2026-13", "x", "2026-3-1"])
def test_months_outside_the_term_are_not_found(staffed, client, month):
    case = appointed(staffed)
    client.force_login(staffed.able)
    assert client.get(reverse("posting_log", args=[case.number, month])).status_code == 404


# Public page, letter ------------------------------------------------------------------------------
def letter(case):
    from workflows.secondments.letters import letter_html

    return re.sub(r"<[^>]+>|\s+", "", letter_html(fresh(case)))


def test_letter_says_who_where_until_when(staffed, client):
    case = appointed(staffed, "up")
    text = letter(case)
    for word in ("挂职任职通知书", "junior同志：", "到plaquelib挂职", "2026年3月2日", "2026年8月29日", "lib3"):
        assert word in text
    client.force_login(staffed.junior)
    response = client.get(reverse("posting_letter", args=[case.number]))
    assert response.content.startswith(b"%PDF-")
    assert response["Cache-Control"] == "private, no-store"


def test_letter_keeps_the_term_of_its_day_and_the_certificate_says_what_was_served(staffed):
    case = reviewed(staffed)
    act(case, staffed.lib1, "renew", reason="工作未完", until=day(200))
    act(case, staffed.bureau2, "approve")
    text = letter(case)
    assert "至2026年8月29日止" in text
    assert "经2026年3月2日批准，挂职期限延长至2026年9月18日" in text
    act(case, staffed.lib3, "return", until=day(60))
    act(case, staffed.town, "said", view_grade="competent", view="乡镇满意")
    assert letter(case) == text
    with time_machine.travel(datetime(2026, 5, 1, 4, tzinfo=UTC), tick=False):
        act(case, staffed.lib1, "appraised", appraisal_grade="excellent", appraisal_text="表现突出")
        text = letter(case)
    assert "挂职证明" in text
    assert "至2026年5月1日止" in text
    assert "优秀" in text


def test_letter_of_sample_data_says_so(staffed):
    case = appointed(staffed)
    assert "示例" not in letter(case)
    Secondment.objects.update(is_sample=True)
    assert "示例" in letter(case)


@pytest.mark.parametrize("publish", [True, False])
def test_post_is_public_only_with_consent(staffed, publish):
    case = appointed(staffed, publish=publish)
    post = Post.objects.get(appointments=case.appointment)
    assert (post.published, post.temporary) == (publish, True)


# Renewal by form ----------------------------------------------------------------------------------
def test_a_renewal_is_refused_beside_its_field_and_nothing_typed_is_lost(staffed, client):
    Appointment.objects.filter(person=staffed.able).update(until=day(200))
    case = reviewed(staffed)
    client.force_login(staffed.lib1)
    url = reverse("workflows_step", args=[item(case).pk])
    sent = {"decision": "renew", "reason": "项目还没有做完", "until": f"{day(240):%Y-%m-%d}"}
    page = client.post(url, sent)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"until"}
    assert "项目还没有做完" in page.content.decode()
    with time_machine.travel(datetime(2026, 9, 1, 4, tzinfo=UTC), tick=False):
        client.force_login(staffed.lib1)
        page = client.post(url, sent)
        assert set(page.context["form"].errors) == {"decision"}
        assert "项目还没有做完" in page.content.decode()
        assert client.post(url, {"decision": "return"}).status_code == 302


# The clock, the post file -------------------------------------------------------------------------
def test_the_clock_command_reminds(staffed, capsys):
    case = appointed(staffed, last_day=day(5))
    call_command("workflow_clock")
    assert "others 1" in capsys.readouterr().out
    assert fresh(case).reminded == 7


def test_appraisal_goes_into_the_post_file(staffed, client):
    case = reviewed(staffed)
    act(case, staffed.lib1, "return", until=day(0))
    act(case, staffed.town, "said", view_grade="competent", view="乡镇满意")
    act(case, staffed.lib1, "appraised", appraisal_grade="excellent", appraisal_text="表现突出")
    assert fresh(case).state == Case.State.DONE
    client.force_login(staffed.lib1)
    page = client.get(reverse("network_person_history", args=[staffed.able.pk])).content.decode()
    assert "表现突出" in page
    assert "乡镇满意" in page
    assert "群众反映好" in page
    client.force_login(staffed.chief)
    assert "表现突出" in client.get(reverse("network_person_history", args=[staffed.able.pk])).content.decode()
    client.force_login(staffed.cul1)
    assert "表现突出" not in client.get(reverse("network_person_history", args=[staffed.able.pk])).content.decode()
