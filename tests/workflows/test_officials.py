"""The officials' screens: who reaches what, what they do, what they cost."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from workflows.applications.models import ApplicantKind, Paper
from workflows.core import services
from workflows.core.models import Case, DeadlineRule, Delegation, WorkItem

from .world import CHECKLIST, act, item, submit, until_panel, upload

pytestmark = pytest.mark.django_db


def as_(user):
    client = Client()
    client.force_login(user)
    return client


# Every address × every role ----------------------------------------------------------------------
ROLES = ["lib1", "cul1", "town", "elsewhere", "bureau1", "admin", "teacher", "stranger", "idle", None]
CASE = {"lib1", "town", "bureau1", "admin"}  # whose scope the case lies in
OFFICIAL = CASE | {"cul1", "elsewhere"}
BUREAU = {"bureau1", "admin"}
GETS = {
    "workflows_inbox": OFFICIAL,
    "workflows_cases": OFFICIAL,
    "workflows_case": CASE,
    "workflows_file": CASE,
    "workflows_dossier": CASE,
    "workflows_cover": OFFICIAL,
    "workflows_deadlines": OFFICIAL,
    "workflows_deadline": BUREAU,
    "workflows_statistics": OFFICIAL,
    "workflows_statistics_csv": OFFICIAL,
    "workflows_suspend": {"lib1", *BUREAU},
    "workflows_cancel": {"admin"},
    "workflows_reassign": {"lib1", *BUREAU},
    "workflows_step": {"lib1"},
}
POSTS = {
    "workflows_comment": CASE,
    "workflows_message": CASE,
    "workflows_claim": set(),  # it is lib1's already
    "workflows_release": {"lib1"},
    "workflows_notices_read": OFFICIAL,
    "workflows_claim_many": OFFICIAL,
}
NOT_FOUND = {"workflows_case", "workflows_file", "workflows_dossier", "workflows_suspend", "workflows_cancel",
             "workflows_reassign", "workflows_step", "workflows_comment", "workflows_message", "workflows_claim",
             "workflows_release"}  # fmt: skip


def address(name, case):
    if name in ("workflows_step", "workflows_claim", "workflows_release", "workflows_reassign"):
        return reverse(name, args=[item(case).pk])
    if name == "workflows_file":
        return reverse(name, args=[case.number, case.files.first().pk])
    if name == "workflows_deadline":
        return reverse(name, args=[DeadlineRule.objects.first().pk])
    if name in NOT_FOUND:
        return reverse(name, args=[case.number])
    return reverse(name)


@pytest.fixture
def claimed(world):
    case = submit(world)
    services.item_claim(work_item=item(case).pk, actor=world.lib1)
    return case


@pytest.mark.parametrize("role", ROLES)
def test_matrix_of_addresses_and_roles(world, claimed, role):
    client = as_(getattr(world, role)) if role else Client()
    for name, allowed in GETS.items():
        if name == "workflows_dossier" and role in allowed:
            continue  # slow; tested below
        page = client.get(address(name, claimed))
        verdict(page, name, role, allowed, 200)


@pytest.mark.parametrize("role", ROLES)
def test_matrix_of_posts_and_roles(world, claimed, role):
    client = as_(getattr(world, role)) if role else Client()
    for name, allowed in POSTS.items():
        before = claimed.decisions.count()
        page = client.post(address(name, claimed), {"text": "x", "reason": "x"})
        verdict(page, name, role, allowed, 302)
        if role not in allowed:
            assert claimed.decisions.count() == before


def verdict(page, name, role, allowed, good):
    """Allowed: the page. Not an official: away to sign-in or the back office's first page. Out of scope: 404."""
    what = (name, role, page.status_code)
    if role in allowed:
        assert page.status_code == good, what
    elif role in OFFICIAL and name in NOT_FOUND and role not in CASE:
        assert page.status_code == 404, what
    else:
        assert page.status_code in (302, 403), what
        if page.status_code == 302:
            away = page.url == "/admin/" or page.url.startswith("/account/login/?next=")
            assert away or (role in CASE and page.url.startswith("/admin/work/cases/")), what


