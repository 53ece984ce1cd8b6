"""Who holds what where: vacancies against the staffing norm (R93–R98), the history of a post and of a person."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from .models import Appointment, Post, StaffingNorm, Venue

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Staffing:
    """One venue's posts on a day.

    Attributes:
        needed: by the norm; None where the county set none.
        posts: permanent ones.
        held: of these, by an active person.
        gone: deactivated people whose appointment has not been ended yet.
    """

    venue: Venue
    needed: int | None
    posts: int
    held: int
    gone: list[str]

    @property
    def vacant(self) -> int:
        """Posts that nobody holds."""
        return self.posts - self.held

    @property
    def short(self) -> int:
        """How many people are missing to the norm."""
        return max((self.needed or 0) - self.held, 0)


def staffing(venues: QuerySet[Venue], day: dt.date) -> list[Staffing]:
    """The staffing of venues on a day, in a constant number of queries."""
    norms = {norm.tier: norm for norm in StaffingNorm.objects.all()}
    held = Prefetch("appointments", Appointment.objects.on(day).select_related("person"), to_attr="current")
    posts = Prefetch("posts", Post.objects.filter(temporary=False).prefetch_related(held), to_attr="slots")
    rows = venues.select_related("division__parent").prefetch_related(posts)
    return [_row(venue, norms.get(venue.tier)) for venue in rows]


def _row(venue: Venue, norm: StaffingNorm | None) -> Staffing:
    holders = [[row.person for row in post.current] for post in venue.slots]  # type: ignore[attr-defined]
    area = Decimal(venue.floor_area) if venue.floor_area else None
    return Staffing(
        venue,
        norm.needed(venue.division.population, area) if norm else None,
        len(holders),
        sum(any(person.is_active for person in people) for people in holders),
        [str(person) for people in holders for person in people if not person.is_active],
    )


def history_of_post(post: Post) -> QuerySet[Appointment]:
    """Everybody who has held a post, newest first."""
    return post.appointments.select_related("person").order_by("-since", "-pk")


def history_of_person(person: "User") -> QuerySet[Appointment]:
    """Every post a person has held, newest first."""
    rows = Appointment.objects.filter(person=person)
    return rows.select_related("post__venue", "post__office").order_by("-since", "-pk")
