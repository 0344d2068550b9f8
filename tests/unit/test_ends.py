"""A run that is stopped ends in one line, and what the system refuses is one line too."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coevo import errors, files
from coevo.command import runner
from tests.projects import ROOT, copy_small

# In place of Snakemake: its lock, and a job that does not end by itself, or the code in `code`.
SNAKEMAKE = """
import os, pathlib, sys, time
def main(arguments):
    if pathlib.Path("code").exists():
        sys.exit(int(pathlib.Path("code").read_text()))
    os.makedirs(".snakemake/locks")
    try:
        pathlib.Path("begun").touch()
        time.sleep(60)
    except KeyboardInterrupt:  # as Snakemake does
        sys.exit(1)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "snakemake").mkdir()
    (tmp_path / "snakemake" / "__init__.py").touch()
    (tmp_path / "snakemake" / "cli.py").write_text(SNAKEMAKE)
    copy_small(tmp_path)
    (tmp_path / "config" / "config.yaml").rename(tmp_path / "config" / "small.yaml")
    return tmp_path


RUN = [sys.executable, "-m", "coevo", "build", "--study", "small"]
LINUX = pytest.mark.skipif(os.name == "nt", reason="sends signals")


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        RUN, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
    )  # fmt: skip


def begun(folder: Path) -> subprocess.Popen:
    (folder / "begun").unlink(missing_ok=True)
    process = start(folder)
    while not (folder / "begun").exists():
        assert process.poll() is None
        time.sleep(0.02)
    return process


@LINUX
def test_ctrl_c_ends_in_one_line(folder):
    process = begun(folder)
    process.send_signal(signal.SIGINT)
    said = process.communicate()
    assert process.returncode == 130
    assert said == ("", "coevo: stopped; the same command goes on where it was\n")


@LINUX
def test_a_second_run_is_refused_in_one_line_and_one_after_a_kill_is_not(folder):
    one, other = begun(folder), start(folder)
    said = "coevo: another run is at work in this folder; wait for it\n"
    assert other.communicate()[1] == said and other.returncode == 1
    one.kill()  # and leaves its locks
    one.communicate()
    begun(folder).kill()


@LINUX
def test_a_run_by_hand_holds_the_folder_and_its_dead_lock_is_removed(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(runner, "_shared", [])
    left = folder / ".snakemake" / "locks" / "0.input.lock"
    left.parent.mkdir(parents=True)
    left.touch()
    runner.share_folder()
    with pytest.raises(errors.StudyError, match="another run is at work"), runner.alone():
        pass
    assert left.exists()
    runner._shared.pop().close()
    with runner.alone():
        runner.share_folder()  # the command's own Snakemake waits for nothing
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
