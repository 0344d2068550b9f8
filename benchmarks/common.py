"""What the programs share: tables in docs, shares of samples, work in a process of its own."""

import argparse
import json
import os
import re
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binomtest

Array = npt.NDArray[np.float64]
Row = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "docs" / "benchmarks.md"
SIMULATION = ROOT / "docs" / "simulation"


def markdown(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table of Markdown."""
    lines = [f"| {' | '.join(map(str, cells))} |" for cells in ([*head], *rows)]
    lines.insert(1, "|" + "---|" * (lines[0].count(" | ") + 1))
    return "\n".join(lines)


def put(page: Path, mark: str, text: str) -> None:
    """Write text between the two marks of a page, `<!-- mark -->`."""
    mark = f"<!-- {mark} -->"
    before, _, after = re.split(mark, page.read_text(encoding="utf-8"))
    page.write_text(f"{before}{mark}\n{text}\n{mark}{after}", encoding="utf-8")


def held(page: Path, mark: str) -> str:
    """Return the text between the two marks of a page."""
    return page.read_text(encoding="utf-8").split(f"<!-- {mark} -->")[1].strip()


def wilson(hits: int, number: int) -> tuple[float, float, float]:
    """Return a share with Wilson's interval at 95 %."""
    low, high = binomtest(int(hits), number).proportion_ci(method="wilson")
    return hits / number, low, high


def simulation(text: str, table: Path, made: Callable[[int], Iterable[Row]]) -> None:
    """Print the rows of a simulation; with --write put them into its table of docs.

    text: what it is; made: the rows, given how many samples of a design are drawn at the most.
    """
    parser = argparse.ArgumentParser(description=text.splitlines()[0])
    parser.add_argument("--most", type=int, default=sys.maxsize, help="samples of a design")
    parser.add_argument("--write", action="store_true", help=f"write {table.name}")
    asked = parser.parse_args()
    frame = pd.DataFrame(made(asked.most))
    print(frame.to_string(index=False, float_format=lambda value: f"{value:.4g}"))
    if asked.write:
        frame.to_csv(table, index=False, float_format="%.4g", lineterminator="\n")


class Apart(NamedTuple):
    """What came of work in a process of its own: its result, None where it did not come to that;
    what was printed as an error; how the process ended; CPU seconds; most memory in MB that it
    took beside what this process holds.
    """

    result: Any
    said: str
    code: int
    seconds: float
    megabytes: float


def apart(work: Callable[[], Any], seconds: float | None = None) -> Apart:
    """Return what a function does in a child process, which may take so many seconds of CPU."""
    held = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    with tempfile.TemporaryFile() as result, tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            if seconds is not None:
                resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(said.fileno(), 2)
            try:
                result.write(json.dumps(work()).encode())
                result.flush()
            finally:
                os._exit(0)
        _, code, used = os.wait4(child, 0)
        for file in (result, said):
            file.seek(0)
        text, spent = result.read(), used.ru_utime + used.ru_stime
        return Apart(
            json.loads(text) if text else None, said.read().decode(errors="replace"),
            code, spent, max(0.0, used.ru_maxrss / 1024 - held),
        )  # fmt: skip
