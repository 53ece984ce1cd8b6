"""What a secondment must satisfy. The form asks first; the services ask again under the locks."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from network.models import Appointment, Venue
from workflows.core.models import Case

from .models import Secondment, SecondmentSettings

DOWN = Secondment.Direction.DOWN
TERM_LIMIT = dt.timedelta(days=5 * 366)  # a slip in the year, not a rule
MAX_PHOTOS = 6  # of one month of the log


def home_of(person: Any, direction: str, line: str, day: dt.date) -> Appointment | None:
    """The appointment that somebody is sent from: down, at the line's head; up, at a branch or its point."""
    held = Appointment.objects.on(day).filter(person=person).exclude(basis=Appointment.Basis.SECONDMENT)
    held = held.filter(**{f"post__venue__{line}": True}).select_related("post__venue__parent")
    heads = {"post__venue__tier": Venue.Tier.HEAD}
    held = held.filter(**heads) if direction == DOWN else held.exclude(**heads)
    return held.order_by("-full_time", "pk").first()


def head_of(line: str) -> Venue | None:
    """The head institution of a line."""
    return Venue.objects.filter(tier=Venue.Tier.HEAD, **{line: True}).first()


def branch_of(direction: str, venue: Venue, home: Venue | None) -> Venue:
    """The branch that receives or sends: down, the receiving one; up, that of the home post."""
    place = venue if direction == DOWN else home
    assert place is not None  # a home post is always at a venue  # noqa: S101
    return place.parent or place


def venue_of_need(facts: Mapping[str, Any]) -> Venue | None:
    """Where the person of a need is to go: down, to the branch; up, to the line's head."""
    return facts["branch"] if facts["direction"] == DOWN else head_of(facts["line"])


