"""The register of posts 人员名册: vacancies by venue, the history of a post and of a person, a new director."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from common.typed import key_of

from ..models import Appointment, Division, Post, Venue
from ..permissions import appoints, sees_registers
from ..services import office_hand_over
from ..staffing import away_from, history_of_person, history_of_post, staffing
from .base import add_service_error
from .choosers import person_chooser

Status = Venue.Status
PAGE = 50


class HandOverForm(forms.Form):
    """A new director takes over."""

    person: forms.ModelChoiceField = forms.ModelChoiceField(label=gettext_lazy("Successor"), queryset=None)
    since = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].widget = person_chooser.widget_class()
        self.fields["person"].queryset = get_user_model().objects.filter(is_active=True)  # type: ignore[attr-defined]


def looks(request: HttpRequest) -> None:
    """Whoever has a duty in the network reads the register; others are refused."""
    if not sees_registers(request.user):
        raise PermissionDenied


def vacancies(request: HttpRequest) -> HttpResponse:
    """Vacancies by venue against the norm; the whole county or one township."""
    looks(request)
    venues = Venue.objects.exclude(status=Status.CLOSED)
    township = request.GET.get("township", "")
    if (key := key_of(township)) is not None:
        venues = venues.of_township(key)
    rows = staffing(venues, timezone.localdate())
    shown = [row for row in rows if row.short or row.vacant or row.gone] if "short" in request.GET else rows
    context = {
        "title": _("Staffing"),
        "rows": rows,
        "only_short": "short" in request.GET,
        "shown": Paginator(shown, PAGE).get_page(request.GET.get("p")),
        "totals": {
            name: sum(getattr(row, name) or 0 for row in rows)
            for name in ("needed", "posts", "held", "kept", "vacant", "short")
        }
        | {"seconded": sum(len(row.seconded) for row in rows)},
        "townships": Division.objects.filter(level=Division.Level.TOWNSHIP),
        "township": township,
    }
    return render(request, "network/admin/staffing.html", context)


def post_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who held a post and from when until when; a new director takes over here."""
    looks(request)
    post = get_object_or_404(Post.objects.select_related("venue", "office"), pk=pk)
    may_hand_over = bool(post.ex_officio) and appoints(request.user, post)
    if request.method == "POST" and not may_hand_over:
        raise PermissionDenied
    form = HandOverForm(request.POST or None) if may_hand_over else None
    if form and request.method == "POST" and form.is_valid() and _handed_over(request, post, form):
        return redirect("network_post_history", pk)
    rows = history_of_post(post)
    context = {"title": str(post), "post": post, "rows": rows, "form": form, "media": form.media if form else ""}
    context["away"] = away_from(post, timezone.localdate())
    return render(request, "network/admin/post_history.html", context)


def _handed_over(request: HttpRequest, post: Post, form: HandOverForm) -> bool:
    data = form.cleaned_data
    try:
        office_hand_over(post=post, to=data["person"], since=data["since"], by=request.user, reason=data["reason"])  # type: ignore[arg-type]
    except ValidationError as error:
        add_service_error(form, error)
        return False
    messages.success(request, _("The post has gone to the successor."))
    return True


def person_history(request: HttpRequest, pk: int) -> HttpResponse:
    """What posts a person has held, and what the rooms above keep about them (hook `staff_file_panels`)."""
    looks(request)
    people = get_user_model().objects.filter(pk__in=Appointment.objects.values("person"))
    person = get_object_or_404(people, pk=pk)
    panels = [html for panel in hooks.get_hooks("staff_file_panels") if (html := panel(person, request))]
    context = {"title": str(person), "person": person, "rows": history_of_person(person), "panels": panels}
    return render(request, "network/admin/person_history.html", context)


def urlpatterns() -> list[URLPattern]:
    """The addresses of the register of posts."""
    return [
        path("network/staffing/", vacancies, name="network_staffing"),
        path("network/staffing/posts/<int:pk>/", post_history, name="network_post_history"),
        path("network/staffing/people/<int:pk>/", person_history, name="network_person_history"),
    ]
