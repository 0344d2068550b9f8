"""Releases: named by the study, numbered, written whole, never overwritten."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from coevo import files
from coevo.errors import StudyError
from coevo.files import write_folder
from coevo.history.releases import (
    check_name,
    keep,
    kept_releases,
    latest,
    manifest,
)
from coevo.records import Jobs, begin_job

ABOUT = {"study": "small", "vintages": ["2026-10"], "config": {"years": {"first": 1, "last": 2}}}
PANEL = {"panel.csv": b"region\n330000\n"}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_is_numbered_and_says_what_it_is(tmp_path) -> None:
    assert latest(tmp_path / "none") is None
    line = keep(tmp_path / "releases", "2026-10-2022", ABOUT, PANEL)
    folder = tmp_path / "releases" / "2026-10-2022"
    assert line == f"{folder.as_posix()}: release 1 is kept"
    assert manifest(folder) == {"number": 1, **ABOUT}
    assert (folder / "panel.csv").read_bytes() == PANEL["panel.csv"]
    keep(tmp_path / "releases", "2025-paper", ABOUT, PANEL)
    newest = latest(tmp_path / "releases")
    assert (newest.number, newest.name) == (2, "2025-paper")  # by number, not by name
    names = ("panel.csv", "release.yaml", "sha256sums.txt")
    assert newest.files == [f"{newest.folder}/{name}" for name in names]
    assert [release.number for release in kept_releases(tmp_path / "releases")] == [1, 2]


def test_the_same_again_is_there_already_and_anything_else_is_refused(tmp_path) -> None:
    keep(tmp_path, "v1", ABOUT, PANEL)
    keep(tmp_path, "v2", ABOUT, PANEL)
    before = content(tmp_path)
    line = keep(tmp_path, "v1", ABOUT, PANEL)
    assert line == f"{tmp_path.as_posix()}/v1: is there already, with the same content"
    for about, tables in (
        (ABOUT, {"panel.csv": b"region\n"}),
        (ABOUT, {**PANEL, "claims.csv": b""}),
        ({**ABOUT, "vintages": ["2026-10", "2026-11"]}, PANEL),
    ):
        with pytest.raises(StudyError) as problem:
            keep(tmp_path, "v1", about, tables)
        said = f"{tmp_path.as_posix()}/v1: holds the study in another state, and a release is never"
        assert str(problem.value).startswith(said)
    assert content(tmp_path) == before


def test_names_of_letters_digits_and_marks_between_them() -> None:
    for name in ("2026-10-2022", "v1", "a.b_c-d", "X"):
        check_name(name)


@pytest.mark.parametrize("name", "..|.v1|v1.|a b|a/b|con|LPT1.old|发布|-v||v1\n|a\\b".split("|"))
def test_other_names_are_refused(tmp_path, name: str) -> None:
    shown = name.replace("\n", " ")  # a message is one line
    with pytest.raises(StudyError, match=re.escape(f"release: the name '{shown}' cannot be used")):
        keep(tmp_path, name, ABOUT, PANEL)
    assert not list(tmp_path.iterdir())


def test_a_release_is_whole_or_not_there(tmp_path, monkeypatch) -> None:
    written = []

    def failing(data: bytes, path: Path) -> None:
        written.append(path)
        if len(written) == 2:
            raise OSError("disk full")
        path.write_bytes(data)

    monkeypatch.setattr(files, "write_bytes", failing)
    with pytest.raises(OSError):
        write_folder({"a.csv": b"1", "b.csv": b"2", "c.csv": b"3"}, tmp_path / "v1")
    assert len(written) == 2 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", [None, "number: [", "number: one\nconfig: {}", "- 1", "number: 1"])
def test_a_folder_that_is_no_release_is_named(tmp_path, text) -> None:
    (tmp_path / ".v0.half").mkdir()  # left over from a killed run
    assert latest(tmp_path) is None
    (tmp_path / "v1").mkdir()
    if text is not None:
        (tmp_path / "v1" / "release.yaml").write_text(text, encoding="utf-8")
    why = "is missing" if text is None else "does not describe a release"
    line = f"{tmp_path}/v1/release.yaml: {why}; put the release back as it was, or move its folder"
    with pytest.raises(StudyError, match=re.escape(line)):
        latest(tmp_path)


@pytest.mark.parametrize("name", ["panel.csv", "release.yaml"])
@pytest.mark.parametrize("other", [b"number: 1\nconfig: {}\n", b"", None])
def test_a_release_that_is_not_as_it_was_kept_is_refused(tmp_path, name, other) -> None:
    keep(tmp_path, "v1", ABOUT, PANEL)
    assert latest(tmp_path)
    path = tmp_path / "v1" / name
    path.unlink() if other is None else path.write_bytes(other)
    with pytest.raises(StudyError) as problem:
        latest(tmp_path)
    (line,) = problem.value.messages
    assert line.startswith(f"{path.as_posix()}: ") and "move its folder out of releases" in line


RAW, SEEN, TABLE = "raw/a.csv", "data/processed/s/observations.csv", "data/processed/s/panel.csv"


@pytest.fixture
def chain(tmp_path, monkeypatch) -> None:
    """A raw file, what a job made of it, and what another made of that."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(files, "records", [])
    files.write_text("1", RAW)
    for name, read, made in (("observe", RAW, SEEN), ("panel", SEEN, TABLE)):
        begin_job(f"logs/s/{name}.log", [read])
        files.write_text("2", made)
    files.records.clear()


@pytest.mark.parametrize("path", [RAW, SEEN, TABLE, "data/processed/s/.made/panel"])
@pytest.mark.parametrize("other", ["3", None])
def test_a_chain_that_does_not_hold_is_no_release(chain, path, other) -> None:
    """A file of it that is edited, with its old time, or that is not there."""
    Jobs("s").check([SEEN, TABLE])
    assert Jobs("s").outdated() == []
    old = Path(path).stat()
    Path(path).unlink() if other is None else Path(path).write_text(other)
    if other:
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    with pytest.raises(StudyError) as problem:
        Jobs("s").check([SEEN, TABLE])
    (line,) = problem.value.messages
    assert line.startswith(f"{TABLE if 'made' in path else path}: ")
    assert ("is missing" in line) == (other is None and "made" not in path)


@pytest.mark.parametrize(("path", "made"), [(RAW, [SEEN]), (SEEN, [SEEN]), (TABLE, [TABLE])])
def test_what_is_not_as_it_was_is_outdated(chain, path, made):
    """What reads a table that a job makes waits until that job has made it anew."""
    Path(path).write_text("3")
    assert Jobs("s").outdated() == [Path(file) for file in made]


def test_a_record_of_a_rule_that_is_no_more_counts_for_nothing(chain):
    for name in ("observe", "weigh"):
        time.sleep(0.02)
        begin_job(f"logs/s/{name}.log", [RAW])
        files.write_text("4" if name == "weigh" else "2", SEEN)
    files.records.clear()
    assert Jobs("s").outdated() == []


def test_a_file_that_a_killed_job_left_is_none_that_it_made(chain):
    begin_job("logs/s/panel.log", [SEEN])
    with pytest.raises(StudyError, match="was changed since"):
        Jobs("s").check([TABLE])