def need_problems(facts: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a need: field → message.

    Args:
        facts: direction, line, branch, venue (`venue_of_need`), first_day, last_day.
    """
    if found := term_problems(facts.get("first_day"), facts.get("last_day")):
        return found
    branch = facts["branch"]
    if branch.tier != Venue.Tier.BRANCH or not branch.is_active:
        return {"branch": _("Choose a branch in service.")}
    if not getattr(branch, facts["line"]):
        return {"line": _("This branch is not of that line.")}
    found = place_problems(facts, None)
    if not found:
        open_needs = Secondment.objects.overlapping(facts["first_day"], facts["last_day"])
        same = open_needs.filter(branch=branch, line=facts["line"], direction=facts["direction"], nominated_by=None)
        if other := same.filter(state__in=Case.RUNNING).first():
            return {"need": _("This need is stated already: %(number)s.") % {"number": other.number}}
    return {"branch" if name == "venue" else name: text for name, text in found.items()}


def term_problems(first_day: dt.date | None, last_day: dt.date | None) -> dict[str, str]:
    """The end is mandatory, not before the start; nothing is appointed backwards."""
    if first_day is None:
        return {"first_day": _("Give the first day.")}
    if last_day is None:
        return {"last_day": _("A secondment always has a last day.")}
    if last_day < first_day:
        return {"last_day": _("The last day cannot be before the first day.")}
    if first_day < timezone.localdate():
        return {"first_day": _("This day is over: nobody is seconded backwards.")}
    if first_day - timezone.localdate() > TERM_LIMIT:
        return {"first_day": _("This is more than five years ahead. Please check the year.")}
    if last_day - first_day > TERM_LIMIT:
        return {"last_day": _("This is more than five years. Please check the year.")}
    return {}


def problems(facts: Mapping[str, Any], *, case: Secondment | None = None) -> dict[str, str]:
    """What is wrong with a nomination, or with appointing it now: field → message.

    Args:
        facts: direction, line, person, venue, full_time, first_day, last_day, cover_plan.
        case: the case itself, left out of the comparisons; None for a new nomination.
    """
    if found := term_problems(facts.get("first_day"), facts.get("last_day")):
        return found
    home = home_of(facts["person"], facts["direction"], facts["line"], facts["first_day"])
    found = _person(facts, home, case) | place_problems(facts, case)
    needs_cover = home is not None and home.full_time and facts["full_time"]
    if needs_cover and not facts.get("cover_plan", "").strip():
        found["cover_plan"] = _("The home post is full-time: say who covers it meanwhile.")
    return found


def _person(facts: Mapping[str, Any], home: Appointment | None, case: Secondment | None) -> dict[str, str]:
    person = facts["person"]
    if not person.is_active:
        return {"person": _("This person's account is deactivated.")}
    others = Secondment.objects.overlapping(facts["first_day"], facts["last_day"]).filter(person=person)
    others = others.filter(standing=True) | others.filter(state__in=Case.RUNNING)
    if other := others.exclude(pk=case.pk if case else None).first():
        return {"person": _("Is seconded or nominated in that time already: %(other)s.") % {"other": _term(other)}}
    if home is None:
        where = _("the line's head institution") if facts["direction"] == DOWN else _("a branch or its service points")
        return {"person": _("Holds no post at %(where)s on the first day.") % {"where": where}}
    if facts["full_time"] and home.since >= facts["first_day"]:
        return {"first_day": _("The home appointment must have begun before the first day.")}
    return {}


def place_problems(facts: Mapping[str, Any], case: Secondment | None) -> dict[str, str]:
    """Why the receiving venue cannot take the person in that term: field → message."""
    venue, line = facts.get("venue"), facts["line"]
    if venue is None:
        return {"venue": _("Choose the receiving venue.")}
    tier = Venue.Tier.BRANCH if facts["direction"] == DOWN else Venue.Tier.HEAD
    if venue.tier != tier or not getattr(venue, line):
        return {"venue": _("Down, it is a branch of the line; up, the line's head institution.")}
    if not venue.is_active:
        return {"venue": _("This venue is not in service.")}
    if facts["direction"] != DOWN:
        return {}
    deputies = Secondment.objects.standing().filter(direction=DOWN, venue=venue, line=line)
    deputies = deputies.overlapping(facts["first_day"], facts["last_day"]).exclude(pk=case.pk if case else None)
    if other := deputies.select_related("person").first():
        return {"venue": _("The branch has a deputy head of this line then: %(other)s.") % {"other": _term(other)}}
    return {}


def appointment_problems(case: Secondment, first_day: dt.date | None, last_day: dt.date | None) -> dict[str, str]:
    """What is wrong with appointing somebody for this term: field → message.

    The term that was approved may move by a few days (`SecondmentSettings.shift_days`), not before the approval; it may
    become shorter, never longer. Everything that the nomination satisfied is asked again.
    """
    if first_day is None or last_day is None or last_day < first_day:
        return term_problems(first_day, last_day)
    first, last = case.approved_first_day or case.first_day, case.approved_last_day or case.last_day
    shift = dt.timedelta(days=SecondmentSettings.load().shift_days)
    approved = timezone.localdate(case.decided_at) if case.decided_at else first - shift
    earliest, latest = max(first - shift, approved), first + shift
    if not earliest <= first_day <= latest:
        return {"first_day": _out_of_reach(first, earliest, latest)}
    if last_day > last + (first_day - first):
        end = date_format(last + (first_day - first), "DATE_FORMAT")
        return {
            "last_day": _("The term would be longer than the one that was approved: %(day)s at the latest.")
            % {"day": end}
        }
    return problems(facts_of(case, first_day=first_day, last_day=last_day), case=case)


def _out_of_reach(first: dt.date, earliest: dt.date, latest: dt.date) -> str:
    """Why a first day is too far from the approved one; and what to do when none is left."""
    days = {"approved": date_format(first, "DATE_FORMAT"), "latest": date_format(latest, "DATE_FORMAT")}
    if latest < max(timezone.localdate(), earliest):
        return (
            _(
                "Approved was the %(approved)s, and the term could begin until %(latest)s. That is over: "
                "it does not come to pass, and is nominated anew."
            )
            % days
        )
    days["earliest"] = date_format(max(earliest, timezone.localdate()), "DATE_FORMAT")
    return _("Approved was the %(approved)s: the term may begin from %(earliest)s to %(latest)s.") % days


def reported_from(case: Secondment) -> dt.date:
    """The first day on which a term is reported on as a whole: a while before its end."""
    return max(case.last_day - dt.timedelta(days=SecondmentSettings.load().final_days), case.first_day)


def report_problem(case: Secondment) -> str:
    """Why the whole term cannot be reported on yet; empty when it can."""
    if timezone.localdate() >= (begins := reported_from(case)):
        return ""
    days = {"last": date_format(case.last_day, "DATE_FORMAT"), "day": date_format(begins, "DATE_FORMAT")}
    return _("The term runs until %(last)s: this can be handed in from %(day)s.") % days


def _term(case: Secondment) -> str:
    days = [date_format(day, "SHORT_DATE_FORMAT") for day in (case.first_day, case.last_day)]
    return f"{case.person}, {case.venue}, {days[0]} – {days[1]}"


def facts_of(case: Secondment, **changed: Any) -> dict[str, Any]:
    """A case's own facts in the form that `problems` reads, with some changed."""
    names = ("direction", "line", "person", "venue", "full_time", "first_day", "last_day", "cover_plan")
    return {name: getattr(case, name) for name in names} | changed
