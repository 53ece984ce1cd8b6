"""From a board's tallies to what the charts show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

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
            _late(_bar(place.name, stage, tally, slack_short(tally, board.day), tone_of(tally)), tally, board.day)
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


def _late(bar: Bar, tally: Tally, day: dt.date) -> Bar:
    return replace(bar, late=tally.next_end) if tally.next_end and tally.next_end < day else bar


def axis_of(board: Board, look: Look) -> Axis:
    """From the quarter of the plan's earliest day to today or the latest last day, whichever is later. What comes long
    after the plan is drawn shorter: a plan that is years late would be squeezed to nothing."""
    whole = board.whole
    days = [stage.first_day or _months(stage.last_day, -UNKNOWN_MONTHS) for stage in board.stages]
    ends = [stage.last_day for stage in board.stages]
    first = _quarter(min(_known([*days, whole.begins]), default=board.day))
    planned = _months(_quarter(max(_known([*ends, whole.planned_end]), default=board.day)), 3)
    open_until = [] if whole.complete else [board.day]
    last = max([planned, *(_months(_quarter(day), 3) for day in _known([whole.ends, *open_until]))])
    bend = planned if (last - planned) * 2 > planned - first else None
    ticks = _ticks(first, bend or last, 3 if look.narrow else 9)
    if bend:
        years = (dt.date(year, 1, 1) for year in range(bend.year, last.year + 1))
        ticks += [day for day in years if day > bend]
    today = board.day if first <= board.day <= last else None
    return Axis(first, last, tuple((day, _tick(day, first)) for day in ticks), today, _("today"), bend)


def _ticks(first: dt.date, last: dt.date, most: int) -> list[dt.date]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in STEPS if months / step <= most), STEPS[-1])
    return [_months(first, number) for number in range(0, months, step)]


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