@pytest.mark.parametrize("role", ["town", "bureau1", "cul1", "teacher"])
def test_a_forged_decision_changes_nothing(world, claimed, role):
    page = as_(getattr(world, role)).post(address("workflows_step", claimed), {"decision": "accept"})
    assert page.status_code in (302, 403, 404)
    assert item(claimed).node == "accept"
    assert not claimed.decisions.filter(action="accept").exists()


# Working ------------------------------------------------------------------------------------------
def test_a_case_through_the_screens(world):
    case = submit(world)
    lib1, lib2, town, bureau = as_(world.lib1), as_(world.lib2), as_(world.town), as_(world.bureau1)
    assert case.number in lib1.get(reverse("workflows_inbox") + "?tab=office").content.decode()
    page = lib1.post(reverse("workflows_step", args=[item(case).pk]), {"decision": "accept"})
    assert page.status_code == 302
    wrong = town.post(reverse("workflows_step", args=[item(case).pk]), {"decision": "object", "reason": " "})
    assert wrong.status_code == 422
    town.post(reverse("workflows_step", args=[item(case).pk]), {"decision": "object", "reason": "Far away"})
    lib2.post(reverse("workflows_step", args=[item(case).pk]), {"decision": "approve"})
    visit = {f"check_{name}": answer for name, answer in CHECKLIST.items()}
    visit |= {"visited_on": "2026-01-05", "visitors": "Two", "decision": "visited"}
    url = reverse("workflows_step", args=[item(case).pk])
    bad = as_(world.lib3).post(url, visit | {"photos": upload("x.jpg", b"MZ")})
    assert bad.status_code == 422
    assert "Two" in bad.content.decode()
    as_(world.lib3).post(url, visit)
    url = reverse("workflows_step", args=[item(case).pk])
    page = bureau.post(url, {"panel_on": "2099-01-01", "panel_members": "x", "decision": "approve"})
    assert page.status_code == 422  # the service's refusal stands beside its field
    assert page.context["form"].errors["panel_on"]
    bureau.post(url, {"panel_on": "2026-01-06", "panel_members": "x", "decision": "approve"})
    assert item(case).node == "decide"
    shown = lib1.get(reverse("workflows_case", args=[case.number])).content.decode()
    assert "Far away" in shown
    assert 'role="img"' in shown


def test_corrections_are_asked_item_by_item(world):
    case = submit(world)
    url = reverse("workflows_step", args=[item(case).pk])
    client = as_(world.lib1)
    assert client.post(url, {"decision": "correct"}).status_code == 422
    assert client.post(url, {"decision": "accept", "correct_form": "hm"}).status_code == 422
    assert client.post(url, {"decision": "correct", "correct_form": "No seal"}).status_code == 302
    assert case.corrections.get().target == "form"


def test_the_second_press_is_told(world):
    case = submit(world)
    url = reverse("workflows_step", args=[item(case).pk])
    as_(world.lib1).post(url, {"decision": "accept"})
    page = as_(world.lib2).post(url, {"decision": "refuse", "reason": "x"}, follow=True)
    assert page.status_code == 200
    assert case.decisions.filter(node="accept").count() == 1


def test_batch_claim_and_filters(world):
    first, second = submit(world), submit(world, venue_name="Other")
    client = as_(world.lib1)
    client.post(reverse("workflows_claim_many"), {"item": [item(first).pk, item(second).pk, "x", "999999", "1" * 21]})
    assert WorkItem.objects.filter(assignee=world.lib1).count() == 2
    inbox = reverse("workflows_inbox")
    assert len(client.get(inbox).context["page"]["rows"]) == 2
    assert len(client.get(inbox, {"q": "Other"}).context["page"]["rows"]) == 1
    assert len(client.get(inbox, {"q": first.number}).context["page"]["rows"]) == 1
    assert len(client.get(inbox, {"age": "overdue"}).context["page"]["rows"]) == 0
    WorkItem.objects.filter(case=first).update(due_on=timezone.localdate() - timedelta(days=1))
    assert [row.case_id for row in client.get(inbox).context["page"]["rows"]] == [first.pk, second.pk]
    assert len(client.get(inbox, {"age": "overdue"}).context["page"]["rows"]) == 1
    assert len(client.get(inbox, {"node": "applications/decide"}).context["page"]["rows"]) == 0
    assert len(client.get(inbox, {"township": world.other_township.pk}).context["page"]["rows"]) == 0


