"""What is compared: a task, the ways to do it, whether their answers agree, and what they take."""

import contextlib
import ctypes
import gc
import io
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.common import Array

DRAWS = 9_999
CHANCE = 4.5  # standard errors by which two p of `DRAWS` draws may differ


class Answer(NamedTuple):
    """values (units, ...): what must agree to the digits of the task; p: by random draws, which
    must agree within what chance allows.
    """

    values: Array
    p: Array | None = None


class Side(NamedTuple):
    """One way to do a task; package: what it stands on, empty for coevo."""

    name: str
    package: str
    work: Callable[[Any], Answer]


@dataclass(frozen=True)
class Task:
    """What is done with which figures (given whether few), by coevo and by others.

    digits: to which answers agree, relative; each: what time is counted for, one of the units of an
    answer, where the others do fewer of them; empty for the whole.
    """

    name: str
    figures: Callable[[bool], Any]
    work: Callable[[Any], Answer]
    others: tuple[Side, ...]
    digits: int
    each: str = ""
    repeats: int = 5

    @property
    def own(self) -> Side:
        return Side("coevo", "", self.work)


def difference(task: Task, own: Answer, other: Answer) -> float:
    """Return the largest relative difference of two answers; `ValueError` if they do not agree."""
    x, y = np.asarray(own.values, dtype=float), np.asarray(other.values, dtype=float)
    if task.each:
        x = x[: len(y)]
    if x.shape != y.shape:
        raise ValueError(f"{task.name}: answers of shape {x.shape} and {y.shape}")
    size = np.maximum(np.abs(x), np.abs(y))
    found = np.abs(x - y) / np.where(size > 0, size, 1)
    if not found.max(initial=0) <= 10.0**-task.digits:  # nor for NaN
        raise ValueError(f"{task.name}: answers differ by {found.max():.1e} of their size")
    if own.p is not None and other.p is not None:
        p = (own.p + other.p) / 2
        allowed = CHANCE * np.sqrt(2 * p * (1 - p) / DRAWS) + 1 / DRAWS
        if not (np.abs(own.p - other.p) <= allowed).all():
            raise ValueError(f"{task.name}: p of {own.p} and {other.p} differ by more than chance")
    return float(found.max(initial=0))


def measured(
    task: Task, few: bool = False, without: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """Return seconds, ratio to coevo's, difference of answers and MB by side.

    Seconds are CPU time of this process, so that other work on the machine counts little; sides
    take turns: median of the repeats, the ratio of those side by side. The first run of each is not
    counted: it imports and compiles, and gives the answer. MB: what is taken at the most beside the
    figures and imports. without: packages that are not there.
    """
    data = task.figures(few)
    sides = [side for side in (task.own, *task.others) if side.package not in without]
    with quiet():
        answers = {side.name: side.work(data) for side in sides}
    apart = {n: difference(task, answers["coevo"], answer) for n, answer in answers.items()}
    units = {n: len(answer.values) if task.each else 1 for n, answer in answers.items()}
    turns: list[dict[str, float]] = []
    for turn in range(task.repeats):
        order = sides if turn % 2 else sides[::-1]
        turns.append({side.name: _taken(side, data)[0] / units[side.name] for side in order})
    return {
        side.name: {
            "seconds": median(turn[side.name] for turn in turns),
            "ratio": median(turn[side.name] / turn["coevo"] for turn in turns),
            "difference": apart[side.name],
            "megabytes": _taken(side, data)[1],
        }
        for side in sides
    }


def _taken(side: Side, data: Any) -> tuple[float, float]:
    """Return CPU seconds and MB of one run."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # else what was freed before is not counted anew
    Path("/proc/self/clear_refs").write_text("5")  # Linux counts the largest memory from here
    before, began = _peak(), time.process_time()
    with quiet():
        side.work(data)
    return time.process_time() - began, _peak() - before


def _peak() -> float:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what a peer prints and warns of."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
