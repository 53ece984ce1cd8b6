"""The programme and its plan, the milestones, what was handed in for them (one by one or in batches), the survey."""

from .batches import Batch, BatchFile, BatchRow
from .evidence import DateMove, Evidence, GroupIssue
from .milestones import Milestone, MilestoneCase
from .page import ProgrammePage
from .programme import PlanItem, Programme, Stage
from .reminders import MilestoneReminder, MonthlyReport
from .survey import SurveyQuestion

__all__ = [
    "Batch",
    "BatchFile",
    "BatchRow",
    "DateMove",
    "Evidence",
    "GroupIssue",
    "Milestone",
    "MilestoneCase",
    "MilestoneReminder",
    "MonthlyReport",
    "PlanItem",
    "Programme",
    "ProgrammePage",
    "Stage",
    "SurveyQuestion",
]
