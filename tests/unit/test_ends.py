"""A run ends with all its children and one line, and what the system refuses is one line too."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coevo import errors, files
from coevo.command import runner
from tests.programs import needs
from tests.sample import ROOT

# In place of Snakemake: its lock, and a child that does not end by itself, as a long script; what
# stands in `code` is an exit code instead.
SNAKEMAKE = """
import logging, os, pathlib, subprocess, sys, types
from snakemake_interface_logger_plugins.common import LogEvent
from coevo.command.runner import Steps
def main(arguments):
    steps = Steps(types.SimpleNamespace(dryrun=False), None)
    if pathlib.Path("code").exists():
        sys.exit(int(pathlib.Path("code").read_text()))
    os.makedirs(".snakemake/locks")
    pathlib.Path(".snakemake/locks/0.input.lock").touch(exist_ok=False)
    job = {"jobid": 1, "rule_name": "panel", "rule_msg": "Audit the figures"}
    for event in ({"event": LogEvent.RUN_INFO, "stats": {"panel": 1}},
                  {"event": LogEvent.JOB_INFO, **job}):
        steps.emit(logging.makeLogRecord(event))
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    pathlib.Path("child").write_text(str(child.pid))
    child.wait()
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "snakemake").mkdir()
    (tmp_path / "snakemake" / "__init__.py").touch()
    (tmp_path / "snakemake" / "cli.py").write_text(SNAKEMAKE)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "small.yaml").write_text("study: small\n")
    return tmp_path


def is_there(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


RUN = [sys.executable, "-m", "coevo", "build", "--study", "small"]
MAKE = ["make", "-o", ".venv/filled", "study=small"]
LINUX = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at processes as Linux does"
)


def start(folder: Path, *words: str, stderr: int = subprocess.PIPE) -> subprocess.Popen:
    return subprocess.Popen(
        words or RUN, cwd=folder, stdout=subprocess.PIPE, stderr=stderr, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
    )  # fmt: skip


def begun(folder: Path, *words: str, stderr: int = subprocess.PIPE) -> tuple[subprocess.Popen, int]:
    child = folder / "child"
    child.unlink(missing_ok=True)
    process = start(folder, *words, stderr=stderr)
    while not child.exists() or not child.read_text():
        assert process.poll() is None
        time.sleep(0.02)
    return process, int(child.read_text())


def ends(child: int) -> bool:
    since = time.monotonic()
    while is_there(child) and time.monotonic() - since < 10:
        time.sleep(0.05)
    return not is_there(child)


@LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_run_that_is_stopped_takes_its_children_along(folder, number):
    process, child = begun(folder)
    process.send_signal(number)
    said = process.communicate()
    assert ends(child)
    if number != signal.SIGKILL:
        assert process.returncode == 130
        assert said == ("", "coevo: stopped; the same command goes on where it was\n")


@LINUX
def test_a_terminal_is_left_without_half_a_line(folder):
    ours, theirs = os.openpty()
    process, child = begun(folder, stderr=theirs)
    os.close(theirs)
    said = b""
    while "Audit the figures …".encode() not in said:
        said += os.read(ours, 1000)
    process.send_signal(signal.SIGINT)
    process.wait()
    assert ends(child)
    last = os.read(ours, 1000).decode().rpartition("\r\n")[0].rpartition("\r")[2]
    assert last == "coevo: stopped; the same command goes on where it was"
    os.close(ours)


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


@LINUX
@needs("make")
def test_a_run_ends_with_the_make_that_called_it(folder):
    (folder / ".venv").symlink_to(sys.prefix)
    shutil.copy(ROOT / "Makefile", folder)
    process, child = begun(folder, *MAKE)
    process.kill()
    assert ends(child)
    process.communicate()


@LINUX
def test_a_run_ends_with_its_snakemake_and_the_next_goes_on(folder):
    process, child = begun(folder)
    os.kill(parent(child), signal.SIGKILL)
    said = process.communicate()[1]
    assert ends(child) and process.returncode == 1
    assert said.splitlines()[-1] == f"coevo: {runner.LOST}"
    process, child = begun(folder)  # and is refused nothing
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 130 and ends(child)


