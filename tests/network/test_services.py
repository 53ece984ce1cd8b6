import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.models import ModelLogEntry

from network import services, signals
from network.checking import network_problems
from network.hours import hours_on
from network.models import (
    AccessibilityFeature,
    Appointment,
    Closure,
    DatedHours,
    Division,
    Office,
    Post,
    Service,
    UnifiedItem,
    Venue,
    WeeklyHours,
)
from network.services import DatedRow

pytestmark = pytest.mark.django_db
Status = Venue.Status
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def heard():
    """The signals that were sent: (name, arguments)."""
    heard = []
    receivers = []
    for name in (
        *("venue_created", "venue_changed", "venue_status_changed", "closure_announced", "closure_withdrawn"),
        *("appointment_started", "appointment_ended"),
    ):

        def receive(sender, signal, _name=name, **kwargs):
            heard.append((_name, kwargs))

        getattr(signals, name).connect(receive)
        receivers.append((name, receive))
    yield heard
    for name, receive in receivers:
        getattr(signals, name).disconnect(receive)


def log_of(instance):
    return list(ModelLogEntry.objects.for_instance(instance).order_by("timestamp", "pk"))


def errors(call):
    with pytest.raises(ValidationError) as error:
        call()
    return error.value.message_dict if hasattr(error.value, "error_dict") else {"": error.value.messages}


def set_status(venue, status, **options):
    return services.venue_change_status(venue=venue, status=status, by=None, **options)


# The guard 先镇后村 (R23) ---------------------------------------------------------------------------
@pytest.mark.parametrize("status", [Status.TRIAL, Status.OPEN])
def test_a_point_does_not_open_before_its_branch(branch, point, status):
    assert "status" in errors(lambda: set_status(point, status))
    set_status(branch, Status.TRIAL)
    assert set_status(point, status).status == status


def test_a_point_may_be_prepared_before_its_branch_opens(point):
    assert set_status(point, Status.PREPARING).status == Status.PREPARING


@pytest.mark.parametrize("status", [Status.PLANNED, Status.PREPARING, Status.SUSPENDED, Status.CLOSED])
def test_a_branch_does_not_stop_under_its_open_points(branch, point, status):
    set_status(branch, Status.OPEN)
    set_status(point, Status.OPEN)
    assert "status" in errors(lambda: set_status(branch, status, reason="修缮"))
    point.refresh_from_db()
    assert point.status == Status.OPEN


def test_a_branch_takes_its_points_along(branch, point, heard):
    set_status(branch, Status.OPEN)
    set_status(point, Status.OPEN)
    heard.clear()
    set_status(branch, Status.SUSPENDED, reason="修缮", with_points=True)
    point.refresh_from_db()
    assert point.status == Status.SUSPENDED
    assert [(name, data["venue"].pk, data["old"], data["new"]) for name, data in heard] == [
        ("venue_status_changed", point.pk, "open", "suspended"),
        ("venue_status_changed", branch.pk, "open", "suspended"),
    ]
    assert set(branch.points.values_list("status", flat=True)) == {"suspended", "planned"}  # only the active ones


def test_suspending_and_closing_need_a_reason(branch):
    set_status(branch, Status.OPEN)
    for status in (Status.SUSPENDED, Status.CLOSED):
        assert "reason" in errors(lambda status=status: set_status(branch, status, reason="  "))


def test_a_status_that_does_not_exist_is_refused(branch):
    assert "status" in errors(lambda: set_status(branch, "burnt"))


def test_the_first_opening_is_remembered_and_logged(branch, bureau):
    services.venue_change_status(venue=branch, status=Status.TRIAL, by=bureau, reason="验收合格")
    branch.refresh_from_db()
    assert branch.opened_on == TODAY
    (entry,) = log_of(branch)
    assert entry.user == bureau
    assert entry.data == {"changes": {"status": ["preparing", "trial"]}, "reason": "验收合格"}
    assert entry.message == "状态变更：状态：筹备 → 试运行（理由：验收合格）"


def test_the_same_status_again_is_no_change(branch, heard):
    set_status(branch, Status.PREPARING)
    assert log_of(branch) == []
    assert heard == []


# Adding, changing, moving, deleting ---------------------------------------------------------------
def school(branch, **fields):
    values = {
        "name": "青石中学",
        "tier": Venue.Tier.BRANCH,
        "kind": Venue.Kind.SCHOOL,
        "library": True,
        "division": branch.division,
        "by": None,
    }
    return services.venue_create(**values | fields)


