"""`make bench`: every part after the other, each in a process of its own. One that fails does not stop the others: it
is named at the end, and the exit status says so. `python -m benchmarks.events` measures one part alone.
"""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("county", "batches", "workflows", "events", "secondments", "boards", "search")


def main() -> None:
    failed = []
    for part in PARTS:
        print(f"\n# {part}", flush=True)
        since = perf_counter()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], cwd=ROOT, check=False).returncode:
            failed.append(part)
        print(f"\n{part}: {perf_counter() - since:.0f} s", flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
