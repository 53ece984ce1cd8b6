"""The sections of a venue in the back office beside its facts: hours, closures, six unified items, status."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages

from common.typed import key_of

from .. import services
from ..hours import hours_shortfall, weekly_hours_total
from ..models import Closure, NetworkSettings, Venue
from ..permissions import checks_items, edits_venue, sees_registers, shapes_network
from .base import add_service_error
from .forms import ClosureForm, DatedFormSet, ItemForm, MoveForm, StatusForm, WeeklyFormSet

if TYPE_CHECKING:
    from accounts.models import User


def tabs(venue: Venue, current: str) -> list[dict[str, Any]]:
    """The links between a venue's facts and its sections."""
    links = [
        ("facts", _("Facts"), "network_venue_modeladmin_edit"),
        ("hours", _("Opening hours"), "network_venue_hours"),
        ("closures", _("Closures"), "network_venue_closures"),
        ("items", _("Six unified items"), "network_venue_items"),
        ("status", _("Status"), "network_venue_status"),
    ]
    return [
        {"label": label, "url": reverse(name, args=[venue.pk]), "current": key == current} for key, label, name in links
    ]


class Section(View):
    """One section. `may` says who changes it; whoever sees the registers may look."""

    key = ""
    title = ""
    may: Callable[[Any, Venue], bool]

    def dispatch(self, request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponseBase:
        venues = Venue.objects.select_related("division__parent", "parent__division")
        self.venue = get_object_or_404(venues, pk=pk)
        if not sees_registers(request.user):
            raise PermissionDenied
        self.by = cast("User", request.user)  # the back office lets nobody else in
        self.may_change = type(self).may(request.user, self.venue)
        if request.method == "POST" and not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def page(self, **context: Any) -> HttpResponse:
        """The section's page; 200 also when it shows errors, as Django's forms do."""
        forms = [value for value in context.values() if hasattr(value, "media")]
        context |= {
            "media": sum((form.media for form in forms), Media()),
            "venue": self.venue,
            "title": self.title_text(),
            "tabs": tabs(self.venue, self.key),
            "may_change": self.may_change,
        }
        return render(self.request, f"network/admin/{self.key}.html", context)

    def title_text(self) -> str:
        return next(tab["label"] for tab in tabs(self.venue, self.key) if tab["current"])

    def done(self, text: str) -> HttpResponse:
        messages.success(self.request, text)
        return redirect(f"network_venue_{self.key}", self.venue.pk)


class HoursSection(Section):
    """Weekly hours and hours on dates."""

    key = "hours"
    may = staticmethod(edits_venue)

    def forms(self, data: Any = None) -> tuple[Any, Any]:
        weekly = [{"day": row.day, "opens": row.opens, "closes": row.closes} for row in self.venue.weekly_hours.all()]
        dated = [
            {"date": row.date, "opens": row.opens, "closes": row.closes, "reason": row.reason}
            for row in self.venue.dated_hours.all()
        ]
        return (
            WeeklyFormSet(data, initial=weekly, prefix="weekly"),
            DatedFormSet(data, initial=dated, prefix="dated"),
        )

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(*self.forms())

    def show(self, weekly: Any, dated: Any) -> HttpResponse:
        rules = NetworkSettings.load()
        return self.page(
            weekly=weekly,
            dated=dated,
            total=weekly_hours_total(self.venue),
            needed=rules.weekly_hours_needed(self.venue),
            shortfall=hours_shortfall(self.venue, rules),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        weekly, dated = self.forms(request.POST)
        if not (weekly.is_valid() and dated.is_valid()):
            return self.show(weekly, dated)
        services.weekly_hours_set(
            venue=self.venue,
            rows=[(row["day"], row["opens"], row["closes"]) for row in weekly.rows()],
            by=self.by,
        )
        services.dated_hours_set(
            venue=self.venue,
            rows=[services.DatedRow(row["date"], row["opens"], row["closes"], row["reason"]) for row in dated.rows()],
            by=self.by,
        )
        return self.done(_("The opening hours were saved."))


class ClosuresSection(Section):
    """Closures: announced here, and withdrawn."""

    key = "closures"
    may = staticmethod(edits_venue)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(ClosureForm(venue=self.venue))

    def show(self, form: ClosureForm) -> HttpResponse:
        today = timezone.localdate()
        return self.page(
            form=form,
            ahead=self.venue.closures.filter(last_day__gte=today),
            past=self.venue.closures.filter(last_day__lt=today).order_by("-first_day")[:20],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if "withdraw" in request.POST:
            return self.withdraw(request)
        form = ClosureForm(request.POST, venue=self.venue)
        if form.is_valid():
            try:
                services.closure_announce(venue=self.venue, by=self.by, **form.cleaned_data)
            except ValidationError as error:
                add_service_error(form, error)
        if not form.is_valid():
            return self.show(form)
        return self.done(_("The closure was announced."))

    def withdraw(self, request: HttpRequest) -> HttpResponse:
        closures = Closure.objects.filter(venue=self.venue)
        closure = get_object_or_404(closures, pk=key_of(request.POST["withdraw"]))
        try:
            services.closure_withdraw(closure=closure, by=self.by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("network_venue_closures", self.venue.pk)
        return self.done(_("The closure was withdrawn."))


class ItemsSection(Section):
    """The six unified items 六统一 with what shows them."""

    key = "items"
    may = staticmethod(checks_items)

    def forms(self, data: Any = None) -> list[ItemForm]:
        return [ItemForm(data, item=item) for item in self.venue.unified_items.select_related("checked_by")]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(forms=self.forms(), score=self.venue.score)

    def post(self, request: HttpRequest) -> HttpResponse:
        forms = self.forms(request.POST)
        valid = [form.is_valid() for form in forms]  # all of them, so that every error shows
        if not all(valid):
            return self.page(forms=forms, score=self.venue.score)
        for form in forms:
            services.unified_item_set(item=form.item, by=self.by, **form.cleaned_data)
        return self.done(_("The six unified items were saved."))


class StatusSection(Section):
    """The status under the guard 先镇后村, and for a point the branch it belongs to."""

    key = "status"

    @staticmethod
    def may(user: Any, venue: Venue) -> bool:  # noqa: ARG004 - the network is shaped as a whole
        return shapes_network(user)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def show(self, status: StatusForm | None = None, move: MoveForm | None = None) -> HttpResponse:
        is_point = self.venue.tier == Venue.Tier.POINT
        return self.page(
            form=status or StatusForm(venue=self.venue),
            move=move or (MoveForm(venue=self.venue) if is_point else None),
            points=self.venue.points.all(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if "parent" in request.POST:
            return self.move(request)
        form = StatusForm(request.POST, venue=self.venue)
        if form.is_valid():
            try:
                services.venue_change_status(venue=self.venue, by=self.by, **form.cleaned_data)
            except ValidationError as error:
                add_service_error(form, error)
        if not form.is_valid():
            return self.show(status=form)
        return self.done(_("The status was changed."))

    def move(self, request: HttpRequest) -> HttpResponse:
        form = MoveForm(request.POST, venue=self.venue)
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.venue_move(venue=self.venue, to=data["parent"], by=self.by, reason=data["reason"])
            except ValidationError as error:
                add_service_error(form, error)
        if not form.is_valid():
            return self.show(move=form)
        return self.done(_("The service point was moved."))


def urlpatterns() -> list[URLPattern]:
    """The addresses of the sections, below the register's own."""
    sections = (HoursSection, ClosuresSection, ItemsSection, StatusSection)
    return [
        path(f"network/venue/<int:pk>/{section.key}/", section.as_view(), name=f"network_venue_{section.key}")
        for section in sections
    ]
