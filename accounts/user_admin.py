"""People in the back office: administrators invite, change, deactivate, reactivate and reset; nobody deletes."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.views.users import CreateView, DeleteView, EditView, IndexView, UserColumn, UserViewSet

from . import services
from .forms import ReasonForm
from .mobile import MobileField
from .models import User
from .permissions import manages_people


class PeoplePolicy(ModelPermissionPolicy):
    """Administrators do everything but delete; a group can be granted nothing here."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and manages_people(user)

    def user_has_any_permission(self, user: User, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Any) -> QuerySet[User]:
        if set(actions) <= {"delete"}:
            return User.objects.none()
        return User.objects.filter(is_active=True, is_superuser=True)


class PersonForm(forms.ModelForm):
    """What an administrator writes about a person. No password: people set their own by a link."""

    mobile = MobileField(required=False)
    groups = forms.ModelMultipleChoiceField(
        Group.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Roles")
    )

    class Meta:
        model = User
        fields = ["name", "email", "mobile", "language", "is_superuser", "groups"]

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing_self:
            del self.fields["is_superuser"]  # nobody locks themselves out by a slip

    def clean_email(self) -> str | None:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if email and User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("An account with this address exists already."))
        return email


class InvitationForm(PersonForm):
    """A new person. With an address (or a mobile number and an SMS service) comes an invitation."""

    invite = forms.BooleanField(
        label=gettext_lazy("Send an invitation"),
        required=False,
        initial=True,
        help_text=gettext_lazy("A link with which the person sets a password. Without it nobody can sign in."),
    )


class PeopleIndex(IndexView):
    page_title = pgettext_lazy("back office", "People")
    add_item_label = gettext_lazy("Invite a person")
    # Without Wagtail's bulk actions, which delete and deactivate behind our services' back.
    template_name = "wagtailadmin/generic/index.html"
    results_template_name = "wagtailadmin/generic/index_results.html"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(UserColumn)(
                "name",
                label=pgettext_lazy("person", "Name"),
                sort_key="name",
                get_url=self.get_edit_url,
                classname="name",
            ),
            Column("email", label=gettext_lazy("E-mail"), sort_key="email"),
            Column("mobile", label=gettext_lazy("Mobile number")),
            BooleanColumn("is_superuser", label=gettext_lazy("Administrator"), sort_key="is_superuser"),
            BooleanColumn("is_active", label=pgettext_lazy("account", "Active"), sort_key="is_active"),
            DateColumn("last_login", label=gettext_lazy("Last sign-in"), sort_key="last_login"),
        ]

    @cached_property
    def search_fields(self) -> set[str]:
        return {"name", "email", "mobile"}

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.order_by(self.ordering, "pk") if self.ordering else queryset

    def get_list_more_buttons(self, instance: User) -> list[Button]:
        return [*super().get_list_more_buttons(instance), *step_buttons(instance, self.request)]

    def get_delete_url(self, instance: User) -> None:
        return None


class Invite(CreateView):
    page_title = gettext_lazy("Invite a person")

    def save_instance(self) -> User:
        data = dict(self.form.cleaned_data)
        groups, invite = data.pop("groups"), data.pop("invite")
        person = services.person_create(by=self.request.user, **data)
        person.groups.set(groups)
        if invite:
            services.person_invite(person=person, by=self.request.user)
        return person

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:  # no way to reach the person
            form.add_error(None, error.messages)
            self.produced_error_message = _("The person could not be invited.")
            return self.form_invalid(form)


class Edit(EditView):
    def save_instance(self) -> User:
        # A fresh copy: the form has already written on `self.object`, and the log wants what was there before.
        person = User.objects.get(pk=self.object.pk)
        return services.person_update(person=person, by=self.request.user, changes=self.form.cleaned_data)

    def get_delete_url(self) -> None:
        return None

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [*super().header_more_buttons, *step_buttons(self.object, self.request)]


class NoDelete(DeleteView):
    """People are deactivated, never deleted: the decision log names them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise PermissionDenied


# The steps an administrator takes about a person -------------------------------------------------


class Step:
    """One step: its address and label, when it is offered, what it does (with or without a reason)."""

    def __init__(
        self, label: Any, said: Any, icon: str, offered: Callable[[User], bool], act: Callable[..., None], reason: bool
    ) -> None:
        self.label, self.said, self.icon, self.offered, self.act, self.reason = label, said, icon, offered, act, reason


STEPS = {
    "invite": Step(
        gettext_lazy("Send an invitation"),
        gettext_lazy("The invitation is on its way."),
        "mail",
        lambda person: person.is_active and not person.has_usable_password(),
        services.person_invite,
        False,
    ),
    "password": Step(
        gettext_lazy("Send a link to reset the password"),
        gettext_lazy("The link is on its way."),
        "key",
        lambda person: person.is_active and person.has_usable_password(),
        services.person_reset_password,
        False,
    ),
    "two-factor": Step(
        gettext_lazy("Reset two-factor sign-in"),
        gettext_lazy("The second factor is forgotten."),
        "mobile-alt",
        lambda person: person.is_active,
        services.person_reset_two_factor,
        True,
    ),
    "deactivate": Step(
        gettext_lazy("Deactivate"),
        gettext_lazy("The account is inactive; its sessions have ended."),
        "lock",
        lambda person: person.is_active,
        services.person_deactivate,
        True,
    ),
    "reactivate": Step(
        gettext_lazy("Reactivate"),
        gettext_lazy("The account is active again."),
        "lock-open",
        lambda person: not person.is_active,
        services.person_reactivate,
        True,
    ),
}


def step_buttons(person: User, request: HttpRequest) -> list[Button]:
    """The steps that make sense for `person` now."""
    if not manages_people(request.user):
        return []
    return [
        Button(step.label, url=reverse("wagtailusers_users:step", args=[person.pk, name]), icon_name=step.icon)
        for name, step in STEPS.items()
        if step.offered(person)
    ]


def take_step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask, then take the step `name` about the person `pk`."""
    if not manages_people(request.user):
        raise PermissionDenied
    person = get_object_or_404(User, pk=pk)
    if name not in STEPS:
        raise PermissionDenied
    step = STEPS[name]
    form = ReasonForm(request.POST or None) if step.reason else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            step.act(person=person, by=request.user, **(form.cleaned_data if form else {}))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, step.said)
        return redirect("wagtailusers_users:edit", pk)
    context = {
        "title": step.label,
        "subtitle": person,
        "icon": step.icon,
        "form": form,
        "button": step.label,
        "back": reverse("wagtailusers_users:edit", args=[pk]),
    }
    return render(request, "backoffice/confirm.html", context)


class PeopleViewSet(UserViewSet):
    menu_label = pgettext_lazy("back office", "People")
    ordering = "name"
    index_view_class = PeopleIndex
    add_view_class = Invite
    edit_view_class = Edit
    delete_view_class = NoDelete
    template_prefix = ""
    search_backend_name = None
    list_per_page = 50

    def get_form_class(self, for_update: bool = False) -> type[PersonForm]:
        return PersonForm if for_update else InvitationForm

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("<int:pk>/<slug:name>/step/", take_step, name="step")]
