from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.checking import network_problems


class Command(BaseCommand):
    help = "Find what scripts broke in the network: points before branches, wrong plaques, double appointments…"

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(network_problems())
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems")
        self.stdout.write("No problems.")
