"""Everything that changes a case."""

from .cases import (
    case_cancel,
    case_close,
    case_move,
    case_note,
    case_put_back,
    case_resume,
    case_start,
    case_stop,
    case_suspend,
    case_withdraw,
    make_word,
    next_number,
    next_numbers,
)
from .cover import cover_candidates, delegation_create, delegation_revoke
from .deadlines import deadline_set
from .holders import item_claim, item_reassign, item_release, items_claim
from .papers import Paper, case_comment, case_file_add, case_file_share, case_files_add, case_message
from .shared import Done, LostRace
from .steps import step_act, task_act

__all__ = [
    "Done",
    "LostRace",
    "Paper",
    "case_cancel",
    "case_close",
    "case_comment",
    "case_file_add",
    "case_file_share",
    "case_files_add",
    "case_message",
    "case_move",
    "case_note",
    "case_put_back",
    "case_resume",
    "case_start",
    "case_stop",
    "case_suspend",
    "case_withdraw",
    "cover_candidates",
    "deadline_set",
    "delegation_create",
    "delegation_revoke",
    "item_claim",
    "item_reassign",
    "item_release",
    "items_claim",
    "make_word",
    "next_number",
    "next_numbers",
    "step_act",
    "task_act",
]
