import csv
import datetime as dt
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from network.models import (
    AccessibilityFeature,
    Appointment,
    Division,
    Office,
    Post,
    Service,
    Venue,
)
from tests.county import load_network

from .screens import url

pytestmark = pytest.mark.django_db
REGISTERS = ("venue", "post", "appointment", "division", "office", "service", "accessibilityfeature")
SECTIONS = ("hours", "closures", "items", "status")


# Who may what -------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", REGISTERS)
def test_lists_are_for_people_with_a_duty(sign_in, model):
    for role in ("bureau", "administrator", "head", "branch", "point", "township"):
        assert sign_in(role).get(url(model)).status_code == 200, role
    assert sign_in("member").get(url(model)).status_code == 302


@pytest.mark.parametrize("model", REGISTERS)
def test_only_the_bureau_adds(sign_in, model):
    for role in ("bureau", "administrator"):
        assert sign_in(role).get(url(model, "create")).status_code == 200, role
    heads_appoint = 200 if model == "appointment" else 302
    assert sign_in("head").get(url(model, "create")).status_code == heads_appoint
    for role in ("branch", "point", "township", "member"):
        response = sign_in(role).post(url(model, "create"), {"name": "x"})
        assert response.status_code == 302, role
        assert "/create/" not in response.url.partition("?")[0], role


def rows(branch):
    appointment = Appointment.objects.exclude(post__venue=None).exclude(post__venue__tier="head").first()
    return {
        "venue": branch,
        "post": branch.posts.first(),
        "appointment": appointment,
        "division": branch.division,
        "office": Office.objects.first(),
        "service": Service.objects.first(),
        "accessibilityfeature": AccessibilityFeature.objects.create(name="坡道", slug="ramp"),
    }


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_changing_and_deleting_rows(sign_in, branch, action):
    for model, row in rows(branch).items():
        address = url(model, action, row.pk)
        allowed = {"bureau", "administrator"}
        if (model, action) == ("venue", "edit"):
            allowed |= {"head", "branch"}
        if model == "appointment":
            allowed = allowed | {"head"} if action == "edit" else set()
        for role in ("bureau", "administrator", "head", "branch", "point", "township", "member"):
            status = sign_in(role).get(address).status_code
            assert status == (200 if role in allowed else 302), (model, action, role)


@pytest.mark.parametrize("model", REGISTERS)
def test_history_is_for_people_with_a_duty(sign_in, branch, model):
    address = url(model, "history", rows(branch)[model].pk)
    assert sign_in("township").get(address).status_code == 200
    assert sign_in("member").get(address).status_code == 302


def test_those_who_may_not_edit_a_venue_may_look(sign_in, branch):
    assert sign_in("township").get(url("venue", "inspect", branch.pk)).status_code == 200
    assert sign_in("member").get(url("venue", "inspect", branch.pk)).status_code == 302


@pytest.mark.parametrize(
    ("section", "changers"),
    [
        ("hours", {"bureau", "administrator", "head", "branch"}),
        ("closures", {"bureau", "administrator", "head", "branch"}),
        ("items", {"bureau", "administrator", "head"}),
        ("status", {"bureau", "administrator"}),
    ],
)
def test_sections_are_seen_by_people_with_a_duty_and_changed_by_some(sign_in, branch, section, changers):
    address = reverse(f"network_venue_{section}", args=[branch.pk])
    for role in ("bureau", "administrator", "head", "branch", "point", "township"):
        response = sign_in(role).get(address)
        assert response.status_code == 200, role
        assert response.context["may_change"] is (role in changers), role
        # An empty form is malformed, not forbidden, for those who may.
        status = sign_in(role).post(address, {}).status_code
        assert (status == 200) is (role in changers), role
    assert sign_in("member").get(address).status_code == 302
    assert ModelLogEntry.objects.for_instance(branch).count() == 0


