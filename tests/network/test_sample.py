import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone

from accounts import sample as accounts_sample
from accounts.models import User
from common.report import Report
from network import sample
from network.checking import network_problems
from network.hours import hours_shortfall
from network.models import (
    Appointment,
    Closure,
    DatedHours,
    NetworkSettings,
    Office,
    Post,
    Service,
    UnifiedItem,
    Venue,
    WeeklyHours,
)
from network.permissions import edits_venue, heads_line, is_administrator, is_bureau, township_of_official
from network.services import venue_update, weekly_hours_set

pytestmark = pytest.mark.django_db
Tier = Venue.Tier


def rows():
    """Everything of the network, but for who was made when."""
    models = (Venue, Post, WeeklyHours, DatedHours, Closure, UnifiedItem, Appointment, Office, User)
    through = (Venue.services.through, Venue.accessibility.through)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (*models, *through)}


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def loaded(nanhua, demo):
    report = Report()
    sample.load(report)
    return report


def test_sample_facts_are_marked_and_obviously_invented(loaded):
    for venue in Venue.objects.exclude(phone=""):
        assert venue.has_sample_facts
        assert venue.phone.startswith("0000-")
        assert "示例" in venue.address
    unknown = Venue.objects.filter(has_sample_facts=False)
    assert 0 < unknown.count() < 40
    assert not WeeklyHours.objects.filter(venue__in=unknown).exists()


def test_heads_and_most_centres_open_long_enough_and_a_few_do_not(loaded):
    rules = NetworkSettings.load()
    short = [venue for venue in Venue.objects.with_hours(timezone.localdate()) if hours_shortfall(venue, rules)]
    assert {venue.tier for venue in short} == {Tier.BRANCH}
    assert 2 <= len(short) <= 4


def test_the_sample_keeps_every_rule(loaded):
    assert list(network_problems()) == []


def test_every_role_has_an_account_with_its_rights(loaded):
    accounts = {email: User.objects.get(email=email) for _role, email, _password in loaded.accounts}
    assert len(accounts) == 6
    branch = Venue.objects.get(slug="longchuan", tier=Tier.BRANCH)
    assert is_administrator(accounts["admin@example.org"])
    assert is_bureau(accounts["bureau@example.org"])
    assert not is_administrator(accounts["bureau@example.org"])
    assert heads_line(accounts["library@example.org"]) == {"library"}
    assert heads_line(accounts["culture@example.org"]) == {"culture"}
    assert township_of_official(accounts["township@example.org"]).name == "龙川镇"
    assert edits_venue(accounts["editor@example.org"], branch)
    for email, person in accounts.items():
        assert person.is_sample
        assert person.check_password(accounts_sample.PASSWORD)
        assert EmailAddress.objects.filter(email=email, verified=True).exists()


def test_no_known_password_outside_development(nanhua, settings):
    settings.DEMO = False
    report = Report()
    sample.load(report)
    assert report.accounts == []
    assert not any(person.has_usable_password() for person in User.objects.all())


def test_loading_again_adds_nothing(loaded):
    before = rows()
    sample.load(Report())
    assert rows() == before


def test_removing_leaves_nothing_behind(nanhua, demo):
    before = rows()
    call_command("load_sample", verbosity=0)
    assert Appointment.objects.exists()
    call_command("load_sample", remove=True, verbosity=0)
    assert rows() == before


def test_what_somebody_entered_is_neither_filled_nor_removed(nanhua, demo):
    real = Venue.objects.get(slug="longchuan", tier=Tier.BRANCH)
    venue_update(venue=real, changes={"phone": "0878-7212345"}, by=None)
    sample.load(Report())
    real.refresh_from_db()
    assert (real.has_sample_facts, real.address) == (False, "")
    changed = Venue.objects.get(slug="shaqiao", tier=Tier.BRANCH)
    weekly_hours_set(venue=changed, rows=[(0, *sample.MORNING)], by=None)
    venue_update(
        venue=changed, changes={"address": "真地址", "services": [Service.objects.get(slug="lending")]}, by=None
    )
    sample.remove(Report())
    changed.refresh_from_db()
    assert (changed.address, changed.phone, changed.has_sample_facts) == ("真地址", "", False)
    assert changed.weekly_hours.count() == 1
    assert changed.services.count() == 1


def test_a_sample_person_with_real_history_stays_but_cannot_sign_in(nanhua, demo):
    sample.load(Report())
    person = Appointment.objects.filter(person__email=None).first().person
    post = Post.objects.create(venue=Venue.objects.first(), title="head_staff")
    Appointment.objects.create(post=post, person=person, since="2020-01-01", status="ended")
    sample.remove(Report())
    person.refresh_from_db()
    assert not person.is_active


def test_another_county_gets_its_sample_too(qingshan, demo):
    report = Report()
    sample.load(report)
    assert len(report.accounts) == 6
    assert list(network_problems()) == []
