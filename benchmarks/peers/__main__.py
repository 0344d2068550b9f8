"""Measure every task beside its peers: `python -m benchmarks.peers [--write] [--only WORD]`.

Peers stand in an environment of their own, whose Python this is run by (docs/benchmarks.md).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import distributions
from typing import NamedTuple

from benchmarks.common import BENCHMARKS, ROOT, markdown, put
from benchmarks.peers.registry import TASKS
from benchmarks.peers.task import Side, Task

LISTED = ROOT / "benchmarks" / "peers.txt"
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")
HEADS = ("task", "beside", "time", "of coevo's", "memory", "of coevo", "digits")


class Measured(NamedTuple):
    """What `measuring` tells of the sides of a task; a side that is not there lacks."""

    task: Task
    sides: Mapping[str, Mapping[str, float]]


def versions() -> dict[str, str]:
    """Return the version of each package of `peers.txt`."""
    lines = (line.strip() for line in LISTED.read_text(encoding="utf-8").splitlines())
    pinned = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {name: version for name, version in pinned}


def lacking() -> list[str]:
    """Return which packages are not here."""
    return [name for name in versions() if not any(distributions(name=name))]


def measured(number: int, without: list[str]) -> Measured:
    """Return what a process of its own measures of a task; `RuntimeError` if it fails."""
    one = {f"{name}_NUM_THREADS": "1" for name in THREADS}
    words = [sys.executable, "-m", "benchmarks.peers.measuring", str(number), *without]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **one}, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"{TASKS[number].name}: {done.stderr.strip()[-2000:]}")
    return Measured(TASKS[number], json.loads(done.stdout.splitlines()[-1]))


def ahead(one: Measured) -> list[tuple[Side, float]]:
    """Return the sides that take less time than coevo, to two digits, and how much of it."""
    there = [(side, one.sides[side.name]["ratio"]) for side in one.task.others
             if side.name in one.sides]  # fmt: skip
    return [(side, ratio) for side, ratio in there if round(ratio, 2) < 1]


def rows(one: Measured) -> list[tuple[str, ...]]:
    """Return a row of the table for each other side."""
    task, own, made = one.task, one.sides["coevo"], []
    for side in task.others:
        if side.name not in one.sides:
            made.append((task.name, side.name, "does not install here", *[""] * 4))
            continue
        found = one.sides[side.name]
        made.append((
            task.name, side.name,
            _time(found["seconds"]) + (f", each {task.each}" if task.each else ""),
            f"{_digits(found['ratio'])} × ({_time(own['seconds'])})",
            f"{found['megabytes']:,.0f} MB", f"{own['megabytes']:,.0f} MB", f"{task.digits}",
        ))  # fmt: skip
    return made


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _time(seconds: float) -> str:
    unit, size = next((u for u in (("s", 1), ("ms", 1e-3)) if seconds >= u[1]), ("µs", 1e-6))
    return f"{_digits(seconds / size)} {unit}"


def table(found: list[Measured], without: list[str]) -> str:
    """Return versions, the table, and why others are ahead, as Markdown."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    there = ", ".join(f"{name} {at}" for name, at in versions().items() if name not in without)
    lines = [f"Python {platform.python_version()}, coevo {project['version']}; {there}.", ""]
    lines += [markdown(HEADS, (row for one in found for row in rows(one))), ""]
    lines += ["Where another is ahead of coevo, and why:", ""]
    lines += [
        f"- {one.task.name}, {side.name} ({ratio:.2f} ×): {side.why}."
        for one in found for side, ratio in ahead(one)
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="the table, into docs")
    parser.add_argument("--only", default="", metavar="WORD", help="tasks whose name holds it")
    given = parser.parse_args()
    if given.write and given.only:
        parser.error("--write needs all tasks")
    numbers = [number for number, task in enumerate(TASKS) if given.only in task.name]
    said = table([measured(number, lacking()) for number in numbers], lacking())
    print(said)
    if given.write:
        put(BENCHMARKS, "peers", said)
    return 1 if " ×): ." in said else 0  # ahead, and no one says why


if __name__ == "__main__":
    sys.exit(main())
