"""What a venue's page shows: the register's facts, read once, unknown ones left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from wagtail import hooks

from common.jsonld import json_ld
from common.workdays import holiday_name
from network.hours import Span, hours_on, week, weekly_hours_total
from network.models import AccessibilityFeature, Appointment, Division, Post, Service, UnifiedItem, Venue

from .directory import Entry, entries, listed
from .models import VenuePage
from .services import is_township_centre
from .states import span_words, telephone, venue_state
from .structured import venue_data

ANNOUNCED_AHEAD = 30  # days in which exceptions and holidays are announced
SCORES = {UnifiedItem.State.YES: Decimal(1), UnifiedItem.State.PARTLY: Decimal("0.5"), UnifiedItem.State.NO: Decimal(0)}


@dataclass(frozen=True)
class DayLine:
    """One line of the table of hours."""

    label: str
    spans: list[str]
    note: str
    today: bool


@dataclass(frozen=True)
class Announcement:
    """Something out of the ordinary between two days: a closure, other hours, a holiday."""

    first: date
    last: date
    reason: str
    hours: str


@dataclass(frozen=True)
class ItemLine:
    """One of the six unified items and how far it is."""

    label: str
    state: str
    state_label: str


@dataclass(frozen=True)
class StaffLine:
    """A published post and the names of those who hold it today, seconded people with their term; none: vacant."""

    title: str
    holders: list[str]


@dataclass(frozen=True)
class Group:
    """Venues of one sort below a venue."""

    label: str
    rows: list[Entry]


@dataclass(frozen=True)
class Surroundings:
    """A venue with what stands above it (a point's branch, a branch's heads) and below it."""

    venue: Venue
    above: list[Venue]
    below: list[Venue]


def venue_context(page: VenuePage, request: HttpRequest) -> dict[str, Any]:
    """The context of a venue's page, in a constant number of queries whatever the size of its network."""
    moment = timezone.localtime()
    around = surroundings(page, moment)
    venue = around.venue
    prefetch_related_objects([venue], "services", "accessibility", "unified_items", _staff(moment.date()))
    below = entries(around.below, request, moment)
    return {
        "venue": venue,
        "plaque": plaque_words(venue),
        "is_township": is_township_centre(venue),
        "state": venue_state(venue, moment) if venue.is_active else None,  # otherwise the notice says it
        "notice": status_notice(venue),
        "telephone": telephone(venue),
        "week": week_lines(venue, moment.date()),
        "weekly_total": f"{weekly_hours_total(venue):g}" if venue.weekly_hours.all() else "",
        "announcements": announcements(venue, moment.date()),
        "summary": ("" if _chinese() else " ").join(summary(venue, below)),
        "facilities": facilities(venue),
        "services": names(venue.services.all()),
        "accessibility": names(venue.accessibility.all()),
        "above": entries(around.above, request, moment),
        "below": groups_below(venue, below),
        "staff": staff_lines(venue),
        "unified": unified_lines(venue),
        "unified_score": unified_score(venue),
        "json_ld": structured(venue, around.above, request),
        "panels": panels(venue, request),
    }


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


def surroundings(page: VenuePage, moment: datetime) -> Surroundings:
    """The venue of `page` and those its page names, all with their hours, read together."""
    own = Venue.objects.filter(pk=page.venue_id)
    shown = Q(page__path__startswith=page.path) | Q(parent=page.venue_id)
    shown |= Q(tier=Venue.Tier.HEAD) | Q(pk__in=own.values("parent"))
    for line in ("library", "culture"):  # a head's branches
        shown |= Q(Exists(own.filter(tier=Venue.Tier.HEAD, **{line: True})), tier=Venue.Tier.BRANCH, **{line: True})
    rows = listed(Venue.objects.filter(shown), moment).order_by("division__code", "pk")
    venue = next(row for row in rows if row.pk == page.venue_id)
    heads = [row for row in rows if row.tier == Venue.Tier.HEAD]
    others = [row for row in rows if row.tier != Venue.Tier.HEAD and row.pk != venue.pk]
    if venue.tier == Venue.Tier.POINT:
        return Surroundings(venue, [row for row in others if row.pk == venue.parent_id], [])
    if venue.tier == Venue.Tier.HEAD:
        return Surroundings(venue, [], [row for row in others if row.tier == Venue.Tier.BRANCH])
    lines = [line for line in ("library", "culture") if getattr(venue, line)]
    return Surroundings(venue, [head for head in heads if any(getattr(head, line) for line in lines)], others)


def _staff(day: date) -> Prefetch:
    holders = Appointment.objects.on(day).select_related("person")
    posts = Post.objects.filter(published=True).prefetch_related(
        Prefetch("appointments", queryset=holders, to_attr="current")
    )
    return Prefetch("posts", queryset=posts, to_attr="published_posts")


