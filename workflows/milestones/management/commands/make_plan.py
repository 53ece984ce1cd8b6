from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.termcolors import make_style

from workflows.milestones.models import Programme
from workflows.milestones.services.plan import plan_make

WIDTH = 40


class Command(BaseCommand):
    help = "Make the milestones that a programme's plan still lacks: every item at every venue it is meant for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the programme's address part")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            known = ", ".join(Programme.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no programme “{slug}”. Known: {known}")
        added = plan_make(programme=programme, progress=self.bar)
        self.stdout.write(f"{programme.name}: {added} milestones added, {programme.milestones.count()} in all")

    def bar(self, made: int, total: int) -> None:
        """A bar on one line, for whoever watches; nothing into a file."""
        if self.stdout.isatty():
            full = WIDTH * made // total
            bar = make_style(fg="green")("█" * full) + "·" * (WIDTH - full)
            self.stdout.write(f"\r{bar} {made}/{total}", ending="" if made < total else "\n")
            self.stdout.flush()
