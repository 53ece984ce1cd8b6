"""Calendar files of Outlook, Google and WPS become drafts; whatever else somebody sends becomes a clear message."""

import time as clock
from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from pages.events import importing
from pages.events.ics_reading import MAX_BYTES, read
from pages.events.importing import events_import
from pages.events.models import EventPage
from tests.county import DATA

pytestmark = pytest.mark.django_db
FILES = DATA / "ics"


@pytest.fixture
def load(branch_page, kind):
    by = User.objects.create(name="编辑")

    def load(data):
        if isinstance(data, str):
            data = (FILES / data).read_bytes() if data.endswith(".ics") else calendar(data)
        return events_import(data=data, parent=branch_page, kind=kind, line="both", by=by)

    return load


def calendar(*events):
    """A calendar file of these VEVENTs' lines."""
    inner = "".join(f"BEGIN:VEVENT\n{lines}\nEND:VEVENT\n" for lines in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{inner}END:VCALENDAR\n".encode()


def dates(event):
    return [day for day, _start, _end in event.schedule().occurrences(date(2028, 1, 1))]


# Real-world shapes --------------------------------------------------------------------------------
def test_google(load, branch_page):
    report = load("google.ics")
    assert not report.refused
    dance, show, early = (each.page for each in report.taken)
    assert (dance.title, dance.place, dance.live, dance.venue) == (
        "左脚舞公益课",
        "二楼 舞蹈室",
        False,
        branch_page.venue,
    )
    assert (dance.repeat, dance.repeat_on, dance.repeat_until) == ("weekly", "TU,SA", date(2027, 1, 31))
    assert dance.introduction == "零基础, 带一双软底鞋。\n免费\n欢迎"
    assert date(2026, 12, 12) not in dates(dance)
    moved = dance.changes.get(change="moved")
    assert (moved.day, moved.new_day, moved.new_starts) == (date(2026, 12, 8), date(2026, 12, 9), time(15))
    assert (show.all_day, show.first_day, show.last_day) == (True, date(2026, 12, 24), date(2027, 1, 2))
    assert (early.first_day, early.starts, early.ends) == (date(2026, 12, 4), time(7, 30), time(8, 30))
    assert not dance.occurrences.exists()  # a draft is nowhere to be seen
    assert dance.get_latest_revision_as_object().repeat_on == "TU,SA"


def test_outlook(load):
    report = load("outlook.ics")
    (talk,) = report.taken
    assert talk.page.title == "彝族刺绣讲座"  # folded in the file
    assert (talk.page.repeat, talk.page.starts, talk.page.ends) == ("monthly_weekday", time(15), time(17))
    assert dates(talk.page) == [
        date(2026, 12, 8),
        *(date(2027, month, day) for month, day in ((1, 12), (2, 9), (3, 9), (4, 13), (5, 11))),
    ]
    assert len(talk.notes) == 1  # the people invited
    assert "li@example.org" not in talk.page.get_latest_revision().content.__repr__()
    assert [each.title for each in report.refused] == ["看牙"]  # private


@pytest.mark.parametrize("name", ["wps-gbk.ics", "wps-utf16.ics"])
def test_wps_in_other_encodings(load, name):
    lesson, night = (each.page for each in load(name).taken)
    assert (lesson.title, lesson.starts, lesson.ends) == ("少儿书法班", time(9, 30), time(11))
    assert lesson.repeat_until == date(2027, 12, 5)  # endless in the file
    assert (night.first_day, night.last_day, night.ends) == (date(2026, 12, 31), None, time(1))


def test_utf16_without_its_mark(load):
    text = (FILES / "wps-gbk.ics").read_bytes().decode("gb18030")
    assert (
        len(load(text.encode("utf-16-le")).taken)
        == len(load(text.replace("wps-", "x-").encode("utf-16-be")).taken)
        == 2
    )


def test_a_fold_in_the_middle_of_a_letter(load):
    head, tail = "SUMMARY:读".encode()[:-1], "读".encode()[-1:]
    data = calendar("UID:f\nDTSTART:20261205T093000\nX").replace(b"X\n", head + b"\r\n " + tail + b"\r\n")
    assert load(data).taken[0].page.title == "读"


def test_our_own_feed_comes_back_as_known(load, make_event):
    event = make_event()
    report = load(calendar(f"UID:{event.uid}@wenshu\nDTSTART:20261205T093000"))
    assert not report.taken
    assert len(report.refused) == 1


def test_a_second_import_takes_nothing_twice(load):
    load("google.ics")
    report = load("google.ics")
    assert (len(report.taken), len(report.refused)) == (0, 3)
    assert EventPage.objects.count() == 3


# Rules and zones ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "rule", "fields"),
    [
        ("20261201T190000", "FREQ=DAILY;INTERVAL=2;UNTIL=20261231", ("daily", 2, "", date(2026, 12, 31))),
        ("20261201T190000", "FREQ=WEEKLY;COUNT=3", ("weekly", 1, "", date(2026, 12, 15))),
        ("20261201T190000", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=2", ("monthly_day", 1, "", date(2027, 1, 1))),
        ("20261201T190000", "FREQ=MONTHLY;BYDAY=1TU;COUNT=2", ("monthly_weekday", 1, "", date(2027, 1, 5))),
        ("20261229T190000", "FREQ=MONTHLY;BYDAY=-1TU;COUNT=2", ("monthly_weekday", 1, "", date(2027, 1, 26))),
        ("20261201T190000", "FREQ=YEARLY;COUNT=2", ("yearly", 1, "", date(2027, 12, 1))),
        ("20261201T190000", "FREQ=WEEKLY;UNTIL=20261215T100000Z", ("weekly", 1, "", date(2026, 12, 14))),
        ("20261201T230000Z", "FREQ=WEEKLY;BYDAY=TU;COUNT=2", ("weekly", 1, "WE", date(2026, 12, 9))),
    ],
)
def test_rules_that_the_form_can_say(load, start, rule, fields):
    page = load(f"UID:1\nSUMMARY:x\nDTSTART:{start}\nRRULE:{rule}").taken[0].page
    assert (page.repeat, page.repeat_every, page.repeat_on, page.repeat_until) == fields


def test_a_rule_that_the_form_cannot_say_stays_as_it_is(load):
    page = (
        load("UID:1\nSUMMARY:x\nDTSTART:20261201T190000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20270301")
        .taken[0]
        .page
    )
    assert (page.repeat, page.rule, page.repeat_until) == ("custom", "FREQ=MONTHLY;BYMONTHDAY=1,15", date(2027, 3, 1))
    assert len(dates(page)) == 7


@pytest.mark.parametrize(
    ("zone", "hour", "notes"),
    [
        ("China Standard Time", 9, 0),
        ("/freeassociation.sourceforge.net/Asia/Shanghai", 9, 0),
        ("(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi", 9, 0),
        ("Tokyo Standard Time", 8, 0),
        ("Customized Time Zone", 9, 1),
    ],
)
def test_zones(load, zone, hour, notes):
    taken = load(f'UID:1\nDTSTART;TZID="{zone}":20261205T090000\nDURATION:PT1H').taken[0]
    assert taken.page.starts == time(hour)
    assert len(taken.notes) == notes


# Hostile files ------------------------------------------------------------------------------------
def test_hostile_entries_are_refused_one_by_one(load):
    report = load("hostile.ics")
    assert [each.page.title for each in report.taken] == ["ZONE"]
    assert len(report.refused) == 12
    assert all(each.why for each in report.refused)
    assert EventPage.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    ],
)
def test_an_empty_file_gives_an_empty_report(load, data):
    assert not load(data).taken


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0 a picture",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
        b"BEGIN:VCALENDAR\nEND:VEVENT\n",
        b"END:VCALENDAR\n",
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 7,
        b"BEGIN:VCALENDAR\nSUMMARY:" + b"x" * 900_000 + b"\nEND:VCALENDAR\n",
        b"BEGIN:VCALENDAR\nSUMMARY:" + b"x\n " * 250_000 + b"\nEND:VCALENDAR\n",
        b"BEGIN:VCALENDAR\nSUMMARY:\xff\xff\nEND:VCALENDAR\n",
        b"x" * (MAX_BYTES + 1),
    ],
    ids=["pdf", "jpeg", "cut", "crossed", "end-only", "nested", "long-line", "long-folded", "letters", "large"],
)
def test_files_that_cannot_be_read(load, data):
    since = clock.process_time()
    with pytest.raises(ValidationError):
        load(data)
    assert clock.process_time() - since < 5
    assert not EventPage.objects.exists()


