import pytest

from common.preferences import TEXT_SIZES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "cookie", "value"),
    [
        ("lang=en", "django_language", "en"),
        ("mode=elder", "mode", "elder"),
        ("text=large", "text", "large"),
        ("contrast=high", "contrast", "high"),
    ],
)
def test_a_choice_is_remembered_and_leads_back(client, query, cookie, value):
    response = client.get(f"/preferences/?{query}&next=/site-map/")
    assert (response.status_code, response["Location"]) == (302, "/site-map/")
    assert list(response.cookies) == [cookie]
    morsel = response.cookies[cookie]
    assert morsel.value == value
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert morsel["max-age"] > 300 * 24 * 3600


@pytest.mark.parametrize("query", ["lang=xx", "lang=", "text=", "contrast=", "mode=", ""])
def test_nonsense_sets_nothing(client, query):
    assert not client.get(f"/preferences/?{query}").cookies


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_it_leads_nowhere_else(client, target):
    assert client.get("/preferences/", {"mode": "elder", "next": target})["Location"] == "/"


def test_reset_forgets_all_but_the_language(client):
    response = client.get("/preferences/?reset=1")
    assert {name: cookie["max-age"] for name, cookie in response.cookies.items()} == {
        "mode": 0,
        "text": 0,
        "contrast": 0,
    }


def test_the_style_sheet_is_empty_until_somebody_chooses(client):
    response = client.get("/preferences.css")
    assert response.content == b""
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]
    assert not response.cookies


def test_the_style_sheet_carries_the_choices(client):
    client.cookies["text"], client.cookies["contrast"] = "larger", "high"
    css = client.get("/preferences.css").content.decode()
    assert css == f'@import url("/static/wenshu/css/contrast.css");html{{font-size:{TEXT_SIZES["larger"]}}}'


def test_an_unknown_value_in_a_cookie_is_ignored(client):
    client.cookies["text"], client.cookies["contrast"] = "}body{display:none", "1"
    assert client.get("/preferences.css").content == b""


def test_the_style_sheet_is_not_sent_twice(client):
    tag = client.get("/preferences.css")["ETag"]
    assert client.get("/preferences.css", headers={"If-None-Match": tag}).status_code == 304
    client.cookies["text"] = "large"
    assert client.get("/preferences.css", headers={"If-None-Match": tag}).status_code == 200


def test_text_size_and_contrast_leave_the_page_unchanged(client):
    before = client.get("/").content
    client.cookies["text"], client.cookies["contrast"] = "large", "high"
    assert client.get("/").content == before


def test_the_page_of_switches_shows_what_is_chosen(client):
    client.cookies["text"], client.cookies["mode"] = "large", "elder"
    response = client.get("/accessibility/")
    html = response.content.decode()
    assert 'text=large&amp;next=/accessibility/" aria-current="true"' in html
    assert 'mode=elder&amp;next=/accessibility/" aria-current="true"' in html
    assert 'text=larger&amp;next=/accessibility/" aria-current' not in html
    assert "no-store" in response["Cache-Control"]
    assert "<form" not in html.split("<main")[1]
