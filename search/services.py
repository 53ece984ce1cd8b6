"""What the search writes."""

import datetime
import re

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from .models import MissedSearch
from .query import Query

KEPT_DAYS = 400
MOST_A_DAY = 1_000  # different texts; a machine that asks without end must not fill the table
_PERSONAL = re.compile(r"\d{6,}|@")  # telephone, identity and card numbers, mail addresses


def missed_search_record(*, query: Query) -> None:
    """Count a search that found nothing, in the form in which spellings of it are one.

    What looks like a number or address of a person is not kept.
    """
    text = " ".join(dict.fromkeys(" ".join(term.runs) for term in query.terms))[:100]
    if not text or _PERSONAL.search(query.text) or _PERSONAL.search(text.replace(" ", "")):
        return
    today = timezone.localdate()
    counted = MissedSearch.objects.filter(day=today, text=text).update(times=F("times") + 1)
    if counted or MissedSearch.objects.filter(day=today).count() >= MOST_A_DAY:
        return
    try:
        with transaction.atomic():
            MissedSearch.objects.create(day=today, text=text)
    except IntegrityError:  # another request was first
        MissedSearch.objects.filter(day=today, text=text).update(times=F("times") + 1)


def missed_search_forget(*, today: datetime.date) -> int:
    """Delete counts older than KEPT_DAYS; how many went."""
    return MissedSearch.objects.filter(day__lt=today - datetime.timedelta(days=KEPT_DAYS)).delete()[0]
