"""The register of posts: norms, vacancies, histories, terms that move."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from network import services
from network.models import Appointment, Post, StaffingNorm, Venue
from network.permissions import edits_venue
from network.staffing import history_of_person, staffing
from tests.county import NANHUA, load_network

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def head_post(branch):
    return branch.posts.get(title=Post.Title.BRANCH_HEAD)


def appoint(post, person, since=dt.date(2026, 1, 1), **more):
    return services.appointment_create(post=post, person=person, since=since, by=None, **more)


@pytest.mark.parametrize(
    ("population", "area", "needed"),
    [(None, None, 2), (59_999, None, 2), (60_001, None, 3), (1000, 1200, 3), (150_000, 100, 5)],
)
def test_norm_is_the_largest_of_minimum_people_and_area(population, area, needed):
    assert StaffingNorm(tier="branch", minimum=2, people=30_000, area=500).needed(population, area) == needed


def test_norms_are_loaded_as_data_once(db):
    load_network(NANHUA)
    StaffingNorm.objects.filter(tier="branch").update(minimum=9)
    load_network(NANHUA)
    assert dict(StaffingNorm.objects.values_list("tier", "minimum")) == {"head": 3, "branch": 9, "point": 1}
    row = next(row for row in staffing(Venue.objects.filter(tier="branch"), TODAY))
    assert (row.needed, row.held, row.short) == (9, 0, 9)


def test_vacancies_count_active_holders_and_flag_deactivated_ones(branch, head_post, make_person):
    StaffingNorm.objects.create(tier="branch", minimum=3)
    person = make_person()
    appoint(head_post, person)
    row = staffing(Venue.objects.filter(pk=branch.pk), TODAY)[0]
    assert (row.posts, row.held, row.vacant, row.short, row.gone) == (3, 1, 2, 2, [])
    person.is_active = False
    person.save()
    row = staffing(Venue.objects.filter(pk=branch.pk), TODAY)[0]
    assert (row.held, row.gone) == (0, [str(person)])


def test_staffing_takes_the_same_queries_for_one_venue_and_for_all(nanhua, django_assert_num_queries):
    with django_assert_num_queries(5):
        staffing(Venue.objects.filter(tier="head"), TODAY)
    with django_assert_num_queries(5):
        assert len(staffing(Venue.objects.all(), TODAY)) == 140


# Secondments in the list --------------------------------------------------------------------------
@pytest.fixture
def seconded(branch, make_person):
    """The head's librarian, at the branch from 1 to 31 December 2026, full-time unless it is said otherwise."""

    def make(*, full_time=True, name="able"):
        head = Venue.objects.get(kind="county_library")
        person = make_person(name)
        home = appoint(Post.objects.create(venue=head, title="head_staff"), person)
        first, last = dt.date(2026, 12, 1), dt.date(2026, 12, 31)
        if full_time:
            services.appointment_interrupt(appointment=home, first_day=first, last_day=last, by=None, reason="x")
        post = Post.objects.create(venue=branch, title="deputy_branch_head", full_time=full_time, temporary=True)
        appoint(post, person, first, until=last, basis="secondment")
        return home.post

    return make


def row_of(venue, day):
    return staffing(Venue.objects.filter(pk=venue.pk), day)[0]


@pytest.mark.parametrize(("day", "there"), [((11, 30), False), ((12, 1), True), ((12, 31), True), ((1, 1), False)])
def test_a_secondment_counts_where_it_is_served_while_it_lasts(branch, seconded, day, there):
    for tier in ("head", "branch"):
        StaffingNorm.objects.create(tier=tier, minimum=9)
    home = seconded()
    day = dt.date(2027 if day[0] == 1 else 2026, *day)
    here, at_home = row_of(branch, day), row_of(home.venue, day)
    assert ([str(row.person) for row in here.seconded], here.short) == (["able"] if there else [], 8 if there else 9)
    assert (at_home.held, at_home.kept, at_home.short) == ((0, 1, 9) if there else (1, 0, 8))
    assert here.posts == branch.posts.filter(temporary=False).count()  # the secondment's own post is nobody's vacancy
    away = next(post.away for post in at_home.venue.slots if post.pk == home.pk)
    assert [(str(one.person), one.back_on, one.place) for one in away] == (
        [("able", dt.date(2027, 1, 1), str(branch))] if there else []
    )


