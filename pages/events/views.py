"""Registering for one date of an event, and a registration's own page: whoever holds its link may see and cancel it."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User

from .ical import calendar_of_date
from .limits import may_register
from .models import EventPage, Occurrence, Registration
from .notices import reached_by
from .registering import check_open, registration_cancel, registration_create, waiting_position
from .registration_forms import RegistrationForm

REFUSED = {"early": 409, "none": 409, "late": 410, "cancelled": 410}  # what an answer to a refused registration says


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, occurrence: int) -> HttpResponse:
    """The form for one date of a published event. Too early or too late it is a page that says so (409, 410)."""
    rows = Occurrence.objects.filter(event__in=EventPage.objects.live().public()).select_related("event", "venue")
    row = get_object_or_404(rows, pk=occurrence)
    person = request.user if isinstance(request.user, User) else None
    if person and (own := row.registrations.filter(person=person, status__in=Registration.CURRENT).first()):
        return redirect("event_registration", own.token)
    try:
        check_open(row, timezone.now())
    except ValidationError as error:
        return refused(request, row, error)
    form = RegistrationForm(request.POST or None, row=row, person=person)
    if form.is_robot:
        return redirect(row.event.get_url(request))
    if not form.is_valid():
        return form_page(request, row, form)
    if sent := row.registrations.filter(token=form.cleaned_data["sent_as"]).first():
        return redirect("event_registration", sent.token)  # a double click costs none of the hour's registrations
    address = get_adapter().get_client_ip(request)
    if not person and not may_register(address=address, mobile=form.cleaned_data["mobile"]):
        form.add_error(None, _("That is a lot of registrations within one hour. Try again later, or call the venue."))
        return form_page(request, row, form, status=429)
    try:
        found = registration_create(
            occurrence=row.pk, person=person, language=get_language() or "zh-hans", **form.values()
        )
    except ValidationError as error:
        if getattr(error, "code", None) in REFUSED:
            return refused(request, row, error)
        form.add_error(None, error)
        return form_page(request, row, form)
    return redirect("event_registration", found.token)


def form_page(request: HttpRequest, row: Occurrence, form: RegistrationForm, status: int = 200) -> HttpResponse:
    """The form, with what was typed and what is wrong with it."""
    return render(request, "events/register.html", {"row": row, "event": row.event, "form": form}, status=status)


def refused(request: HttpRequest, row: Occurrence, error: ValidationError) -> HttpResponse:
    """The page that says why nobody can register for `row` now."""
    opens, _closes = row.registration_window
    context = {
        "row": row,
        "event": row.event,
        "why": error.messages[0],
        "opens": opens if error.code == "early" else None,
    }
    return render(request, "events/register_refused.html", context, status=REFUSED[error.code or "late"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Show the registration that `token` belongs to; POST cancels it. An unknown token is 404."""
    row = registration_of(token)
    if request.method == "POST":
        try:
            if registration_cancel(registration=row):
                messages.success(request, _("The registration is cancelled."))
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return HttpResponseRedirect(request.path)
    context = {
        "registration": row,
        "position": waiting_position(row) if row.status == Registration.Status.WAITING else None,
        "may_cancel": row.status in Registration.OPEN and row.occurrence.starts_at > timezone.now(),
        "told": reached_by(row),
        "takes_place": row.occurrence.status != Occurrence.Status.CANCELLED,
    }
    return render(request, "events/registration.html", context)


@never_cache
@require_safe
def registration_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The date for the telephone's own calendar."""
    row = registration_of(token).occurrence
    url = request.build_absolute_uri(reverse("event_registration", args=[token]))
    calendar = calendar_of_date(row, url=url, request=request)
    headers = {"Content-Disposition": 'attachment; filename="event.ics"', "Referrer-Policy": "no-referrer"}
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def registration_of(token: str) -> Registration:
    """The registration with this token, unless its details were deleted meanwhile. Raises Http404."""
    rows = Registration.objects.filter(forgotten_at=None).select_related("occurrence__event", "occurrence__venue")
    return get_object_or_404(rows, token=token)