# Lists --------------------------------------------------------------------------------------------
def found(response):
    return [str(row) for row in response.context["object_list"]]


def test_search_finds_a_piece_of_a_chinese_name(sign_in):
    client = sign_in("bureau")
    assert found(client.get(url("venue"), {"q": "东门"})) == ["青石镇东门社区书香驿站"]
    assert len(found(client.get(url("venue"), {"q": "青石镇 书香"}))) == 3
    assert found(client.get(url("division"), {"q": "渡河"})) == ["渡河村"]
    assert found(client.get(url("venue"), {"q": "没有"})) == []


def test_filters_by_tier_and_township(sign_in):
    client = sign_in("bureau")
    township = Division.objects.get(name="云水苗族乡")
    assert len(found(client.get(url("venue"), {"township": township.pk}))) == 3
    both = {"township": township.pk, "tier__exact": "branch"}
    assert found(client.get(url("venue"), both)) == ["青山县文化分馆·云水苗族乡"]
    assert len(found(client.get(url("post"), {"township": township.pk}))) == 3 + 2
    assert client.get(url("appointment"), {"township": township.pk}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["township=x", "tier__exact=x", "nonsense=1", "p=999", "p=-3", "p=x", "o=99", "o=x.-1", "status__foo=1", "e=1"],
)
def test_a_malformed_list_address_is_answered_politely(sign_in, query):
    response = sign_in("bureau").get(f"{url('venue')}?{query}", follow=True)
    assert response.status_code == 200


def test_a_number_that_no_database_keeps_is_answered_politely(sign_in):
    response = sign_in("bureau").get(f"{url('appointment')}?person={10**20}", follow=True)
    assert response.status_code == 200


@pytest.mark.parametrize("action", ["edit", "delete", "inspect", "history"])
@pytest.mark.parametrize("pk", ["x", "0", "99999999999999999999"])
def test_a_row_that_does_not_exist_is_not_found(sign_in, action, pk):
    assert sign_in("bureau").get(url("venue", action, pk)).status_code == 404


@pytest.mark.parametrize("model", REGISTERS)
def test_export_as_csv_and_xlsx(sign_in, model, branch):
    rows(branch)
    client = sign_in("township")
    text = b"".join(client.get(url(model), {"export": "csv"}).streaming_content).decode("utf-8-sig")
    table = list(csv.reader(StringIO(text)))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(client.get(url(model), {"export": "xlsx"})))).active
    assert sheet.max_row == len(table) > 1
    assert [cell.value for cell in sheet[1]] == table[0]


def test_an_export_speaks_words_and_runs_no_formula(sign_in, branch):
    Venue.objects.filter(pk=branch.pk).update(address="=1+1")
    response = sign_in("bureau").get(url("venue"), {"export": "csv", "q": "文化分馆·青石镇"})
    content = b"".join(response.streaming_content)
    assert content.startswith("\ufeff".encode())
    (row,) = csv.DictReader(StringIO(content.decode("utf-8-sig")))
    assert row["层级"] == "分馆"
    assert row["图书馆条线"] == "是"
    assert row["地址"] == "'=1+1"
    assert row["六统一"] == "0/6"


@pytest.mark.parametrize("model", ["venue", "post", "appointment"])
def test_a_list_takes_the_same_queries_for_few_and_many(sign_in, model, django_assert_max_num_queries):
    client = sign_in("head")
    client.get(url(model))
    with django_assert_max_num_queries(48) as few:
        client.get(url(model))
    load_network(load_network().folder.parents[2] / "data" / "nanhua")
    for post in Post.objects.filter(title="point_staff", appointments=None)[:40]:
        person = Appointment.objects.first().person
        Appointment.objects.create(post=post, person=person, full_time=False, since=dt.date(2026, 1, 1))
    with django_assert_max_num_queries(48) as many:
        assert len(found(client.get(url(model)))) > 20
    assert len(many) <= len(few) + 1  # the paginator asks once more
