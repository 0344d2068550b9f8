"""The tasks that coevo is measured by beside its peers, and the table of docs/benchmarks.md."""

import re

import numpy as np
import pytest

from benchmarks.peers.__main__ import DOCS
from benchmarks.peers.environment import versions
from benchmarks.peers.measuring import timed
from benchmarks.peers.registry import TASKS
from benchmarks.peers.table import MARK, Measured, ahead, missed, rows, table, write
from benchmarks.peers.task import Answer, Side, Task, difference

HERE = ("numpy", "pandas", "statsmodels", "openpyxl", "python-calamine")  # of the lock


def fake(answer, **more):
    """A task in which coevo answers 1, 2, 3 and a peer what is given."""
    own = Side("coevo", "", lambda x: Answer(x))
    peer = Side("peer", "peer", lambda x: answer, **more.pop("side", {}))
    return Task("count", lambda few: np.array([1.0, 2.0, 3.0]), own, (peer,), 6, repeats=2, **more)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_sides_of_packages_that_are_here_give_coevos_answer(task):
    data = task.figures(True)
    own = task.own.work(data)
    assert np.isfinite(own.values).all()
    for side in task.others:
        if side.package in HERE:
            assert difference(task, own, side.work(data)) <= 10.0**-task.digits


def test_answers_must_agree_to_the_digits_of_the_task():
    near, far = (np.array([1.0, 2.0, 3.0 * (1 + off)]) for off in (1e-9, 1e-5))
    found = timed(fake(Answer(near)), few=True)
    assert found["peer"]["difference"] == pytest.approx(1e-9, rel=1e-3)
    assert found["coevo"]["ratio"] == 1
    for wrong in (far, np.array([1.0, 2.0, np.nan])):
        with pytest.raises(ValueError, match="count: answers differ"):
            timed(fake(Answer(wrong)), few=True)
    with pytest.raises(ValueError, match="shape"):
        timed(fake(Answer(near[:2])), few=True)


def test_a_side_may_do_the_first_units_alone_where_time_is_told_for_each():
    task = fake(Answer(np.array([1.0])), each="unit")
    assert timed(task, few=True)["peer"]["difference"] == 0


def test_p_by_draws_must_agree_within_chance():
    task, one = fake(Answer(np.ones(1))), np.ones(1)
    own = Answer(one, np.array([0.30]))
    assert difference(task, own, Answer(one, np.array([0.31]))) == 0
    with pytest.raises(ValueError, match="more than chance"):
        difference(task, own, Answer(one, np.array([0.34])))


def test_a_package_that_is_not_there_has_a_row_that_says_so():
    task = fake(Answer(np.ones(3)))
    assert "peer" not in timed(task, few=True, without=["peer"])
    own = {"coevo": 1.0}
    assert rows(Measured(task, own, own, own))[0][:3] == ("count", "peer", "does not install here")


def test_a_peer_ahead_is_told_with_its_reason_and_a_missed_goal_is_wrong():
    numbers = {"coevo": 1.0, "peer": 0.5}
    told = Measured(fake(Answer(np.ones(3)), side={"why": "compiled"}), numbers, numbers, numbers)
    assert [side.name for side in ahead(told)] == ["peer"]
    assert missed(told) == []
    assert "- count, peer (0.50 ×): compiled." in table([told], "versions")
    silent = Measured(fake(Answer(np.ones(3)), side={"goal": 2.0}), numbers, numbers, numbers)
    assert len(missed(silent)) == 2


def test_the_table_is_written_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARK}\nold\n{MARK}\nafter\n", encoding="utf-8")
    write("new", page)
    assert page.read_text(encoding="utf-8") == f"before\n{MARK}\nnew\n{MARK}\nafter\n"
    (tmp_path / "empty.md").touch()
    with pytest.raises(ValueError, match="no two marks"):
        write("new", tmp_path / "empty.md")


def test_the_docs_hold_a_row_for_each_side_of_each_task_by_the_versions_of_the_list():
    told = DOCS.read_text(encoding="utf-8").split(MARK)[1]
    found = [line.strip("| ").split(" | ")[:2] for line in told.splitlines() if line[:2] == "| "]
    assert found[2:] == [[task.name, side.name] for task in TASKS for side in task.others]
    listed = versions()
    assert {f"{name} {at}" for name, at in listed.items()} == set(
        re.findall(r"[\w-]+ [\d.]*\d", told.splitlines()[1].split("; ")[1])
    )


def test_every_side_stands_on_a_package_whose_version_is_pinned():
    assert {side.package for task in TASKS for side in task.others} <= set(versions())
    assert len({task.name for task in TASKS}) == len(TASKS) >= 8
