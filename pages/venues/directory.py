"""The directory of venues: what may be asked, what it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from django import forms
from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.http import SiteRequest
from network.hours import state_at
from network.models import Division, Venue
from network.models.venues import VenueQuerySet

from .states import VenueState, venue_state

PER_PAGE = 40
PER_PAGE_ELDER = 15


class DirectoryForm(forms.Form):
    """The filters. A value that is no choice is reported beside its field and filters nothing."""

    LINES = [("library", _("Library")), ("culture", _("Cultural centre"))]

    q = forms.CharField(label=_("Name"), max_length=40, required=False, widget=forms.TextInput({"type": "search"}))
    township = forms.ModelChoiceField(
        Division.objects.none(), label=_("Township"), to_field_name="slug", required=False, empty_label=_("All")
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=[("", _("All")), *Venue.Tier.choices], required=False)
    line = forms.ChoiceField(label=_("Line"), choices=[("", _("All")), *LINES], required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *Venue.Kind.choices], required=False)
    open = forms.BooleanField(label=_("Open now"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, use_required_attribute=False, label_suffix="", auto_id="filter-%s")
        cast(forms.ModelChoiceField, self.fields["township"]).queryset = townships()

    def filters(self) -> dict[str, tuple[Any, str]]:
        """The filters that are set: name → (value, what the visitor calls it)."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: (value, self._wording(name, value)) for name, value in chosen.items()}

    def _wording(self, name: str, value: Any) -> str:
        if name == "open":
            return gettext("Open now")
        if name == "q":
            return gettext("Name contains “%(text)s”") % {"text": value}
        if name == "township":
            return value.short_name
        choices = {"tier": Venue.Tier.choices, "line": self.LINES, "kind": Venue.Kind.choices}
        return str(dict(choices[name])[value])


@dataclass(frozen=True)
class Entry:
    """One venue in a list."""

    venue: Venue
    label: str
    url: str
    state: VenueState | None


def townships() -> QuerySet[Division]:
    """The townships that have a venue, in the order of their codes."""
    level = Division.Level.TOWNSHIP
    return Division.objects.filter(
        Q(pk__in=Venue.objects.filter(division__level=level).values("division"))
        | Q(pk__in=Venue.objects.filter(division__parent__level=level).values("division__parent"))
    ).order_by("code")


def short_label(venue: Venue) -> str:
    """What a venue is called where its township is plain already: 白衣村, 龙泉社区; else its plaque."""
    return venue.division.short_name if venue.kind == Venue.Kind.VILLAGE_CENTRE else venue.plaque


def entries(venues: Iterable[Venue], request: HttpRequest, moment: datetime) -> list[Entry]:
    """The rows of a list. `venues` come with their page, their division and their hours (`listed`)."""
    return [
        Entry(venue, short_label(venue), venue.page.get_url(request) or "", venue_state(venue, moment))
        for venue in venues
        if hasattr(venue, "page")
    ]


def listed(venues: VenueQuerySet, moment: datetime) -> VenueQuerySet:
    """`venues` with all that a row shows, in a constant number of queries."""
    return (
        venues.select_related("page", "division__parent")
        .defer("page__body", "page__introduction")
        .with_hours(moment.date())
    )


def search(filters: dict[str, Any], moment: datetime) -> VenueQuerySet:
    """The venues that `filters` (names of DirectoryForm → values) let through, by township, each branch first."""
    venues = Venue.objects.filter(page__isnull=False).order_by("division__code", "tier", "pk")
    for name in ("tier", "kind"):
        if value := filters.get(name):
            venues = venues.filter(**{name: value})
    if line := filters.get("line"):
        venues = venues.filter(**{line: True})
    if township := filters.get("township"):
        venues = venues.of_township(township.pk)
    if text := filters.get("q"):
        spelling = "".join(text.lower().split())
        found = Q(plaque__icontains=text) | Q(name__icontains=text) | Q(division__name__icontains=text)
        venues = venues.filter(found | Q(slug__contains=spelling) if spelling.isascii() else found)
    if filters.get("open"):
        candidates = venues.active().with_hours(moment.date())
        open_now = [venue.pk for venue in candidates if state_at(venue, moment).is_open]
        venues = venues.filter(pk__in=open_now)
    return venues


def directory_context(request: SiteRequest) -> dict[str, Any]:
    """What the directory shows for the filters in the address. A filter that makes no sense is said and ignored."""
    moment = timezone.localtime()
    form = DirectoryForm(request.GET)
    filters = form.filters()
    found = search({name: value for name, (value, _wording) in filters.items()}, moment)
    paginator = Paginator(listed(found, moment), PER_PAGE_ELDER if request.elder_mode else PER_PAGE)
    results = paginator.get_page(request.GET.get("page"))
    return {
        "form": form,
        "results": results,
        "groups": _groups(results, request, moment),
        "tags": [
            {"label": wording, "url": _address(request, without=name)} for name, (_value, wording) in filters.items()
        ],
        "townships": [] if filters else townships(),
        "more_filters_open": any(name in filters for name in ("tier", "line", "kind")),
    }


def _groups(results: ResultPage, request: HttpRequest, moment: datetime) -> list[tuple[str, list[Entry]]]:
    rows = groupby(entries(results, request, moment), key=lambda entry: _group_name(entry.venue))
    return [(name, list(group)) for name, group in rows]


def _group_name(venue: Venue) -> str:
    if venue.tier == Venue.Tier.HEAD:
        return gettext("Head institutions")
    division = venue.division
    in_township = division.level in (Division.Level.VILLAGE, Division.Level.COMMUNITY)
    return division.parent.short_name if in_township and division.parent else division.short_name


def _address(request: HttpRequest, *, without: str) -> str:
    """The query string of this page without one parameter, and from the first page."""
    query = request.GET.copy()
    for name in {without, "page"}:
        query.pop(name, None)
    for name in [name for name in query if not query[name]]:
        del query[name]
    return f"?{query.urlencode()}" if query else "?"
