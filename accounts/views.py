"""The account pages: my details, my organisations, security."""

from typing import Any

from allauth.account.views import LoginView, SignupView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from wagtail import hooks

from common.outbox import sms_is_configured

from . import services
from .forms import DetailsForm, InviteMemberForm, OrganisationForm, PasswordForm
from .models import MemberInvitation, Membership, Organisation, User
from .permissions import manages_organisation, sees_organisation
from .tokens import read_token

BACK_OFFICE = "wagtailadmin.access_admin"


def person_of(request: HttpRequest) -> User:
    """The signed-in person (behind `login_required`)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class SignIn(LoginView):
    """allauth's sign-in; it names sign-up only where that is open, and the field by what it takes."""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        both = sms_is_configured()
        form.fields["login"].label = _("E-mail address or mobile number") if both else _("E-mail address")
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"signup_open": settings.SIGNUP_OPEN}

    def get_authenticated_redirect_url(self) -> str:
        """Where somebody goes who is signed in already. The back office sends here whom it refuses: not back."""
        url = super().get_authenticated_redirect_url()
        backwards = url.startswith(reverse("wagtailadmin_home"))
        return reverse("account") if backwards and not self.request.user.has_perm(BACK_OFFICE) else url


class SignUp(SignupView):
    """allauth's sign-up, with our names for its fields."""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        labels = {"email": _("E-mail address"), "phone": _("Mobile number")}
        for name in labels.keys() & form.fields.keys():
            form.fields[name].label = labels[name]
        return form


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The person's details, organisations, and what other rooms show here (hook `account_panels`: request to HTML)."""
    person = person_of(request)
    memberships = person.memberships.select_related("organisation").annotate(members=Count("organisation__memberships"))
    context = {
        "person": person,
        "memberships": memberships.order_by("organisation__name"),
        "invitations": services.invitations_for(person),
        "two_factor": get_mfa_adapter().is_mfa_enabled(person),
        "sms": sms_is_configured(),
        "back_office": person.has_perm(BACK_OFFICE),
        "panels": [panel for hook in hooks.get_hooks("account_panels") if (panel := hook(request))],
    }
    return render(request, "account/index.html", context)


@login_required
def details(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = DetailsForm(request.POST or None, instance=User.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        services.person_update(person=person, by=person, changes=form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        return redirect("account")
    return render(request, "account/form.html", {"form": form, "title": _("My details"), "back": "account"})


@sensitive_post_parameters()
@never_cache
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation or a reset leads."""
    person = read_token(token)
    if person is None:
        return render(request, "account/link_invalid.html", status=404)
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        services.person_set_password(person=person, password=form.cleaned_data["password1"])
        messages.success(request, _("Your password is set. Please sign in."))
        return redirect("account_login")
    context = {"form": form, "title": _("Set your password"), "lead": str(person), "button": _("Set password")}
    return render(request, "account/form.html", context)


# Organisations ----------------------------------------------------------------------------------


def seen_organisation(request: HttpRequest, pk: int) -> Organisation:
    """The organisation `pk` for its members; for anybody else it does not exist. Raises Http404."""
    found = get_object_or_404(Organisation, pk=pk)
    if not sees_organisation(person_of(request), found):
        raise Http404
    return found


def managed_organisation(request: HttpRequest, pk: int) -> Organisation:
    """The same for its managers. Raises Http404 for strangers, PermissionDenied for simple members."""
    found = seen_organisation(request, pk)
    if not manages_organisation(person_of(request), found):
        raise PermissionDenied
    return found


def keep_errors(form: Any, error: ValidationError) -> None:
    """Show what a service refused beside the field it names, where the form has that field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, problems in by_field.items():
        form.add_error(field if field in form.fields else None, problems)


@login_required
def organisation_new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.organisation_create(**form.cleaned_data, by=person, manager=person)
        except ValidationError as error:
            keep_errors(form, error)
        else:
            messages.success(request, _("The organisation is registered. You are its manager."))
            return redirect("organisation", made.pk)
    context = {"form": form, "title": _("Register an organisation"), "back": "account", "button": _("Register")}
    return render(request, "account/form.html", context)


@login_required
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    return show_organisation(request, seen_organisation(request, pk), InviteMemberForm())


def show_organisation(request: HttpRequest, found: Organisation, form: InviteMemberForm) -> HttpResponse:
    context = {
        "organisation": found,
        "memberships": found.memberships.select_related("user").order_by("user__name", "pk"),
        "manages": manages_organisation(person_of(request), found),
        "invitations": found.invitations.all(),
        "form": form,
    }
    return render(request, "account/organisation.html", context)


@login_required
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = managed_organisation(request, pk)
    form = OrganisationForm(request.POST or None, instance=Organisation.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.organisation_update(organisation=found, by=person_of(request), changes=form.cleaned_data)
        except ValidationError as error:  # somebody registered the code meanwhile
            keep_errors(form, error)
        else:
            messages.success(request, _("The details are saved."))
            return redirect("organisation", pk)
    context = {"form": form, "title": _("Change details"), "lead": found.name, "back_to": found}
    return render(request, "account/form.html", context)


@login_required
@require_POST
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    found = managed_organisation(request, pk)
    form = InviteMemberForm(request.POST)
    if form.is_valid():
        try:
            services.member_invite(organisation=found, by=person_of(request), **form.cleaned_data)
        except ValidationError as error:
            keep_errors(form, error)
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % form.cleaned_data)
            return redirect("organisation", pk)
    return show_organisation(request, found, form)


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """A manager takes an invitation back."""
    found = managed_organisation(request, pk)
    services.invitation_drop(invitation=get_object_or_404(found.invitations, pk=invitation), by=person_of(request))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("organisation", pk)


@login_required
@require_POST
def invitation_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The person asked accepts (`do`: accept) or declines (anything else). To others the invitation does not exist."""
    person = person_of(request)
    invitation: MemberInvitation = get_object_or_404(services.invitations_for(person), pk=pk)
    if request.POST.get("do") != "accept":
        services.invitation_drop(invitation=invitation, by=person)
        messages.success(request, _("You have declined the invitation."))
        return redirect("account")
    try:
        services.invitation_accept(invitation=invitation, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("account")
    messages.success(
        request, _("You are now a member of %(organisation)s.") % {"organisation": invitation.organisation}
    )
    return redirect("organisation", invitation.organisation_id)


@login_required
@require_POST
def member_change(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Remove a member or change the role (`do`: remove, manager, member). Members may remove themselves."""
    person = person_of(request)
    found = seen_organisation(request, pk)
    membership = get_object_or_404(found.memberships.select_related("user"), pk=member)
    do = request.POST.get("do", "")
    leaving = membership.user_id == person.pk and do == "remove"
    if not leaving and not manages_organisation(person, found):
        raise PermissionDenied
    try:
        if do == "remove":
            services.membership_remove(membership=membership, by=person)
        elif do in Membership.Role.values:
            services.membership_change_role(membership=membership, role=do, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("account") if leaving and not sees_organisation(person, found) else redirect("organisation", pk)
