"""How an application is shown: the same groups on the case page, at the desk and in the dossier."""

from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Application

Group = tuple[str, list[tuple[str, Any]]]

CHECKS = {
    "entrance": gettext_lazy("A sign shows the way; one enters without steps or by a ramp"),
    "fire": gettext_lazy("Exits are free and lit; extinguishers are in date"),
    "room": gettext_lazy("Floor area and seats are as stated"),
    "stock": gettext_lazy("Shelves and stock, or equipment, are as stated"),
    "staff": gettext_lazy("The named staff can keep the planned hours"),
    "network": gettext_lazy("Internet and a place for the lending computer are there"),
}
ANSWERS = [("yes", gettext_lazy("yes")), ("partly", gettext_lazy("partly")), ("no", gettext_lazy("no"))]


def facts(case: Application, *, internal: bool = True) -> list[Group]:
    """Groups of (label, value); what is empty is left out. `internal`: with what officials found."""
    groups = [
        (_("Application"), _asked(case)),
        (_("Room"), _room(case)),
        (_("People"), _people(case)),
        (_("Operator"), _operator(case)),
    ]
    if internal:
        groups.append((_("Findings"), _findings(case)))
    shown = [
        (title, [(label, value) for label, value in pairs if value not in (None, "", [])]) for title, pairs in groups
    ]
    return [(title, pairs) for title, pairs in shown if pairs]


def lines_text(case: Application) -> str:
    """The lines in words."""
    names = {"library": _("library line"), "culture": _("culture line")}
    return _(", ").join(names[line] for line in case.lines)


def _asked(case: Application) -> list[tuple[str, Any]]:
    return [
        (_("Organisation"), case.organisation),
        (_("Unified social credit code"), case.organisation.credit_code if case.organisation else ""),
        (_("Kind of room"), case.get_kind_display()),
        (_("Applies to become"), case.get_wanted_display()),
        (_("Becomes"), case.get_tier_display() if case.converted else ""),
        (_("Lines"), lines_text(case)),
        (_("Of its own free will"), _("yes") if case.free_will else _("no")),
    ]


def _room(case: Application) -> list[tuple[str, Any]]:
    place = f"{case.township} {case.division}" if case.division_id != case.township_id else case.division
    return [
        (_("Name of the room"), case.venue_name),
        (_("Place"), place),
        (_("Address"), case.address),
        (_("Floor area"), f"{number_format(case.floor_area, use_l10n=True)} m²"),
        (_("Seats"), case.seats),
        (_("Stock"), case.stock or ""),
        (_("Planned opening hours"), case.hours),
        (_("Licence number"), case.licence_number),
    ]


def _people(case: Application) -> list[tuple[str, Any]]:
    return [
        (_("Contact"), case.contact_name),
        (_("Telephone"), case.contact_phone),
        (_("Named staff"), _(", ").join(case.staff)),
    ]


def _operator(case: Application) -> list[tuple[str, Any]]:
    if not case.operator_name:
        return []
    return [
        (_("Operated by"), f"{case.operator_name} ({case.get_operator_display()})"),
        (_("Contract runs until"), _day(case.contract_until)),
        (_("Performance goals"), case.performance_goals),
        (_("How the contract can be ended"), case.exit_terms),
    ]


def _findings(case: Application) -> list[tuple[str, Any]]:
    said = {name: str(text) for name, text in ANSWERS}
    checks = [f"{label}: {said[answer]}" for name, label in CHECKS.items() if (answer := case.checklist.get(name))]
    return [
        (_("Visited on"), _day(case.visited_on)),
        (_("Visitors"), case.visitors),
        (_("Checklist"), "\n".join(checks)),
        (_("Findings"), case.visit_note),
        (_("Panel met on"), _day(case.panel_on)),
        (_("Panel members"), case.panel_members),
        (_("Agreement signed on"), _day(case.agreement_on)),
        (_("Plaque"), case.plaque),
        (_("Trial run until"), _day(case.trial_until)),
    ]


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
