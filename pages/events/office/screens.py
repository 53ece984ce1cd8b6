"""The back office's events: the week, one date with its registrations, checking in, numbers of the year, import."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.changes import log_change
from common.typed import key_of
from network.models import Venue
from network.permissions import duties
from pages.venues.models import VenuePage

from ..calendar import midnight
from ..copying import event_duplicate
from ..models import EventIndexPage, EventPage, Occurrence, Registration
from ..notices import reached_by
from ..permissions import events_kept, occurrences_kept, sees_events_office, venues_kept
from ..registering import (
    absences_record,
    attendance_record,
    moving_up,
    registration_cancel,
    registration_create,
    visitors_record,
)
from .forms import CallForm, VisitorsForm
from .numbers import HEADER, with_sum, yearly_numbers
from .tables import csv_response

View = Callable[..., HttpResponse]
Status = Registration.Status
DRAFTS = 50
WAITING = Count("registrations", filter=Q(registrations__status=Status.WAITING))


def keepers(view: View) -> View:
    """Only for people who keep the events of some venue; the pages hold names and are never cached."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sees_events_office(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def screen(request: HttpRequest, template: str, title: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page of the back office with Wagtail's own furniture."""
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("events_week"), "label": _("Events")},
        {"url": "", "label": title},
    ]
    context = {"header_title": title, "page_title": title, "header_icon": "date", "breadcrumbs_items": trail}
    return render(request, f"events/office/{template}.html", context | more, status=status)


def official(request: HttpRequest) -> User:
    """The signed-in person (behind `keepers`)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def kept_occurrence(request: HttpRequest, pk: int) -> Occurrence:
    """The date `pk`, if the user keeps its venue's events; otherwise it does not exist for them."""
    return get_object_or_404(occurrences_kept(request.user).select_related("event", "venue"), pk=pk)


# The week -----------------------------------------------------------------------------------------
@keepers
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Seven days of the venues whose events the user keeps (`?day=`, `?venue=`), and the drafts that wait there."""
    venues = venues_kept(request.user)
    asked = parse_date_or_none(request.GET.get("day", ""))
    chosen = venue_chosen(request.GET.get("venue", ""), venues)
    today = timezone.localdate()
    monday = asked or today
    monday -= timedelta(days=monday.weekday())
    venue = chosen or venues.filter(posts__appointments__in=duties(request.user)).first()
    within = Q(venue=chosen) if chosen else Q(venue__in=venues)
    rows = Occurrence.objects.filter(within).between(midnight(monday), midnight(monday + timedelta(days=7)))
    rows = rows.select_related("event", "venue__division").defer("event__body").annotate(waiting=WAITING)
    drafts = EventPage.objects.filter(within, live=False).select_related("venue").defer("body")
    days = by_day(rows, monday)
    context = {
        "days": days,
        "empty": not any(found for _day, found in days),
        "drafts": drafts.order_by("-latest_revision_created_at", "pk")[:DRAFTS],
        "venues": venues.order_by("pk"),
        "chosen": chosen,
        "home": VenuePage.objects.filter(venue=venue).first(),
        "poster_url": poster_url(request, venue, monday),
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
        "today": today,
    }
    return screen(request, "week", _("Events of the week"), **context)


def poster_url(request: HttpRequest, venue: Venue | None, day: date) -> str:
    """The poster of `day`'s month for the venue's door; "" without a venue, or without a public calendar."""
    calendar = EventIndexPage.objects.live().first() if venue else None
    return f"{calendar.get_url(request)}{day:%Y/%m}/poster/?venue={venue.pk}" if calendar and venue else ""


def by_day(rows: Any, monday: date) -> list[tuple[date, list[Occurrence]]]:
    """The seven days with what starts on each; what began before the week stands on its first day."""
    found: dict[date, list[Occurrence]] = {monday + timedelta(days=ahead): [] for ahead in range(7)}
    for row in rows.order_by("starts_at", "pk"):
        found[max(timezone.localdate(row.starts_at), monday)].append(row)
    return list(found.items())


def parse_date_or_none(text: str) -> date | None:
    """A day of an address, within the years that a calendar shows; None where it is none."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None


def venue_chosen(text: str, venues: Any) -> Venue | None:
    """The venue of an address, if it is among `venues`."""
    return venues.filter(pk=key_of(text)).first()


# One date -----------------------------------------------------------------------------------------
@keepers
@require_safe
def occurrence(request: HttpRequest, pk: int) -> HttpResponse:
    """Who registered, who waits, who cancelled."""
    row = kept_occurrence(request, pk)
    registrations = list(row.registrations.filter(forgotten_at=None))
    return screen(
        request,
        "occurrence",
        row.event.title,
        row=row,
        holding=[each for each in registrations if each.status in Registration.HOLDING],
        waiting=[each for each in registrations if each.status == Status.WAITING],
        cancelled=[each for each in registrations if each.status == Status.CANCELLED],
        may_change=row.starts_at > timezone.now(),
    )


