"""Loads a county's network: divisions, organs, services, venues with their posts and unified items.

Loading again only adds what is missing: what officials changed in the register stays as they left it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from common.changes import log_change
from common.county import COUNTY_FILE, County, CountyError, Row
from common.report import Report

from .models import (
    AccessibilityFeature,
    Division,
    NetworkSettings,
    Office,
    Post,
    Service,
    StaffingNorm,
    UnifiedItem,
    Venue,
)
from .models.divisions import ABOVE
from .naming import pinyin_slug, plaque_for
from .services.founding import first_posts, six_items

Level = Division.Level


def load(county: County, report: Report) -> None:
    """Load the network of a county's folder. Raises CountyError with file and line; the caller's transaction then
    leaves nothing behind."""
    divisions = load_divisions(county)
    report.step(f"{len(divisions)} divisions")
    place = _county_division(county, divisions)
    rules = load_rules(county, place)
    townships = [division for division in divisions.values() if division.parent_id == place.pk]
    load_offices(county, place, townships)
    for model, key in ((Service, "services"), (AccessibilityFeature, "accessibility")):
        load_list(county, model, key)
    load_norms(county)
    before = Venue.objects.count()
    added = load_venues(county, rules, place, townships, divisions.values())
    report.step(f"{before + added} venues")
    if added:
        log_change(place, action="network.county_load", by=None, changes={"venues": (before, before + added)})


# Divisions ----------------------------------------------------------------------------------------
def load_divisions(county: County) -> dict[str, Division]:
    """Add the divisions of the file that `files.divisions` names. Returns all of the file by code."""
    rows = _division_rows(county)
    population = _population(county)
    divisions = {division.code: division for division in Division.objects.filter(code__in=rows)}
    slugs: dict[int | None, set[str]] = defaultdict(set)
    for parent, slug in Division.objects.values_list("parent_id", "slug"):
        slugs[parent].add(slug)
    for level in ABOVE:
        fresh = []
        for code, row in rows.items():
            if row["level"] == level and code not in divisions:
                division = _division(county, row, divisions.get(row["parent"]), slugs)
                division.population, division.population_year = population.get(code, (None, None))
                fresh.append(division)
        Division.objects.bulk_create(fresh)
        divisions |= {division.code: division for division in fresh}
    for division in divisions.values():  # so that names above need no query
        division.parent = divisions.get(rows[division.code]["parent"]) or division.parent
    return divisions


def _division_rows(county: County) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in county.rows(county.require("files.divisions")):
        code, level, parent = row.required("code"), row.required("level"), row["parent"]
        if level not in ABOVE:
            raise row.error(f"unknown level “{level}”; known are {', '.join(ABOVE)}")
        if code in rows:
            raise row.error(f"code {code} stands already on line {rows[code].line}")
        if parent and parent not in rows:
            raise row.error(f"the division above, {parent}, does not stand on a line before")
        if (rows[parent]["level"] if parent else None) not in (ABOVE[level] or (None,)):
            raise row.error(f"a {level} cannot lie directly under {parent or 'nothing'}")
        rows[code] = row
    return rows


def _division(county: County, row: Row, parent: Division | None, slugs: dict[int | None, set[str]]) -> Division:
    code, name = row["code"], row.required("name")
    taken = slugs[parent.pk if parent else None]
    slug = free_slug(str(county.get(f"slugs.{code}") or pinyin_slug(name) or code), taken)
    division = Division(code=code, name=name, level=row["level"], parent=parent, slug=slug)
    _check(division, row, exclude=["parent"])
    taken.add(slug)
    return division


def free_slug(slug: str, taken: Iterable[str]) -> str:
    """The slug, with a number behind it when it is taken: two villages may sound the same."""
    taken, candidate, number = set(taken), slug, 2
    while candidate in taken:
        candidate, number = f"{slug}-{number}", number + 1
    return candidate


def _population(county: County) -> dict[str, tuple[int | None, int | None]]:
    file = county.get("files.population")
    if not file:
        return {}
    year, column = county.require("population.year", int), county.require("population.column")
    return {row.required("code"): (row.number(column), year) for row in county.rows(file)}


def _county_division(county: County, divisions: dict[str, Division]) -> Division:
    code = county.require("code")
    division = divisions.get(code)
    if division is None or division.level != Level.COUNTY:
        raise CountyError(COUNTY_FILE, None, f"the divisions have no county with code {code}")
    return division


def _check(instance: Model, row: Row | None, exclude: Iterable[str] = ()) -> None:
    """Field by field, without queries; the error names the row."""
    try:
        instance.clean_fields(exclude=set(exclude))
    except ValidationError as error:
        details = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        raise (row.error(details) if row else CountyError(COUNTY_FILE, None, f"{instance}: {details}")) from error


# Rules, organs, lists -----------------------------------------------------------------------------
def load_rules(county: County, place: Division) -> NetworkSettings:
    """The county's rules, once: afterwards they belong to the back office."""
    rules = NetworkSettings.load()
    if rules.county_id:
        return rules
    rules.county = place
    for kind in ("head", "branch", "point", "social_branch", "social_point"):
        setattr(rules, f"plaque_{kind}", county.require(f"plaques.{kind}"))
    for line in ("library", "culture", "both"):
        setattr(rules, f"line_{line}", county.require(f"plaques.lines.{line}"))
    rules.hours_head = county.require("hours.head", int)
    rules.hours_branch = county.require("hours.branch", int)
    _check(rules, None, exclude=["county"])
    rules.save()
    return rules


