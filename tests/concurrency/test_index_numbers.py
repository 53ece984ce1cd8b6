"""Index numbers under a race: none twice, no gap (R04)."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from network.models import Office
from pages.disclosure.models import IndexNumber
from pages.disclosure.services import index_number_allot

DAY = datetime.date(2026, 11, 20)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_clerks_at_once_get_eight_numbers_in_a_row():
    office = Office.objects.create(name="甲办", short_name="甲", kind="other", slug="a", disclosure_letters="a-")

    def allot(_clerk):
        try:
            return [index_number_allot(office=office, day=DAY).serial for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as clerks:
        given = sorted(serial for serials in clerks.map(allot, range(8)) for serial in serials)
    assert given == list(range(1, 41))
    assert IndexNumber.objects.count() == 40
