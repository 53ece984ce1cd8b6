"""What an application must satisfy. Forms ask first; the services ask again."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from network.models import Division, Venue

from .models import ApplicantKind, Paper

CONTRACT_FIELDS = ("operator_name", "contract_until", "performance_goals", "exit_terms")


def papers_for(kind: str, operator: str) -> list[Paper]:
    """The papers that are asked of a kind of room run by such an operator, in order."""
    return [paper for paper in Paper.objects.all() if paper.applies(kind, operator)]


def missing_papers(kind: str, operator: str, handed_in: Iterable[str]) -> list[Paper]:
    """The required papers that have not been handed in."""
    there = set(handed_in)
    return [paper for paper in papers_for(kind, operator) if paper.required and paper.code not in there]


def township_of(division: Division) -> Division:
    """The township that a place lies in; the place itself when it is one."""
    below = (Division.Level.VILLAGE, Division.Level.COMMUNITY)
    return division.parent if division.level in below and division.parent else division


def branch_of(division: Division) -> Venue | None:
    """The township's own branch, if it is in service: points come after their branch 先分馆后基层服务点 (R23)."""
    return (
        Venue.objects.active()
        .filter(division=township_of(division), tier=Venue.Tier.BRANCH, kind=Venue.Kind.TOWNSHIP_CENTRE)
        .first()
    )


def problems(facts: Mapping[str, Any], papers: Iterable[str]) -> dict[str, str]:
    """What is wrong with an application: field → message; "papers" for papers that are missing.

    Args:
        facts: cleaned values by field name, as the steps of the form give them.
        papers: codes of the papers handed in.
    """
    kind = ApplicantKind.objects.filter(code=facts.get("kind")).first()
    if kind is None:
        return {"kind": _("This kind of room cannot apply here.")}
    found: dict[str, str] = {}
    found |= _standing(kind, facts)
    found |= _operator(facts)
    if kind.code == Venue.Kind.INTERNET_VENUE and not facts.get("licence_number"):
        found["licence_number"] = _("An internet venue needs its licence (R83).")
    if missing := missing_papers(kind.code, facts.get("operator", ""), papers):
        found["papers"] = _("Missing: %(papers)s") % {"papers": _(", ").join(str(paper) for paper in missing)}
    if not facts.get("free_will"):
        found["free_will"] = _("Only who applies of their own free will can join (R82).")
    return found


def _standing(kind: ApplicantKind, facts: Mapping[str, Any]) -> dict[str, str]:
    """As what, in which line, and whether the township's branch is there already."""
    found = {}
    if not kind.may_be(facts["wanted"]):
        found["wanted"] = (
            _("This kind of room can only become a service point.")
            if facts["wanted"] == Venue.Tier.BRANCH
            else _("This kind of room cannot become a service point.")
        )
    if not (facts.get("library") or facts.get("culture")):
        found["library"] = _("Choose the library line, the culture line or both.")
    for line in ("library", "culture"):
        if facts.get(line) and not getattr(kind, line):
            found[line] = _("This kind of room cannot join this line.")
    if facts["wanted"] == Venue.Tier.POINT and branch_of(facts["division"]) is None:
        found["division"] = _(
            "The township's own branch is not in service yet: its service points come after it (R23)."
        )
    return found


def _operator(facts: Mapping[str, Any]) -> dict[str, str]:
    """A commissioned or chain operator brings a contract: goals, term and a way out (R87)."""
    if facts.get("operator") == Venue.Operator.SELF:
        return {}
    return {name: _("Needed when somebody else runs the room.") for name in CONTRACT_FIELDS if not facts.get(name)}
