"""What the tests of the network's services share: the day they play on, and short ways to do and to ask."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import ModelLogEntry

from network import services

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)


def log_of(instance):
    return list(ModelLogEntry.objects.for_instance(instance).order_by("timestamp", "pk"))


def errors(call):
    with pytest.raises(ValidationError) as error:
        call()
    return error.value.message_dict if hasattr(error.value, "error_dict") else {"": error.value.messages}


def set_status(venue, status, **options):
    return services.venue_change_status(venue=venue, status=status, by=None, **options)


def appoint(person, post, **options):
    values = {"since": TODAY, "by": None} | options
    return services.appointment_create(person=person, post=post, **values)


def t(hour):
    return dt.time(hour)
