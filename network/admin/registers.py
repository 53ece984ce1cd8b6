"""The registers: venues, posts, appointments, divisions, offices, services, accessibility features."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail_modeladmin.options import ModelAdminGroup

from common.typed import key_of

from ..hours import hours_shortfall, weekly_hours_total
from ..models import (
    AccessibilityFeature,
    Appointment,
    Division,
    NetworkSettings,
    Office,
    Post,
    Service,
    StaffingNorm,
    Venue,
)
from ..permissions import heads_line, keeps_registers, shapes_network, venues_edited
from ..services import venue_delete
from .base import RegisterAdmin, RegisterCreate, RegisterEdit, RegisterPermissions, yes_no
from .choosers import person_chooser, post_chooser
from .forms import AppointmentActionForm, AppointmentForm, VenueForm
from .sections import tabs

if TYPE_CHECKING:
    from accounts.models import User


SAMPLE = yes_no("has_sample_facts", gettext_lazy("shows sample data"))
FULL_TIME = yes_no("full_time", gettext_lazy("full-time"))
PUBLISHED = yes_no("published", gettext_lazy("shown to the public"))


class TownshipFilter(SimpleListFilter):
    """Narrows a list to one township. `of` is the path from a row to its division."""

    title = gettext_lazy("Township")
    parameter_name = "township"
    of = "division"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.pk), row.name) for row in Division.objects.filter(level=Division.Level.TOWNSHIP)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        if key_of(value) is None:
            return queryset.none()
        return queryset.filter(Q(**{self.of: value}) | Q(**{f"{self.of}__parent": value}))


class PostTownshipFilter(TownshipFilter):
    of = "venue__division"


class AppointmentTownshipFilter(TownshipFilter):
    of = "post__venue__division"


# Venues -------------------------------------------------------------------------------------------
class VenuePermissions(RegisterPermissions):
    """The bureau adds and deletes; people keep the facts of the venues that are theirs."""

    def user_can_create(self, user: "User") -> bool:
        return shapes_network(user)

    def editable(self, user: "User") -> QuerySet[Venue]:
        return venues_edited(user)


class VenueEdit(RegisterEdit):
    """A venue's facts, with the way to its other sections."""

    instance: Venue

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs(self.instance, "facts"), **kwargs)

    def get_success_url(self) -> str:
        return self.edit_url


