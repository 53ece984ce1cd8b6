"""How tallies and states are told to the officials: a word, a sign and a class for each, so that colour never speaks
alone."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .models import Milestone
from .selectors.boards import Tally

State = Milestone.State
SIGNS = {
    State.NOT_STARTED: "○",
    State.IN_PROGRESS: "◔",
    State.HANDED_IN: "◑",
    State.CHECKED: "◕",
    State.DONE: "●",
    State.BLOCKED: "■",
    State.VOID: "–",
}


@dataclass(frozen=True)
class Told:
    """A cell: `tone` its class, `sign` what stands in it, `words` what a screen reader says and the pointer shows."""

    tone: str
    sign: str
    words: str


def tone_of(tally: Tally) -> str:
    """How a tally is to be seen at a glance: done, late, blocked, running or still (nothing begun)."""
    if tally.complete:
        return "done"
    if tally.blocked:
        return "blocked"
    if tally.overdue:
        return "late"
    return "running" if tally.waiting < tally.total else "still"


def slack_text(tally: Tally, day: dt.date) -> str:
    """The days in hand until the next last day, or how late; when all is done, how much earlier or later than planned
    the last one was."""
    slack = tally.slack(day)
    if slack is None:
        return "–"
    if tally.complete:
        return _done_text(slack)
    if slack < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -slack) % {"n": -slack}
    return ngettext("%(n)s day left", "%(n)s days left", slack) % {"n": slack}


def _done_text(slack: int) -> str:
    if slack < 0:
        return ngettext("done, %(n)s day late", "done, %(n)s days late", -slack) % {"n": -slack}
    return ngettext("done, %(n)s day early", "done, %(n)s days early", slack) % {"n": slack}


def cell_of(tally: Tally | None) -> Told | None:
    """A cell of the matrix; None where nothing is planned."""
    if tally is None or not tally.total:
        return None
    tone = tone_of(tally)
    signs = {"done": "●", "blocked": "■", "late": "!", "running": "◑", "still": "○"}
    words = [_("%(done)s of %(total)s done") % {"done": tally.done, "total": tally.total}]
    for number, text in (
        (tally.checking, _("under check")),
        (tally.blocked, _("blocked")),
        (tally.overdue, _("overdue")),
    ):
        if number:
            words.append(f"{text} {number}")
    return Told(tone, signs[tone], pgettext("between parts of a short sentence", ", ").join(words))


def state_of(milestone: Milestone | None, day: dt.date) -> Told | None:
    """One milestone's state, with what is late."""
    if milestone is None:
        return None
    words = str(milestone.get_state_display())
    if milestone.is_overdue(day):
        late = -milestone.slack(day)
        words = f"{words} · " + ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}
        tone = "blocked" if milestone.state == State.BLOCKED else "late"
        return Told(tone, f"{SIGNS[State(milestone.state)]}!", words)
    if milestone.back_dated:
        words = f"{words} · " + _("recorded afterwards")
    tones = {State.DONE: "done", State.BLOCKED: "blocked", State.NOT_STARTED: "still", State.VOID: "void"}
    return Told(tones.get(State(milestone.state), "running"), SIGNS[State(milestone.state)], words)