def plaque_words(venue: Venue) -> SafeString:
    """The plaque's text with places where a narrow screen may break it: around the names of township and village."""
    places = {venue.division.short_name, venue.division.parent.short_name if venue.division.parent else ""} - {""}
    pattern = "|".join(re.escape(name) for name in sorted(places, key=len, reverse=True))
    words = [word for word in re.split(f"({pattern})", venue.plaque) if word] if pattern else [venue.plaque]
    return format_html_join(mark_safe("<wbr>"), "{}", ((word,) for word in words))


def status_notice(venue: Venue) -> str:
    """What a visitor must know of a venue that is not simply open; empty where there is nothing to say."""
    status = Venue.Status
    return {
        status.PLANNED: gettext("This venue is planned. It does not receive visitors yet."),
        status.PREPARING: gettext("This venue is being prepared. It does not receive visitors yet."),
        status.TRIAL: gettext("This venue is in its trial run. Some services may start later."),
        status.SUSPENDED: gettext("This venue has suspended its service. Please choose another one nearby."),
        status.CLOSED: gettext("This venue has closed for good. This page stays as a record."),
    }.get(status(venue.status), "")


def week_lines(venue: Venue, today: date) -> list[DayLine]:
    """Monday to Sunday of this week; empty where nobody entered hours or the venue receives nobody."""
    if not venue.is_active or not (venue.weekly_hours.all() or venue.dated_hours.all()):
        return []
    return [
        DayLine(date_format(day.date, "l"), [span_words(span) for span in day.spans], day.note, day.date == today)
        for day in week(venue, today)
    ]


def announcements(venue: Venue, today: date) -> list[Announcement]:
    """Closures not yet over, and other hours and public holidays of the coming weeks, in order of time."""
    if not venue.is_active:
        return []
    until = today + timedelta(days=ANNOUNCED_AHEAD)
    closures = [closure for closure in venue.closures.all() if closure.last_day >= today]
    found = [Announcement(row.first_day, row.last_day, row.reason, gettext("Closed")) for row in closures]
    dated = {row.date: row.reason for row in venue.dated_hours.all() if today <= row.date <= until}
    found += [Announcement(day, day, reason, _hours(venue, [day])) for day, reason in dated.items()]
    if venue.weekly_hours.all():
        found += _holidays(venue, today, until, without=dated)
    return sorted(found, key=lambda item: (item.first, item.last))


def _holidays(venue: Venue, today: date, until: date, *, without: Iterable[date]) -> list[Announcement]:
    days = [today + timedelta(days=ahead) for ahead in range((until - today).days + 1)]
    runs = [
        (name, list(run))
        for name, run in groupby([day for day in days if day not in without], key=holiday_name)
        if name
    ]
    return [Announcement(run[0], run[-1], name, _hours(venue, run)) for name, run in runs]


def _hours(venue: Venue, days: list[date]) -> str:
    """The hours that hold on all of `days`; says so where they differ from day to day."""
    kinds: set[tuple[Span, ...]] = {tuple(hours_on(venue, day)) for day in days}
    if len(kinds) > 1:
        return gettext("Hours differ from day to day")
    return " ".join(span_words(span) for span in kinds.pop()) or gettext("Closed")


def summary(venue: Venue, below: list[Entry]) -> list[str]:
    """Two or three short sentences: what it is, how many it serves."""
    sentences = [_role(venue)]
    points = sum(1 for entry in below if entry.venue.tier == Venue.Tier.POINT)
    if points:
        sentences.append(ngettext("%(n)d service point.", "%(n)d service points.", points) % {"n": points})
    if venue.tier == Venue.Tier.HEAD and below:
        sentences.append(ngettext("%(n)d branch.", "%(n)d branches.", len(below)) % {"n": len(below)})
    if is_township_centre(venue) and venue.division.population:
        words = {"n": f"{venue.division.population:,}", "year": venue.division.population_year}
        sentences.append(
            (gettext("%(n)s residents (%(year)s).") if words["year"] else gettext("%(n)s residents.")) % words
        )
    return sentences


def _role(venue: Venue) -> str:
    both = venue.library and venue.culture
    if venue.tier == Venue.Tier.HEAD:
        return (
            gettext("Head library of the county.") if venue.library else gettext("Head cultural centre of the county.")
        )
    if venue.tier == Venue.Tier.BRANCH:
        if both:
            return gettext("Branch of the county library and of the county cultural centre.")
        return (
            gettext("Branch of the county library.")
            if venue.library
            else gettext("Branch of the county cultural centre.")
        )
    return gettext("Service point: %(kind)s.") % {"kind": venue.get_kind_display()}


