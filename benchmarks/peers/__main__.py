"""Measure every task beside its peers: `python -m benchmarks.peers [--write] [--only WORD]`."""

import argparse
import json
import platform
import sys
import tomllib
from pathlib import Path

from benchmarks.peers.environment import environment, run, versions
from benchmarks.peers.registry import TASKS
from benchmarks.peers.table import Measured, missed, table, write
from benchmarks.peers.task import ROOT

DOCS = ROOT / "docs" / "benchmarks.md"
MEASURING = "benchmarks.peers.measuring"


def measured(number: int, python: Path, lacking: list[str]) -> Measured:
    """Return what processes of their own measure of a task."""
    found = json.loads(run(python, MEASURING, f"{number}", "time", *lacking))
    memory = {name: float(run(python, MEASURING, f"{number}", "memory", name)) for name in found}
    seconds, ratio = ({n: side[key] for n, side in found.items()} for key in ("seconds", "ratio"))
    return Measured(TASKS[number], seconds, ratio, memory)


def told(lacking: list[str]) -> str:
    """Return the line of versions above the table."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    there = [f"{name} {at}" for name, at in versions().items() if name not in lacking]
    return f"Python {platform.python_version()}, coevo {project['version']}; {', '.join(there)}."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="the table, into docs")
    parser.add_argument("--only", default="", metavar="WORD", help="tasks whose name holds it")
    given = parser.parse_args()
    if given.write and given.only:
        parser.error("--write needs all tasks")
    python, lacking = environment()
    results = []
    for number, task in enumerate(TASKS):
        if given.only in task.name:
            results.append(measured(number, python, lacking))
            print(task.name, *results[-1].ratio.values(), file=sys.stderr, flush=True)
    said = table(results, told(lacking))
    print(said)
    wrong = [line for one in results for line in missed(one)]
    print(*wrong, sep="\n", file=sys.stderr)
    if given.write:
        write(said, DOCS)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
