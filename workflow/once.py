"""Run the workflow once at a time in this folder, and end with words that help.

    python workflow/once.py config/config.yaml [--verbose] [snakemake options]

A step is a line (`steps.py`); with --verbose Snakemake says what it does in its own many lines.
A second run at the same time is refused in one line. Snakemake and its scripts form a group of
processes that ends with this one: at once when it is stopped, killed, or left by the `make` that
called it. After a run that was stopped or killed, Snakemake's lock is released, and half-made
outputs are built again. Where rules failed, their problems are repeated as the last thing on the
screen.
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
from contextlib import suppress
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from steps import Progress

from coevo.errors import FULL, about, command, is_foreign, plain_words
from coevo.study.configuration import read_config

PATIENCE = 60  # seconds that the children of a killed run may take to end
LEAST_ROOM = 20_000_000  # bytes on the disk, below which no study is begun
STOPPED = "coevo: stopped; the same command goes on where it was"
ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
WITHIN = "--within"  # before the number of the pipe, of a process that runs Snakemake
VERBOSE = "--verbose"


class Stopped(Exception):  # noqa: N818 - it is asked for, and no error
    """The run is to end: by Ctrl-C, by a signal to end, or because `make` is gone."""


def lock(path: Path):
    """Take this folder's lock, which the system releases when its last holder ends.

    Returns the lock and whether its last owner was killed: one that ends by itself leaves it empty.
    """
    with about(path):
        path.parent.mkdir(exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    deadline = time.monotonic() + PATIENCE
    while not _try(file):
        owner = _owner(file)
        if owner and _alive(owner):
            sys.exit(f"coevo: another run (process {owner}) is at work in this folder; wait for it")
        if time.monotonic() > deadline:
            sys.exit("coevo: a process of an earlier run still holds this folder; end it first")
        time.sleep(0.2)
    killed = _owner(file) is not None
    file.truncate(0)
    with about(path):
        file.write(str(os.getpid()))
        file.flush()
    # Scripts inherit the lock, so that one that outlives a killed run is waited for.
    os.set_inheritable(file.fileno(), True)
    return file, killed


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


def snakemake(*arguments: str, held: int | None = None, steps: Progress | None = None) -> int:
    """Run Snakemake in a group of processes of its own and return its exit code.

    held: the file of the lock, which the group keeps. steps: what reads all that the group writes
    on stderr, in place of the terminal. The group ends with this process, however that ends. Raises
    `Stopped` on a signal to end.
    """
    ours, theirs = os.pipe()[::-1]
    words = [sys.executable, __file__, WITHIN, str(theirs), *arguments]
    words += ["--logger", "steps"] if steps else []
    shared = (theirs,) if held is None else (theirs, held)
    apart = {} if os.name == "nt" else {"start_new_session": True, "pass_fds": shared}
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
        with suppress(ProcessLookupError):
            process.kill() if os.name == "nt" else os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
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
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGTERM)

    if "MAKELEVEL" in os.environ and os.name != "nt":
        threading.Thread(target=watch, daemon=True).start()


def check_open(study: str) -> None:
    """Raise `PermissionError` for a folder of results in which nothing can be written."""
    for folder in ("data/processed", "reports", "logs", ".snakemake"):
        place = Path(folder, study)
        there = next(part for part in (place, *place.parents) if part.exists())
        if there.is_dir() and not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "", str(there))


def tidy(study: str) -> None:
    """Remove what a killed run left of files that it was writing."""
    for folder in (Path("data", "processed", study), Path("reports", study)):
        for part in folder.rglob(".*.part"):
            part.unlink(missing_ok=True)


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
    study = str(read_config(config).get("study"))
    if shutil.disk_usage(".").free < LEAST_ROOM:
        print(f"{Path.cwd()}: {FULL}", file=sys.stderr)
        return 1
    check_open(study)
    held, killed = lock(Path(".snakemake", "once.lock"))
    tidy(study)
    steps = None if VERBOSE in options else Progress(sys.stderr)
    given = ["--configfile", config, "--rerun-incomplete"]
    given += [option for option in options if option != VERBOSE]
    locks = Path(".snakemake", "locks")
    if locks.is_dir() and any(locks.iterdir()):
        if not killed:
            print(
                "coevo: Snakemake holds this folder: a run by hand is at work, or was killed; wait "
                "for it, or release the folder with: snakemake --unlock",
                file=sys.stderr,
            )
            held.truncate(0)
            return 1
        snakemake("--unlock", "--quiet", "all", *given, steps=steps)
    started = time.time()
    code = snakemake(*given, held=held.fileno(), steps=steps)
    if code:
        full = shutil.disk_usage(".").free < LEAST_ROOM
        said = problems(started) or (steps.problems() if steps else "")
        said += f"{Path.cwd()}: {FULL}\n" if full and FULL not in said else ""
        print(said, end="", file=sys.stderr)
    else:
        done = [f"done in {steps.took()}"] if steps and steps.took() else []
        print("coevo:", "; ".join([*done, *opened(study)]), flush=True)
        code = then() if then else 0
    held.truncate(0)
    return code


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
