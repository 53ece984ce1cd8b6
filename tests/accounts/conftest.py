import pytest
from django.contrib.auth.models import Group

from accounts.models import Organisation, User
from accounts.services import membership_add, organisation_create, person_create
from common.outbox.sms import LocmemBackend

PASSWORD = "a long enough password"
CODES = ["91350100M000100Y43", "12100000400002259P", "12100000400000624D"]


@pytest.fixture(autouse=True)
def no_old_messages():
    LocmemBackend.sent.clear()


@pytest.fixture
def make_person(db):
    def make(email="li@example.org", name="李雅", **fields) -> User:
        fields.setdefault("password", PASSWORD)
        fields.setdefault("verified", True)
        return person_create(name=name, email=email, by=None, **fields)

    return make


@pytest.fixture
def person(make_person):
    return make_person()


@pytest.fixture
def administrator(make_person):
    return make_person("admin@example.org", "管理员", is_superuser=True, is_staff=True)


@pytest.fixture
def manager(make_person):
    return make_person("manager@example.org", "王芳")


@pytest.fixture
def organisation(manager) -> Organisation:
    return organisation_create(
        name="龙山小学", credit_code=CODES[0], kind=Organisation.Kind.SCHOOL, by=manager, manager=manager
    )


@pytest.fixture
def member(make_person, organisation):
    user = make_person("member@example.org", "周明")
    membership_add(organisation=organisation, user=user, by=None)
    return user


@pytest.fixture
def bureau_official(make_person):
    """Somebody with the back office, but no administrator."""
    user = make_person("bureau@example.org", "局里人")
    user.groups.add(Group.objects.get(name="bureau"))
    return user
