"""Run the workflow once at a time in this folder, and end with words that help.

    python workflow/once.py config/config.yaml [snakemake options]

A second run at the same time is refused in one line. After a run that was killed, its remaining
children are waited for, Snakemake's lock is released, and half-made outputs are built again. Where
rules failed, their problems are repeated as the last thing on the screen.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coevo.errors import StudyError
from coevo.study.configuration import read_config

PATIENCE = 60  # seconds that the children of a killed run may take to end


def lock(path: Path):
    """Take this folder's lock, which the system releases when its last holder ends.

    Returns the lock and whether its last owner was killed: one that ends by itself leaves it empty.
    """
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


def snakemake(*arguments: str) -> int:
    """Run Snakemake in this process and return its exit code."""
    from snakemake.cli import main

    try:
        main(list(arguments))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


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
        study = read_config(config).get("study")
    except StudyError as problem:
        print(problem, file=sys.stderr)
        return 1
    held, killed = lock(Path(".snakemake", "once.lock"))
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
        snakemake("--unlock", "--quiet", "all", "--configfile", config)
    started = time.time()
    code = snakemake("--configfile", config, "--rerun-incomplete", *options)
    if code:
        print(problems(started), end="", file=sys.stderr)
    else:
        for report in sorted(Path("reports", str(study)).glob("report.*")):
            print(f"coevo: {report}")
        code = then() if then else 0
    held.truncate(0)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
