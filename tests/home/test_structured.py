"""Structured data validates: every schema.org object on the site has what readers of it require."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from network.models import Venue
from pages.news.models import NewsPage
from pages.venues.models import VenuePage
from tests.county import NANHUA

pytestmark = pytest.mark.django_db

# What schema.org and the search engines' rules require of each type that the site uses.
REQUIRED = {
    "WebSite": {"name", "url"},
    "SearchAction": {"target", "query-input"},
    "Library": {"name", "url"},
    "CivicStructure": {"name", "url"},
    "Organization": {"name"},
    "GovernmentOrganization": {"name"},
    "PostalAddress": {"addressCountry", "streetAddress"},
    "GeoCoordinates": {"latitude", "longitude"},
    "OpeningHoursSpecification": {"opens", "closes"},
    "DigitalDocument": {"name"},
    "Legislation": {"name", "legislationIdentifier"},
    "NewsArticle": {"headline", "datePublished", "author", "publisher"},
}
ADDRESSES = {"url", "@id", "mainEntityOfPage", "image", "target"}
DAYS = {"datePublished", "dateModified", "legislationDate", "validFrom", "validThrough"}


def problems(data, path="$"):
    """What is wrong with a schema.org object and those inside it."""
    if isinstance(data, list):
        return [wrong for at, item in enumerate(data) for wrong in problems(item, f"{path}[{at}]")]
    if not isinstance(data, dict):
        return []
    types = data.get("@type", [])
    found = [] if types else [f"{path} has no @type"]
    for kind in [types] if isinstance(types, str) else types:
        if kind not in REQUIRED:
            found.append(f"{path}: nobody looked up what {kind} requires")
        found += [f"{path}: {kind} without {name}" for name in REQUIRED.get(kind, set()) - data.keys()]
    for name, value in data.items():
        if value in (None, "", [], {}):
            found.append(f"{path}.{name} is empty")
        if name in ADDRESSES and not urlsplit(value).scheme.startswith("http"):
            found.append(f"{path}.{name} is not an absolute address: {value}")
        if name in DAYS and not re.match(r"\d{4}-\d\d-\d\d(T|$)", value):
            found.append(f"{path}.{name} is no ISO date: {value}")
        found += problems(value, f"{path}.{name}")
    return found


def structured(client, address):
    """The JSON-LD objects of a page."""
    body = client.get(address).content.decode()
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.S)]


def test_the_site_s_structured_data_validates(client):
    call_command("load_county", str(NANHUA), verbosity=0)
    branch = VenuePage.objects.filter(venue__tier="branch").first()
    Venue.objects.filter(pk=branch.venue_id).update(
        address="东街 1 号", phone="0878-7221234", latitude=25, longitude=101
    )
    piece = NewsPage(title="书车进村", introduction="一句话。", body=[("paragraph", "<p>正文</p>")])
    branch.add_child(instance=piece)
    piece.save_revision().publish()
    culture = Venue.objects.get(kind="county_centre").page
    point = VenuePage.objects.filter(venue__tier="point").first()
    notice = "/disclosure/nhx-/2023-1027116/"
    for address in ("/", branch.url, culture.url, point.url, piece.url, notice):
        objects = structured(client, address)
        assert len(objects) == 1, address
        assert objects[0]["@context"] == "https://schema.org"
        assert problems(objects[0]) == [], address


def test_the_validator_finds_what_is_wrong():
    wrong = problems(
        {"@type": ["Library", "Zoo"], "url": "/venues/", "datePublished": "gestern", "author": {"name": ""}}
    )
    assert len(wrong) == 6, wrong