@pytest.mark.whole
@LINUX
def test_of_two_runs_at_the_same_instant_one_is_refused(folder):
    for _ in range(5):
        (folder / "child").unlink(missing_ok=True)
        runs = [start(folder), start(folder)]
        while all(run.poll() is None for run in runs):
            time.sleep(0.02)
        (one,) = (run for run in runs if run.poll() is None)
        (other,) = (run for run in runs if run is not one)
        assert other.returncode == 1
        said = f"coevo: another run (process {one.pid}) is at work in this folder; wait for it\n"
        assert other.communicate()[1] == said
        one.kill()  # and leaves its locks
        one.communicate()


@LINUX
def test_a_run_by_hand_is_waited_for_and_its_dead_lock_is_none(folder, monkeypatch):
    import fcntl

    monkeypatch.chdir(folder)
    monkeypatch.setattr(runner, "PATIENCE", 0.3)
    left = folder / ".snakemake" / "locks" / "0.input.lock"
    left.parent.mkdir(parents=True)
    left.touch()
    with (folder / ".snakemake" / "once.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(errors.StudyError, match="another run is at work"), runner.alone():
            pass
        assert left.exists()
    with runner.alone():
        assert not left.exists()


@LINUX
def test_nothing_is_removed_before_the_config_has_passed(folder):
    own = folder / "data" / "processed" / "small"
    own.mkdir(parents=True)
    (own / ".x.part").touch()
    for code in (1, 0):
        (folder / "code").write_text(str(code))
        assert start(folder).wait() == code
        assert (own / ".x.part").exists() == bool(code)


@pytest.mark.parametrize("number", errors.SYSTEM)
def test_what_the_disk_refuses_names_the_file_that_was_to_be_written(
    tmp_path, monkeypatch, capsys, number
):
    def full(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "open", full)
    assert errors.command(lambda: files.write_text("x", tmp_path / "t.csv") or 0) == 1
    assert capsys.readouterr().err == f"{tmp_path}/t.csv: {errors.SYSTEM[number]}\n"
    assert list(tmp_path.iterdir()) == []


def test_memory_that_does_not_suffice_and_a_stop_are_lines(capsys):
    def raising(problem):
        def step():
            raise problem

        return step

    assert errors.command(raising(MemoryError())) == 1
    assert capsys.readouterr().err.startswith("coevo: the memory of this computer does not")
    assert errors.command(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "coevo: stopped\n"
    assert errors.command(raising(OSError("a mistake of ours"))) == 1
    assert "Traceback" in capsys.readouterr().err
    assert errors.command(lambda: 3) == 3


def test_a_full_disk_is_said_before_a_run_and_a_closed_folder_too(folder):
    code = (
        "import sys, shutil, collections; sys.path.insert(0, {root!r}); import coevo.command; "
        "shutil.disk_usage = lambda _: collections.namedtuple('Use', 'free')({free}); {more}"
        "sys.exit(coevo.command.main(['build', '--study', 'small']))"
    )

    def said(free: int, more: str = "") -> str:
        given = code.format(root=str(ROOT), free=free, more=more)
        run = [sys.executable, "-c", given]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 1 and done.stdout == ""
        return done.stderr

    assert said(1000) == f"{folder}: {errors.FULL}\n"
    closed = "import os; os.access = lambda path, mode: 'reports' not in str(path); "
    (folder / "reports").mkdir()
    assert said(10**9, closed).startswith("reports: this account may not open or change it")


def test_nobody_reads_on(tmp_path):
    code = "from coevo.errors import command; command(lambda: print('x\\n' * 10**6, flush=True))"
    words = f"'{sys.executable}' -c \"{code}\" | head -1"
    done = subprocess.run(words, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "" and done.stdout == "x\n"
