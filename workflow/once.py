"""Run the workflow once at a time in this folder, and end with words that help.

    python workflow/once.py study=NAME|config/config.yaml [--verbose] [snakemake options]

A step is a line (`steps.py`); with --verbose Snakemake says what it does in its own many lines.
A second run at the same time is refused in one line. Snakemake and its scripts form a group of
processes that ends with this one: at once when it is stopped, killed, or left by the `make` that
called it; and with Snakemake, when that alone is killed. After a run that was stopped or killed,
half-made outputs are built again. Where rules failed, their problems are repeated as the last thing
on the screen.
"""

import errno
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clean import tidy
from steps import LOST, Progress

from coevo.errors import FULL, StudyError, about, command, is_foreign, plain_words
from coevo.study.configuration import config_file, read_config

LOCK, LOCKS = Path(".snakemake", "once.lock"), Path(".snakemake", "locks")  # ours, Snakemake's
PATIENCE = 10  # seconds that the processes of a killed run, or a short one by hand, may take to end
LEAST_ROOM = 20_000_000  # bytes on the disk, below which no study is begun
STOPPED = "coevo: stopped; the same command goes on where it was"
ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
WITHIN = "--within"  # before the number of the pipe, of a process that runs Snakemake
VERBOSE = "--verbose"
MAKE = "COEVO_MAKE"  # in the environment: the `make` that called this process


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


def snakemake(*arguments: str, held: int, steps: Progress | None) -> int:
    """Run Snakemake in a group of processes of its own and return its exit code.

    held: the file of the lock, which Snakemake keeps. steps: what reads all that the group writes
    on stderr, in place of the terminal. The group ends with this process and with Snakemake,
    however these end. Raises `Stopped` on a signal to end.
    """
    ours, theirs = os.pipe()[::-1]
    words = [sys.executable, __file__, WITHIN, str(theirs), *arguments]
    words += ["--logger", "steps"] if steps else []
    apart = {} if os.name == "nt" else {"start_new_session": True, "pass_fds": (theirs, held)}
    said = {"stderr": subprocess.PIPE, "text": True, "errors": "replace"} if steps else {}
    process = subprocess.Popen(words, **apart, **said)
    os.close(theirs)
    try:
        for line in lines_of(process) if steps else ():
            steps.tick() if line is None else steps.read(line)
        code = process.wait()
        if steps:
            steps.end()
        return code
    except BaseException:
        if steps:
            steps.clear()
        raise
    finally:
        with suppress(ProcessLookupError, PermissionError):  # all have ended
            process.kill() if os.name == "nt" else os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)


def lines_of(process: subprocess.Popen) -> Iterator[str | None]:
    """Yield the lines that a process writes on stderr, and None in each second without one."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in process.stderr:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            if process.poll() is not None:  # a script that it left holds the other end
                return
            yield None
        else:
            if line is None:
                return
            yield line


def within(pipe: int, *arguments: str) -> None:
    """Run Snakemake in this process; end its whole group when the other end of a pipe closes."""

    def watch() -> None:
        os.read(pipe, 1)
        os.killpg(0, signal.SIGKILL)

    if os.name != "nt":
        threading.Thread(target=watch, daemon=True).start()
    logging.raiseExceptions = False  # a log that finds no room on the disk is none
    from snakemake import exceptions
    from snakemake.cli import main as run

    theirs = exceptions.format_exception_to_string

    def words(problem: Exception, *rest: object) -> str:
        return plain_words(problem).strip() if is_foreign(problem) else theirs(problem, *rest)

    exceptions.format_exception_to_string = words  # a full disk is no reason for a traceback
    run(list(arguments))


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
    steps = None if VERBOSE in options else Progress(sys.stderr)
    given = ["--configfile", config, "--rerun-incomplete"]
    given += [option for option in options if option != VERBOSE]
    with alone() as held:
        started = time.time()
        code = snakemake(*given, held=held, steps=steps)
        if code:
            full = shutil.disk_usage(".").free < LEAST_ROOM
            said = problems(started) or (steps.problems() if steps else "")
            said = said or (f"coevo: {LOST}\n" if code < 0 else "")
            said += f"{Path.cwd()}: {FULL}\n" if full and FULL not in said else ""
            print(said, end="", file=sys.stderr)
            return max(code, 1)
        tidy(study)  # only now has the config passed
        done = [f"done in {steps.took()}"] if steps and steps.took() else []
        print("coevo:", "; ".join([*done, *opened(study)]), flush=True)
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