def test_a_part_time_one_is_shown_there_and_counts_at_home(branch, seconded):
    for tier in ("head", "branch"):
        StaffingNorm.objects.create(tier=tier, minimum=9)
    home = seconded(full_time=False)
    here, at_home = row_of(branch, dt.date(2026, 12, 5)), row_of(home.venue, dt.date(2026, 12, 5))
    assert (len(here.seconded), here.short) == (1, 9)
    assert (at_home.held, at_home.kept, at_home.short) == (1, 0, 8)


def test_a_covered_post_is_held_and_a_deactivated_guest_is_not_there(branch, seconded, make_person):
    home = seconded()
    appoint(home, make_person("cover"), dt.date(2026, 12, 1), until=dt.date(2026, 12, 31))
    at_home = row_of(home.venue, dt.date(2026, 12, 5))
    assert (at_home.held, at_home.kept) == (1, 0)
    User.objects.filter(name="able").update(is_active=False)
    assert row_of(branch, dt.date(2026, 12, 5)).seconded == []


def test_a_suspended_holder_s_post_is_kept(head_post, make_person):
    held = appoint(head_post, make_person())
    services.appointment_suspend(appointment=held, by=None, reason="病假")
    row = row_of(head_post.venue, TODAY)
    assert (row.held, row.kept) == (0, 1)


def test_the_list_and_the_post_say_who_is_away_and_who_is_there(client, bureau, branch, seconded):
    home = seconded()
    client.force_login(bureau)
    with time_machine.travel(dt.datetime(2026, 12, 5, 4, tzinfo=dt.UTC), tick=False):
        page = client.get(reverse("network_staffing"))
        assert (page.context["totals"]["seconded"], page.context["totals"]["kept"]) == (1, 1)
        text = page.content.decode()
        assert "下派至" in text or "挂职于" in text
        assert str(branch) in client.get(reverse("network_post_history", args=[home.pk])).content.decode()
        rows = history_of_person(User.objects.get(name="able"))
        assert [(row.since.isoformat(), row.goes_on) for row in rows] == [
            ("2027-01-01", False),
            ("2026-12-01", False),
            ("2026-01-01", True),
        ]


@pytest.mark.parametrize("count", [1, 5])
def test_secondments_take_one_query_however_many(seconded, django_assert_num_queries, count):
    for number in range(count):
        seconded(name=f"able{number}")
    with django_assert_num_queries(6):
        rows = staffing(Venue.objects.all(), dt.date(2026, 12, 5))
    assert sum(len(row.seconded) for row in rows) == sum(row.kept for row in rows) == count


def test_the_register_is_paged_and_counts_all(client, bureau, nanhua):
    client.force_login(bureau)
    page = client.get(reverse("network_staffing"))
    assert len(page.context["shown"]) == 50
    assert len(page.context["rows"]) == 140
    assert len(client.get(reverse("network_staffing"), {"p": "3"}).context["shown"]) == 40
    assert client.get(reverse("network_staffing"), {"p": "x"}).status_code == 200


def test_the_state_is_that_of_today_whether_or_not_a_timer_ran(head_post, make_person):
    person = make_person()
    today = timezone.localdate()
    held = appoint(head_post, person, since=today - dt.timedelta(days=9), until=today - dt.timedelta(days=1))
    later = appoint(head_post, person, since=today + dt.timedelta(days=1))
    words = {row.pk: row.state_today for row in history_of_person(person)}
    with translation.override("en"):
        assert [held.state_today, later.state_today] == ["Ended", "To come"]
    assert set(words) == {held.pk, later.pk}