def test_a_new_venue_gets_plaque_address_posts_and_items(branch, heard):
    venue = school(branch)
    assert (venue.plaque, venue.plaque_is_local) == ("青山县图书馆青石中学分馆", True)
    assert venue.slug == "qingshizhongxue"
    assert venue.unified_items.count() == 6
    posts = list(venue.posts.order_by("pk"))
    assert [post.title for post in posts] == ["branch_head", "liaison", "branch_staff"]
    assert not any(post.ex_officio for post in posts)  # a school's own people
    assert [name for name, _ in heard] == ["venue_created"]
    assert [entry.action for entry in log_of(venue)] == ["network.create"]


def test_a_social_point_takes_the_local_template_of_points(branch):
    venue = school(branch, name="星空网吧", tier="point", kind="internet_venue", parent=branch)
    assert (venue.plaque, venue.plaque_is_local) == ("青石镇星空网吧服务点", True)


def test_a_new_point_opens_under_the_guard(branch):
    values = {"name": "书屋", "tier": "point", "kind": "farm_bookhouse", "parent": branch, "status": "open"}
    assert "status" in errors(lambda: school(branch, **values))
    assert not Venue.objects.filter(name="书屋").exists()
    set_status(branch, Status.OPEN)
    assert school(branch, **values).status == "open"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "internet_venue"}, "tier"),
        ({"library": False}, "library"),
        ({"tier": "head"}, "kind"),
        ({"kind": "county_library"}, "kind"),
        ({"tier": "point"}, "parent"),
        ({"kind": "village_centre"}, "division"),
        ({"plaque": "随便写", "kind": "township_centre", "culture": True}, "plaque"),
        ({"slug": "qingshi"}, "slug"),
        ({"name": "x" * 81}, "name"),
        ({"latitude": 1}, "__all__"),
    ],
)
def test_a_misshapen_venue_is_refused_beside_its_field(branch, fields, field):
    assert field in errors(lambda: school(branch, **fields))
    assert Venue.objects.count() == 9


def test_two_venues_of_a_township_do_not_share_an_address(branch, point):
    assert "slug" in errors(lambda: school(branch, slug=point.slug))


def test_a_branch_has_no_parent_and_a_points_parent_is_a_branch(branch, point):
    assert "parent" in errors(lambda: school(branch, parent=branch))
    assert "parent" in errors(lambda: school(branch, tier="point", parent=point))


def test_changing_facts_logs_from_and_to_once(branch, bureau, heard):
    lending = Service.objects.get()
    services.venue_update(venue=branch, changes={"phone": "123", "seats": None, "services": [lending]}, by=bureau)
    branch.refresh_from_db()
    assert branch.phone == "123"
    assert list(branch.services.all()) == [lending]
    (entry,) = log_of(branch)
    assert entry.user == bureau
    assert entry.data == {"changes": {"phone": ["", "123"], "services": [[], ["借阅"]]}}
    assert entry.message == "修改：电话：空 → 123；服务项目：空 → 借阅"
    assert heard[0][1]["changes"].keys() == {"phone", "services"}
    services.venue_update(venue=branch, changes={"phone": "123", "services": [lending]}, by=bureau)
    assert len(log_of(branch)) == 1


def test_changing_neither_status_nor_parent_nor_tier_by_the_way(branch):
    for field in ("status", "parent", "tier", "is_sample", "pk"):
        with pytest.raises(KeyError):
            services.venue_update(venue=branch, changes={field: "x"}, by=None)


def test_a_wrong_fact_is_refused(branch):
    assert "email" in errors(lambda: services.venue_update(venue=branch, changes={"email": "x"}, by=None))
    assert "__all__" in errors(lambda: services.venue_update(venue=branch, changes={"latitude": 1}, by=None))


def test_the_plaque_stays_word_for_word(branch):
    def change(**changes):
        return services.venue_update(venue=branch, changes=changes, by=None)

    assert errors(lambda: change(plaque="青石镇分馆"))["plaque"] == ["牌子须为：青山县文化分馆·青石镇"]


def test_a_branch_with_points_does_not_leave_their_township(branch):
    other = Division.objects.get(name="云水苗族乡")
    problems = errors(lambda: services.venue_update(venue=branch, changes={"division": other}, by=None))
    assert "division" in problems


