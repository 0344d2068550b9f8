"""What was measured as text: the table, who is ahead and why, which goals hold."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.task import Side, Task

MARK = "<!-- peers -->"
HEADS = ("task", "beside", "time", "of coevo's", "memory", "of coevo", "digits")


@dataclass(frozen=True)
class Measured:
    """Seconds, ratio to coevo's time, and MB by side of a task; a side that is not there lacks."""

    task: Task
    seconds: Mapping[str, float]
    ratio: Mapping[str, float]
    megabytes: Mapping[str, float]


def ahead(measured: Measured) -> list[Side]:
    """Return the sides that take less time than coevo, to two digits."""
    return [s for s in measured.task.others if round(measured.ratio.get(s.name, 1), 2) < 1]


def missed(measured: Measured) -> list[str]:
    """Return what is not as it should be: goals, and sides ahead without a reason."""
    name, wrong = measured.task.name, []
    for side in measured.task.others:
        ratio = measured.ratio.get(side.name)
        if ratio is not None and ratio < side.goal:
            wrong.append(f"{name}, {side.name}: {ratio:.2f} times coevo's time, goal {side.goal:g}")
    wrong += [
        f"{name}, {s.name}: is ahead, and no one says why" for s in ahead(measured) if not s.why
    ]
    return wrong


def rows(measured: Measured) -> list[tuple[str, ...]]:
    """Return a row of the table for each other side."""
    task, own = measured.task, measured.task.own.name
    each = f", each {task.each}" if task.each else ""
    made = []
    for side in task.others:
        if side.name not in measured.seconds:
            made.append((task.name, side.name, "does not install here", *[""] * 4))
            continue
        ratio = f"{_digits(measured.ratio[side.name])} ×"
        made.append((
            task.name, side.name, _time(measured.seconds[side.name]) + each,
            f"{ratio} ({_time(measured.seconds[own])})",
            f"{measured.megabytes[side.name]:,.0f} MB", f"{measured.megabytes[own]:,.0f} MB",
            f"{task.digits}",
        ))  # fmt: skip
    return made


def table(measured: Iterable[Measured], versions: str) -> str:
    """Return the Markdown that stands between the marks."""
    found = list(measured)
    lines = [versions, "", _line(HEADS), _line(["---"] * len(HEADS))]
    lines += [_line(row) for one in found for row in rows(one)]
    reasons = [
        f"- {one.task.name}, {side.name} ({one.ratio[side.name]:.2f} ×): {side.why}."
        for one in found for side in ahead(one)
    ]  # fmt: skip
    goals = [
        f"- {one.task.name}, {side.name}: {_digits(one.ratio[side.name])} × coevo's time; the goal "
        f"is at least {side.goal:g} ×."
        for one in found for side in one.task.others if side.goal and side.name in one.ratio
    ]  # fmt: skip
    if reasons:
        lines += ["", "Where another is ahead of coevo, and why:", "", *reasons]
    if goals:
        lines += ["", "Goals:", "", *goals]
    return "\n".join(lines)


def write(text: str, path: Path) -> None:
    """Put text between the marks of a file."""
    whole = path.read_text(encoding="utf-8")
    new, found = re.subn(
        rf"{MARK}\n.*?{MARK}", lambda _: f"{MARK}\n{text}\n{MARK}", whole, flags=re.S
    )
    if not found:
        raise ValueError(f"{path} has no two marks {MARK}")
    path.write_text(new, encoding="utf-8")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{seconds * 1e6:.2f} µs"