@pytest.mark.parametrize("query", ["tab=x", "p=x", "p=-4", "p=99999999999999999999", "township=x", "age=x", "flow=x",
                                   "q=%00", "node=x", "tab=done&age=30", "tab=upcoming"])  # fmt: skip
def test_nonsense_in_the_address_is_ignored(world, query):
    submit(world)
    assert as_(world.lib1).get(f"{reverse('workflows_inbox')}?{query}").status_code == 200
    assert as_(world.lib1).get(f"{reverse('workflows_cases')}?{query}").status_code == 200


def test_reassign_and_cover_through_the_screens(world):
    case = submit(world)
    services.item_claim(work_item=item(case).pk, actor=world.lib1)
    client = as_(world.lib1)
    url = reverse("workflows_reassign", args=[item(case).pk])
    assert client.post(url, {"to": world.cul1.pk, "reason": "ill"}).status_code == 200  # not offered, refused
    assert client.post(url, {"to": world.lib2.pk, "reason": "ill"}).status_code == 302
    today = timezone.localdate().isoformat()
    span = {"first_day": today, "last_day": today, "reason": "leave"}
    client.post(reverse("workflows_cover"), {"delegate": world.lib3.pk, **span})
    row = Delegation.objects.get()
    assert (row.principal, row.delegate) == (world.lib1, world.lib3)
    assert client.post(reverse("workflows_cover"), {"delegate": world.cul1.pk, **span}).status_code == 200
    assert as_(world.lib3).post(reverse("workflows_cover_end", args=[row.pk])).status_code in (302, 403)
    row.refresh_from_db()
    assert row.revoked_at is None
    client.post(reverse("workflows_cover_end", args=[row.pk]))
    row.refresh_from_db()
    assert row.revoked_at


def test_deadlines_are_set_within_bounds_and_logged(world):
    rule = DeadlineRule.objects.get(node="accept")
    url = reverse("workflows_deadline", args=[rule.pk])
    client = as_(world.bureau1)
    assert client.post(url, {"workdays": "0", "remind_before": "1", "escalate_after": "1"}).status_code == 200
    assert client.post(url, {"workdays": "3", "remind_before": "3", "escalate_after": "1"}).status_code == 200
    assert client.post(url, {"workdays": "3", "remind_before": "1", "escalate_after": "1"}).status_code == 302
    rule.refresh_from_db()
    assert rule.workdays == 3
    from wagtail.models import ModelLogEntry

    entry = ModelLogEntry.objects.get(action="workflows.deadline")
    assert entry.data["changes"]["workdays"] == [5, 3]


def test_statistics_and_csv_agree_with_the_items(world):
    case = submit(world)
    WorkItem.objects.filter(case=case).update(opened_at=timezone.now() - timedelta(days=4))
    act(case, world.lib1, "accept")
    page = as_(world.bureau1).get(reverse("workflows_statistics"))
    figures = {line["row"].node: line["row"] for line in page.context["figures"]}
    assert (figures["accept"].median, figures["accept"].p90, figures["accept"].done) == (4.0, 4.0, 1)
    assert figures["opinion"].open == 1
    text = as_(world.bureau1).get(reverse("workflows_statistics_csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1][1:] == ["1", "4.0", "4.0", "0", "0"]
    assert as_(world.lib1).get(reverse("workflows_statistics") + "?from=x&to=2026-99-99").status_code == 200


def test_suspend_resume_cancel_through_the_screens(world):
    case = submit(world)
    lib1, admin = as_(world.lib1), as_(world.admin)
    assert lib1.post(reverse("workflows_suspend", args=[case.number]), {"reason": ""}).status_code == 200
    lib1.post(reverse("workflows_suspend", args=[case.number]), {"reason": "wait"})
    assert Case.objects.get().state == "suspended"
    lib1.post(reverse("workflows_resume", args=[case.number]), {"reason": "on"})
    admin.post(reverse("workflows_cancel", args=[case.number]), {"reason": "twice"})
    assert Case.objects.get().state == "cancelled"


def test_the_dossier_is_a_pdf_with_the_log(world):
    import pypdf

    case = submit(world)
    act(case, world.lib1, "refuse", reason="Reason in the dossier <script>")
    page = as_(world.lib1).get(reverse("workflows_dossier", args=[case.number]))
    assert page["Content-Type"] == "application/pdf"
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.content)).pages)
    assert case.number in text
    assert "Reason in the dossier" in text


