"""Events are found in the site's one search box."""

import pytest
from wagtail.models import PageViewRestriction, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def dance(make_event):
    Site.clear_site_root_paths_cache()
    return make_event(
        body=[("paragraph", "<p>老师从最基本的<b>步子</b>教起。</p>")], place="二楼排练厅", organiser="文艺队"
    )


def found(client, words, **more):
    hits = client.get("/search/", {"q": words} | more).context.get("hits", [])
    return [("".join(part.text for part in hit.title), hit.url) for hit in hits]


@pytest.mark.parametrize("words", ["左脚舞", "软底鞋", "步子", "排练厅", "文艺队"])
def test_an_event_is_found_by_title_introduction_description_place_and_organiser(client, dance, words):
    assert found(client, words) == [(dance.title, dance.url)]
    assert found(client, words, kind="events") == [(dance.title, dance.url)]
    assert found(client, words, kind="venues") == []


def test_what_changed_is_found_by_its_new_words_when_it_is_published(client, dance):
    dance.title = "跳菜公益课"
    revision = dance.save_revision()
    assert found(client, "跳菜") == []
    revision.publish()
    assert found(client, "跳菜") == [("跳菜公益课", dance.url)]
    assert found(client, "左脚舞") == []


def test_what_is_not_public_is_not_found(client, dance):
    restriction = PageViewRestriction.objects.create(page=dance.get_parent(), restriction_type="login")
    assert found(client, "左脚舞") == []
    restriction.delete()
    dance.unpublish()
    assert found(client, "左脚舞") == []
