"""Loads a county's criteria for applications: who may join as what, and which papers are asked.

Loading again only adds what is missing: what the bureau changed stays as it was left.
"""

from common.county import County, Row
from common.report import Report
from network.models import Venue

from .models import ApplicantKind, Paper


def load(county: County, report: Report) -> None:
    """Load kinds and papers from the files that county.toml names. Raises CountyError with file and line."""
    kinds = _kinds(county)
    papers = _papers(county)
    if kinds or papers:
        report.step(f"{kinds} kinds of applicants, {papers} papers")


def _kinds(county: County) -> int:
    file = county.get("files.applicant_kinds")
    known = set(ApplicantKind.objects.values_list("code", flat=True))
    rows = list(county.rows(file)) if file else []
    added = [
        ApplicantKind(
            code=row.one_of("code", Venue.Kind.values),
            may_be_branch=row.flag("branch"),
            may_be_point=row.flag("point"),
            library=row.flag("library"),
            culture=row.flag("culture"),
            branch_area=row.number("branch_area") or 0,
            branch_seats=row.number("branch_seats") or 0,
            branch_stock=row.number("branch_stock") or 0,
            point_area=row.number("point_area") or 0,
            note=row["note"],
            note_en=row["note_en"],
            order=order,
        )
        for order, row in enumerate(rows)
        if row["code"] not in known
    ]
    ApplicantKind.objects.bulk_create(added)
    return len(rows)


def _papers(county: County) -> int:
    file = county.get("files.application_papers")
    known = set(Paper.objects.values_list("code", flat=True))
    rows = list(county.rows(file)) if file else []
    added = [
        Paper(
            code=row.required("code"),
            name=row.required("name"),
            name_en=row.required("name_en"),
            help=row["help"],
            help_en=row["help_en"],
            kinds=_some_of(row, "kinds", Venue.Kind.values),
            operators=_some_of(row, "operators", Venue.Operator.values),
            required=row.flag("required"),
            order=order,
        )
        for order, row in enumerate(rows)
        if row["code"] not in known
    ]
    Paper.objects.bulk_create(added)
    return len(rows)


def _some_of(row: Row, column: str, allowed: list[str]) -> list[str]:
    found = row[column].split()
    for value in found:
        if value not in allowed:
            raise row.error(f"“{value}” is none of: {', '.join(allowed)}")
    return found
