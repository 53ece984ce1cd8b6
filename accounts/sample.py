"""Demo accounts of the public: a member, and an applicant who manages an organisation."""

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from common.report import Report

from . import services
from .models import Membership, Organisation, User

PASSWORD = "wenshu-demo"  # noqa: S105 - development only; `make run` prints it
MEMBER = ("member@example.org", "李雅（示例）")
APPLICANT = ("applicant@example.org", "王芳（示例）")
COLLEAGUE = ("colleague@example.org", "周明（示例）")
ORGANISATION = {
    "name": "示例中心小学",
    "credit_code": "12530000MB0000001Y",
    "kind": Organisation.Kind.SCHOOL,
    "address": "示例路 1 号",
    "phone": "0000-0000000",
}


def load(report: Report) -> None:
    """Make what is missing and name the accounts to `report`."""
    member, applicant, colleague = (make_person(*who) for who in (MEMBER, APPLICANT, COLLEAGUE))
    if not Organisation.objects.filter(credit_code=ORGANISATION["credit_code"]).exists():
        made = services.organisation_create(**ORGANISATION, is_sample=True, by=None, manager=applicant)
        services.membership_add(organisation=made, user=colleague, by=None)
    report.step("Accounts: a member, an applicant with a school")
    report.account("Member of the public · 读者", str(member.email), PASSWORD)
    report.account("Applicant (a school) · 申请单位", str(applicant.email), PASSWORD)


def make_person(email: str, name: str) -> User:
    """The sample person with this address, made on the first call. Other rooms use it for their own people."""
    return User.objects.filter(email=email).first() or services.person_create(
        name=name, email=email, password=PASSWORD, verified=True, is_sample=True, by=None
    )


def remove(report: Report) -> None:
    """Delete the sample people and organisations. What somebody's real history refers to by now (the six items that a
    demo official judged, a case) stays, switched off: nobody can sign in or apply with it."""
    Membership.objects.filter(organisation__is_sample=True).delete()
    samples: list[User | Organisation] = [
        *Organisation.objects.filter(is_sample=True),
        *User.objects.filter(is_sample=True),
    ]
    kept = [row for row in samples if not _deleted(row)]
    report.step(f"Accounts: {len(samples) - len(kept)} removed, {len(kept)} kept inactive because history names them")


def _deleted(row: User | Organisation) -> bool:
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError):
        type(row)._default_manager.filter(pk=row.pk).update(is_active=False)
        return False
    return True