def test_a_point_moves_within_its_township_only(branch, point, heard):
    target = school(branch)
    heard.clear()
    moved = services.venue_move(venue=point, to=target, by=None, reason="就近")
    assert moved.parent == target
    assert log_of(point)[0].data["changes"]["parent"] == [str(branch), str(target)]
    assert [name for name, _ in heard] == ["venue_changed"]
    elsewhere = Venue.objects.get(division__name="云水苗族乡", tier="branch")
    assert "parent" in errors(lambda: services.venue_move(venue=point, to=elsewhere, by=None))
    assert "parent" in errors(lambda: services.venue_move(venue=point, to=point, by=None))
    assert "parent" in errors(lambda: services.venue_move(venue=target, to=branch, by=None))


def test_an_open_point_moves_only_under_an_open_branch(branch, point):
    target = school(branch)
    set_status(branch, Status.OPEN)
    set_status(point, Status.OPEN)
    assert "parent" in errors(lambda: services.venue_move(venue=point, to=target, by=None))
    set_status(target, Status.TRIAL)
    services.venue_move(venue=point, to=target, by=None)
    set_status(branch, Status.CLOSED, reason="撤并")  # its only active point moved away


def test_only_a_venue_without_history_is_deleted(branch, point, make_person):
    mistake = school(branch)
    pk = mistake.pk
    services.venue_delete(venue=mistake, by=None)
    assert not Venue.objects.filter(pk=pk).exists()
    assert errors(lambda: services.venue_delete(venue=branch, by=None))  # it has points
    make_person(at=point)
    assert errors(lambda: services.venue_delete(venue=point, by=None))
    served = school(branch)
    set_status(served, Status.OPEN)
    set_status(served, Status.SUSPENDED, reason="x")
    assert errors(lambda: services.venue_delete(venue=served, by=None))
    assert Venue.objects.filter(pk__in=[branch.pk, point.pk, served.pk]).count() == 3


# Hours and closures -------------------------------------------------------------------------------
def t(hour):
    return dt.time(hour)


def test_weekly_hours_are_replaced_and_logged_once(branch, bureau):
    rows = [(0, t(14), t(18)), (0, t(9), t(12)), (7, t(10), t(16))]
    services.weekly_hours_set(venue=branch, rows=rows, by=bureau)
    services.weekly_hours_set(venue=branch, rows=rows, by=bureau)
    assert [str(row) for row in branch.weekly_hours.all()] == [
        "星期一 09:00–12:00",
        "星期一 14:00–18:00",
        "法定节假日 10:00–16:00",
    ]
    (entry,) = log_of(branch)
    assert entry.message == (
        "开放时间变更：每周开放时间：空 → 星期一 09:00–12:00、星期一 14:00–18:00、法定节假日 10:00–16:00"
    )


@pytest.mark.parametrize(
    "rows",
    [
        [(0, t(9), t(12)), (0, t(11), t(13))],
        [(0, t(9), t(12)), (0, t(9), t(12))],
        [(0, t(9), t(9))],
        [(0, t(12), t(9))],
    ],
)
def test_weekly_hours_that_overlap_or_run_backwards_are_refused(branch, rows):
    services.weekly_hours_set(venue=branch, rows=[(1, t(9), t(12))], by=None)
    assert "weekly_hours" in errors(lambda: services.weekly_hours_set(venue=branch, rows=rows, by=None))
    assert WeeklyHours.objects.filter(venue=branch).count() == 1


def test_touching_hours_are_one_stretch(branch):
    services.weekly_hours_set(venue=branch, rows=[(0, t(9), t(12)), (0, t(12), t(18))], by=None)
    assert [str(span) for span in hours_on(branch, dt.date(2026, 11, 23))] == ["09:00–18:00"]


def test_dated_hours_are_replaced_and_logged(branch):
    rows = [DatedRow(TODAY, t(9), t(12), "春节"), DatedRow(TODAY + dt.timedelta(days=1), None, None, "盘点")]
    services.dated_hours_set(venue=branch, rows=rows, by=None)
    services.dated_hours_set(venue=branch, rows=rows, by=None)
    assert DatedHours.objects.filter(venue=branch).count() == 2
    (entry,) = log_of(branch)
    assert entry.data["changes"]["dated_hours"] == [[], ["2026-11-22 09:00–12:00 春节", "2026-11-23 – 盘点"]]


