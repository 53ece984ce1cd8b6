"""Lets the bureau set the county's figures for secondments."""

from django.contrib.auth.models import Group, Permission

from common.county import County
from common.report import Report
from network.permissions import BUREAU_GROUP


def load(_county: County, _report: Report) -> None:
    """Give the bureau's group the screen of `SecondmentSettings`."""
    bureau, _made = Group.objects.get_or_create(name=BUREAU_GROUP)
    may = Permission.objects.filter(content_type__app_label="secondments", codename="change_secondmentsettings")
    bureau.permissions.add(*may)
