"""Who may do what about a secondment. Each takes the user first."""

from typing import Any

from django.db.models import Q, QuerySet

from network.models import Post, Venue
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