def test_many_entries_are_counted_not_taken(load, monkeypatch):
    monkeypatch.setattr(importing, "MAX_EVENTS", 3)
    report = load(calendar(*(f"UID:{n}\nDTSTART:20261205T093000" for n in range(5))))
    assert (len(report.taken), report.beyond) == (3, 2)


def test_fifty_thousand_entries_end_soon():
    data = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 40_000 + b"END:VCALENDAR\n"
    since = clock.process_time()
    reading = read(data[:MAX_BYTES])
    assert len(reading.entries) + reading.beyond == 40_000
    assert clock.process_time() - since < 5


def test_control_characters_do_not_reach_the_database(load):
    page = load("UID:1\nSUMMARY:a\x00b\x07c\nDTSTART:20261205T093000").taken[0].page
    assert page.title == "abc"


def test_markup_of_a_description_is_text(load):
    text = "<b>免费</b> &lt;script&gt;alert(1)&lt;/script&gt; " + "长" * 200
    page = load(f"UID:1\nSUMMARY:x\nDTSTART:20261205T093000\nDESCRIPTION:{text}").taken[0].page
    assert "<script>" not in page.body[0].value.source


def test_nothing_of_an_entry_stays_when_its_saving_fails(load, monkeypatch):
    def fail(*_args, **_kwargs):
        raise importing.DatabaseError

    monkeypatch.setattr(importing, "log", fail)
    report = load("google.ics")
    assert (len(report.taken), len(report.refused)) == (0, 3)
    assert not EventPage.objects.exists()


lines = st.one_of(
    st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "DTSTART:20261205", "UID:1"]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(
            ["DTSTART", "DTEND", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "SUMMARY", "DURATION", "UID"]
        ),
        st.sampled_from([":", ";TZID=", ";VALUE=DATE:", ";TZID=X:", ';TZID="', ";"]),
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(["20261205T093000Z", "20270101", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO;COUNT=999", "PT1H"]),
        ),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, max_size=12))
def test_any_lines_give_a_report_or_a_message(load, some):
    data = "\r\n".join(
        ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20261205T093000", *some, "END:VEVENT", "END:VCALENDAR"]
    )
    try:
        load(data.encode("utf-8", "surrogatepass"))
    except ValidationError as error:
        assert error.messages  # noqa: PT017 (either is right)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_reading_or_a_message(data):
    try:
        read(data)
    except ValidationError as error:
        assert error.messages  # noqa: PT017