def test_interrupted_appointment_comes_back_by_the_calendar(branch, head_post, make_person):
    person = make_person()
    home = appoint(head_post, person)
    later = services.appointment_interrupt(
        appointment=home, first_day=dt.date(2026, 12, 1), last_day=dt.date(2028, 2, 29), by=None, reason="secondment"
    )
    home.refresh_from_db()
    assert (home.until, later.since, later.until) == (dt.date(2026, 11, 30), dt.date(2028, 3, 1), None)
    assert edits_venue(person, branch, dt.date(2026, 11, 30))
    assert not edits_venue(person, branch, dt.date(2026, 12, 1))
    assert not edits_venue(person, branch, dt.date(2028, 2, 29))
    assert edits_venue(person, branch, dt.date(2028, 3, 1))
    cover = appoint(head_post, make_person("cover"), dt.date(2026, 12, 1), until=dt.date(2028, 2, 29))
    with pytest.raises(ValidationError):  # the cover holds the post until then
        services.appointment_resume_on(appointment=later, day=dt.date(2027, 1, 1), by=None)
    services.appointment_end(appointment=cover, by=None, last_day=dt.date(2026, 12, 31))
    services.appointment_resume_on(appointment=later, day=dt.date(2027, 1, 1), by=None)
    assert edits_venue(person, branch, dt.date(2027, 1, 1))


def test_an_appointment_that_ends_meanwhile_does_not_come_back(head_post, make_person):
    home = appoint(head_post, make_person(), until=dt.date(2027, 1, 31))
    assert (
        services.appointment_interrupt(
            appointment=home, first_day=dt.date(2026, 12, 1), last_day=dt.date(2027, 1, 31), by=None, reason="x"
        )
        is None
    )


def test_interruption_needs_a_home_that_has_begun_and_goes_on(head_post, make_person):
    home = appoint(head_post, make_person(), until=dt.date(2026, 12, 31))
    for first in (dt.date(2026, 1, 1), dt.date(2027, 1, 1)):
        with pytest.raises(ValidationError) as error:
            services.appointment_interrupt(
                appointment=home, first_day=first, last_day=dt.date(2027, 6, 30), by=None, reason="x"
            )
        assert "first_day" in error.value.message_dict


def test_two_secondments_of_one_person_never_overlap(branch, make_person):
    person = make_person()
    posts = [Post.objects.create(venue=branch, title="trainee", full_time=False) for _ in range(2)]
    appoint(posts[0], person, TODAY, until=TODAY + dt.timedelta(9), basis="secondment")
    with pytest.raises(ValidationError) as error:
        appoint(posts[1], person, TODAY + dt.timedelta(9), until=TODAY + dt.timedelta(20), basis="secondment")
    assert "person" in error.value.message_dict


def test_post_follows_the_office_when_a_director_changes(head_post, make_person):
    old, new = make_person("old"), make_person("new")
    appoint(head_post, old, basis="ex_officio")
    services.office_hand_over(post=head_post, to=new, since=TODAY, by=None)
    held = list(Appointment.objects.filter(post=head_post).order_by("since"))
    assert [(row.person, row.until, row.basis) for row in held] == [
        (old, dt.date(2026, 11, 22), "ex_officio"),
        (new, None, "ex_officio"),
    ]
    with pytest.raises(ValidationError):
        services.office_hand_over(post=head_post, to=new, since=TODAY, by=None)
    with pytest.raises(ValidationError):
        services.office_hand_over(post=head_post, to=old, since=dt.date(2026, 1, 1), by=None)


