"""Links with which a person sets a password (invitation, reset by an administrator).

A token is signed, expires after INVITATION_DAYS, and dies with its use: it carries a fingerprint of the password, the
address and the sessions' generation as they were.
"""

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import User

SALT = "accounts.set_password"


def make_token(person: User) -> str:
    """A token for `person`, safe in an address."""
    return signing.dumps([person.pk, _fingerprint(person)], salt=SALT)


def read_token(token: str) -> User | None:
    """The active person a valid token was made for, else None."""
    try:
        pk, fingerprint = signing.loads(token, salt=SALT, max_age=settings.INVITATION_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=pk, is_active=True).first()
    return person if person and constant_time_compare(fingerprint, _fingerprint(person)) else None


def _fingerprint(person: User) -> str:
    state = f"{person.password}:{person.email}:{person.mobile}:{person.session_generation}"
    return salted_hmac(SALT, state, algorithm="sha256").hexdigest()[:32]
