"""The pages of an organisation: registering, inviting, leaving, and what strangers see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts import services
from accounts.models import Membership, Organisation

from .conftest import CODES
from .steps import FORM, actions, of

pytestmark = pytest.mark.django_db
MANAGER, MEMBER = Membership.Role.MANAGER, Membership.Role.MEMBER


# Pages ------------------------------------------------------------------------------------------


def test_anybody_signed_in_registers_an_organisation_and_manages_it(client, person):
    client.force_login(person)
    response = client.post(reverse("organisation_new"), FORM | {"credit_code": " 1210 0000 4000 0225 9p "})
    made = Organisation.objects.get()
    assert response.url == reverse("organisation", args=[made.pk])
    assert made.credit_code == CODES[1]
    assert of(made, person).role == MANAGER
    assert "岔河中学" in client.get("/account/").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"credit_code": "12100000400002259A"}, "credit_code"),
        ({"credit_code": "<script>"}, "credit_code"),
        ({"credit_code": "9" * 5000}, "credit_code"),
        ({"credit_code": "\x00"}, "credit_code"),
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"kind": "guild"}, "kind"),
        ({"phone": "1" * 31}, "phone"),
        ({"credit_code": CODES[0]}, "credit_code"),  # taken
    ],
)
def test_bad_input_is_answered_beside_its_field_and_nothing_is_lost(client, organisation, person, changes, field):
    client.force_login(person)
    response = client.post(reverse("organisation_new"), FORM | changes)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    for name, value in (FORM | changes).items():
        assert response.context["form"][name].value() == value
    assert Organisation.objects.count() == 1


def test_a_manager_changes_details_roles_and_removes(client, organisation, manager, person):
    client.force_login(manager)
    client.post(reverse("organisation_edit", args=[organisation.pk]), FORM | {"credit_code": CODES[0]})
    organisation.refresh_from_db()
    assert organisation.name == "岔河中学"
    services.membership_add(organisation=organisation, user=person, by=manager)
    change = reverse("member_change", args=[organisation.pk, of(organisation, person).pk])
    client.post(change, {"do": "manager"})
    assert of(organisation, person).role == MANAGER
    client.post(change, {"do": "nonsense"})
    assert of(organisation, person).role == MANAGER
    client.post(change, {"do": "remove"})
    assert not Membership.objects.filter(user=person).exists()
    own = reverse("member_change", args=[organisation.pk, of(organisation, manager).pk])
    assert 'class="notice error' in client.post(own, {"do": "remove"}, follow=True).text
    assert of(organisation, manager)


def invite(client, organisation, email="LI@example.org", role="member"):
    return client.post(reverse("member_add", args=[organisation.pk]), {"email": email, "role": role}, follow=True)


def test_the_answer_does_not_tell_whether_an_address_has_an_account(client, organisation, manager, person):
    client.force_login(manager)
    answers = []
    for email in ("li@example.org", "nobody@example.org"):
        html = invite(client, organisation, email).text
        assert email in html
        answers.append(html.count('class="notice'))
    assert len(set(answers)) == 1
    assert organisation.memberships.count() == 1  # nobody is made a member unasked
    mails = [(mail.subject, mail.message) for mail in Email.objects.all()]
    assert len(mails) == 2
    assert len(set(mails)) == 1


def test_who_proves_the_address_accepts(client, organisation, manager, person):
    client.force_login(manager)
    invite(client, organisation, role="manager")
    client.force_login(person)
    assert "龙山小学" in client.get("/account/").text
    invitation = organisation.invitations.get()
    page = client.post(reverse("invitation_answer", args=[invitation.pk]), {"do": "accept"})
    assert page.url == reverse("organisation", args=[organisation.pk])
    assert of(organisation, person).role == MANAGER
    assert not organisation.invitations.exists()
    again = client.post(reverse("invitation_answer", args=[invitation.pk]), {"do": "accept"})
    assert again.status_code == 404
    assert actions(organisation)[-2:] == ["accounts.member_invited", "accounts.member_added"]


@pytest.mark.parametrize("verified", [True, False])
def test_nobody_else_answers_an_invitation(client, organisation, manager, make_person, verified):
    client.force_login(manager)
    invite(client, organisation, "squatter@example.org")
    address = "other@example.org" if verified else "squatter@example.org"
    client.force_login(make_person(address, verified=verified))
    url = reverse("invitation_answer", args=[organisation.invitations.get().pk])
    assert client.post(url, {"do": "accept"}).status_code == 404
    assert organisation.memberships.count() == 1
    assert organisation.invitations.exists()


def test_an_invitation_is_declined_or_withdrawn(client, organisation, manager, person, member):
    client.force_login(manager)
    invite(client, organisation)
    url = reverse("invitation_withdraw", args=[organisation.pk, organisation.invitations.get().pk])
    client.force_login(member)
    assert client.post(url).status_code == 403
    client.force_login(person)
    assert client.post(url).status_code == 404
    client.post(reverse("invitation_answer", args=[organisation.invitations.get().pk]), {"do": "decline"})
    assert not organisation.invitations.exists()
    client.force_login(manager)
    invite(client, organisation)
    url = reverse("invitation_withdraw", args=[organisation.pk, organisation.invitations.get().pk])
    assert client.post(url).status_code == 302
    assert not organisation.invitations.exists()
    assert not organisation.memberships.filter(user=person).exists()


@pytest.mark.parametrize("email", ["nonsense", "", "member@example.org", "长@" + "x" * 300, "\x00@example.org"])
def test_an_invitation_that_cannot_be_made_is_explained(client, organisation, manager, member, email):
    client.force_login(manager)
    response = invite(client, organisation, email)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not organisation.invitations.exists()


def test_nobody_floods_strangers_with_mail(client, organisation, manager, monkeypatch):
    monkeypatch.setattr("accounts.services.organisations.MOST_INVITATIONS", 2)
    client.force_login(manager)
    for name in ("a", "a", "b", "c"):
        response = invite(client, organisation, f"{name}@example.org")
    assert response.context["form"].errors
    assert organisation.invitations.count() == 2
    assert Email.objects.count() == 2


# Leaving, strangers -----------------------------------------------------------------------------


def test_a_member_may_leave(client, organisation, member):
    client.force_login(member)
    url = reverse("member_change", args=[organisation.pk, of(organisation, member).pk])
    assert client.post(url, {"do": "remove"}).url == "/account/"
    assert not Membership.objects.filter(user=member).exists()


def addresses(organisation, membership):
    return [
        ("get", reverse("organisation", args=[organisation.pk]), {}),
        ("get", reverse("organisation_edit", args=[organisation.pk]), {}),
        ("post", reverse("organisation_edit", args=[organisation.pk]), FORM),
        ("post", reverse("member_add", args=[organisation.pk]), {"email": "li@example.org", "role": "manager"}),
        ("post", reverse("member_change", args=[organisation.pk, membership.pk]), {"do": "remove"}),
    ]


def test_an_organisation_of_others_does_not_exist(client, organisation, manager, member, person, administrator):
    for stranger in (person, administrator):  # administrators have the back office
        client.force_login(stranger)
        for method, url, data in addresses(organisation, of(organisation, member)):
            assert getattr(client, method)(url, data).status_code == 404
    client.logout()
    for method, url, data in addresses(organisation, of(organisation, member)):
        assert getattr(client, method)(url, data).url.startswith("/account/login/")
    organisation.refresh_from_db()
    assert (organisation.name, organisation.memberships.count()) == ("龙山小学", 2)


def test_a_simple_member_reads_but_changes_nothing(client, organisation, manager, member, person):
    client.force_login(member)
    shown = client.get(reverse("organisation", args=[organisation.pk]))
    assert shown.status_code == 200
    assert reverse("member_add", args=[organisation.pk]) not in shown.text
    for method, url, data in addresses(organisation, of(organisation, manager))[1:]:
        assert getattr(client, method)(url, data).status_code == 403
    own = reverse("member_change", args=[organisation.pk, of(organisation, member).pk])
    assert client.post(own, {"do": "manager"}).status_code == 403
    organisation.refresh_from_db()
    assert (organisation.name, organisation.memberships.count()) == ("龙山小学", 2)
    assert of(organisation, member).role == MEMBER


def test_a_membership_of_another_organisation_cannot_be_reached_through_mine(client, organisation, member, person):
    mine = services.organisation_create(name="x", credit_code=CODES[1], kind="other", by=person, manager=person)
    client.force_login(person)
    url = reverse("member_change", args=[mine.pk, of(organisation, member).pk])
    assert client.post(url, {"do": "remove"}).status_code == 404
    assert of(organisation, member)


def test_pages_ask_a_constant_number_of_queries(client, organisation, manager, make_person, django_assert_num_queries):
    client.force_login(manager)
    page = reverse("organisation", args=[organisation.pk])
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
        client.get("/account/")
    for number in range(15):
        user = make_person(f"m{number}@example.org", f"人{number}")
        services.membership_add(organisation=organisation, user=user, by=None)
    with django_assert_num_queries(len(few)):
        client.get(page)
        client.get("/account/")