def test_the_dossier_says_when_it_cannot_be_made(world, monkeypatch):
    import sys

    case = submit(world)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    page = as_(world.lib1).get(reverse("workflows_dossier", args=[case.number]))
    assert page.status_code == 503
    assert "libpango" in page.content.decode()


def test_the_menu_counts_and_the_home_page_lists(world):
    submit(world)
    page = as_(world.lib1).get(reverse("wagtailadmin_home")).content.decode()
    assert "SQ" in page
    assert "（1）" in page or "\\uff081\\uff09" in page  # in the menu, which is written as JSON
    assert reverse("workflows_inbox") not in as_(world.teacher).get("/").content.decode()


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as context:
        assert client.get(url).status_code == 200
    return len(context)


def test_screens_cost_the_same_with_more_cases(world):
    client = as_(world.lib1)
    names = ["workflows_inbox", "workflows_cases", "workflows_statistics", "wagtailadmin_home"]
    for _ in range(2):
        submit(world)
    urls = [reverse(name) for name in names] + [reverse("workflows_inbox") + "?tab=office"]
    few = {url: queries(client, url) for url in urls}
    for _ in range(8):
        submit(world)
    assert {url: queries(client, url) for url in urls} == few


def test_the_case_page_costs_the_same_with_a_longer_history(world):
    case = submit(world)
    act(case, world.lib1, "accept")
    client, url = as_(world.lib2), reverse("workflows_case", args=[case.number])
    few = queries(client, url)
    for text in "abc":
        services.case_comment(case=case, author=world.lib1, text=text)
        services.case_message(case=case, author=world.lib1, text=text)
    other = submit(world)
    until_panel(world, other)
    assert queries(client, url) == few


# What may be asked of applicants ------------------------------------------------------------------
@pytest.fixture
def paper(world):
    return Paper.objects.get(code="form")


@pytest.mark.parametrize("register", ["applications_applicantkind", "applications_paper"])
@pytest.mark.parametrize("action", ["index", "create", "edit", "delete", "history"])
def test_the_criteria_are_the_bureau_s(world, paper, register, action):
    row = paper if register.endswith("paper") else ApplicantKind.objects.first()
    address = reverse(f"{register}_modeladmin_{action}", args=[] if action in ("index", "create") else [row.pk])
    assert as_(world.bureau1).get(address).status_code == 200
    for official in (world.lib1, world.town):
        assert as_(official).get(address).url == "/admin/"


def test_a_changed_criterion_is_logged_from_what_to_what_and_nonsense_is_not_found(world, paper):
    bureau, name = as_(world.bureau1), paper.name
    typed = {
        "code": "form",
        "name": "新申请表",
        "name_en": paper.name_en,
        "kinds": "[]",
        "operators": "[]",
        "order": "0",
    }
    address = reverse("applications_paper_modeladmin_edit", args=[paper.pk])
    assert bureau.post(address, typed | {"name": ""}).status_code == 200  # back with the form
    assert bureau.post(address, typed | {"required": "on"}).status_code == 302
    (entry,) = ModelLogEntry.objects.for_instance(paper)
    assert entry.data["changes"]["name"] == [name, "新申请表"]
    assert entry.user == world.bureau1
    assert bureau.get("/admin/applications/paper/edit/x/").status_code == 404
