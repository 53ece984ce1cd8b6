"""Who holds what where: vacancies against the staffing norm (R93–R98), the history of a post and of a person."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from .models import Appointment, Post, StaffingNorm, Venue

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Away:
    """Somebody whose own post waits for them while they are seconded elsewhere.

    Attributes:
        back_on: the day on which they hold it again; None when that is not fixed.
        place: where they are; empty when no secondment says so.
    """

    person: "User"
    back_on: dt.date | None
    place: str


@dataclass(frozen=True)
class Staffing:
    """One venue's posts on a day. Everybody counts once: a full-time secondment counts where it is served and not at
    home, a part-time one at home, where the post goes on being held.

    Attributes:
        needed: by the norm; None where the county set none.
        posts: permanent ones.
        held: of these, by an active person.
        kept: of these, waiting for somebody who is away, and nobody covers it.
        seconded: who serves a secondment here, full-time or part-time.
        gone: deactivated people whose appointment has not been ended yet.
    """

    venue: Venue
    needed: int | None
    posts: int
    held: int
    kept: int
    seconded: list[Appointment]
    gone: list[str]

    @property
    def vacant(self) -> int:
        """Posts that nobody holds or comes back to."""
        return self.posts - self.held - self.kept

    @property
    def short(self) -> int:
        """How many people are missing to the norm."""
        return max((self.needed or 0) - self.held - sum(row.full_time for row in self.seconded), 0)


def staffing(venues: QuerySet[Venue], day: dt.date) -> list[Staffing]:
    """The staffing of venues on a day, in a constant number of queries. Each of a venue's `slots` has its `current`
    holders and who is `away` from it."""
    norms = {norm.tier: norm for norm in StaffingNorm.objects.all()}
    held = Prefetch("appointments", Appointment.objects.on(day).select_related("person"), to_attr="current")
    waiting = Prefetch("appointments", interrupted(day), to_attr="interrupted")
    posts = Prefetch("posts", Post.objects.prefetch_related(held, waiting), to_attr="slots")
    rows = list(venues.select_related("division__parent").prefetch_related(posts))
    _fill_away([post for venue in rows for post in venue.slots], day)
    return [_row(venue, norms.get(venue.tier)) for venue in rows]


def interrupted(day: dt.date) -> QuerySet[Appointment]:
    """The appointments that rest on a day, their post being kept: suspended ones, and the second parts of those that a
    secondment cut in two."""
    rest = Q(status=Appointment.Status.SUSPENDED, since__lte=day) & (Q(until=None) | Q(until__gte=day))
    cut = Q(status=Appointment.Status.ACTIVE, since__gt=day, resumes__until__lt=day)
    return Appointment.objects.filter(rest | cut, person__is_active=True).select_related("person")


def _fill_away(posts: list[Post], day: dt.date) -> None:
    """Set who is `away` from each post, and where they are."""
    people = {row.person_id for post in posts for row in post.interrupted}  # type: ignore[attr-defined]
    served = Appointment.objects.on(day).filter(person__in=people, basis=Appointment.Basis.SECONDMENT)
    places = {row.person_id: str(row.post.venue or "") for row in served.select_related("post__venue")}
    for post in posts:
        post.away = [  # type: ignore[attr-defined]
            Away(row.person, row.since if row.since > day else None, places.get(row.person_id, ""))
            for row in post.interrupted  # type: ignore[attr-defined]
        ]


def away_from(post: Post, day: dt.date) -> list[Away]:
    """Who is away from one post on a day."""
    post.interrupted = list(interrupted(day).filter(post=post))  # type: ignore[attr-defined]
    _fill_away([post], day)
    return post.away  # type: ignore[attr-defined]


def _row(venue: Venue, norm: StaffingNorm | None) -> Staffing:
    own = [post for post in venue.slots if not post.temporary]  # type: ignore[attr-defined]
    filled = [any(row.person.is_active for row in post.current) for post in own]
    guests = [row for post in venue.slots if post.temporary for row in post.current]  # type: ignore[attr-defined]
    area = Decimal(venue.floor_area) if venue.floor_area else None
    return Staffing(
        venue,
        norm.needed(venue.division.population, area) if norm else None,
        len(own),
        sum(filled),
        sum(bool(post.away) for post, is_held in zip(own, filled, strict=True) if not is_held),
        [row for row in guests if row.person.is_active],
        [str(row.person) for post in own for row in post.current if not row.person.is_active],
    )


def history_of_post(post: Post) -> QuerySet[Appointment]:
    """Everybody who has held a post, newest first."""
    return _with_sequel(post.appointments.all()).select_related("person").order_by("-since", "-pk")


def _with_sequel(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Each row says whether it `goes_on`, as another, after an interruption."""
    return rows.annotate(goes_on=Exists(Appointment.objects.filter(resumes=OuterRef("pk"))))


def history_of_person(person: "User") -> QuerySet[Appointment]:
    """Every post a person has held, newest first."""
    rows = _with_sequel(Appointment.objects.filter(person=person))
    return rows.select_related("post__venue", "post__office").order_by("-since", "-pk")