@keepers
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Register somebody who calls."""
    row = kept_occurrence(request, pk)
    form = CallForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            found = registration_create(occurrence=row.pk, by_venue=True, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            log_change(row, action="events.registration_add", by=official(request))
            messages.success(request, f"{found.name}: {found.get_status_display()}")
            return redirect("events_occurrence", row.pk)
    return screen(request, "add", _("Register a caller"), row=row, form=form)


@keepers
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int, registration: int) -> HttpResponse:
    """Say what cancelling one registration means, and do it when that is confirmed by POST."""
    row = kept_occurrence(request, pk)
    found = get_object_or_404(row.registrations.filter(forgotten_at=None), pk=registration)
    found.occurrence = row
    if request.method == "POST" or found.status not in Registration.OPEN or row.starts_at <= timezone.now():
        return cancelled(request, found)
    up = [(each, reached_by(each)) for each in moving_up(found)]
    context: dict[str, Any] = {"registration": found, "way": reached_by(found), "moving_up": up}
    return screen(request, "cancel", _("Cancel a registration"), row=row, **context)


def cancelled(request: HttpRequest, found: Registration) -> HttpResponse:
    """Cancel a registration, or say why nothing was to be cancelled any more."""
    row = found.occurrence
    try:
        if request.method == "POST" and registration_cancel(registration=found):
            log_change(row, action="events.registration_cancel", by=official(request))
            messages.success(request, _("The registration of %(name)s is cancelled.") % {"name": found.name})
        else:
            messages.warning(request, _("This registration can no longer be cancelled."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("events_occurrence", row.pk)


# At the door --------------------------------------------------------------------------------------
@keepers
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The list at the door: big buttons on a telephone, boxes to tick on paper."""
    row = kept_occurrence(request, pk)
    if request.method == "POST":
        return checked_in(request, row)
    people = list(row.registrations.filter(status__in=Registration.HOLDING, forgotten_at=None))
    context: dict[str, Any] = {
        "row": row,
        "people": people,
        "came": sum(each.places for each in people if each.status == Status.ATTENDED),
        "expected": sum(each.places for each in people),
        "form": VisitorsForm(instance=row),
        "begun": timezone.localdate() >= row.first_day,
        "undecided": any(each.status == Status.REGISTERED for each in people) and row.ends_at <= timezone.now(),
    }
    return screen(request, "check_in", _("Check in"), **context)


def checked_in(request: HttpRequest, row: Occurrence) -> HttpResponse:
    """Note one who came or did not (`registration`, `came`), the visitors without registration, or the rest absent."""
    try:
        if "walk_ins" in request.POST:
            form = VisitorsForm(request.POST, instance=row)
            if not form.is_valid():
                raise ValidationError([text for texts in form.errors.values() for text in texts])
            visitors_record(occurrence=row, number=form.cleaned_data["walk_ins"])
            log_change(row, action="events.attendance", by=official(request))
        elif "absent" in request.POST:
            absences_record(occurrence=row)
            log_change(row, action="events.attendance", by=official(request))
        else:
            found = get_object_or_404(row.registrations, pk=key_of(request.POST.get("registration", "")))
            attendance_record(registration=found, came=request.POST.get("came") == "1")
            return redirect(f"{reverse('events_check_in', args=[row.pk])}#r{found.pk}")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("events_check_in", row.pk)


@keepers
@require_safe
def list_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who holds a place or waits, as a table to keep."""
    row = kept_occurrence(request, pk)
    log_change(row, action="events.list_download", by=official(request))
    header = [_("Name"), _("Mobile number"), _("E-mail"), _("Places"), _("Status"), _("Registered at"), _("Child")]
    people = row.registrations.filter(status__in=Registration.CURRENT, forgotten_at=None)
    cells = (
        [
            each.name,
            each.mobile,
            each.email,
            each.places,
            each.get_status_display(),
            f"{timezone.localtime(each.created_at):%Y-%m-%d %H:%M}",
            _("yes") if each.for_child else "",
        ]
        for each in people
    )
    return csv_response(f"registrations-{row.key}-{row.pk}", header, cells)


# Copies and numbers -------------------------------------------------------------------------------
@keepers
@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy an event into a draft and open it in the editor."""
    event = get_object_or_404(events_kept(request.user), id=pk)  # `pk` is a link to Page: SQLite refuses large numbers
    if not event.get_parent().permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    copy = event_duplicate(event=event, by=official(request))
    messages.success(request, _("This is a copy. Give it its own dates, then publish it."))
    return redirect("wagtailadmin_pages:edit", copy.pk)


@keepers
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of a year by township and line; `?format=csv` as a table to keep."""
    this_year = timezone.localdate().year
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100 else this_year
    rows = with_sum(yearly_numbers(occurrences_kept(request.user), year))
    if request.GET.get("format") == "csv":
        return csv_response(f"events-{year}", HEADER, rows)
    years = range(this_year, this_year - 6, -1)
    return screen(request, "numbers", _("Events of the year"), header=HEADER, rows=rows, year=year, years=years)
