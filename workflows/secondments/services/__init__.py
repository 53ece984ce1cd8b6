"""All writes of secondments. The steps' services run under the case's lock; those that change posts lock more
(`shared` says in which order)."""

from .changes import people_gone_follow, venue_cases_lock, venue_followed
from .ending import ending_record, may_stay, renewal_check, renewal_record, secondment_return
from .log import log_entry_save, secondments_remind
from .nomination import consent_record, need_fill, need_withdraw, nomination_record, secondment_fill
from .steps import (
    acceptance_record,
    appraisal_record,
    approval_record,
    handover_record,
    midterm_record,
    opinion_record,
    report_record,
    secondment_abandon,
    secondment_appoint,
    secondment_close,
    secondment_refuse,
    view_record,
)

__all__ = [
    "acceptance_record",
    "appraisal_record",
    "approval_record",
    "consent_record",
    "ending_record",
    "handover_record",
    "log_entry_save",
    "may_stay",
    "midterm_record",
    "need_fill",
    "need_withdraw",
    "nomination_record",
    "opinion_record",
    "people_gone_follow",
    "renewal_check",
    "renewal_record",
    "report_record",
    "secondment_abandon",
    "secondment_appoint",
    "secondment_close",
    "secondment_fill",
    "secondment_refuse",
    "secondment_return",
    "secondments_remind",
    "venue_cases_lock",
    "venue_followed",
    "view_record",
]
