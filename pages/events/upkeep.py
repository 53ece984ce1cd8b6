"""What the timers do: dates that came within the horizon, reminders, and the end of personal data."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import EventChange, EventPage, Occurrence, Registration
from .notices import tell
from .services import event_withdraw, occurrences_sync


def events_extend(*, today: date | None = None) -> int:
    """Make the dates that came within the horizon. Returns how many events were asked.

    An event whose last date has come is left alone: its rows are made.
    """
    today = today or timezone.localdate()
    repeating = Q(repeat_until__gte=today) | Q(repeat=EventPage.Repeat.CUSTOM)
    far = Q(first_day__gte=today, occurrences=None) | Q(
        changes__day__gte=today, changes__change=EventChange.Change.EXTRA
    )
    due = EventPage.objects.live().filter((repeating & ~Q(repeat=EventPage.Repeat.ONCE)) | far)
    events = EventPage.objects.filter(pk__in=due.values("pk"))
    count = 0
    for event in events.iterator(chunk_size=100):
        occurrences_sync(event=event, today=today)
        count += 1
    return count


def withdrawals_complete() -> int:
    """Withdraw the dates of events that are off the site and still stand as taking place. Returns how many events.

    Wagtail saves the page before it says that it was unpublished: whatever was interrupted between is made good here.
    """
    standing = Occurrence.objects.filter(ends_at__gt=timezone.now()).exclude(status=Occurrence.Status.CANCELLED)
    events = list(EventPage.objects.filter(live=False, pk__in=standing.values("event")))
    for event in events:
        event_withdraw(event=event)
    return len(events)


def events_remind() -> int:
    """Remind everybody who holds a place for tomorrow, once each. Returns how many were reminded.

    Each in a transaction of its own: a message is queued exactly when the row says so.
    """
    tomorrow = timezone.localdate() + timedelta(days=1)
    due = Registration.objects.filter(
        status=Registration.Status.REGISTERED,
        reminded_at=None,
        occurrence__starts_at__date=tomorrow,
        occurrence__event__live=True,
    ).exclude(occurrence__status=Occurrence.Status.CANCELLED)
    return sum(reminded(pk) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def reminded(pk: int) -> bool:
    """Remind one; False where it was cancelled or reminded meanwhile."""
    waiting = Registration.objects.select_for_update(of=("self",)).select_related("occurrence__event__kind")
    row = waiting.filter(pk=pk, status=Registration.Status.REGISTERED, reminded_at=None).first()
    if row is None:
        return False
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at"])
    tell(row, "reminder")
    return True


def registrations_purge() -> int:
    """Empty the registrations of events over for REGISTRATION_KEEP_DAYS days (个人信息保护法 19, 47).

    Name, number, address, account and link go; status and places stay, for the numbers of the year. Returns how many.
    """
    limit = timezone.now() - timedelta(days=settings.REGISTRATION_KEEP_DAYS)
    old = Registration.objects.filter(forgotten_at=None, occurrence__ends_at__lt=limit)
    return old.update(name="", mobile="", email="", person=None, for_child=False, forgotten_at=timezone.now())
