"""What registered people are told, by mail where they gave an address, else by text message."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.outbox import mail_queue, sms_is_configured, sms_queue

from .models import Registration

SUBJECTS = {
    "registered": gettext_lazy("You are registered: %(event)s"),
    "waiting": gettext_lazy("You are on the waiting list: %(event)s"),
    "moved_up": gettext_lazy("You have a place now: %(event)s"),
    "cancelled": gettext_lazy("Your registration is cancelled: %(event)s"),
    "event_cancelled": gettext_lazy("Cancelled: %(event)s"),
    "event_withdrawn": gettext_lazy("Withdrawn: %(event)s"),
    "event_moved": gettext_lazy("New time: %(event)s"),
    "event_elsewhere": gettext_lazy("New place: %(event)s"),
    "event_restored": gettext_lazy("It takes place after all: %(event)s"),
    "reminder": gettext_lazy("Tomorrow: %(event)s"),
}


def reached_by(registration: Registration) -> str:
    """How the registered person hears of a change: "mail", "sms", or "" where only a call reaches them."""
    return "mail" if registration.email else "sms" if registration.mobile and sms_is_configured() else ""


def tell(registration: Registration, what: str, *, was: datetime | None = None, was_where: str = "") -> None:
    """Queue one message about `registration`; `what` is a key of SUBJECTS, `was` the former start and `was_where` the
    former place of a date that moved.

    Written into the outbox in the caller's transaction: who is not registered is not told so. A guest who left only a
    number hears nothing while no SMS service is configured; the page shows the link to keep.
    """
    row, way = registration.occurrence, reached_by(registration)
    with translation.override(registration.language):
        subject = str(SUBJECTS[what]) % {"event": row.event.title}
        when = moment_text(row.starts_at)
        if way == "mail":
            context = {
                "registration": registration,
                "occurrence": row,
                "event": row.event,
                "what": what,
                "when": when,
                "was": moment_text(was) if was else "",
                "place": row.where,
                "was_where": was_where,
            }
            mail_queue(
                to=registration.email,
                subject=subject,
                template="event_registration",
                context=context,
                language=registration.language,
            )
        elif way == "sms":
            text = _("%(subject)s, %(when)s.") % {"subject": subject, "when": when}
            parts = [text, row.where if was_where else "", row.reason]
            sms_queue(to=registration.mobile, text=" ".join(filter(None, parts)))


def moment_text(moment: datetime) -> str:
    """Date and time as the language says them."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
