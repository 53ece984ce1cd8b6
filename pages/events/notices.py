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


def tell(registration: Registration, what: str, *, was: datetime | None = None) -> None:
    """Queue one message about `registration`; `what` is a key of SUBJECTS, `was` the former start of a moved date.

    Written into the outbox in the caller's transaction: who is not registered is not told so. A guest who left only a
    number hears nothing while no SMS service is configured; the page shows the link to keep.
    """
    row = registration.occurrence
    with translation.override(registration.language):
        subject = str(SUBJECTS[what]) % {"event": row.event.title}
        when = moment_text(row.starts_at)
        if registration.email:
            context = {
                "registration": registration,
                "occurrence": row,
                "event": row.event,
                "what": what,
                "when": when,
                "was": moment_text(was) if was else "",
                "place": row.where,
            }
            mail_queue(
                to=registration.email,
                subject=subject,
                template="event_registration",
                context=context,
                language=registration.language,
            )
        elif sms_is_configured():
            text = _("%(subject)s, %(when)s.") % {"subject": subject, "when": when}
            sms_queue(to=registration.mobile, text=f"{text} {row.reason}".strip())


def moment_text(moment: datetime) -> str:
    """Date and time as the language says them."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
