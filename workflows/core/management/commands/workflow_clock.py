from typing import Any

from django.core.management.base import BaseCommand
from wagtail import hooks

from workflows.core.turns import work_items_announce, work_items_escalate, work_items_remind


class Command(BaseCommand):
    help = "Tell people that it is their turn, remind them, escalate what is overdue. One clock over all work items."

    def handle(self, *_args: Any, **_options: Any) -> None:
        told = work_items_announce(), work_items_remind(), work_items_escalate()
        others = sum(tick() for tick in hooks.get_hooks("workflow_clock"))  # the flows' own reminders
        if any(told) or others:
            self.stdout.write("announced {}, reminded {}, escalated {}, others {}".format(*told, others))
