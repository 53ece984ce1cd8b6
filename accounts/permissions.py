"""Who may do what with people and organisations. Each function is tested both ways."""

from django.contrib.auth.models import AnonymousUser

from .models import Membership, Organisation, User


def manages_people(user: User | AnonymousUser) -> bool:
    """Administrators: invite, deactivate, reset; the register of organisations."""
    return user.is_active and user.is_superuser


def sees_organisation(user: User | AnonymousUser, organisation: Organisation) -> bool:
    """Its members. To anybody else an organisation's page does not exist (404)."""
    return isinstance(user, User) and user.is_active and organisation.memberships.filter(user=user).exists()


def manages_organisation(user: User | AnonymousUser, organisation: Organisation) -> bool:
    """Its managers: change its details, add and remove members. Administrators do the same in the back office."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or organisation.memberships.filter(user=user, role=Membership.Role.MANAGER).exists()
