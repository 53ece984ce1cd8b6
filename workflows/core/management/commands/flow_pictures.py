from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from viewflow.workflow import chart

from workflows.core.nodes import all_flows


class Command(BaseCommand):
    help = "Write every flow as SVG and BPMN 2.0 into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for flow in all_flows():
            name = flow.__name__.removesuffix("Flow").lower()
            for ending, draw in (("svg", chart.grid_to_svg), ("bpmn", chart.grid_to_bpmn)):
                lines = [line.rstrip() for line in draw(chart.calc_layout_data(flow)).splitlines()]
                target = folder / f"{name}.{ending}"
                target.write_text("\n".join(line for line in lines if line) + "\n", encoding="utf-8")
                self.stdout.write(str(target))
