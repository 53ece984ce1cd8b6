"""Organisations and their members: permissions, services, the register in the back office."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from post_office.models import Email
from wagtail.models import ModelLogEntry

from accounts import services
from accounts.models import Membership, Organisation
from accounts.permissions import manages_organisation, manages_people, sees_organisation

from .conftest import CODES
from .steps import FORM, actions, of

pytestmark = pytest.mark.django_db
MANAGER, MEMBER = Membership.Role.MANAGER, Membership.Role.MEMBER


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


def test_only_administrators_read_who_changed_what(client, organisation, administrator, bureau_official):
    services.organisation_update(organisation=organisation, by=administrator, changes={"phone": "0878-7221234"})
    address = reverse("organisations_modeladmin_history", args=[organisation.pk])
    client.force_login(bureau_official)
    assert client.get(address).url == reverse("wagtailadmin_home")
    client.force_login(administrator)
    assert "0878-7221234" in client.get(address).content.decode()
