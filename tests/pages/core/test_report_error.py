import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from pages.core.loading import let_bureau_read_reports
from pages.core.models import ErrorReport

pytestmark = pytest.mark.django_db
URL = "/report-error/"


@pytest.fixture(autouse=True)
def nobody_reported_yet():
    cache.clear()


def test_a_report_is_kept_and_thanked_for(client):
    response = client.post(
        URL, {"page": "/venues/", "message": "电话号码少一位。", "contact": "13800138000"}, follow=True
    )
    assert response.redirect_chain == [("/report-error/?thanks=1", 302)]
    report = ErrorReport.objects.get()
    assert (report.page, report.message, report.contact) == ("/venues/", "电话号码少一位。", "13800138000")
    assert not report.is_handled


def test_the_form_knows_the_page(client):
    assert 'name="page" value="/venues/"' in client.get(URL, {"page": "/venues/"}).content.decode()


def test_an_empty_report_comes_back_with_what_was_typed(client):
    response = client.post(URL, {"page": "/venues/", "message": " ", "contact": "李老师"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in html
    assert 'id="id_message_error"' in html
    assert "id_message_error" in html.split("<textarea")[1].split(">")[0]
    assert 'href="#id_message"' in html
    assert "李老师" in html
    assert 'value="/venues/"' in html
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize(
    "data", [{"message": "字" * 2001}, {"message": "好", "contact": "1" * 101}, {"message": "\x00"}]
)
def test_what_is_too_long_or_broken_is_refused(client, data):
    assert client.post(URL, data).status_code == 422
    assert not ErrorReport.objects.exists()


def test_a_robot_is_thanked_and_forgotten(client):
    assert client.post(URL, {"message": "buy", "website": "https://spam.example"}).status_code == 302
    assert not ErrorReport.objects.exists()


def test_a_page_that_is_too_long_in_the_address_does_no_harm(client):
    assert client.get(URL, {"page": "/" + "x" * 5000}).status_code == 200


def test_a_post_without_token_is_refused():
    assert Client(enforce_csrf_checks=True).post(URL, {"message": "字"}).status_code == 403


def test_markup_in_a_report_stays_text(admin_client):
    ErrorReport.objects.create(page="/<script>", message="<script>alert(1)</script>")
    html = admin_client.get("/admin/error_reports/").content.decode()
    assert "<script>alert(1)" not in html


def test_the_administrator_reads_and_closes_a_report(admin_client):
    report = ErrorReport.objects.create(page="/venues/", message="电话号码少一位。")
    assert "电话号码少一位" in admin_client.get("/admin/error_reports/").content.decode()
    response = admin_client.post(
        f"/admin/error_reports/edit/{report.pk}/", {"handled_at": "2026-11-20 10:00", "note": "已更正"}
    )
    assert response.status_code == 302
    report.refresh_from_db()
    assert (report.is_handled, report.note, report.message) == (True, "已更正", "电话号码少一位。")


def test_others_do_not_read_reports(client):
    report = ErrorReport.objects.create(message="x")
    person = User.objects.create_user(username="somebody", name="某人", password="not-a-secret-1")
    for login in (False, True):
        if login:
            client.force_login(person)
        for path in ("", f"edit/{report.pk}/", f"delete/{report.pk}/", "new/"):
            assert client.get(f"/admin/error_reports/{path}").status_code in (302, 403)


def test_one_connection_does_not_flood_us_and_nothing_typed_is_lost(client, monkeypatch):
    monkeypatch.setattr("pages.core.views.REPORTS_PER_HOUR", 2)
    answers = [client.post(URL, {"message": f"第{number}条"}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "第2条" in answers[-1].text
    assert ErrorReport.objects.count() == 2
    assert client.post(URL, {"message": "别处"}, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_officials_of_the_bureau_read_and_close_reports(client):
    let_bureau_read_reports()
    report = ErrorReport.objects.create(page="/venues/", message="电话号码少一位。")
    official = User.objects.create_user(name="局里人")
    official.groups.add(Group.objects.get(name="bureau"))
    client.force_login(official, backend="django.contrib.auth.backends.ModelBackend")
    assert "电话号码少一位" in client.get("/admin/error_reports/").text
    url = f"/admin/error_reports/edit/{report.pk}/"
    assert client.post(url, {"handled_at": "2026-11-20 10:00", "note": "已更正"}).status_code == 302
    assert client.get(f"/admin/error_reports/delete/{report.pk}/").status_code == 302
    report.refresh_from_db()
    assert report.is_handled