class VenueAdmin(RegisterAdmin):
    """The venues of the network."""

    model = Venue
    form_class = VenueForm
    menu_icon = "home"
    permission_helper_class = VenuePermissions
    edit_view_class = VenueEdit
    edit_template_name = "network/admin/facts.html"
    inspect_view_enabled = True
    list_display = ("plaque", "place", "tier", "status", "hours_total", "unified", SAMPLE)
    list_filter = ("tier", "status", TownshipFilter, "kind", "library", "culture", "pilot", "has_sample_facts")
    search_fields = ("plaque", "name", "slug", "address", "phone", "division__name", "division__parent__name")
    list_select_related = ("division__parent", "parent")
    list_export = (
        *("plaque", "name", "tier", "kind", "library", "culture", "place", "parent", "status", "operator", "pilot"),
        *("venue_class", "opened_on", "phone", "email", "address", "floor_area", "seats", "stock", "hours_total"),
        *("unified", "has_sample_facts"),
    )
    export_filename = "venues"
    inspect_view_fields = (
        *("plaque", "name", "tier", "kind", "library", "culture", "division", "parent", "status", "operator", "pilot"),
        *("venue_class", "opened_on", "phone", "email", "address", "directions", "floor_area", "seats", "stock"),
        *("services", "accessibility", "has_sample_facts"),
    )
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("tier"), FieldPanel("kind")]),
                FieldRowPanel([FieldPanel("library"), FieldPanel("culture")]),
                FieldRowPanel([FieldPanel("division"), FieldPanel("parent")]),
                FieldPanel("plaque", help_text=gettext_lazy("Empty: written as the county's rules say (R90–R92).")),
                FieldPanel("slug"),
                FieldRowPanel([FieldPanel("operator"), FieldPanel("venue_class")]),
                FieldRowPanel([FieldPanel("pilot"), FieldPanel("opened_on")]),
            ],
            heading=gettext_lazy("Place in the network"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
                FieldPanel("directions"),
                FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
            ],
            heading=gettext_lazy("Contact"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("floor_area"), FieldPanel("seats"), FieldPanel("stock")]),
                FieldPanel("services"),
                FieldPanel("accessibility"),
                FieldPanel("has_sample_facts"),
            ],
            heading=gettext_lazy("Facilities and services"),
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        self.rules = NetworkSettings.load(request_or_site=request)  # one query a request
        return super().get_queryset(request).with_score().prefetch_related("weekly_hours")

    def delete(self, instance: Venue, by: "User") -> None:
        venue_delete(venue=instance, by=by)

    def place(self, venue: Venue) -> str:
        """Township and village."""
        division = venue.division
        above = division.parent if division.level in (Division.Level.VILLAGE, Division.Level.COMMUNITY) else None
        return f"{above.name} {division.short_name}" if above else division.name

    place.short_description = gettext_lazy("place")  # type: ignore[attr-defined]
    place.admin_order_field = "division__code"  # type: ignore[attr-defined]

    def hours_total(self, venue: Venue) -> str:
        """Weekly hours, with what is missing to what the county expects."""
        total = weekly_hours_total(venue)
        if not total:
            return ""
        missing = hours_shortfall(venue, self.rules)
        text = _("%(hours)s h") % {"hours": f"{total:g}"}
        return text + (" " + _("(%(hours)s h too few)") % {"hours": f"{missing:g}"} if missing else "")

    hours_total.short_description = gettext_lazy("hours a week")  # type: ignore[attr-defined]

    def unified(self, venue: Venue) -> str:
        """The score of the six unified items."""
        return f"{venue.unified_score:g}/6"  # type: ignore[attr-defined]  # annotated

    unified.short_description = gettext_lazy("unified items")  # type: ignore[attr-defined]
    unified.admin_order_field = "unified_score"  # type: ignore[attr-defined]


