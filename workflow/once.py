"""Run the workflow once at a time in this folder, show its steps, and end with words that help.

    python workflow/once.py study=NAME|config/config.yaml [--verbose] [snakemake options]

A step is a rule; in chunks it has several jobs. Its line comes when the last of them has ended: how
many steps of how many, how long it took, what it did. Meanwhile a terminal shows in its last line
what is at work; anything else, such as a pipe, gets a line after each minute without one. With
--verbose Snakemake says what it does in its own many lines.
A second run at the same time is refused in one line. Snakemake and its scripts form a group of
processes that ends with this one: at once when it is stopped, killed, or left by the `make` that
called it; and with Snakemake, when that alone is killed. After a run that was stopped or killed,
half-made outputs are built again. Where rules failed, their problems are repeated as the last thing
on the screen.
"""

import errno
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clean import tidy
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from coevo.errors import FULL, StudyError, about, command
from coevo.study.configuration import config_file, read_config

LOCK, LOCKS = Path(".snakemake", "once.lock"), Path(".snakemake", "locks")  # ours, Snakemake's
ASIDE = Path(".snakemake", "aside.txt")  # what is written on stderr while steps are shown
PATIENCE = 10  # seconds that the processes of a killed run, or a short one by hand, may take to end
SILENCE = 60  # seconds
LEAST_ROOM = 20_000_000  # bytes on the disk, below which no study is begun
STOPPED = "coevo: stopped; the same command goes on where it was"
LOST = "ended too early; if no line above says why, memory ran out or something ended it"
ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
WITHIN = "--within"  # before the number of the pipe, of a process that runs Snakemake
VERBOSE = "--verbose"
SHOWN = ("--logger", "steps")  # by the class `Steps`, which Snakemake finds as a plugin
TERMINAL = "COEVO_TERMINAL"  # in the environment: where the steps are shown
TARGETS = {"total", "all", "everything"}  # among Snakemake's numbers of jobs, what is no step
MAKE = "COEVO_MAKE"  # likewise: the `make` that called this process


class Stopped(Exception):  # noqa: N818 - it is asked for, and no error
    """The run is to end: by Ctrl-C, by a signal to end, or because `make` is gone."""


@contextmanager
def alone() -> Iterator[int]:
    """Hold this folder's lock, which the system releases when its last holder ends.

    Runs of plain Snakemake share it (`common.smk`): whoever holds it alone finds no lock of
    Snakemake's but a dead one, which is removed. Raises `StudyError` if another run is at work.
    """
    with about(LOCK):
        LOCK.parent.mkdir(exist_ok=True)
        file = LOCK.open("a+", encoding="utf-8")
    with file:
        deadline = time.monotonic() + PATIENCE
        while not _try(file):
            owner = _owner(file)
            known = owner is not None and _alive(owner)
            if known or time.monotonic() > deadline:
                run = f"another run (process {owner})" if known else "another run"
                raise StudyError(f"coevo: {run} is at work in this folder; wait for it")
            time.sleep(0.2)
        shutil.rmtree(LOCKS, ignore_errors=True)
        file.truncate(0)
        with about(LOCK):
            file.write(str(os.getpid()))
            file.flush()
        yield file.fileno()
        file.truncate(0)


def _owner(file) -> int | None:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdecimal() else None


def _try(file) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0x7FFFFFFF)  # beyond the text, which must stay readable
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _alive(process: int) -> bool:
    if os.name == "nt":
        return True  # the lock is held, and Windows gives no cheap way to ask by whom
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def snakemake(*arguments: str, held: int) -> int:
    """Run Snakemake in a group of processes of its own and return its exit code.

    held: the file of the lock, which Snakemake keeps. The group ends with this process and with
    Snakemake, however these end. Raises `Stopped` on a signal to end.
    """
    ours, theirs = os.pipe()[::-1]
    words = [sys.executable, __file__, WITHIN, str(theirs), *arguments]
    apart = {} if os.name == "nt" else {"start_new_session": True, "pass_fds": (theirs, held)}
    process = subprocess.Popen(words, **apart)
    os.close(theirs)
    try:
        return process.wait()
    finally:
        with suppress(ProcessLookupError, PermissionError):  # all have ended
            process.kill() if os.name == "nt" else os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
        if sys.stderr.isatty():
            wipe(sys.stderr)