def test_hand_over_to_come_leaves_the_present_holder_until_then(branch, head_post, make_person):
    old, new = make_person("old"), make_person("new")
    appoint(head_post, old, basis="ex_officio")
    services.office_hand_over(post=head_post, to=new, since=dt.date(2027, 1, 1), by=None)
    assert edits_venue(old, branch, dt.date(2026, 12, 31))
    assert not edits_venue(new, branch, dt.date(2026, 12, 31))
    assert edits_venue(new, branch, dt.date(2027, 1, 1))
    assert not edits_venue(old, branch, dt.date(2027, 1, 1))


def test_a_holder_who_is_away_and_comes_back_is_named(head_post, make_person):
    old, new = make_person("馆长"), make_person("new")
    home = appoint(head_post, old, basis="ex_officio")
    later = services.appointment_interrupt(
        appointment=home, first_day=dt.date(2026, 12, 1), last_day=dt.date(2026, 12, 31), by=None, reason="x"
    )
    with pytest.raises(ValidationError) as error:
        services.office_hand_over(post=head_post, to=new, since=dt.date(2026, 12, 10), by=None)
    assert "馆长" in error.value.message_dict["since"][0]
    assert "2027年1月1日" in error.value.message_dict["since"][0]
    services.appointment_retract(appointment=later, by=None, reason="调离")
    services.office_hand_over(post=head_post, to=new, since=dt.date(2026, 12, 10), by=None)
    assert Appointment.objects.get(person=old).until == dt.date(2026, 12, 9)


def test_successor_with_a_full_time_post_elsewhere_is_refused(branch, head_post, make_person):
    old, new = make_person("old"), make_person("new")
    appoint(head_post, old, basis="ex_officio")
    appoint(branch.posts.get(title="branch_staff"), new)
    with pytest.raises(ValidationError):
        services.office_hand_over(post=head_post, to=new, since=TODAY, by=None)
    assert Appointment.objects.get(person=old).until is None  # nothing was half done


def test_deactivated_people_s_appointments_end(head_post, make_person):
    person = make_person()
    held = appoint(head_post, person)
    assert services.appointments_end_deactivated() == 0
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert services.appointments_end_deactivated() == 1
    held.refresh_from_db()
    assert (held.status, held.until) == ("ended", timezone.localdate())


# Pages --------------------------------------------------------------------------------------------
@pytest.fixture
def pages(head_post, make_person):
    person = make_person("holder")
    appoint(head_post, person, basis="ex_officio")
    return {
        "network_staffing": [],
        "network_post_history": [head_post.pk],
        "network_person_history": [person.pk],
    }


def test_whoever_has_a_duty_reads_the_register(client, pages, branch, make_person):
    client.force_login(make_person("reader", at=branch))
    for name, args in pages.items():
        response = client.get(reverse(name, args=args))
        assert response.status_code == 200, name
        assert "holder" in response.content.decode(), name


def test_nobody_else_reads_it(client, pages, make_person):
    client.force_login(make_person("stranger"))
    for name, args in pages.items():
        assert client.get(reverse(name, args=args)).status_code in (302, 403), name


def test_only_who_appoints_hands_over(client, head_post, pages, branch, bureau, make_person):
    url, new = reverse("network_post_history", args=[head_post.pk]), make_person("successor")
    data = {"person": new.pk, "since": "2026-12-01", "reason": ""}
    client.force_login(make_person("reader", at=branch))
    assert client.post(url, data).status_code in (302, 403)
    assert not Appointment.objects.filter(person=new).exists()
    client.force_login(bureau)
    assert "id_since" in client.post(url, data | {"since": "2025-01-01"}).content.decode()
    assert client.post(url, data).status_code == 302
    assert Appointment.objects.get(person=new).since == dt.date(2026, 12, 1)


@pytest.mark.parametrize("township", ["", "x", "9" * 30, "-1"])
def test_nonsense_in_the_address_is_ignored(client, bureau, qingshan, township):
    client.force_login(bureau)
    assert client.get(reverse("network_staffing"), {"township": township, "short": "1"}).status_code == 200
