"""What is compared: a task, the ways to do it, and whether two answers agree."""

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    """One way to do a task; package: what it stands on, empty for coevo; why it is ahead, if so."""

    name: str
    package: str
    work: Callable[[Any], Answer]
    why: str = ""


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


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what a peer prints and warns of."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