def test_sample_hours_stay_marked_when_others_are_added(branch):
    first = DatedRow(TODAY, t(9), t(12))
    services.dated_hours_set(venue=branch, rows=[first], by=None, is_sample=True)
    services.dated_hours_set(venue=branch, rows=[first, DatedRow(TODAY, t(13), t(14))], by=None)
    assert list(branch.dated_hours.values_list("is_sample", flat=True)) == [True, False]


@pytest.mark.parametrize(
    "rows",
    [
        [DatedRow(TODAY, t(9), t(12)), DatedRow(TODAY, t(10), t(13))],
        [DatedRow(TODAY, None, None), DatedRow(TODAY, t(10), t(13))],
        [DatedRow(TODAY, t(9), None)],
    ],
)
def test_dated_hours_that_contradict_each_other_are_refused(branch, rows):
    assert "dated_hours" in errors(lambda: services.dated_hours_set(venue=branch, rows=rows, by=None))


def close(venue, first, last, reason="换展"):
    days = (TODAY + dt.timedelta(days=first), TODAY + dt.timedelta(days=last))
    return services.closure_announce(venue=venue, first_day=days[0], last_day=days[1], reason=reason, by=None)


def test_a_closure_is_announced_logged_and_told(branch, heard):
    closure = close(branch, 1, 2)
    assert [(name, data["closure"]) for name, data in heard] == [("closure_announced", closure)]
    assert log_of(branch)[0].data == {"changes": {"closures": [None, "2026-11-23–2026-11-24"]}, "reason": "换展"}


@pytest.mark.parametrize(
    ("first", "last", "reason", "field"),
    [(-1, 2, "x", "first_day"), (2, 1, "x", "last_day"), (1, 1, " ", "reason"), (4, 5, "x", "first_day")],
)
def test_an_unsound_closure_is_refused(branch, first, last, reason, field):
    close(branch, 5, 9)
    assert field in errors(lambda: close(branch, first, last, reason))
    assert Closure.objects.count() == 1


def test_a_closure_ahead_is_withdrawn(branch, heard):
    services.closure_withdraw(closure=close(branch, 1, 2), by=None)
    assert not Closure.objects.exists()
    assert [name for name, _ in heard] == ["closure_announced", "closure_withdrawn"]


def test_a_closure_that_began_ends_yesterday_and_one_that_is_over_stays(branch):
    closure = close(branch, 0, 5)
    with time_machine.travel(NOON + dt.timedelta(days=3)):
        services.closure_withdraw(closure=closure, by=None)
        closure.refresh_from_db()
        assert closure.last_day == TODAY + dt.timedelta(days=2)
        assert errors(lambda: services.closure_withdraw(closure=closure, by=None))


# Appointments (R95–R100) --------------------------------------------------------------------------
def appoint(person, post, **options):
    values = {"since": TODAY, "by": None} | options
    return services.appointment_create(person=person, post=post, **values)


@pytest.fixture
def posts(branch):
    """Branch head, liaison, branch staff; the liaison is part-time."""
    return list(branch.posts.order_by("pk"))


def test_one_full_time_post_a_person(posts, make_person):
    person = make_person()
    appoint(person, posts[0])
    assert "person" in errors(lambda: appoint(person, posts[2]))
    assert appoint(person, posts[1]).full_time is False  # the liaison's post is part-time: allowed beside it


def test_one_after_the_other_is_allowed(posts, make_person):
    person = make_person()
    appoint(person, posts[0], until=TODAY + dt.timedelta(days=9))
    assert "person" in errors(lambda: appoint(person, posts[2], since=TODAY + dt.timedelta(days=9)))
    appoint(person, posts[2], since=TODAY + dt.timedelta(days=10))


def test_a_post_is_one_slot(posts, make_person):
    appoint(make_person("甲"), posts[0])
    assert errors(lambda: appoint(make_person("乙"), posts[0]))["post"] == ["甲在此期间担任该岗位。"]


def test_a_full_time_post_is_held_full_time_except_by_secondment(posts, make_person):
    assert "full_time" in errors(lambda: appoint(make_person(), posts[0], full_time=False))
    assert appoint(make_person(), posts[0], full_time=False, basis="secondment")


