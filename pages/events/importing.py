"""Calendar files become drafts: each entry wholly or not at all, with a report of what was and was not taken."""

import html
import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.coreutils import find_available_slug
from wagtail.log_actions import log

from accounts.models import User
from common.pinyin import pinyin_slug
from pages.venues.models import VenuePage

from .ics_reading import Entry, read
from .ics_rules import Repetition, repetition
from .ics_times import Span, changed_days, moved, span_of
from .models import EventChange, EventKind, EventPage

MAX_EVENTS = 500
MAX_CHANGES = 366
TITLE, INTRODUCTION, PLACE = 200, 200, 100


@dataclass
class Taken:
    """An entry that became a draft, with what was left behind."""

    page: EventPage
    notes: list[str]


@dataclass
class NotTaken:
    """An entry that did not, and why."""

    title: str
    why: str


@dataclass
class Report:
    """What became of a file. `beyond`: entries that were not looked at."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[NotTaken] = field(default_factory=list)
    beyond: int = 0


def events_import(*, data: bytes, parent: VenuePage, kind: EventKind, line: str, by: User) -> Report:
    """Make a draft below `parent` of each event in the calendar file `data`, of this kind and line.

    Raises ValidationError where the file as a whole cannot be read; then nothing was made.
    """
    reading = read(data)
    report = Report(beyond=reading.beyond)
    changed: defaultdict[str, list[Entry]] = defaultdict(list)
    events = []
    for entry in reading.entries:
        if entry.first("RECURRENCE-ID"):
            changed[entry.text("UID")].append(entry)
        else:
            events.append(entry)
    report.beyond += len(events[MAX_EVENTS:])
    seen = {entry.text("UID") for entry in events}
    orphans = [entry for uid, entries in changed.items() if uid not in seen for entry in entries]
    report.refused += [
        NotTaken(title_of(entry), _("It changes a date of a series that is not in the file.")) for entry in orphans
    ]
    done: set[str] = set()
    for entry in events[:MAX_EVENTS]:
        uid = entry.text("UID")[:255]
        try:
            refuse_known(uid, done, parent)
            report.taken.append(draft(entry, changed.get(uid, []), parent, kind, line, by))
            done.add(uid)
        except ValidationError as error:
            report.refused.append(NotTaken(title_of(entry), " ".join(error.messages)))
        except DatabaseError:  # no shape of a file may make a 500; its savepoint is rolled back
            report.refused.append(NotTaken(title_of(entry), _("It could not be saved.")))
    return report


def refuse_known(uid: str, done: set[str], parent: VenuePage) -> None:
    """Raise ValidationError for an event that is here already."""
    if not uid:
        return
    if uid in done:
        raise ValidationError(_("It stands twice in the file."))
    if EventPage.objects.filter(imported_uid=uid, venue=parent.venue_id).exists():
        raise ValidationError(_("It was imported before."))
    try:
        own = uuid.UUID(uid.partition("@")[0])
    except ValueError:
        return
    if EventPage.objects.filter(uid=own).exists():
        raise ValidationError(_("It is an event of this site."))


def draft(entry: Entry, changed: list[Entry], parent: VenuePage, kind: EventKind, line: str, by: User) -> Taken:
    """The draft of one entry. Raises ValidationError where it means nothing that the calendar can show."""
    if entry.text("STATUS").upper() == "CANCELLED":
        raise ValidationError(_("It is cancelled."))
    if entry.text("CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"):
        raise ValidationError(_("It is marked as private."))
    notes: list[str] = []
    span = span_of(entry, notes)
    rule = repetition(entry, span, notes)
    page = page_of(entry, span, rule)
    page.kind, page.line, page.owner = kind, line, by
    page.schedule().clean()
    page.changes = changes_of(entry, changed, page, span, notes)
    if entry.first("ATTENDEE"):
        notes.append(_("The people invited are not taken over."))
    if entry.first("ATTACH"):
        notes.append(_("Attachments are not taken over: add them here."))
    page.slug = find_available_slug(parent, pinyin_slug(page.title)[:200] or "event")
    with transaction.atomic():
        parent.add_child(instance=page)
        page.save_revision(user=by)
        log(page, "wagtail.create", user=by)
    return Taken(page, notes)


def page_of(entry: Entry, span: Span, rule: Repetition) -> EventPage:
    """An unsaved draft with the entry's words and dates."""
    description = plain(entry.text("DESCRIPTION"))
    title = title_of(entry)
    return EventPage(
        live=False,
        title=title,
        introduction=(description or title)[:INTRODUCTION],
        body=paragraphs(description) if len(description) > INTRODUCTION else [],
        place=place_of(entry),
        contact=one_line(entry.text("CONTACT"))[:100],
        imported_uid=entry.text("UID")[:255],
        first_day=span.first_day,
        last_day=span.last_day,
        all_day=span.all_day,
        starts=span.starts,
        ends=span.ends,
        repeat=rule.repeat,
        repeat_every=rule.every,
        repeat_on=rule.on,
        repeat_until=rule.until,
        rule=rule.custom,
    )


def changes_of(entry: Entry, changed: list[Entry], page: EventPage, span: Span, notes: list[str]) -> list[EventChange]:
    """Left-out, extra, moved and cancelled dates. What happens to a date last is what counts."""
    days = set(page.schedule().days(date.max)) if page.repeat else {page.first_day}
    found: dict[date, EventChange] = {}
    for day in changed_days(entry, "EXDATE", span, notes):
        if day in days:
            found[day] = EventChange(day=day, change=EventChange.Change.LEFT_OUT)
    for day in changed_days(entry, "RDATE", span, notes):
        if day not in days:
            found[day] = EventChange(day=day, change=EventChange.Change.EXTRA)
    for each in changed:
        place = place_of(each)
        change = moved(each, span, place if place != page.place else "", notes)
        if change and (change.day in days or change.day in found):
            found[change.day] = change
        elif change:
            notes.append(
                _("A change of %(day)s is left out: the event does not take place then.") % {"day": change.day}
            )
    if len(found) > MAX_CHANGES:
        raise ValidationError(_("It has more than %(most)s changed dates.") % {"most": MAX_CHANGES})
    return [found[day] for day in sorted(found)]


def title_of(entry: Entry) -> str:
    """The entry's title, shortened."""
    return one_line(entry.text("SUMMARY"))[:TITLE] or _("Event without a title")


def place_of(entry: Entry) -> str:
    """Where an entry takes place, shortened."""
    return one_line(entry.text("LOCATION"))[:PLACE]


def one_line(text: str) -> str:
    """Text without line breaks and doubled blanks."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """A description without the HTML that some programs put into it."""
    if re.search(r"<[a-zA-Z/!]", text):
        text = strip_tags(re.sub(r"(?i)<(?:br|/p|/div)[^>]{0,100}>", "\n", text))
    return html.unescape(text).strip()


def paragraphs(text: str) -> list[tuple[str, str]]:
    """The description as blocks of the page."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [("paragraph", "".join(f"<p>{html.escape(line)}</p>" for line in lines))]