def facilities(venue: Venue) -> list[tuple[str, str]]:
    """Area, seats and stock, as far as they are known."""
    area = f"{venue.floor_area.normalize():,f}" if venue.floor_area is not None else None
    seats = f"{venue.seats:,}" if venue.seats is not None else None
    stock = f"{venue.stock:,}" if venue.stock is not None else None
    known = [
        (gettext("Floor area"), area and gettext("%(n)s m²") % {"n": area}),
        (gettext("Seats"), seats),
        (gettext("Stock"), stock and gettext("%(n)s volumes") % {"n": stock}),
    ]
    return [(label, value) for label, value in known if value]


def names(things: Iterable[Service | AccessibilityFeature]) -> list[str]:
    """The names in the visitor's language; Chinese where there is no English one."""
    english = (get_language() or "").startswith("en")
    return [(thing.name_en if english else "") or thing.name for thing in things]


def groups_below(venue: Venue, below: list[Entry]) -> list[Group]:
    """The venues below this one: other branches first, then communities, villages and other points."""
    levels = Division.Level
    if venue.tier == Venue.Tier.HEAD:
        below = [_by_township(entry) for entry in below]
        sorts = [(gettext("Branches"), lambda row: row.tier == Venue.Tier.BRANCH)]
    else:
        sorts = [
            (gettext("Other branches"), lambda row: row.tier == Venue.Tier.BRANCH),
            (gettext("Communities"), lambda row: _is_centre(row) and row.division.level == levels.COMMUNITY),
            (gettext("Villages"), lambda row: _is_centre(row) and row.division.level == levels.VILLAGE),
            (gettext("Other service points"), lambda row: row.tier == Venue.Tier.POINT and not _is_centre(row)),
        ]
    groups = [Group(label, [entry for entry in below if belongs(entry.venue)]) for label, belongs in sorts]
    return [group for group in groups if group.rows]


def _by_township(entry: Entry) -> Entry:
    """A township's own centre under the township's name: ten plaques that differ in two characters are hard to read."""
    return replace(entry, label=entry.venue.division.short_name) if is_township_centre(entry.venue) else entry


def _is_centre(venue: Venue) -> bool:
    return venue.kind == Venue.Kind.VILLAGE_CENTRE


def staff_lines(venue: Venue) -> list[StaffLine]:
    """The published posts by tier (R95), each with the names of those who hold it today; none where nobody is known."""
    order = list(Post.Title)
    published: list[Post] = venue.published_posts  # type: ignore[attr-defined]  # prefetched by `_staff`
    published = [post for post in published if current(post) or not post.temporary]
    posts = sorted(published, key=lambda post: (order.index(Post.Title(post.title)), post.pk))
    lines = [
        StaffLine(str(Post.Title(title).label), [holder_words(row) for post in group for row in current(post)])
        for title, group in groupby(posts, key=lambda post: post.title)
    ]
    return lines if any(line.holders for line in lines) else []


def holder_words(row: Appointment) -> str:
    """A holder's name, and the term where they are seconded (name, post, branch and term are public, no more)."""
    if row.basis != Appointment.Basis.SECONDMENT or row.until is None:
        return str(row.person)
    term = {"since": date_format(row.since, "DATE_FORMAT"), "until": date_format(row.until, "DATE_FORMAT")}
    return gettext("%(name)s (seconded, %(since)s – %(until)s)") % {"name": row.person, **term}


def current(post: Post) -> list[Appointment]:
    """Who holds the post today, as `_staff` fetched them."""
    return post.current  # type: ignore[attr-defined]


def unified_lines(venue: Venue) -> list[ItemLine]:
    """The six unified items (R31) in the notice's order. An item without evidence counts as not there yet.

    Where nobody has looked at any of them the public is told nothing: unknown is not "no".
    """
    rows = {row.item: row for row in venue.unified_items.all()}
    if not any(row.evidence or row.checked_on for row in rows.values()):
        return []
    lines = []
    for item in UnifiedItem.Item:
        row = rows.get(item)
        state = UnifiedItem.State(row.state) if row and row.evidence else UnifiedItem.State.NO
        lines.append(ItemLine(str(item.label), state.value, str(state.label)))
    return lines


def unified_score(venue: Venue) -> str:
    """How many of the six are there; half ones count half."""
    total = sum(SCORES[UnifiedItem.State(line.state)] for line in unified_lines(venue))
    return f"{float(total):g}"


def structured(venue: Venue, above: list[Venue], request: HttpRequest) -> SafeString:
    """The page's JSON-LD. A venue that is itself invented for demonstration publishes none."""
    return SafeString("") if venue.is_sample else json_ld(venue_data(venue, above, request))


def panels(venue: Venue, request: HttpRequest) -> list[str]:
    """What the rooms above show on a venue's page: they register the hook `venue_page_panels`."""
    drawn = (panel(venue, request) for panel in hooks.get_hooks("venue_page_panels"))
    return [html for html in drawn if html]
