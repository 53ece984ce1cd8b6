"""The calendar at /events/, the kinds of event and the audiences of a county."""

from wagtail.models import Site

from common.county import County
from common.report import Report

from .models import Audience, EventIndexPage, EventKind

TITLE = "活动"  # content: the same whichever catalogue is compiled


def load(county: County, report: Report) -> None:
    """Add kinds ([[event_kinds]]) and audiences ([[audiences]]) and make the calendar page, once."""
    for model, key in ((EventKind, "event_kinds"), (Audience, "audiences")):
        for table in county.tables(key, "slug", "name"):
            terms = {"name": table["name"], "name_en": table.get("name_en", "")}
            model._default_manager.get_or_create(slug=table["slug"], defaults=terms)
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    if not EventIndexPage.objects.exists():
        introduction = county.get("events.introduction", "")
        root.add_child(instance=EventIndexPage(title=TITLE, slug="events", introduction=introduction))
    report.step(f"events: {EventKind.objects.count()} kinds, {Audience.objects.count()} audiences")
