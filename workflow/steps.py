"""What a run does, a line a step, in place of what Snakemake prints.

A step is a rule; in chunks it has several jobs. Its line comes when the last of them has ended: how
many steps of how many, how long it took, what it did. Meanwhile a terminal shows in its last line
what is at work; anything else, such as a pipe, gets a line after each minute without one.
"""

import json
import shutil
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from snakemake_logger_plugin_steps import MARK

SILENCE = 60  # seconds
MOST_LINES = 500  # that are kept of what scripts print
TARGETS = {"total", "all", "everything"}  # among Snakemake's numbers of jobs, what is no step
LOST = "ended too early; if no line above says why, memory ran out or something ended it"


def clock(seconds: float) -> str:
    """Return a time as it is told: `48 s`, `5 min 3 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@dataclass
class Step:
    """A rule: what it does, how many jobs it has, since when, and which are at work or done."""

    does: str
    jobs: int
    since: float = field(default_factory=lambda: time.monotonic())
    running: set[int] = field(default_factory=set)
    done: int = 0

    def __str__(self) -> str:
        return f"{self.does} ({self.done} of {self.jobs})" if self.jobs > 1 else self.does


class Progress:
    """Reads what Snakemake and its scripts write, and shows the steps on a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._live = stream, stream.isatty()
        self._since = self._last = time.monotonic()
        self._jobs: dict[str, int] = {}  # by rule
        self._steps: dict[str, Step] = {}
        self._printed: deque[str] = deque(maxlen=MOST_LINES)
        self._errors: list[str] = []
        self._lost: dict[str, str] = {}

    def read(self, line: str) -> None:
        """Take in a line: an event that the log handler tells, or what is only kept."""
        printed, mark, told = line.rstrip("\n").partition(MARK)
        if printed:
            self._printed.append(printed)
        match json.loads(told) if mark else {}:
            case {"event": "begins"}:
                self._printed.clear()  # Snakemake's word on its profile
            case {"event": "jobs", "numbers": numbers}:
                self._jobs = {rule: numbers[rule] for rule in numbers.keys() - TARGETS}
            case {"event": "job", "job": job, "rule": rule, "does": does} if rule in self._jobs:
                step = self._steps.setdefault(rule, Step(does, self._jobs[rule]))
                step.running.add(job)
            case {"event": "done", "job": job}:
                self._done(job)
            case {"event": "lost", "rule": rule, "why": why}:
                self._lost[rule] = why
            case {"event": "error", "text": text}:
                self._errors.append(text)

    def tick(self) -> None:
        """Show what is at work: on a terminal always, elsewhere after a silence."""
        at_work = [step for step in self._steps.values() if step.running]
        if at_work and (self._live or time.monotonic() - self._last > SILENCE):
            self._show(at_work[0], f"{at_work[0]} …", ends=not self._live)
        elif self._live and not self._steps:
            self._write("The study is read …", ends=False)

    def clear(self) -> None:
        """Leave no half line on a terminal."""
        if self._live:
            self._write("", ends=False)

    def end(self) -> None:
        """Say which steps did not end well."""
        self.clear()
        for step in self._steps.values():
            if step.running:
                self._show(step, f"stopped: {step}")

    def took(self) -> str:
        """Return how long the run took; nothing if there was nothing to do."""
        return clock(time.monotonic() - self._since) if self._steps else ""

    def problems(self) -> str:
        """Return lines on what stopped a run, for where no rule's log has any."""
        lost = [
            f"coevo: {rule}: {self._lost.get(rule, LOST)}"
            for rule, step in self._steps.items()
            if step.running
        ]
        return "".join(f"{line}\n" for line in [*self._printed, *(lost or self._errors)])

    def _done(self, job: int) -> None:
        for step in self._steps.values():
            if job in step.running:
                step.running.remove(job)
                step.done += 1
                if step.done == step.jobs:
                    self._show(step, step.does)

    def _show(self, step: Step, text: str, ends: bool = True) -> None:
        ended = sum(step.done == step.jobs for step in self._steps.values())
        place = f"{ended:>{len(str(len(self._jobs)))}} of {len(self._jobs)}"
        self._write(f"{place}  {clock(time.monotonic() - step.since):>9}  {text}", ends)

    def _write(self, line: str, ends: bool) -> None:
        """Write a line over the last one of a terminal; elsewhere below it."""
        width = shutil.get_terminal_size().columns - 1
        over = f"\r{'':{width}}\r" if self._live else ""
        with suppress(OSError):  # nobody reads on
            text = f"{line}\n" if ends else line[:width]
            print(f"{over}{text}", end="", file=self._stream, flush=True)
        self._last = time.monotonic()