# Posts and appointments ---------------------------------------------------------------------------
class PostAdmin(RegisterAdmin):
    """The slots, whoever holds them."""

    model = Post
    menu_icon = "group"
    list_display = ("where", "title", "ex_officio", "holder", FULL_TIME, PUBLISHED)
    list_filter = ("title", "full_time", "published", "venue__tier", PostTownshipFilter)
    search_fields = ("venue__plaque", "office__name", "appointments__person__name")
    list_select_related = ("venue", "office")
    list_export = ("where", "title", "ex_officio", "holder", "full_time", "published")
    export_filename = "posts"
    panels = [
        FieldPanel("venue"),
        FieldPanel("office"),
        FieldPanel("title"),
        FieldPanel("ex_officio"),
        FieldPanel("full_time"),
        FieldPanel("published"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).prefetch_related("appointments__person")

    def where(self, post: Post) -> str:
        return str(post.venue or post.office)

    where.short_description = gettext_lazy("venue or office")  # type: ignore[attr-defined]
    where.admin_order_field = "venue__plaque"  # type: ignore[attr-defined]

    def holder(self, post: Post) -> str:
        """Who holds it today."""
        today = timezone.localdate()
        return _(", ").join(str(held.person) for held in post.appointments.all() if held.is_active_on(today))

    holder.short_description = gettext_lazy("holder")  # type: ignore[attr-defined]


class AppointmentPermissions(RegisterPermissions):
    """The bureau appoints everywhere, a head institution at its line's venues. Nothing is deleted: it is ended."""

    def user_can_create(self, user: "User") -> bool:
        return keeps_registers(user) or bool(heads_line(user))

    def editable(self, user: "User") -> QuerySet[Appointment]:
        rows = Appointment.objects.exclude(status=Appointment.Status.ENDED)
        if keeps_registers(user):
            return rows
        mine = Q(pk__in=[])
        for line in heads_line(user):
            mine |= Q(**{f"post__venue__{line}": True}) & ~Q(post__venue__tier=Venue.Tier.HEAD)
        return rows.filter(mine)

    def deletable(self, user: "User") -> QuerySet[Appointment]:
        return Appointment.objects.none()


class AppointmentCreate(RegisterCreate):
    """Appoints."""

    def get_edit_handler(self) -> Any:
        fields = ("post", "person", "since", "until", "full_time", "basis", "reason")
        choosers = {"post": post_chooser, "person": person_chooser}
        panels = [FieldPanel(name, widget=choosers[name].widget_class if name in choosers else None) for name in fields]
        return ObjectList(panels, base_form_class=AppointmentForm).bind_to_model(self.model)


class AppointmentEdit(RegisterEdit):
    """Suspends, resumes, ends."""

    def get_edit_handler(self) -> Any:
        panels = [FieldPanel(name) for name in ("action", "last_day", "reason")]
        return ObjectList(panels, base_form_class=AppointmentActionForm).bind_to_model(self.model)


class AppointmentAdmin(RegisterAdmin):
    """Who holds which post from when until when."""

    model = Appointment
    menu_icon = "user"
    permission_helper_class = AppointmentPermissions
    create_view_class = AppointmentCreate
    edit_view_class = AppointmentEdit
    list_display = ("person", "post", "since", "until", FULL_TIME, "basis", "status")
    list_filter = ("status", "basis", "full_time", "post__title", AppointmentTownshipFilter)
    search_fields = ("person__name", "post__venue__plaque", "post__office__name")
    list_select_related = ("person", "post__venue", "post__office")
    list_export = ("person", "post", "since", "until", "full_time", "basis", "status")
    export_filename = "appointments"


# Plain registers ----------------------------------------------------------------------------------
class DivisionAdmin(RegisterAdmin):
    """Divisions with their statistical codes."""

    model = Division
    menu_icon = "site"
    list_display = ("name", "code", "level", "parent", "slug", "population")
    list_filter = ("level",)
    search_fields = ("name", "code", "slug")
    list_select_related = ("parent",)
    list_export = ("code", "name", "level", "parent", "slug", "population", "population_year")
    export_filename = "divisions"
    panels = [FieldPanel(name) for name in list_export]


class OfficeAdmin(RegisterAdmin):
    """Organs that decide and issue."""

    model = Office
    menu_icon = "clipboard-list"
    list_display = ("name", "short_name", "kind", "division", "disclosure_letters", "organ_code")
    list_filter = ("kind",)
    search_fields = ("name", "short_name", "slug", "organ_code")
    list_select_related = ("division",)
    list_export = ("name", "short_name", "kind", "division", "slug", "disclosure_letters", "organ_code")
    export_filename = "offices"
    panels = [FieldPanel(name) for name in list_export]


class ServiceAdmin(RegisterAdmin):
    """What venues offer."""

    model = Service
    menu_icon = "list-ul"
    list_display = ("name", "name_en", "slug")
    search_fields = ("name", "name_en", "slug")
    list_export = ("name", "name_en", "slug")
    export_filename = "services"
    panels = [FieldPanel(name) for name in list_export]


class AccessibilityAdmin(ServiceAdmin):
    """What venues have for people with disabilities."""

    model = AccessibilityFeature  # type: ignore[assignment]
    menu_icon = "pick"
    export_filename = "accessibility"


class NormAdmin(RegisterAdmin):
    """How many posts a venue needs (R93, R94)."""

    model = StaffingNorm
    menu_icon = "order"
    list_display = ("tier", "minimum", "people", "area", "source")
    list_export = ("tier", "minimum", "people", "area", "source")
    export_filename = "staffing-norms"
    panels = [FieldPanel(name) for name in list_export]


class NetworkGroup(ModelAdminGroup):
    """The menu of the network."""

    menu_label = gettext_lazy("Network")
    menu_icon = "folder-open-inverse"
    menu_order = 210
    items = (
        VenueAdmin,
        PostAdmin,
        AppointmentAdmin,
        DivisionAdmin,
        OfficeAdmin,
        ServiceAdmin,
        AccessibilityAdmin,
        NormAdmin,
    )
