"""All writes of applications. These services know no flow; the flow calls them under its lock."""

from .corrections import corrections_answer, corrections_ask, label_of
from .drafts import (
    application_fill,
    application_receive,
    draft_create,
    draft_delete,
    draft_file_set,
    draft_save,
    draft_take,
)
from .ending import (
    application_open,
    application_refuse,
    opening_record,
    outcome_tell,
    plaque_proposed,
    plaque_record,
    trial_record,
)
from .steps import (
    acceptance_record,
    agreement_record,
    conversion_answer,
    decision_record,
    opinion_record,
    panel_record,
    review_record,
    reviews_settle,
    visit_record,
)

__all__ = [
    "acceptance_record",
    "agreement_record",
    "application_fill",
    "application_open",
    "application_receive",
    "application_refuse",
    "conversion_answer",
    "corrections_answer",
    "corrections_ask",
    "decision_record",
    "draft_create",
    "draft_delete",
    "draft_file_set",
    "draft_save",
    "draft_take",
    "label_of",
    "opening_record",
    "opinion_record",
    "outcome_tell",
    "panel_record",
    "plaque_proposed",
    "plaque_record",
    "review_record",
    "reviews_settle",
    "trial_record",
    "visit_record",
]
