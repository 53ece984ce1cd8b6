"""Near me: a choice in two steps, remembered only because somebody chose."""

import pytest
import time_machine

from .conftest import TUESDAY


def test_two_steps_without_a_cookie(point, client):
    first = client.get("/near/")
    assert "qingshi" in first.content.decode()
    second = client.get("/near/?township=qingshi")
    assert "中村" in second.content.decode()
    assert not first.cookies
    assert not second.cookies


def test_the_choice_is_remembered(point, centre, client):
    answer = client.get(f"/near/?township=qingshi&village={point.division.slug}")
    assert (answer.status_code, answer["Location"]) == (302, "/near/")
    cookie = answer.cookies["place"]
    assert (cookie.value, cookie["samesite"], bool(cookie["httponly"])) == (
        f"qingshi.{point.division.slug}",
        "Lax",
        True,
    )
    with time_machine.travel(TUESDAY, tick=False):
        html = client.get("/near/").content.decode()
    assert html.index(point.plaque) < html.index(centre.plaque) < html.index("总馆")
    assert "9:00–12:00" in html


def test_the_township_alone_can_be_chosen(centre, client):
    client.get("/near/?township=qingshi&village=all")
    assert centre.plaque in client.get("/near/").content.decode()


def test_the_choice_can_be_changed_and_forgotten(point, client):
    client.cookies["place"] = "qingshi.all"
    assert 'name="township"' in client.get("/near/?change=1").content.decode()
    answer = client.get("/near/?forget=1")
    assert answer.cookies["place"]["max-age"] == 0


@pytest.mark.parametrize(
    "query", ["?township=nowhere", "?township=qingshi&village=nowhere", "?township=&village=x", "?township=%00"]
)
def test_an_unknown_place_is_asked_again(point, client, query):
    answer = client.get(f"/near/{query}")
    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.parametrize(
    "value", ["", "x", "nowhere.all", "qingshi.nowhere", "qingshi.", ".", "<script>.all", "a" * 3000]
)
def test_a_spoiled_cookie_is_no_choice(point, client, value):
    client.cookies["place"] = value
    answer = client.get("/near/")
    assert answer.status_code == 200
    assert "qingshi" in answer.content.decode()
    assert client.get("/near/fragment/").status_code == 204


def test_the_fragment_shows_the_remembered_place(point, client):
    client.cookies["place"] = f"qingshi.{point.division.slug}"
    answer = client.get("/near/fragment/")
    assert point.plaque in answer.content.decode()
    assert b"<html" not in answer.content


@pytest.mark.parametrize("address", ["/near/", "/near/fragment/", "/near/?township=qingshi&village=all"])
def test_no_shared_cache_keeps_a_personal_page(point, client, address):
    client.cookies["place"] = "qingshi.all"
    assert "private" in client.get(address)["Cache-Control"]


def test_other_pages_do_not_look_at_the_choice(point, client):
    for address in ("/venues/", point.page.get_url()):
        with time_machine.travel(TUESDAY, tick=False):
            before = client.get(address).content
            client.cookies["place"] = "qingshi.all"
            assert client.get(address).content == before
        del client.cookies["place"]


def test_a_venue_closed_for_good_is_not_near(point, client):
    type(point).objects.filter(pk=point.pk).update(status="closed")
    client.cookies["place"] = f"qingshi.{point.division.slug}"
    assert point.plaque not in client.get("/near/").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading(point, client, method):
    assert getattr(client, method)("/near/").status_code == 405