def load_norms(county: County) -> None:
    """The staffing norms (R93, R94) of tiers that have none yet."""
    known = set(StaffingNorm.objects.values_list("tier", flat=True))
    for table in county.tables("staffing", "tier"):
        given = {name: table[name] for name in ("minimum", "people", "area") if name in table}
        if not all(type(value) is int and value >= 0 for value in given.values()):
            raise CountyError(COUNTY_FILE, None, f"staffing {table['tier']}: the figures are whole numbers")
        norm = StaffingNorm(tier=table["tier"], source=table.get("source", ""), **given)
        _check(norm, None)
        if norm.tier not in known:
            norm.save()
            known.add(norm.tier)


def load_offices(county: County, place: Division, townships: list[Division]) -> None:
    """The organs of county.toml and one government a township, each with a post for its officials."""
    wanted = [
        Office(
            name=table["name"],
            short_name=table["short_name"],
            kind=table["kind"],
            slug=table["slug"],
            disclosure_letters=table.get("disclosure_letters", ""),
            organ_code=table.get("organ_code", ""),
            division=None if table["kind"] == Office.Kind.SUPERIOR else place,
        )
        for table in county.tables("offices", "name", "short_name", "kind", "slug")
    ]
    name, short_name = county.require("township_office.name"), county.require("township_office.short_name")
    wanted += [
        Office(
            name=_fill("township_office.name", name, county=place.name, township=township.name),
            short_name=_fill("township_office.short_name", short_name, county=place.name, township=township.name),
            kind=Office.Kind.TOWNSHIP,
            slug=f"{township.slug}-government",
            division=township,
        )
        for township in townships
    ]
    known = set(Office.objects.values_list("slug", flat=True))
    fresh = [office for office in wanted if office.slug not in known]
    for office in fresh:
        _check(office, None, exclude=["division"])
    Office.objects.bulk_create(fresh)
    Post.objects.bulk_create(
        Post(office=office, title=Post.Title.OFFICIAL, published=False)
        for office in fresh
        if office.kind != Office.Kind.SUPERIOR
    )


def load_list(county: County, model: type[Service] | type[AccessibilityFeature], key: str) -> None:
    """The services, or the accessibility features, that venues can have."""
    known = set(model.objects.values_list("slug", flat=True))
    fresh = [
        model(slug=table["slug"], name=table["name"], name_en=table.get("name_en", ""))
        for table in county.tables(key, "slug", "name")
        if table["slug"] not in known
    ]
    for item in fresh:
        _check(item, None)
    model.objects.bulk_create(fresh)  # type: ignore[arg-type]


