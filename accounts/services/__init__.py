"""Everything that writes people and organisations."""

from .organisations import (
    invitation_accept,
    invitation_drop,
    invitations_for,
    member_invite,
    membership_add,
    membership_change_role,
    membership_remove,
    organisation_create,
    organisation_update,
)
from .people import (
    person_create,
    person_deactivate,
    person_invite,
    person_reactivate,
    person_reset_password,
    person_reset_two_factor,
    person_set_password,
    person_update,
)

__all__ = [
    "invitation_accept",
    "invitation_drop",
    "invitations_for",
    "member_invite",
    "membership_add",
    "membership_change_role",
    "membership_remove",
    "organisation_create",
    "organisation_update",
    "person_create",
    "person_deactivate",
    "person_invite",
    "person_reactivate",
    "person_reset_password",
    "person_reset_two_factor",
    "person_set_password",
    "person_update",
]
