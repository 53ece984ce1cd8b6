"""From a board's tallies to what the charts show."""

import datetime as dt
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..models import Stage
from ..selectors.boards import Board, Tally
from ..tallies import tone_of
from .data import Axis, Bar, GanttData, Look, TimelineData, TownshipsData

UNKNOWN_MONTHS = 3  # a stage of which only the end is known is drawn from so long before it
STEPS = (1, 3, 6, 12, 24, 60, 120)  # months from tick to tick


def timeline_data(board: Board, look: Look) -> TimelineData:
    """The stages, each with its share of the work done."""
    tallies = [(stage, board.of(stage=stage)) for stage in board.stages]
    bars = (_bar(str(stage), stage, tally, f"{tally.share} %") for stage, tally in tallies)
    return TimelineData(tuple(bars), axis_of(board, look))


def townships_data(board: Board) -> TownshipsData:
    """The townships, those farthest along first."""
    tallies = [(place.name, board.of(place)) for place in board.townships]
    tallies.sort(key=lambda row: -row[1].share)  # stable: equal ones stay in the order of their codes
    return TownshipsData(tuple((name, tally.share, tally.share_checking) for name, tally in tallies))


def gantt_data(board: Board, look: Look) -> GanttData:
    """Every place in every stage, with its days in hand."""
    stages = []
    for stage in board.stages:
        whole = board.of(stage=stage)
        bars = tuple(
            _bar(place.name, stage, tally, slack_short(tally, board.day), tone_of(tally))
            for place in board.places
            if (tally := board.of(place, stage)).total
        )
        heading = _bar(f"{stage.number}  {stage}", stage, whole, f"{whole.done} / {whole.total} · {whole.share} %")
        stages.append((heading, bars))
    return GanttData(tuple(stages), axis_of(board, look))


def slack_short(tally: Tally, day: dt.date) -> str:
    """The days in hand, or how late, as short as a chart's margin; when all is done, that."""
    slack = tally.slack(day)
    if tally.complete or slack is None:
        return pgettext("all milestones", "done") if tally.complete else ""
    return _("%(n)s d late") % {"n": -slack} if slack < 0 else _("%(n)s d left") % {"n": slack}


def _bar(name: str, stage: Stage, tally: Tally, words: str, tone: str = "") -> Bar:
    planned = tally.planned_end or stage.last_day
    first = tally.begins or stage.first_day
    return Bar(name, first, planned, tally.ends or planned, tally.share, tally.share_checking, words, tone)


def axis_of(board: Board, look: Look) -> Axis:
    """From the quarter of the earliest day to the quarter of the latest. Today is on it only when it lies there: what
    is years late would squeeze the plan to nothing."""
    whole = board.whole
    days = [stage.first_day or _months(stage.last_day, -UNKNOWN_MONTHS) for stage in board.stages]
    ends = [stage.last_day for stage in board.stages]
    first = min(_known([*days, whole.begins]), default=board.day)
    last = max(_known([*ends, whole.ends]), default=board.day)
    first, last = _quarter(first), _months(_quarter(last), 3)
    months = (last.year - first.year) * 12 + last.month - first.month
    most = 4 if look.narrow else 9
    step = next((step for step in STEPS if months / step <= most), STEPS[-1])
    ticks = [_months(first, number) for number in range(0, months, step)]
    today = board.day if first <= board.day <= last else None
    return Axis(first, last, tuple((day, _tick(day, first)) for day in ticks), today, _("today"))


def _known(days: Iterable[dt.date | None]) -> list[dt.date]:
    return [day for day in days if day]


def _tick(day: dt.date, first: dt.date) -> str:
    if day == first or day.month == 1:
        return date_format(day, pgettext("format of a month and its year", "M Y"))
    return date_format(day, pgettext("format of a month", "M"))


def _quarter(day: dt.date) -> dt.date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _months(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)
