"""The outbox in the back office: what waits, what was sent, what was given up; administrators may send again.

Texts are not shown: they hold sign-in links and personal matters.
"""

from datetime import datetime
from typing import Any

from django.contrib.admin.decorators import display
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from post_office.models import STATUS, Log
from wagtail import hooks
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdminGroup, modeladmin_register

from .numbered import NumberedAdmin
from .outbox.models import Mail, Sms
from .outbox.worker import retry

# What post-office calls its states, in our catalogue (it has no Chinese): the list's filter shows them.
POST_OFFICE_STATES = [gettext_noop("sent"), gettext_noop("failed"), gettext_noop("queued"), gettext_noop("requeued")]
KINDS: dict[str, type[Mail] | type[Sms]] = {"mail": Mail, "sms": Sms}


def may_see_outbox(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Administrators only."""
    return bool(user.is_active and getattr(user, "is_superuser", False))


class OutboxPermissions(PermissionHelper):
    def user_can_list(self, user: AbstractBaseUser) -> bool:
        return may_see_outbox(user)

    def user_can_inspect_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return may_see_outbox(user)

    def user_can_create(self, user: AbstractBaseUser) -> bool:
        return False

    def user_can_edit_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return False

    def user_can_delete_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return False


class OutboxButtons(ButtonHelper):
    def get_buttons_for_obj(self, obj: Mail | Sms, **kwargs: object) -> list[dict[str, object]]:
        buttons = super().get_buttons_for_obj(obj, **kwargs)
        if obj.status == STATUS.failed:
            kind = "sms" if isinstance(obj, Sms) else "mail"
            buttons.append(
                {
                    "url": reverse(f"outbox_retry_{kind}", args=[obj.pk]),
                    "label": _("Send again"),
                    "title": _("Send again"),
                    "classname": "button button-small",
                }
            )
        return buttons


class OutboxAdmin(NumberedAdmin):
    menu_icon = "mail"
    permission_helper_class = OutboxPermissions
    button_helper_class = OutboxButtons
    inspect_view_enabled = True
    history_view_enabled = False
    ordering = ["-pk"]
    list_filter = ["status"]

    def get_permissions_for_registration(self) -> QuerySet[Permission]:
        return Permission.objects.none()  # nothing here can be granted to a group

    @staticmethod
    @display(description=gettext_lazy("status"), ordering="status")
    def state(row: Mail | Sms) -> str:
        return str(Sms.Status(row.status).label)


class MailAdmin(OutboxAdmin):
    model = Mail
    menu_label = gettext_lazy("Mail")
    base_url_path = "outbox/mail"
    list_display = ["recipients", "subject_line", "state", "attempts", "written", "last_error"]
    inspect_view_fields = ["to", "subject", "created", "last_updated", "scheduled_time", "number_of_retries"]
    search_fields = ["to", "subject"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        newest = Log.objects.filter(email=OuterRef("pk")).order_by("-pk")
        return super().get_queryset(request).annotate(error=Subquery(newest.values("message")[:1]))

    @staticmethod
    @display(description=gettext_lazy("to"))
    def recipients(row: Mail) -> str:
        return ", ".join(row.to)

    @staticmethod
    @display(description=gettext_lazy("subject"), ordering="subject")
    def subject_line(row: Mail) -> str:
        return row.subject

    @staticmethod
    @display(description=gettext_lazy("attempts"), ordering="number_of_retries")
    def attempts(row: Mail) -> int:
        return row.number_of_retries or 0

    @staticmethod
    @display(description=gettext_lazy("written"), ordering="created")
    def written(row: Mail) -> datetime:
        return row.created

    @staticmethod
    @display(description=gettext_lazy("last error"))
    def last_error(row: Mail) -> str:
        return getattr(row, "error", None) or ""


class SmsAdmin(OutboxAdmin):
    model = Sms
    menu_icon = "comment"
    base_url_path = "outbox/sms"
    list_display = ["to", "state", "number_of_retries", "created", "error"]
    inspect_view_fields = ["to", "created", "last_updated", "scheduled_time", "number_of_retries", "error"]
    search_fields = ["to"]


@modeladmin_register
class OutboxGroup(ModelAdminGroup):
    menu_label = gettext_lazy("Outbox")
    menu_icon = "mail"
    menu_order = 900
    items = [MailAdmin, SmsAdmin]


def outbox_retry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put a message that was given up back into the queue, once asked and confirmed."""
    if not may_see_outbox(request.user):
        raise PermissionDenied
    row: Any = get_object_or_404(KINDS[kind], pk=pk)
    back = reverse("wagtailadmin_home") + f"outbox/{kind}/"
    if request.method != "POST":
        recipient = ", ".join(row.to) if isinstance(row, Mail) else row.to
        context = {"title": _("Send again"), "subtitle": recipient, "icon": "mail", "back": back}
        return render(request, "backoffice/confirm.html", context | {"button": _("Send again")})
    if retry(row):
        log(row, "common.outbox.retry", user=request.user)
        messages.success(request, _("The message is in the queue again."))
    else:
        messages.warning(request, _("The message had already been sent or is in the queue."))
    return redirect(back)


@hooks.register("register_admin_urls")
def outbox_urls() -> list[object]:
    return [
        path(f"outbox/{kind}/<int:pk>/retry/", outbox_retry, {"kind": kind}, name=f"outbox_retry_{kind}")
        for kind in KINDS
    ]


@hooks.register("register_log_actions")
def outbox_log_actions(actions: object) -> None:
    actions.register_action(  # type: ignore[attr-defined]
        "common.outbox.retry", gettext_lazy("Send again"), gettext_lazy("Put back into the outbox")
    )
