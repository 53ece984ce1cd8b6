"""What the tests of organisations share."""

from wagtail.models import ModelLogEntry

from accounts.models import Membership

from .conftest import CODES

FORM = {"name": "岔河中学", "credit_code": CODES[1], "kind": "school", "address": "", "phone": ""}


def of(organisation, user) -> Membership:
    return Membership.objects.get(organisation=organisation, user=user)


def actions(thing) -> list[str]:
    return list(ModelLogEntry.objects.for_instance(thing).order_by("pk").values_list("action", flat=True))
