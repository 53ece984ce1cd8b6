"""The members of an organisation in the back office, for administrators: when the only manager has left, say."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from common.http import SiteRequest
from common.typed import key_of

from . import services
from .forms import MemberForm
from .models import Membership, Organisation
from .permissions import manages_people


def organisation_members(request: SiteRequest, pk: int) -> HttpResponse:
    """Add (`do` empty), remove, or change the role of members; a refusal of the service is told."""
    if not manages_people(request.user):
        raise PermissionDenied
    organisation = get_object_or_404(Organisation, pk=pk)
    form = MemberForm(request.POST if request.method == "POST" and "do" not in request.POST else None)
    if request.method == "POST":
        try:
            said = _change(request, organisation) if "do" in request.POST else _add(request, organisation, form)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if said:
                messages.success(request, said)
                return redirect("organisation_members", pk)
    context = {
        "title": _("Members"),
        "organisation": organisation,
        "memberships": organisation.memberships.select_related("user").order_by("user__name", "pk"),
        "invitations": organisation.invitations.all(),
        "form": form,
        "back": reverse("organisations_modeladmin_edit", args=[pk]),
    }
    return render(request, "backoffice/members.html", context)


def _add(request: SiteRequest, organisation: Organisation, form: MemberForm) -> str:
    if not form.is_valid():
        return ""
    person = form.cleaned_data["email"]
    services.membership_add(organisation=organisation, user=person, role=form.cleaned_data["role"], by=request.user)
    return _("%(person)s is now a member.") % {"person": person}


def _change(request: SiteRequest, organisation: Organisation) -> str:
    do, number = request.POST["do"], key_of(request.POST.get("membership", ""))
    membership: Membership = get_object_or_404(organisation.memberships.select_related("user"), pk=number)
    if do == "remove":
        services.membership_remove(membership=membership, by=request.user)
        return _("%(person)s is no longer a member.") % {"person": membership.user}
    if do not in Membership.Role.values:
        return ""
    services.membership_change_role(membership=membership, role=do, by=request.user)
    return _("The role was changed.")
