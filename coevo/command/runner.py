"""One run of Snakemake at a time in a folder: its lock, its start, a line for each step.

A file lock of this program tells a run that is at work from the lock that a killed run of Snakemake
has left: the system releases it when its holder ends, however it ends.
"""

import logging
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from coevo.errors import PROGRAM, StudyError, about, plain_words

LOCK, LOCKS = Path(".snakemake", "once.lock"), Path(".snakemake", "locks")  # ours, Snakemake's
LOST = "ended too early; if no line above says why, memory ran out or something ended it"
MISTAKE = "this is a mistake of the program, not of yours; please report it with the file"
STOPPED = "coevo: stopped; the same command goes on where it was"
LOGGER = "steps"  # by this name Snakemake finds `Steps`, as a plugin
TARGETS = {"all", "everything"}  # rules that are no step
_shared: list[IO[bytes]] = []  # the lock of a run of plain Snakemake, open as long as it lives


@contextmanager
def alone() -> Iterator[None]:
    """Hold this folder's lock; raise `StudyError` if another run is at work.

    Whoever holds it finds no lock of Snakemake's but that of a killed run, and removes it.
    """
    with about(LOCK):
        LOCK.parent.mkdir(exist_ok=True)
        file = LOCK.open("ab")
    with file:
        if not _locks(file, shared=False):
            raise StudyError("coevo: another run is at work in this folder; wait for it")
        shutil.rmtree(LOCKS, ignore_errors=True)
        yield


def share_folder() -> None:
    """Hold the folder's lock beside other runs of plain Snakemake, until this process ends."""
    with suppress(OSError):  # where nothing can be written, Snakemake says so itself
        LOCK.parent.mkdir(exist_ok=True)
        _shared.append(LOCK.open("ab"))
        _locks(_shared[-1], shared=True)


def _locks(file: IO[bytes], shared: bool) -> bool:
    """Lock a file for this process; return whether it could be locked."""
    with suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        return True
    return False


def snakemake(arguments: Sequence[str]) -> int:
    """Run Snakemake in this process; return its exit code, 130 where it was stopped."""
    stopped: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    sys.path.insert(0, str(PROGRAM / "workflow"))  # where the plugin is
    logging.raiseExceptions = False  # a log that finds no room on the disk is none
    from snakemake.cli import main

    try:
        main([*arguments])
    except SystemExit as end:
        if not stopped:
            return int(end.code or 0)
    except KeyboardInterrupt:  # before the first job
        pass
    except OSError as problem:  # such as a full disk, when Snakemake notes what it did
        sys.stderr.write(plain_words(problem))
        return 1
    print(STOPPED, file=sys.stderr)
    return 130


def clock(seconds: float) -> str:
    """Return a time as it is told: `48 s`, `5 min 3 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Steps(LogHandlerBase):
    """What Snakemake logs, as a line for each job that has ended, and why one did not end well."""

    has_filter = has_formatter = True
    needs_rulegraph = writes_to_file = False

    def __post_init__(self) -> None:
        self._running: dict[int, tuple[float, str, str]] = {}  # job -> since when, rule, what
        self._ended: tuple[float, str, str] | None = None
        self._failed: dict[str, None] = {}  # lines on jobs, each once
        self._errors: list[str] = []  # of Snakemake itself
        self._targets = 0

    @property
    def writes_to_stream(self) -> bool:
        """Whether Snakemake leaves the terminal to this handler; of a dry run it tells itself."""
        return not self.common_settings.dryrun

    def emit(self, record: logging.LogRecord) -> None:
        """Show a step that has ended, keep why one failed, and show what else is wrong."""
        told = vars(record)
        match told.get("event"):
            case LogEvent.RUN_INFO:
                self._targets = sum(told["stats"].get(target, 0) for target in TARGETS)
            case LogEvent.JOB_INFO if told["rule_name"] not in TARGETS:
                does = (told["rule_msg"] or told["rule_name"]).strip().splitlines()[0].rstrip(".")
                self._running[told["jobid"]] = (time.monotonic(), told["rule_name"], does)
            case LogEvent.JOB_FINISHED:
                self._ended = self._running.pop(told["job_id"], None)
            case LogEvent.PROGRESS if self._ended:
                since, _, does = self._ended
                place = f"{told['done']} of {told['total'] - self._targets}"
                self._show(f"{place:>8}  {clock(time.monotonic() - since):>9}  {does}")
                self._ended = None
            case LogEvent.JOB_ERROR:
                self._failed |= dict.fromkeys(_reported(told))
            case LogEvent.ERROR:  # of the system, as a full disk, Snakemake shows a traceback
                text = record.getMessage().strip()
                self._errors.append(text.splitlines()[-1] if "Traceback" in text else text)

    def close(self) -> None:
        """Say which steps did not end, and why."""
        for _, _, does in self._running.values():
            self._show(f"stopped: {does}")
        for line in self._failed or self._errors:
            self._show(line)
        self._running, self._failed, self._errors = {}, {}, []
        super().close()

    def _show(self, line: str) -> None:
        with suppress(OSError):  # nobody reads on
            print(line, file=sys.stderr, flush=True)


def _reported(job: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that a job which failed left in its log, or what is known without them."""
    text = "".join(Path(log).read_text("utf-8") for log in job["log"] if Path(log).is_file())
    if text.startswith("Traceback"):
        yield f"coevo: {job['rule_name']}: {MISTAKE} {', '.join(job['log'])}"
    else:
        yield from text.splitlines() or [f"coevo: {job['rule_name']}: {job['rule_msg'] or LOST}"]