def within(pipe: int, *arguments: str) -> None:
    """Run Snakemake in this process; end its whole group when the other end of a pipe closes."""

    def watch() -> None:
        os.read(pipe, 1)
        os.killpg(0, signal.SIGKILL)

    if os.name != "nt":
        threading.Thread(target=watch, daemon=True).start()
    logging.raiseExceptions = False  # a log that finds no room on the disk is none
    if SHOWN[0] in arguments:
        os.environ[TERMINAL] = str(os.dup(2))
        os.dup2(os.open(ASIDE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), 2)
    from snakemake.cli import main as run

    run(list(arguments))


def wipe(stream: TextIO) -> None:
    """Leave nothing in the last line of a terminal."""
    print(f"\r{'':{shutil.get_terminal_size().columns - 1}}\r", end="", file=stream, flush=True)


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


class Steps(LogHandlerBase):
    """What Snakemake tells of jobs, as steps; of a dry run it tells by itself."""

    has_filter = has_formatter = True
    needs_rulegraph = writes_to_file = False

    def __post_init__(self) -> None:
        self._stream = os.fdopen(int(os.environ[TERMINAL]), "w", encoding="utf-8", closefd=False)
        self._live, self._last = self._stream.isatty(), time.monotonic()
        self._jobs: dict[str, int] = {}  # by rule
        self._steps: dict[str, Step] = {}
        self._lost: list[str] = []
        self._errors: list[str] = []
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def writes_to_stream(self) -> bool:
        """Whether Snakemake leaves the terminal to this handler."""
        return not self.common_settings.dryrun

    def emit(self, record: logging.LogRecord) -> None:
        """Show the end of a step, and keep what is wrong."""
        told = vars(record)
        match told.get("event"):
            case LogEvent.RUN_INFO:
                self._jobs = {rule: n for rule, n in told["stats"].items() if rule not in TARGETS}
            case LogEvent.JOB_INFO if (rule := told["rule_name"]) in self._jobs:
                does = (told["rule_msg"] or rule).strip().splitlines()[0].rstrip(".")
                step = self._steps.setdefault(rule, Step(does, self._jobs[rule]))
                step.running.add(told["jobid"])
            case LogEvent.JOB_FINISHED:
                self._done(told["job_id"])
            case LogEvent.JOB_ERROR:
                by_cluster = told["rule_msg"] and f"{told['rule_msg']} ({', '.join(told['log'])})"
                self._lost.append(f"coevo: {told['rule_name']}: {by_cluster or LOST}")
            case LogEvent.ERROR:  # of the system, as a full disk, Snakemake shows a traceback
                text = record.getMessage().strip()
                self._errors.append(text.splitlines()[-1] if "Traceback" in text else text)

    def close(self) -> None:
        """Say which steps did not end well, and aside what stopped them."""
        for step in self._steps.values():
            if step.running:
                self._show(step, f"stopped: {step}", ended=True)
        print(*(self._lost or self._errors), sep="\n", file=sys.stderr, flush=True)
        self._steps, self._lost, self._errors = {}, [], []
        super().close()

    def _watch(self) -> None:
        while True:
            time.sleep(1)
            with self.lock:
                self.tick()

    def tick(self) -> None:
        """Show what is at work: on a terminal always, elsewhere after a silence."""
        at_work = [step for step in self._steps.values() if step.running]
        if at_work and (self._live or time.monotonic() - self._last > SILENCE):
            self._show(at_work[0], f"{at_work[0]} …", ended=not self._live)
        elif self._live and not self._steps:
            self._write("The study is read …", ended=False)

    def _done(self, job: int) -> None:
        for step in self._steps.values():
            if job in step.running:
                step.running.remove(job)
                step.done += 1
                if step.done == step.jobs:
                    self._show(step, step.does, ended=True)

    def _show(self, step: Step, text: str, ended: bool) -> None:
        done = sum(step.done == step.jobs for step in self._steps.values())
        place = f"{done:>{len(str(len(self._jobs)))}} of {len(self._jobs)}"
        self._write(f"{place}  {clock(time.monotonic() - step.since):>9}  {text}", ended)

    def _write(self, line: str, ended: bool) -> None:
        """Write a line over the last one of a terminal; elsewhere below it."""
        with suppress(OSError):  # nobody reads on
            if self._live:
                wipe(self._stream)
            text = f"{line}\n" if ended else line[: shutil.get_terminal_size().columns - 1]
            print(text, end="", file=self._stream, flush=True)
        self._last = time.monotonic()


