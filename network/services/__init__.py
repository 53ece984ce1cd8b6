"""All writes to the network. Every service takes keywords, runs in one transaction, and logs who changed what."""

from .hours import DatedRow, WeeklyRow, closure_announce, closure_withdraw, dated_hours_set, weekly_hours_set
from .registers import record_delete, record_save, unified_item_set
from .staff import (
    appointment_create,
    appointment_end,
    appointment_resume,
    appointment_suspend,
    appointments_end_due,
)
from .terms import (
    appointment_extend,
    appointment_interrupt,
    appointment_resume_on,
    appointment_retract,
    appointments_end_deactivated,
    office_hand_over,
)
from .venues import venue_change_status, venue_create, venue_delete, venue_move, venue_update

__all__ = [
    "DatedRow",
    "WeeklyRow",
    "appointment_create",
    "appointment_end",
    "appointment_extend",
    "appointment_interrupt",
    "appointment_resume",
    "appointment_resume_on",
    "appointment_retract",
    "appointment_suspend",
    "appointments_end_deactivated",
    "appointments_end_due",
    "closure_announce",
    "closure_withdraw",
    "dated_hours_set",
    "office_hand_over",
    "record_delete",
    "record_save",
    "unified_item_set",
    "venue_change_status",
    "venue_create",
    "venue_delete",
    "venue_move",
    "venue_update",
    "weekly_hours_set",
]