def test_a_deactivated_person_is_not_appointed(posts, make_person):
    assert "person" in errors(lambda: appoint(make_person(is_active=False), posts[0]))


def test_a_term_does_not_run_backwards(posts, make_person):
    assert "until" in errors(lambda: appoint(make_person(), posts[0], until=TODAY - dt.timedelta(days=1)))


def test_suspension_frees_person_and_post_and_resumption_asks_again(posts, make_person, heard):
    person, cover = make_person(), make_person("代")
    home = appoint(person, posts[0])
    services.appointment_suspend(appointment=home, by=None, reason="下派")
    away = appoint(person, posts[2], basis="secondment")
    covering = appoint(cover, posts[0])
    problems = errors(lambda: services.appointment_resume(appointment=home, by=None))
    assert problems.keys() == {"person", "post"}
    services.appointment_end(appointment=away, by=None)
    services.appointment_end(appointment=covering, by=None, reason="期满")
    assert services.appointment_resume(appointment=home, by=None).status == "active"
    assert [name.removeprefix("appointment_") for name, _ in heard] == [
        *("started", "ended", "started", "started", "ended", "ended", "started")
    ]


def test_what_has_ended_stays_ended(posts, make_person):
    held = appoint(make_person(), posts[0])
    services.appointment_end(appointment=held, by=None)
    for call in (
        lambda: services.appointment_end(appointment=held, by=None),
        lambda: services.appointment_resume(appointment=held, by=None),
        lambda: services.appointment_suspend(appointment=held, by=None, reason="x"),
    ):
        assert errors(call)


def test_an_end_ahead_is_reached_by_the_timer(posts, make_person, heard, capsys):
    held = appoint(make_person(), posts[0])
    services.appointment_end(appointment=held, by=None, last_day=TODAY + dt.timedelta(days=1))
    held.refresh_from_db()
    assert (held.status, held.until) == ("active", TODAY + dt.timedelta(days=1))
    assert services.appointments_end_due() == 0
    with time_machine.travel(NOON + dt.timedelta(days=2)):
        call_command("end_appointments")
        assert services.appointments_end_due() == 0
    held.refresh_from_db()
    assert held.status == "ended"
    assert "1 " in capsys.readouterr().out
    assert [name for name, _ in heard] == ["appointment_started", "appointment_ended"]


def test_an_end_before_the_beginning_is_refused(posts, make_person):
    held = appoint(make_person(), posts[0])
    last = TODAY - dt.timedelta(days=1)
    assert "until" in errors(lambda: services.appointment_end(appointment=held, by=None, last_day=last))


def test_an_extension_asks_the_rules_again(posts, make_person):
    person = make_person()
    held = appoint(person, posts[0], until=TODAY + dt.timedelta(days=5))
    appoint(person, posts[2], since=TODAY + dt.timedelta(days=6))
    last = TODAY + dt.timedelta(days=7)
    assert "person" in errors(lambda: services.appointment_end(appointment=held, by=None, last_day=last))


def test_an_appointment_is_logged_with_who_and_what(posts, make_person, bureau):
    person = make_person()
    held = appoint(person, posts[0], by=bureau, basis="ex_officio")
    services.appointment_end(appointment=held, by=bureau, reason="调任")
    first, last = log_of(held)
    assert first.data["changes"]["person"] == [None, "王小明"]
    assert last.data == {
        "changes": {"status": ["active", "ended"], "until": [None, "2026-11-22"]},
        "reason": "调任",
    }
    assert last.user == bureau


# Plain registers, unified items -------------------------------------------------------------------
def test_a_record_is_added_changed_and_deleted_with_its_log(bureau, qingshan):
    office = Office(name="青山县财政局", short_name="县财政局", kind="other", slug="finance")
    services.record_save(record=office, by=bureau)
    office.short_name = "财政局"
    services.record_save(record=office, by=bureau)
    services.record_save(record=office, by=bureau)
    created, edited = log_of(office)
    assert created.action == "network.create"
    assert edited.data == {"changes": {"short_name": ["县财政局", "财政局"]}}
    services.record_delete(record=office, by=bureau)
    assert not Office.objects.filter(slug="finance").exists()
    assert ModelLogEntry.objects.filter(action="network.delete", label="青山县财政局").exists()


