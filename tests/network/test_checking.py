"""`check_network` finds what scripts broke."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from network.checking import network_problems
from network.models import Appointment, Division, Venue, WeeklyHours

from .steps import TODAY, t

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


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
