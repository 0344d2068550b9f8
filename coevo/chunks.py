"""Work in parts that several processes or machines share (docs/slurm.md).

What is made does not depend on the number of parts: tasks are of a fixed size, each has what it
draws from a seed of its own, and a part makes some of them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

# what a task is about, and which one of these it is, both in an order -> what makes it
Tasks = Mapping[tuple[str, Any], Callable[[], Any]]
Made = dict[tuple[str, Any], Any]


def make_part(tasks: Tasks, part: str = "1-of-1") -> Made:
    """Return what the tasks of a part make; part: `2-of-8` takes every eighth from the second on.

    These names are those that Snakemake gives to the parts of a rule.
    """
    number, parts = map(int, part.split("-of-"))
    mine = list(tasks.items())[number - 1 :: parts]
    return {key: task() for key, task in mine}


def together(parts: Iterable[Made]) -> dict[str, dict[Any, Any]]:
    """Return what all parts made by what it is about, each in the order of the tasks' keys."""
    found: dict[str, dict[Any, Any]] = {}
    made = {key: own for part in parts for key, own in part.items()}
    for about, which in sorted(made):
        found.setdefault(about, {})[which] = made[about, which]
    return found


def make_all(tasks: Tasks) -> dict[str, dict[Any, Any]]:
    """Return what all tasks make, as `together` does of their parts."""
    return together([make_part(tasks)])
