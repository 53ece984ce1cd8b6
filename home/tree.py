"""The network as it stands in the register: heads, branches, and how many points of each serve the public."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from network.models import Venue
from pages.venues.services import is_township_centre


@dataclass(frozen=True)
class Node:
    """One head institution or branch. `points` says of each of its points whether it is in service."""

    label: str
    url: str
    venue: Venue
    points: tuple[bool, ...] = ()

    @property
    def open_points(self) -> int:
        return sum(self.points)

    @property
    def tone(self) -> str:
        """The look of the status tag."""
        return "" if self.venue.is_active else "closed"


@dataclass(frozen=True)
class Tree:
    """The whole network; venues that have closed for good are no part of it."""

    heads: list[Node]
    branches: list[Node]

    @property
    def points(self) -> int:
        return sum(len(branch.points) for branch in self.branches)

    @property
    def open_points(self) -> int:
        return sum(branch.open_points for branch in self.branches)

    @property
    def open_branches(self) -> int:
        return sum(branch.venue.is_active for branch in self.branches)

    @property
    def population(self) -> int:
        """Residents of the townships that have a centre and a known population."""
        return sum(population_of(branch.venue) or 0 for branch in self.branches)

    @property
    def census_year(self) -> int | None:
        """The year of the count, where all townships agree."""
        years = {branch.venue.division.population_year for branch in self.branches if population_of(branch.venue)}
        return years.pop() if len(years) == 1 else None

    @property
    def rows(self) -> list[tuple[Node, int | None]]:
        """The table's rows: each branch with the population it answers for."""
        return [(branch, population_of(branch.venue)) for branch in self.branches]


def population_of(venue: Venue) -> int | None:
    """A township centre answers for its township; a school's branch for no district of its own."""
    return venue.division.population if is_township_centre(venue) else None


def network_tree(request: HttpRequest) -> Tree:
    """The tree in two queries (and Wagtail's own for addresses), whatever its size."""
    standing = Venue.objects.exclude(status=Venue.Status.CLOSED).order_by("division__code", "pk")
    points: dict[int, list[bool]] = defaultdict(list)
    for parent, status in standing.filter(tier=Venue.Tier.POINT).values_list("parent_id", "status"):
        points[parent].append(status in Venue.ACTIVE)
    upper = standing.exclude(tier=Venue.Tier.POINT).select_related("page", "division")
    nodes = list(_nodes(upper.defer("page__body", "page__introduction"), points, request))
    return Tree(
        [node for node in nodes if node.venue.tier == Venue.Tier.HEAD],
        [node for node in nodes if node.venue.tier == Venue.Tier.BRANCH],
    )


def _nodes(venues: Iterable[Venue], points: dict[int, list[bool]], request: HttpRequest) -> Iterable[Node]:
    for venue in venues:
        label = venue.division.short_name if is_township_centre(venue) else venue.name
        url = venue.page.get_url(request) if hasattr(venue, "page") else ""
        yield Node(label, url or "", venue, tuple(sorted(points[venue.pk], reverse=True)))
