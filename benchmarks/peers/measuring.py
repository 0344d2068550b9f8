"""Time and memory of a task, in a process of its own: NUMBER [PACKAGES THAT ARE NOT THERE].

The last line is JSON. Time is CPU time of the process, one thread each, so that other work on the
machine counts little; sides take turns.
"""

import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.task import Side, Task, difference, quiet

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def measured(
    task: Task, few: bool = False, without: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """Return seconds, ratio to coevo's, difference of answers and MB by side.

    Median of the repeats, the ratio of those side by side. The first run of each is not counted:
    it imports and compiles, and gives the answer. MB: what is taken at the most beside the figures
    and imports. without: packages that are not there.
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
        turns.append({side.name: _seconds(side, data) / units[side.name] for side in order})
    memory = {side.name: _megabytes(side, data) for side in sides}
    return {
        side.name: {
            "seconds": median(turn[side.name] for turn in turns),
            "ratio": median(turn[side.name] / turn["coevo"] for turn in turns),
            "difference": apart[side.name],
            "megabytes": memory[side.name],
        }
        for side in sides
    }


def _seconds(side: Side, data: Any) -> float:
    gc.collect()
    with quiet():
        began = time.process_time()
        side.work(data)
        return time.process_time() - began


def _megabytes(side: Side, data: Any) -> float:
    gc.collect()
    RESET.write_text("5")  # Linux counts the largest memory anew from here
    before = _peak()
    with quiet():
        side.work(data)
    return _peak() - before


def _peak() -> float:
    return int(STATUS.read_text().partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    from benchmarks.peers.registry import TASKS

    print(json.dumps(measured(TASKS[int(sys.argv[1])], without=sys.argv[2:])))
