"""The tasks that coevo is measured by beside its peers, and the table of docs/benchmarks.md."""

import re

import numpy as np
import pytest

from benchmarks.common import BENCHMARKS, held
from benchmarks.peers.__main__ import versions
from benchmarks.peers.task import difference
from benchmarks.peers.tasks import TASKS

pytestmark = pytest.mark.whole
HERE = ("numpy", "pandas", "statsmodels", "openpyxl", "python-calamine")  # of the lock


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_sides_of_packages_that_are_here_give_coevos_answer(task):
    data = task.figures(True)
    own = task.own.work(data)
    assert np.isfinite(own.values).all()
    for side in task.others:
        if side.package in HERE:
            assert difference(task, own, side.work(data)) <= 10.0**-task.digits


def test_the_docs_hold_a_row_for_each_side_of_each_task_by_the_versions_of_the_list():
    told, listed = held(BENCHMARKS, "peers"), versions()
    found = [line.strip("| ").split(" | ")[:2] for line in told.splitlines() if line[:2] == "| "]
    assert found[1:] == [[task.name, side.name] for task in TASKS for side in task.others]
    packages = re.findall(r"[\w-]+ [\d.]*\d", told.splitlines()[0].split("; ")[1])
    assert packages == [f"{name} {at}" for name, at in listed.items()]
    assert {side.package for task in TASKS for side in task.others} <= set(listed)
