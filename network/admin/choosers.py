"""Choosing a person and a post for an appointment: a county has hundreds of both, too many for a plain list."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from common.typed import key_of

from ..models import Appointment, Post, Venue
from ..permissions import heads_line, keeps_registers

if TYPE_CHECKING:
    from accounts.models import User


def chooses(user: "User") -> bool:
    """Whether the user appoints anybody anywhere, and so may look through people and posts."""
    return keeps_registers(user) or bool(heads_line(user))


def posts_to_fill(user: "User") -> QuerySet[Post]:
    """The posts to which the user may appoint: the rows of `permissions.appoints`."""
    if keeps_registers(user):
        return Post.objects.all()
    mine = Q(pk__in=[])
    for line in heads_line(user):
        mine |= Q(**{f"venue__{line}": True}) & ~Q(venue__tier=Venue.Tier.HEAD)
    return Post.objects.filter(mine)


def held_today(day: dt.date | None = None) -> QuerySet[Appointment]:
    """The appointments of today, with what their names need."""
    return Appointment.objects.on(day or timezone.localdate()).select_related("post__venue", "post__office", "person")


class SearchForm(BaseFilterForm):
    """One search field; subclasses say in `narrowed` what is searched, and in `unasked` what shows before."""

    q = forms.CharField(required=False, max_length=80)
    prompt: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = self.prompt

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        self.search_query = self.cleaned_data["q"].strip()
        self.is_searching = bool(self.search_query)
        return self.narrowed(objects, self.search_query) if self.search_query else self.unasked(objects)

    def narrowed(self, objects: QuerySet[Any], words: str) -> QuerySet[Any]:
        raise NotImplementedError

    def unasked(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        return objects


class PersonSearch(SearchForm):
    """By a part of the name, or by the whole e-mail address. Before anybody asks: those who hold or held a post; the
    public's accounts are not there to be leafed through."""

    prompt = gettext_lazy("Name, or the whole e-mail address")

    def narrowed(self, objects: QuerySet[Any], words: str) -> QuerySet[Any]:
        return objects.filter(Q(name__icontains=words) | Q(email__iexact=words))

    def unasked(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        return objects.filter(Exists(Appointment.objects.filter(person=OuterRef("pk"))))


class PostSearch(SearchForm):
    """By the place, or by a part of the post's title. Before anybody asks: the vacant ones."""

    prompt = gettext_lazy("Venue, office or title of the post")

    def narrowed(self, objects: QuerySet[Any], words: str) -> QuerySet[Any]:
        for word in words.split():
            titles = [value for value, label in Post.Title.choices if word.lower() in str(label).lower()]
            objects = objects.filter(
                Q(venue__plaque__icontains=word) | Q(office__name__icontains=word) | Q(title__in=titles)
            )
        return objects

    def unasked(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        return objects.exclude(pk__in=held_today().values("post"))


class OnlyWhoAppoints:
    """The window and what is chosen in it are for those who appoint; one row is chosen, never several."""

    is_multiple_choice = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not chooses(request.user):  # type: ignore[arg-type]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ChoosePerson(OnlyWhoAppoints):
    """People with the posts they hold."""

    filter_form_class = PersonSearch

    def get_object_list(self) -> QuerySet[Any]:
        held = Prefetch("appointments", queryset=held_today(), to_attr="held")
        return get_user_model().objects.filter(is_active=True).prefetch_related(held)

    @property
    def columns(self) -> list[Column]:
        column = Column(
            "held", label=_("Holds now"), accessor=lambda person: _(", ").join(str(h.post) for h in person.held)
        )
        return [*super().columns, column]  # type: ignore[misc]


class ChoosePost(OnlyWhoAppoints):
    """Posts with who holds them."""

    filter_form_class = PostSearch
    request: HttpRequest

    def get_object_list(self) -> QuerySet[Any]:
        held = Prefetch("appointments", queryset=held_today(), to_attr="held")
        mine = posts_to_fill(self.request.user)  # type: ignore[arg-type]
        return mine.select_related("venue", "office").order_by("venue__division__code", "pk").prefetch_related(held)

    @property
    def columns(self) -> list[Column]:
        column = Column(
            "held", label=_("Held by"), accessor=lambda post: _(", ").join(str(h.person) for h in post.held)
        )
        return [*super().columns, column]  # type: ignore[misc]


class ChoosePersonView(ChoosePerson, chooser.ChooseView):
    """The window."""


class ChoosePersonResults(ChoosePerson, chooser.ChooseResultsView):
    """The list in it, after a search."""


class ChoosePostView(ChoosePost, chooser.ChooseView):
    """The window."""


class ChoosePostResults(ChoosePost, chooser.ChooseResultsView):
    """The list in it, after a search."""


class Chosen(OnlyWhoAppoints, chooser.ChosenView):
    """What goes back into the form."""

    def get_object(self, pk: str) -> Any:
        if not is_number(pk):
            raise Http404
        return super().get_object(pk)


def is_number(text: str) -> bool:
    """Whether the text can be a primary key at all: what else is posted or typed into an address is nothing."""
    return key_of(text) is not None


class CarefulChooser(BaseChooser):
    """A malformed number that was posted shows as nothing chosen."""

    show_edit_link = False

    def get_instance(self, value: Any) -> Any:
        if isinstance(value, str) and not is_number(value):
            return None
        return super().get_instance(value)


class AppointmentChooserViewSet(ChooserViewSet):
    """What both choosers share: nothing is made in them, and no other form uses them."""

    register_widget = False
    base_widget_class = CarefulChooser
    chosen_view_class = Chosen
    per_page = 15

    def get_urlpatterns(self) -> list[Any]:
        unused = ("create", "chosen_multiple")
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in unused]


class PersonChooserViewSet(AppointmentChooserViewSet):
    model = get_user_model()
    icon = "user"
    choose_one_text = gettext_lazy("Choose a person")
    choose_another_text = gettext_lazy("Choose another person")
    choose_view_class = ChoosePersonView
    choose_results_view_class = ChoosePersonResults


class PostChooserViewSet(AppointmentChooserViewSet):
    model = Post
    icon = "clipboard-list"
    choose_one_text = gettext_lazy("Choose a post")
    choose_another_text = gettext_lazy("Choose another post")
    choose_view_class = ChoosePostView
    choose_results_view_class = ChoosePostResults


person_chooser = PersonChooserViewSet("network_person_chooser")
post_chooser = PostChooserViewSet("network_post_chooser")
