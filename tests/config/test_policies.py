"""What the browser is told to refuse."""

import pytest

pytestmark = pytest.mark.django_db


def policy(response) -> dict[str, list[str]]:
    """The content security policy by directive."""
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("address", ["/", "/account/login/", "/no-such-page/"])
def test_public_pages_allow_nothing_inline_and_nothing_foreign(client, address):
    response = client.get(address)
    sent = policy(response)
    for name in ("default-src", "script-src", "style-src"):
        assert sent[name] == ["'self'"]
    assert sent["object-src"] == sent["frame-ancestors"] == ["'none'"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_the_back_office_may_run_wagtails_inline_scripts_and_still_nothing_foreign(client):
    sent = policy(client.get("/admin/login/"))
    assert sent["script-src"] == ["'self'", "'unsafe-inline'"]
    assert sent["frame-ancestors"] == ["'self'"]
    assert sent["default-src"] == ["'self'"]
    assert sent["object-src"] == ["'none'"]


def test_an_address_that_only_begins_like_the_back_office_is_public(client):
    assert policy(client.get("/administration/"))["script-src"] == ["'self'"]
