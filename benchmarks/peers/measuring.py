"""Time and memory of a task, in a process of its own.

    python -m benchmarks.peers.measuring NUMBER time|memory [SIDE]

The last line is JSON. Time is CPU time of the process, one thread each, so that other work on the
machine counts little; sides take turns.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.task import Answer, Side, Task, difference, quiet

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def timed(
    task: Task, few: bool = False, without: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """Return seconds, ratio to coevo's and difference of answers by side.

    Median of the repeats, the ratio of those side by side. The first run of each is not counted:
    it imports and compiles, and gives the answer. without: packages that are not there.
    """
    data = task.figures(few)
    sides = [side for side in task.sides if side.package not in without]
    with quiet():
        answers = {side.name: side.work(data) for side in sides}
    units = {name: _units(task, answer) for name, answer in answers.items()}
    apart = {n: difference(task, answers[task.own.name], answer) for n, answer in answers.items()}
    turns: list[dict[str, float]] = []
    for turn in range(task.repeats):
        order = sides if turn % 2 else sides[::-1]
        turns.append({side.name: _seconds(side, data) / units[side.name] for side in order})
    return {
        side.name: {
            "seconds": median(turn[side.name] for turn in turns),
            "ratio": median(turn[side.name] / turn[task.own.name] for turn in turns),
            "difference": apart[side.name],
        }
        for side in sides
    }


def _units(task: Task, answer: Answer) -> int:
    return len(answer.values) if task.each else 1


def _seconds(side: Side, data: Any) -> float:
    gc.collect()
    with quiet():
        began = time.process_time()
        side.work(data)
        return time.process_time() - began


def memory(task: Task, side: Side) -> float:
    """Return the MB that a side takes at the most, beside its figures and what it imports."""
    with quiet():
        side.work(task.figures(True))
        data = task.figures(False)
        gc.collect()
        before = _peak(fresh=True)
        side.work(data)
    return max(0.0, _peak() - before)


def _peak(fresh: bool = False) -> float:
    """Return the largest memory in MB so far; fresh: from now on, where the system can."""
    if RESET.exists():
        if fresh:
            RESET.write_text("5")
        lines = STATUS.read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    unit = 1024 if sys.platform != "darwin" else 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(number: str, what: str, *rest: str) -> None:
    from benchmarks.peers.registry import TASKS

    task = TASKS[int(number)]
    if what == "time":
        print(json.dumps(timed(task, without=rest)))
    else:
        print(json.dumps(memory(task, next(side for side in task.sides if side.name == rest[0]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
