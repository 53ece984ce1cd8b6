"""The public pages answer, whatever is asked of them."""

import pytest

from network.models import Venue


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=东门",
        "?q=dongmen",
        "?tier=nonsense",
        "?township=nowhere",
        "?page=999",
        "?page=x",
        "?q=" + "长" * 99,
        "?open=on",
        "?q=%00",
    ],
)
def test_the_directory_answers_any_question(qingshan, client, query):
    assert client.get(f"/venues/{query}").status_code == 200


def test_a_page_sets_no_cookie(qingshan, client):
    for venue in Venue.objects.all():
        response = client.get(venue.page.get_url())
        assert response.status_code == 200
        assert not response.cookies
