import pytest
from django.urls import reverse

from accounts import sample
from accounts.models import Membership, Organisation, User
from common.report import Report

from .conftest import CODES


@pytest.mark.django_db
def test_sample_accounts_sign_in_are_made_once_and_go_away(client, person):
    report = Report()
    sample.load(report)
    sample.load(report)
    assert User.objects.filter(is_sample=True).count() == 3
    _role, email, password = report.accounts[1]
    assert client.post(reverse("account_login"), {"login": email, "password": password}).url == "/account/"
    organisation = Organisation.objects.get()
    assert Membership.objects.get(user__email=email).role == Membership.Role.MANAGER
    assert client.get(reverse("organisation", args=[organisation.pk])).status_code == 200
    sample.remove(report)
    assert list(User.objects.all()) == [person]
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_a_demo_account_that_made_history_stays_switched_off(client, person):
    sample.load(Report())
    applicant = User.objects.get(email=sample.APPLICANT[0])
    Membership.objects.create(organisation=_real_organisation(), user=applicant)  # PROTECT, as cases have it
    sample.remove(Report())
    applicant.refresh_from_db()
    assert not applicant.is_active
    assert set(User.objects.all()) == {person, applicant}
    assert not Organisation.objects.filter(is_sample=True).exists()


def _real_organisation():
    return Organisation.objects.create(name="龙山小学", credit_code=CODES[0], kind=Organisation.Kind.SCHOOL)
