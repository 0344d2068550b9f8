"""One run at a time in a folder: its lock, the group of processes that ends with it, its steps.

A step is a rule; in chunks it has several jobs. Its line comes when the last of them has ended: how
many steps of how many, how long it took, what it did. Meanwhile a terminal shows in its last line
what is at work; anything else, such as a pipe, gets a line after each minute without one.
Snakemake and its scripts form a group of processes that ends with the run: at once when it is
stopped, killed, or left by the `make` that called it; and with Snakemake, when only that is killed.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from coevo.errors import PROGRAM, ROOT, StudyError, about

LOCK, LOCKS = Path(".snakemake", "once.lock"), Path(".snakemake", "locks")  # ours, Snakemake's
ASIDE = Path(".snakemake", "aside.txt")  # what is written on stderr while steps are shown
PATIENCE = 3  # seconds that the processes of a killed run, or a short one by hand, may take to end
SILENCE = 60  # seconds
LOST = "ended too early; if no line above says why, memory ran out or something ended it"
ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
SHOWN = ("--logger", "steps")  # by the class `Steps`, which Snakemake finds as a plugin
# What the process of Snakemake does; the folder of the study is not searched for modules.
BEGIN = """import sys
sys.path[:0] = sys.argv[1:3]
from coevo.command.runner import within
within(int(sys.argv[3]), *sys.argv[4:])"""
GROUPS = hasattr(os, "killpg")  # of processes, which Windows has not
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
        while not _locked(file):
            if time.monotonic() > deadline:
                file.seek(0)
                run = f"another run (process {owner})" if (owner := file.read()) else "another run"
                raise StudyError(f"coevo: {run} is at work in this folder; wait for it")
            time.sleep(0.1)
        shutil.rmtree(LOCKS, ignore_errors=True)
        file.truncate(0)
        with about(LOCK):
            file.write(str(os.getpid()))
            file.flush()
        yield file.fileno()
        file.truncate(0)


def _locked(file: TextIO) -> bool:
    """Lock a file for this process alone; say whether it could be."""
    with suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            file.seek(0x7FFFFFFF)  # beyond the text, which must stay readable
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def snakemake(*arguments: str, held: int) -> int:
    """Run Snakemake in a group of processes of its own and return its exit code.

    held: the file of the lock, which Snakemake keeps. The group ends with this process and with
    Snakemake, however these end. Raises `Stopped` on a signal to end.
    """
    ours, theirs = os.pipe()[::-1]
    places = (str(ROOT), str(PROGRAM / "workflow"))
    words = [sys.executable, "-P", "-c", BEGIN, *places, str(theirs), *arguments]
    kept = (theirs, held) if GROUPS else ()
    # Snakemake opens files as the system encodes them; jobs load no module from the study's folder.
    known = {**os.environ, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
    process = subprocess.Popen(words, start_new_session=GROUPS, pass_fds=kept, env=known)
    os.close(theirs)
    try:
        return process.wait()
    finally:
        with suppress(ProcessLookupError, PermissionError):  # all have ended
            os.killpg(process.pid, signal.SIGKILL) if GROUPS else process.kill()
        process.wait()
        os.close(ours)
        if sys.stderr.isatty():
            wipe(sys.stderr)


def within(pipe: int, *arguments: str) -> None:
    """Run Snakemake in this process; end its whole group when the other end of a pipe closes."""

    def watch() -> None:
        os.read(pipe, 1)
        os.killpg(0, signal.SIGKILL)

    if GROUPS:
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


class Steps(LogHandlerBase):
    """What Snakemake tells of jobs, as steps; of a dry run it tells by itself."""

    has_filter = has_formatter = True
    needs_rulegraph = writes_to_file = False

    def __post_init__(self) -> None:
        self._stream = os.fdopen(int(os.environ[TERMINAL]), "w", encoding="utf-8", closefd=False)
        self._live, self._last = self._stream.isatty(), time.monotonic()
        self._jobs: Counter[str] = Counter()  # by rule
        self._begun: dict[str, tuple[float, str]] = {}  # rule -> when, what it does
        self._running: dict[int, str] = {}  # job -> rule
        self._ended: Counter[str] = Counter()
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
                self._jobs = Counter({r: n for r, n in told["stats"].items() if r not in TARGETS})
            case LogEvent.JOB_INFO if (rule := told["rule_name"]) in self._jobs:
                does = (told["rule_msg"] or rule).strip().splitlines()[0].rstrip(".")
                self._begun.setdefault(rule, (time.monotonic(), does))
                self._running[told["jobid"]] = rule
            case LogEvent.JOB_FINISHED if rule := self._running.pop(told["job_id"], ""):
                self._ended[rule] += 1
                if self._ended[rule] == self._jobs[rule]:
                    self._show(rule)
            case LogEvent.JOB_ERROR:
                by_cluster = told["rule_msg"] and f"{told['rule_msg']} ({', '.join(told['log'])})"
                self._lost.append(f"coevo: {told['rule_name']}: {by_cluster or LOST}")
            case LogEvent.ERROR:  # of the system, as a full disk, Snakemake shows a traceback
                text = record.getMessage().strip()
                self._errors.append(text.splitlines()[-1] if "Traceback" in text else text)

    def close(self) -> None:
        """Say which steps did not end well, and aside what stopped them."""
        for rule in dict.fromkeys(self._running.values()):
            self._show(rule, before="stopped: ")
        print(*(self._lost or self._errors), sep="\n", end="", file=sys.stderr, flush=True)
        self._running, self._lost, self._errors = {}, [], []
        super().close()

    def _watch(self) -> None:
        while True:
            time.sleep(1)
            self.acquire()
            try:
                self.tick()
            finally:
                self.release()

    def tick(self) -> None:
        """Show what is at work: on a terminal always, elsewhere after a silence."""
        if self._running and (self._live or time.monotonic() - self._last > SILENCE):
            self._show(next(iter(self._running.values())), after=" …", stays=not self._live)
        elif self._live and not self._begun:
            self._write("The study is read …", stays=False)

    def _show(self, rule: str, before: str = "", after: str = "", stays: bool = True) -> None:
        since, does = self._begun[rule]
        ended, jobs = self._ended[rule], self._jobs[rule]
        part = f" ({ended} of {jobs})" if ended < jobs > 1 else ""
        steps = sum(self._ended[each] == number for each, number in self._jobs.items())
        place = f"{steps:>{len(str(len(self._jobs)))}} of {len(self._jobs)}"
        took = clock(time.monotonic() - since)
        self._write(f"{place}  {took:>9}  {before}{does}{part}{after}", stays)

    def _write(self, line: str, stays: bool) -> None:
        """Write a line over the last one of a terminal; elsewhere below it."""
        with suppress(OSError):  # nobody reads on
            if self._live:
                wipe(self._stream)
            text = f"{line}\n" if stays else line[: shutil.get_terminal_size().columns - 1]
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