def test_a_malformed_record_is_refused(qingshan):
    division = Division.objects.get(name="青石镇")
    division.parent = Division.objects.get(name="云水苗族乡")
    assert "parent" in errors(lambda: services.record_save(record=division, by=None))
    assert "slug" in errors(lambda: services.record_save(record=Service(name="x", slug="lending"), by=None))


def test_what_history_hangs_on_is_not_deleted(branch, make_person):
    lending = Service.objects.get()
    branch.services.add(lending)
    ramp = AccessibilityFeature.objects.create(slug="ramp", name="坡道")
    make_person(at=branch)
    for record in (lending, branch.division, Office.objects.first(), Post.objects.get(appointments__isnull=False)):
        assert errors(lambda record=record: services.record_delete(record=record, by=None))
        assert type(record).objects.filter(pk=record.pk).exists()
    assert not ModelLogEntry.objects.filter(action="network.delete").exists()
    services.record_delete(record=ramp, by=None)


def test_an_item_counts_only_with_evidence(branch, bureau):
    items = list(branch.unified_items.all())
    services.unified_item_set(item=items[0], state="yes", evidence="照片", by=bureau)
    services.unified_item_set(item=items[1], state="partly", evidence="清单", by=bureau)
    services.unified_item_set(item=items[2], state="yes", evidence="  ", by=bureau)
    assert branch.score == 1.5
    assert Venue.objects.with_score().get(pk=branch.pk).unified_score == 1.5
    assert Venue.objects.with_score().exclude(pk=branch.pk).first().unified_score == 0
    item = UnifiedItem.objects.get(pk=items[0].pk)
    assert (item.checked_by, item.checked_on) == (bureau, TODAY)
    assert log_of(branch)[0].message == "核验六统一：六统一：统一标识: 尚未 → 统一标识: 是 照片"


def test_an_unchanged_item_is_not_logged(branch, bureau):
    item = branch.unified_items.first()
    services.unified_item_set(item=item, state="no", evidence="", by=bureau)
    assert log_of(branch) == []
    assert "state" in errors(lambda: services.unified_item_set(item=item, state="maybe", evidence="x", by=bureau))


# check_network ------------------------------------------------------------------------------------
def test_a_sound_network_has_no_problems(nanhua, capsys):
    call_command("check_network")
    assert "No problems" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("model", "where", "values", "words"),
    [
        (Venue, {"division__name": "中村村民委员会"}, {"status": "open"}, "R23"),
        (Venue, {"division__name": "中村村民委员会"}, {"plaque": "青石镇中村村书香驿站"}, "牌子须为"),
        (Venue, {"division__name": "中村村民委员会"}, {"slug": "dongmen"}, "dongmen"),
        (Division, {"name": "中村村民委员会"}, {"level": "township"}, "所属"),
    ],
)
def test_what_scripts_broke_is_found(qingshan, model, where, values, words):
    model.objects.filter(**where).update(**values)
    assert any(words in problem for problem in network_problems())
    with pytest.raises(CommandError):
        call_command("check_network", stdout=StringIO())


def test_broken_belongings_are_found(qingshan, branch, point):
    elsewhere = Venue.objects.get(division__name="云水苗族乡", tier="branch")
    Venue.objects.filter(pk=point.pk).update(parent=elsewhere)
    point.unified_items.first().delete()
    WeeklyHours.objects.create(venue=point, day=0, opens=t(9), closes=t(12))
    WeeklyHours.objects.create(venue=point, day=0, opens=t(11), closes=t(13))
    text = "\n".join(network_problems())
    for words in ("另一个乡镇", "5", "重叠"):
        assert words in text


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL refuses them: test_network_races.py")
def test_double_appointments_are_found(posts, make_person):
    person = make_person()
    rows = [(posts[0], TODAY, None), (posts[2], TODAY + dt.timedelta(days=3), None)]
    for post, since, until in rows:
        Appointment.objects.create(post=post, person=person, since=since, until=until)
    Appointment.objects.create(post=posts[0], person=make_person("乙"), since=TODAY)
    text = "\n".join(network_problems())
    assert "王小明" in text
    assert str(posts[0]) in text


@pytest.mark.parametrize("which", ["small", "large"])
def test_checking_takes_a_fixed_number_of_queries(request, which, django_assert_num_queries):
    request.getfixturevalue({"small": "qingshan", "large": "nanhua"}[which])
    with django_assert_num_queries(12):
        assert list(network_problems()) == []
