#!/usr/bin/env python
"""Wenshu's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    # `site/` is a plain folder: Python's own module `site` would shadow a package of that name.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
