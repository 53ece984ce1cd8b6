"""What the services of secondments share.

Locks are taken in one order: case, person, venue, then what network's services lock (person, post).
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from network.models import Venue
from network.permissions import BUREAU_GROUP, officials_of_lines

from ..models import Secondment

DAY = timedelta(days=1)


def lock_both(person: int, venue: Venue) -> None:
    """Person, then venue: two postings of one person, or to one branch, queue up; the venue is read again."""
    get_user_model().objects.select_for_update().get(pk=person)
    lock_venue(venue)


def lock_venue(venue: Venue) -> None:
    """Lock a venue and read again whether it is in service."""
    venue.status = Venue.objects.select_for_update().get(pk=venue.pk).status


def text_of(value: Any, field: str, message: str) -> str:
    """A text that must not be empty. Raises ValidationError beside its field."""
    if not (text := str(value or "").strip()):
        raise ValidationError({field: message})
    return text


def grade_of(grade: str, field: str, message: str) -> str:
    """One of the grades. Raises ValidationError beside its field."""
    if grade not in Secondment.Grade.values:
        raise ValidationError({field: message})
    return grade


def concerned(case: Secondment) -> list[Any]:
    """Whom a change of the term concerns: the person, the head of the line, the bureau, who asked and who nominated."""
    bureau = get_user_model().objects.filter(is_active=True, groups__name=BUREAU_GROUP)
    people = [case.person, *officials_of_lines({case.line}), *bureau, case.opened_by, case.nominated_by]
    return [user for user in dict.fromkeys(people) if user]
