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

from benchmarks.common import BENCHMARKS, ROOT, markdown, put
from benchmarks.peers.task import Task, measured
from benchmarks.peers.tasks import TASKS

LISTED = ROOT / "benchmarks" / "peers.txt"
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")
Sides = Mapping[str, Mapping[str, float]]  # what is measured of each
HEADS = ("task", "beside", "time", "of coevo's", "memory", "of coevo", "digits")


def versions() -> dict[str, str]:
    """Return the version of each package of `peers.txt`."""
    lines = (line.strip() for line in LISTED.read_text(encoding="utf-8").splitlines())
    pinned = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {name: version for name, version in pinned}


def lacking() -> list[str]:
    """Return which packages are not here."""
    return [name for name in versions() if not any(distributions(name=name))]


def of_process(number: int) -> Sides:
    """Return what a process of its own measures of a task; `RuntimeError` if it fails."""
    one = {f"{name}_NUM_THREADS": "1" for name in THREADS}
    words = [sys.executable, "-m", "benchmarks.peers", "--task", str(number)]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **one}, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"{TASKS[number].name}: {done.stderr.strip()[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def rows(task: Task, sides: Sides) -> list[tuple[str, ...]]:
    """Return a row of the table for each other side."""
    own, made = sides["coevo"], []
    for side in task.others:
        if side.name not in sides:
            made.append((task.name, side.name, "does not install here", *[""] * 4))
            continue
        found = sides[side.name]
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


def told() -> str:
    """Return the line of versions above the table."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    there = ", ".join(f"{name} {at}" for name, at in versions().items() if name not in lacking())
    return f"Python {platform.python_version()}, coevo {project['version']}; {there}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="the table, into docs")
    parser.add_argument("--only", default="", metavar="WORD", help="tasks whose name holds it")
    parser.add_argument("--task", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task is not None:
        print(json.dumps(measured(TASKS[given.task], without=lacking())))
        return
    found = [
        row
        for number, task in enumerate(TASKS)
        if given.only in task.name
        for row in rows(task, of_process(number))
    ]
    said = f"{told()}\n\n{markdown(HEADS, found)}"
    print(said)
    if given.write and not given.only:
        put(BENCHMARKS, "peers", said)


if __name__ == "__main__":
    main()
