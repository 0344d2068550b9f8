"""The tasks that coevo is measured by beside its peers, and the table of docs/benchmarks.md."""

import re

import numpy as np
import pytest

from benchmarks.common import BENCHMARKS, held
from benchmarks.peers.__main__ import rows, versions
from benchmarks.peers.task import Answer, Side, Task, difference, measured
from benchmarks.peers.tasks import TASKS

pytestmark = pytest.mark.whole
HERE = ("numpy", "pandas", "statsmodels", "openpyxl", "python-calamine")  # of the lock


def fake(answer, each=""):
    """A task in which coevo answers 1, 2, 3 and a peer what is given."""
    peer = Side("peer", "peer", lambda x: Answer(np.array(answer)))
    figures = np.array([1.0, 2.0, 3.0])
    return Task("count", lambda few: figures, lambda x: Answer(x), (peer,), 6, each, repeats=2)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_sides_of_packages_that_are_here_give_coevos_answer(task):
    data = task.figures(True)
    own = task.own.work(data)
    assert np.isfinite(own.values).all()
    for side in task.others:
        if side.package in HERE:
            assert difference(task, own, side.work(data)) <= 10.0**-task.digits


def test_answers_must_agree_to_the_digits_of_the_task():
    found = measured(fake([1.0, 2.0, 3.0 * (1 + 1e-9)]), few=True)
    assert found["peer"]["difference"] == pytest.approx(1e-9, rel=1e-3)
    assert found["coevo"]["ratio"] == 1
    assert measured(fake([1.0], each="unit"), few=True)["peer"]["difference"] == 0
    for wrong in ([1.0, 2.0, 3.0 * (1 + 1e-5)], [1.0, 2.0, np.nan], [1.0, 2.0]):
        with pytest.raises(ValueError, match="answers"):
            measured(fake(wrong), few=True)


def test_p_by_draws_must_agree_within_chance():
    task, one = fake([1.0]), np.ones(1)
    own = Answer(one, np.array([0.30]))
    assert difference(task, own, Answer(one, np.array([0.31]))) == 0
    with pytest.raises(ValueError, match="more than chance"):
        difference(task, own, Answer(one, np.array([0.34])))


def test_a_package_that_is_not_there_has_a_row_that_says_so():
    task = fake([1.0, 2.0, 3.0])
    found = measured(task, few=True, without=["peer"])
    assert rows(task, found)[0][:3] == ("count", "peer", "does not install here")


def test_the_docs_hold_a_row_for_each_side_of_each_task_by_the_versions_of_the_list():
    told, listed = held(BENCHMARKS, "peers"), versions()
    found = [line.strip("| ").split(" | ")[:2] for line in told.splitlines() if line[:2] == "| "]
    assert found[1:] == [[task.name, side.name] for task in TASKS for side in task.others]
    packages = re.findall(r"[\w-]+ [\d.]*\d", told.splitlines()[0].split("; ")[1])
    assert packages == [f"{name} {at}" for name, at in listed.items()]
    assert {side.package for task in TASKS for side in task.others} <= set(listed)
