"""Who may do what about a secondment. Each takes the user first."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from network.models import Appointment, Office, Post, Venue
from network.permissions import duties, heads_line, is_bureau, township_of_official
from workflows.core.permissions import Mandate, mandate_of

from .models import Secondment

DOWN = Secondment.Direction.DOWN


def speaks_for_branch(user: Any, branch: Venue | None) -> bool:
    """State a branch's need, nominate one of its people: its head, or an official of its township."""
    if branch is None:
        return False
    township = township_of_official(user)
    if township is not None and township.pk == branch.division_id:
        return True
    return duties(user).filter(post__venue=branch, post__title=Post.Title.BRANCH_HEAD).exists()


def branches_of(user: Any) -> QuerySet[Venue]:
    """The branches in service for which somebody may state a need: `speaks_for_branch`, as rows."""
    chief = duties(user).filter(post__title=Post.Title.BRANCH_HEAD).values("post__venue")
    mine = Q(pk__in=chief)
    if (township := township_of_official(user)) is not None:
        mine |= Q(division=township)
    return Venue.objects.active().filter(mine, tier=Venue.Tier.BRANCH)


def needs_withdrawn_by(user: Any, needs: Iterable[Secondment]) -> set[int]:
    """Which of these needs somebody may withdraw: what they or their office stated, as long as they speak for the
    branch; what was stated by who no longer speaks for it, whoever does today. In a constant number of queries.

    Args:
        user: who would withdraw.
        needs: open ones, with their branches.

    Returns:
        Primary keys.
    """
    needs = list(needs)
    people = {user.pk, *(need.opened_by_id for need in needs)}
    held = Appointment.objects.on(timezone.localdate()).filter(person__in=people, person__is_active=True)
    of_township = set(
        held.filter(post__office__kind=Office.Kind.TOWNSHIP).values_list("person", "post__office__division")
    )
    of_branch = set(held.filter(post__title=Post.Title.BRANCH_HEAD).values_list("person", "post__venue"))

    def sides(person: int, branch: Venue) -> set[str]:
        found = {"township"} if (person, branch.division_id) in of_township else set()
        return found | ({"branch"} if (person, branch.pk) in of_branch else set())

    allowed = set()
    for need in needs:
        mine, theirs = sides(user.pk, need.branch), sides(need.opened_by_id, need.branch)
        if mine and (not theirs or mine & theirs):
            allowed.add(need.pk)
    return allowed


def nominates(user: Any, direction: str, line: str, branch: Venue | None) -> bool:
    """Nominate: down, the head institution of the line; up, whoever speaks for the branch."""
    if direction == DOWN:
        return line in heads_line(user)
    return speaks_for_branch(user, branch)


def states_needs(user: Any) -> bool:
    """See the form of a need at all: officials of a township, heads of a branch."""
    if township_of_official(user):
        return True
    return duties(user).filter(post__title=Post.Title.BRANCH_HEAD).exists()


def may_start(user: Any) -> bool:
    """See the form of nomination at all: whoever may nominate somebody."""
    return bool(heads_line(user)) or states_needs(user)


def sees_board(user: Any, mandate: Mandate | None = None) -> bool:
    """The board and the reports: officials, each within their scope, and whoever nominates."""
    return (mandate or mandate_of(user)).is_official or may_start(user)


def agrees(user: Any, case: Secondment) -> bool:
    """Consent, report: the person who is sent, nobody else."""
    return case.person_id == user.pk


def works_for_line(user: Any, case: Secondment) -> bool:
    """Nominate for a need, accept, appoint, appraise: the head institution of the line; never one's own posting."""
    return case.person_id != user.pk and case.line in heads_line(user)


def speaks_for_township(user: Any, case: Secondment) -> bool:
    """The receiving township's opinion and its view of the person's work; never on one's own posting."""
    township = township_of_official(user)
    return case.person_id != user.pk and township is not None and township.pk == case.township_id


def approves(user: Any, case: Secondment) -> bool:
    """The bureau, except who is sent, who nominated and who stated the need: nobody approves their own."""
    return is_bureau(user) and user.pk not in (case.person_id, case.opened_by_id, case.nominated_by_id)


def keeps_log(user: Any, case: Secondment) -> bool:
    """The monthly log: the person, once appointed and until the appraisal."""
    return user.is_active and case.person_id == user.pk and case.standing and not case.appraisal_grade