def heed_signals() -> None:
    """Let Ctrl-C and signals to end raise `Stopped`, and so the end of the `make` that called."""

    def stop(number: int, frame: FrameType | None) -> None:
        for name in ENDING:
            signal.signal(name, signal.SIG_IGN)
        raise Stopped

    for name in ENDING:
        signal.signal(name, stop)

    def watch(make: int) -> None:
        while os.getppid() == make:
            time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGTERM)

    if MAKE in os.environ and os.name != "nt":
        given = int(os.environ.pop(MAKE))
        threading.Thread(target=watch, args=[given], daemon=True).start()


def check_open(study: str) -> None:
    """Raise `PermissionError` for a folder of results in which nothing can be written."""
    for folder in ("data/processed", "reports", "logs", ".snakemake"):
        place = Path(folder, study)
        there = next(part for part in (place, *place.parents) if part.exists())
        if there.is_dir() and not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "", str(there))


def problems(since: float) -> str:
    """Return what the rules of this run reported; of a mistake of ours, where its details are."""
    lines = []
    for log in sorted(Path("logs").glob("*/*.log"), key=lambda log: log.stat().st_mtime):
        if log.stat().st_mtime >= since:
            text = log.read_text("utf-8")
            lines.append(
                f"coevo: {log.stem}: this is a mistake of the program, not of yours; please report "
                f"it with the file {log}\n"
                if text.startswith("Traceback")
                else text
            )
    return "".join(lines)


def main(config: str, *options: str, then: Callable[[], int] | None = None) -> int:
    """Build the study of `config`, then do what is left to do; return the exit code."""
    try:
        heed_signals()
        return command(lambda: build(config, *options, then=then))
    except Stopped:
        print(STOPPED, file=sys.stderr)
        return 130


def build(config: str, *options: str, then: Callable[[], int] | None = None) -> int:
    """Build the study under the lock of the folder; return the exit code."""
    config = config_file(config)
    study = str(read_config(config).get("study"))
    if shutil.disk_usage(".").free < LEAST_ROOM:
        print(f"{Path.cwd()}: {FULL}", file=sys.stderr)
        return 1
    check_open(study)
    given = ["--configfile", config, "--rerun-incomplete"]
    given += [option for option in options if option != VERBOSE]
    given += () if VERBOSE in options else SHOWN
    with alone() as held:
        started = time.time()
        code = snakemake(*given, held=held)
        if code:
            full = shutil.disk_usage(".").free < LEAST_ROOM
            aside = "" if VERBOSE in options else ASIDE.read_text("utf-8", "replace")
            said = problems(started) or aside.lstrip()
            said += f"coevo: {LOST}\n" if code < 0 and not said else ""
            said += f"{Path.cwd()}: {FULL}\n" if full and FULL not in said else ""
            print(said, end="", file=sys.stderr)
            return max(code, 1)
        tidy(study)  # only now has the config passed
        done = f"coevo: done in {clock(time.time() - started)}"
        print("; ".join([done, *opened(study)]), flush=True)
        return then() if then else 0


def opened(study: str) -> list[str]:
    """Return which of a study's reports to open, those for a browser first; none if it has none."""
    reports = sorted(str(path) for path in Path("reports", study).glob("report.*"))
    pages = [name for name in reports if name.endswith(".html")] or reports
    return [f"open {' or '.join(pages)}"] if pages else []


if __name__ == "__main__":
    if sys.argv[1:2] == [WITHIN]:
        within(int(sys.argv[2]), *sys.argv[3:])
    else:
        sys.exit(main(*sys.argv[1:]))
