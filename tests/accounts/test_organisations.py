"""Organisations, their members, and the register in the back office."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email
from wagtail.models import ModelLogEntry

from accounts import services
from accounts.models import Membership, Organisation
from accounts.permissions import manages_organisation, manages_people, sees_organisation

from .conftest import CODES

pytestmark = pytest.mark.django_db
FORM = {"name": "岔河中学", "credit_code": CODES[1], "kind": "school", "address": "", "phone": ""}
MANAGER, MEMBER = Membership.Role.MANAGER, Membership.Role.MEMBER


def of(organisation, user) -> Membership:
    return Membership.objects.get(organisation=organisation, user=user)


def actions(thing) -> list[str]:
    return list(ModelLogEntry.objects.for_instance(thing).order_by("pk").values_list("action", flat=True))


# Permissions, both ways -------------------------------------------------------------------------


def test_who_sees_and_manages(organisation, manager, member, person, administrator):
    assert [sees_organisation(user, organisation) for user in (manager, member, person, administrator)] == [
        True,
        True,
        False,
        False,
    ]
    assert [manages_organisation(user, organisation) for user in (manager, member, person, administrator)] == [
        True,
        False,
        False,
        True,
    ]
    assert [manages_people(user) for user in (manager, member, administrator)] == [False, False, True]


# Services ---------------------------------------------------------------------------------------


def test_a_code_is_registered_once_however_it_is_typed(organisation, manager):
    with pytest.raises(ValidationError) as error:
        services.organisation_create(
            name="另一所", credit_code="９1350100m000100y43", kind="school", by=manager, manager=manager
        )
    assert "credit_code" in error.value.error_dict
    assert Organisation.objects.count() == 1


def test_a_code_typed_in_full_width_is_kept_in_form(manager):
    made = services.organisation_create(
        name="x", credit_code="９１３５０１００m０００１００y４３", kind="school", by=manager, manager=manager
    )
    assert Organisation.objects.get(pk=made.pk).credit_code == CODES[0]


@pytest.mark.parametrize("code", ["91350100M000100Y44", "123", "", "91350100O000100Y43"])
def test_a_wrong_code_is_refused(manager, code):
    with pytest.raises(ValidationError):
        services.organisation_create(name="x", credit_code=code, kind="school", by=manager, manager=manager)
    assert not Organisation.objects.exists()


def test_a_manager_always_remains(organisation, manager, member):
    for refused in (
        lambda: services.membership_remove(membership=of(organisation, manager), by=manager),
        lambda: services.membership_change_role(membership=of(organisation, manager), role=MEMBER, by=manager),
    ):
        with pytest.raises(ValidationError):
            refused()
    assert of(organisation, manager).role == MANAGER
    services.membership_change_role(membership=of(organisation, member), role=MANAGER, by=manager)
    services.membership_remove(membership=of(organisation, manager), by=manager)
    assert [m.user for m in organisation.memberships.all()] == [member]


def test_a_manager_whose_account_is_inactive_does_not_count(organisation, manager, member, administrator):
    services.membership_change_role(membership=of(organisation, member), role=MANAGER, by=manager)
    services.person_deactivate(person=member, by=administrator, reason="left")
    with pytest.raises(ValidationError):
        services.membership_remove(membership=of(organisation, manager), by=manager)


def test_nobody_is_a_member_twice_and_inactive_ones_not_at_all(organisation, manager, member, person, administrator):
    with pytest.raises(ValidationError):
        services.membership_add(organisation=organisation, user=member, by=manager)
    services.person_deactivate(person=person, by=administrator, reason="x")
    person.refresh_from_db()
    with pytest.raises(ValidationError):
        services.membership_add(organisation=organisation, user=person, by=manager)
    services.organisation_update(organisation=organisation, by=administrator, changes={"is_active": False})
    with pytest.raises(ValidationError):
        services.membership_add(organisation=organisation, user=administrator, by=manager)


def test_removing_somebody_who_has_gone_changes_nothing(organisation, manager, member):
    membership = of(organisation, member)
    services.membership_remove(membership=membership, by=manager)
    before = actions(organisation)
    services.membership_remove(membership=membership, by=manager)
    with pytest.raises(ValidationError):
        services.membership_change_role(membership=membership, role=MANAGER, by=manager)
    assert actions(organisation) == before


def test_every_change_is_in_the_log_and_the_new_member_is_told(organisation, manager, person):
    services.membership_add(organisation=organisation, user=person, by=manager)
    services.membership_change_role(membership=of(organisation, person), role=MANAGER, by=manager)
    services.membership_remove(membership=of(organisation, person), by=manager)
    services.organisation_update(organisation=organisation, by=manager, changes={"address": "龙山路 1 号"})
    services.organisation_update(organisation=organisation, by=manager, changes={"address": "龙山路 1 号"})
    assert actions(organisation) == [
        "accounts.organisation_created",
        "accounts.member_added",
        "accounts.member_added",
        "accounts.member_role",
        "accounts.member_removed",
        "accounts.organisation_changed",
    ]
    assert [row.to for row in Email.objects.all()] == [["li@example.org"]]
    last = ModelLogEntry.objects.for_instance(organisation).get(action="accounts.organisation_changed")
    assert last.data["changes"] == {"address": ["", "龙山路 1 号"]}


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


# Members in the back office ---------------------------------------------------------------------


def test_an_administrator_changes_members_in_the_back_office(client, organisation, manager, person, administrator):
    client.force_login(administrator)
    url = reverse("organisation_members", args=[organisation.pk])
    assert url in client.get(reverse("organisations_modeladmin_edit", args=[organisation.pk])).text
    client.post(url, {"email": "LI@example.org", "role": "member"})
    assert of(organisation, person).role == MEMBER
    client.post(url, {"do": "manager", "membership": of(organisation, person).pk})
    client.post(url, {"do": "remove", "membership": of(organisation, manager).pk})
    assert [(row.user, row.role) for row in organisation.memberships.all()] == [(person, MANAGER)]
    refused = client.post(url, {"do": "remove", "membership": of(organisation, person).pk})
    assert refused.status_code == 200
    assert of(organisation, person)


@pytest.mark.parametrize("email", ["nobody@example.org", "nonsense", "", "manager@example.org"])
def test_in_the_back_office_a_refusal_is_told(client, organisation, administrator, email):
    client.force_login(administrator)
    response = client.post(reverse("organisation_members", args=[organisation.pk]), {"email": email, "role": "member"})
    assert response.status_code == 200
    assert organisation.memberships.count() == 1


@pytest.mark.parametrize("number", ["x", "0", "99999999999999999999", ""])
def test_an_unknown_membership_is_not_found(client, organisation, administrator, number):
    client.force_login(administrator)
    url = reverse("organisation_members", args=[organisation.pk])
    assert client.post(url, {"do": "remove", "membership": number}).status_code == 404


def test_only_administrators_see_members_in_the_back_office(client, organisation, manager, bureau_official):
    url = reverse("organisation_members", args=[organisation.pk])
    for somebody in (manager, bureau_official):
        client.force_login(somebody)
        assert client.get(url).status_code == 302
        assert client.post(url, {"email": "li@example.org", "role": "member"}).status_code == 302
    assert organisation.memberships.count() == 1


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


# The register -----------------------------------------------------------------------------------


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def test_the_register_lists_finds_filters_and_shows(office, organisation, member):
    assert "龙山小学" in office.get("/admin/organisations/").text
    assert "龙山小学" in office.get("/admin/organisations/?q=龙山").text
    assert "龙山小学" in office.get("/admin/organisations/?q=周明").text
    assert "龙山小学" not in office.get("/admin/organisations/?q=没有").text
    assert "龙山小学" not in office.get("/admin/organisations/?kind__exact=enterprise").text
    assert office.get(f"/admin/organisations/inspect/{organisation.pk}/").status_code == 200
    assert office.get(f"/admin/organisations/history/{organisation.pk}/").status_code == 200


def test_the_register_exports(office, organisation, member):
    listed = b"".join(office.get("/admin/organisations/?export=csv").streaming_content).decode("utf-8-sig")
    assert f"龙山小学,{CODES[0]},School" in listed or f"龙山小学,{CODES[0]},学校" in listed
    sheet = openpyxl.load_workbook(
        io.BytesIO(b"".join(office.get("/admin/organisations/?export=xlsx").streaming_content))
    ).active
    assert [cell.value for cell in sheet[2]][:2] == ["龙山小学", CODES[0]]


def test_an_administrator_registers_and_changes(office, organisation, administrator):
    data = FORM | {"credit_code": CODES[1].lower(), "is_active": "on"}
    response = office.post("/admin/organisations/create/", data)
    assert response.status_code == 302, response.context["form"].errors
    made = Organisation.objects.get(credit_code=CODES[1])
    assert actions(made) == ["accounts.organisation_created"]
    office.post(f"/admin/organisations/edit/{made.pk}/", FORM | {"credit_code": CODES[1]})  # inactive now
    made.refresh_from_db()
    assert not made.is_active
    assert actions(made) == ["accounts.organisation_created", "accounts.organisation_changed"]
    bad = office.post("/admin/organisations/create/", FORM | {"credit_code": "123"})
    assert bad.status_code == 200
    assert "credit_code" in bad.context["form"].errors


def test_the_register_is_the_administrators(client, organisation, person):
    from django.contrib.auth.models import Permission

    person.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
        *Permission.objects.filter(content_type__app_label="accounts"),
    )
    client.force_login(person)
    for path in (
        "",
        "create/",
        f"edit/{organisation.pk}/",
        f"delete/{organisation.pk}/",
        f"inspect/{organisation.pk}/",
    ):
        assert client.post(f"/admin/organisations/{path}", FORM).url == "/admin/"
    organisation.refresh_from_db()
    assert organisation.name == "龙山小学"


def test_nobody_deletes_an_organisation(office, organisation):
    office.post(f"/admin/organisations/delete/{organisation.pk}/")
    assert Organisation.objects.filter(pk=organisation.pk).exists()