def _fill(key: str, template: str, **names: str) -> str:
    try:
        return template.format(**names)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise CountyError(COUNTY_FILE, None, f"“{key}” names something unknown: {template}") from error


# Venues -------------------------------------------------------------------------------------------
def load_venues(
    county: County,
    rules: NetworkSettings,
    place: Division,
    townships: list[Division],
    divisions: Iterable[Division],
) -> int:
    """Head institutions, a branch in every township, a service point in every village and community (R25–R28). Returns
    how many are new. A venue is known by its division and kind, whatever it is called by now."""
    known = {(venue.division_id, venue.kind): venue for venue in Venue.objects.order_by("-pk")}
    heads = [_head(county, place, table) for table in county.tables("heads", "name", "slug", "kind")]
    added = _save([venue for venue in heads if (venue.division_id, venue.kind) not in known], rules)
    branches = {
        township.pk: known.get((township.pk, Venue.Kind.TOWNSHIP_CENTRE)) or _branch(county, place, township)
        for township in townships
    }
    added += _save([venue for venue in branches.values() if venue.pk is None], rules)
    points = [
        _point(county, place, division, branches[division.parent_id])
        for division in divisions
        if division.parent_id in branches and (division.pk, Venue.Kind.VILLAGE_CENTRE) not in known
    ]
    return added + _save(points, rules)


def _status(county: County, tier: str) -> str:
    status = county.get(f"status.{tier}", Venue.Status.PLANNED)
    if status not in Venue.Status.values:
        raise CountyError(COUNTY_FILE, None, f"status.{tier}: {status} is none of {', '.join(Venue.Status.values)}")
    return status


def _head(county: County, place: Division, table: dict[str, Any]) -> Venue:
    if table["kind"] not in (Venue.Kind.COUNTY_LIBRARY, Venue.Kind.COUNTY_CENTRE):
        raise CountyError(COUNTY_FILE, None, f"heads: kind {table['kind']} is neither county_library nor county_centre")
    return Venue(
        name=table["name"],
        slug=table["slug"],
        tier=Venue.Tier.HEAD,
        kind=table["kind"],
        library=table["kind"] == Venue.Kind.COUNTY_LIBRARY,
        culture=table["kind"] == Venue.Kind.COUNTY_CENTRE,
        division=place,
        status=_status(county, Venue.Tier.HEAD),
    )


def _branch(county: County, place: Division, township: Division) -> Venue:
    name = county.require("names.township_centre")
    return Venue(
        name=_fill("names.township_centre", name, county=place.name, township=township.name),
        slug=township.slug,
        tier=Venue.Tier.BRANCH,
        kind=Venue.Kind.TOWNSHIP_CENTRE,
        library=True,
        culture=True,
        division=township,
        status=_status(county, Venue.Tier.BRANCH),
    )


def _point(county: County, place: Division, division: Division, branch: Venue) -> Venue:
    names = {"county": place.name, "township": branch.division.name, "place": division.short_name}
    return Venue(
        name=_fill("names.point", county.require("names.point"), **names),
        slug=division.slug,
        tier=Venue.Tier.POINT,
        kind=Venue.Kind.VILLAGE_CENTRE,
        library=True,
        culture=True,
        division=division,
        parent=branch,
        status=_status(county, Venue.Tier.POINT) if branch.is_active else Venue.Status.PLANNED,
    )


def _save(venues: list[Venue], rules: NetworkSettings) -> int:
    plaques = set(Venue.objects.values_list("plaque", flat=True))
    for venue in venues:
        venue.plaque, venue.plaque_is_local = plaque_for(venue, rules)
        if venue.plaque in plaques:
            raise CountyError(COUNTY_FILE, None, f"two venues would have the plaque {venue.plaque}")
        plaques.add(venue.plaque)
        _check(venue, None, exclude=["division", "parent"])
    Venue.objects.bulk_create(venues)
    Post.objects.bulk_create(post for venue in venues for post in first_posts(venue))
    UnifiedItem.objects.bulk_create(item for venue in venues for item in six_items(venue))
    return len(venues)
