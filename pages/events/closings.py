"""What the closures and opening hours of a venue mean for its events."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from common.outbox import mail_queue
from network.hours import Schedule
from network.models import Closure, Venue

from .models import EventPage, Occurrence
from .services import closing, occurrences_sync, planned_rows

LANGUAGE = "zh-hans"  # what editors are written in


@transaction.atomic
def closure_follow(*, closure: Closure) -> None:
    """Bring the coming dates at a venue in step with its `closure`, announced or withdrawn, and tell the editors.

    Every date is worked out anew from what is closed now, so that a withdrawn closure brings back what it cancelled and
    nothing else. Dates of events whose editors want to be asked stay; the mail names them.
    """
    ahead = Occurrence.objects.filter(venue=closure.venue_id, ends_at__gt=timezone.now())
    events = EventPage.objects.filter(live=True, pk__in=ahead.values("event")).select_related("venue")
    changed = [row for event in events for row in occurrences_sync(event=event)]
    still = list(Closure.objects.filter(pk=closure.pk))  # none once it is withdrawn
    asked = [
        row
        for row in ahead.filter(event__live=True, event__when_closed=EventPage.WhenClosed.ASK).select_related("event")
        if row.status != Occurrence.Status.CANCELLED and closing(still, row.starts_at, row.ends_at)
    ]
    if changed or asked:
        editors_tell(closure.venue, changed, asked)


def editors_tell(venue: Venue, changed: list[Occurrence], asked: list[Occurrence]) -> None:
    """Write to the editors of `venue`: which dates `changed`, and which they are `asked` to move or cancel."""
    with override(LANGUAGE):
        parts = [_("The closures of %(venue)s have changed.") % {"venue": venue.plaque}]
        parts += [f"{line(row)}  {row.state}" for row in changed]
        if asked:
            parts += ["", _("Please move or cancel these dates, or make sure that they take place elsewhere:")]
            parts += [line(row) for row in asked]
        subject = _("Closure: events at %(venue)s") % {"venue": venue.plaque}
    editors = User.objects.filter(is_active=True, groups__venue_editors__venue=venue).distinct()
    for address in filter(None, editors.values_list("email", flat=True)):
        mail_queue(to=address, subject=subject, template="plain", context={"body": "\n".join(parts)}, language=LANGUAGE)


def line(row: Occurrence) -> str:
    """One date in a line."""
    return f"{date_format(timezone.localtime(row.starts_at), 'DATETIME_FORMAT')} {row.event.title}"


def closed_days(event: EventPage) -> list[date]:
    """Days to come on which `event` means to take place and its venue is closed all day; for the editor to see.

    `event` may be an unpublished draft. Where nobody entered opening hours only announced closures count.
    """
    schedule = Schedule(event.venue)
    today = timezone.localdate()
    days = [row.first_day for row in planned_rows(event) if row.first_day >= today and not row.lasts_days]
    return [day for day in days if schedule.closure_on(day) or (schedule.known and not schedule.spans_on(day))]
