"""200 hostile names of a study, wherever one is taken: each is data, and each is refused."""

import os
import random
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from coevo.command import main
from tests.programs import needs
from tests.projects import make_project

pytestmark = pytest.mark.whole

NAMES = ["", "..", "../../keepme", ".", "-rf", "small\n", "provinces keepme", "*", "x" * 3000]
NAMES += ["研究", "'; touch pwn; '", '"; touch pwn; "', "`touch pwn`"]
NAMES += ["$$(touch pwn)", "$(shell touch pwn)"]
PIECES = [*NAMES[1:], "a", "/", "\\", "'", '"', ";", "&", "|", "\n", "\r", "\t", " ", "#", "=", ":"]
PIECES += ["${HOME}", "$(MAKE)", "$study", "%PATH%", "{x}", "[a]", "?", "~", "!", "CON", "\x1b[2J"]
PIECES += ["é", "\u202e", "\udcff", "touch pwn", "> pwn", "$(error x)", "\\\n"]
rng = random.Random("names")
while len(NAMES) < 200:
    name = "".join(rng.choices(PIECES, k=rng.randint(2, 4)))
    NAMES += [name] if name not in NAMES and not name.isalnum() else []

# what each target calls, with a name in place of every word that can be typed
WORDS = ("study", "cores", "name", "first", "last", "vintage", "from", "verbose", "strict")
CALLS = {
    "study": ["build", "--study={}", "--cores={}", "--verbose"],
    "release": ["release", "--study={}", "--cores={}", "--verbose", "{}"],
    "check": ["check", "--study={}", "--strict"],
    "clean": ["clean", "--study={}"],
    "new": ["new", "--first={}", "--last={}", "--vintage={}", "--from={}", "--", "{}"],
}
RECORDER = """#!/bin/sh
printf '%s\\0' "$@" >> record
"""


def make(folder: Path, name: str | None, *targets: str) -> subprocess.CompletedProcess:
    """Call targets with a name as every word that can be typed; None: with none typed."""
    known = {key: value for key, value in os.environ.items() if not key.startswith("M")}
    words = ["make", "-k", "-o", ".venv/filled", *targets]
    words += [] if name is None else [f"{word}={name}" for word in WORDS]
    return subprocess.run(list(map(os.fsencode, words)), cwd=folder, env=known, capture_output=True)


def state(box: Path) -> dict[str, str]:
    """Everything in a folder, with the digests of files."""
    return {
        path.relative_to(box).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in box.rglob("*")
        if path.is_file() and not {"__pycache__", ".venv", "once.lock"} & {*path.parts}
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """A small study, with what a build leaves, and beside it what nothing may touch."""
    folder = make_project(tmp_path_factory.mktemp("names") / "study")
    for place in ("data/processed/small", "reports/small/tables", "reports", "../keepme", "logs"):
        for name in ("panel.csv", ".x.part", "report.en.html"):
            (folder / place).mkdir(parents=True, exist_ok=True)
            (folder / place / name).touch()
    (folder / ".venv" / "bin").mkdir(parents=True)
    return folder


@needs("make")
def test_make_hands_every_name_on_as_it_is(study):
    python = study / ".venv" / "bin" / "python"
    python.write_text(RECORDER)
    python.chmod(0o755)

    def recorded(name: str | None, *targets: str) -> list[str]:
        make(study, name, *targets)
        record = (study / "record").read_bytes().decode("utf-8", "surrogateescape")
        (study / "record").unlink()
        return [word for word in record.split("\0")[:-1] if word not in ("-m", "coevo")]

    before = state(study.parent)
    for name in NAMES:
        given = name.lstrip()  # make takes no space after "="
        said = [word.format(given) for call in CALLS.values() for word in call
                if given or word not in ("--verbose", "--strict")]  # fmt: skip
        assert recorded(name, *CALLS) == said
    assert recorded(None) == ["build", "--study=provinces", "--cores=all"]
    assert recorded(None, "new") == [word.format("") for word in CALLS["new"]]
    assert state(study.parent) == before


@pytest.mark.parametrize("command", ["build", "release", "check", "accept", "clean", "new"])
def test_a_name_that_is_none_is_refused_and_nothing_is_touched(study, command, monkeypatch, capsys):
    monkeypatch.chdir(study)
    more = {"release": ["v1"]}.get(command, [])
    before = state(study.parent)
    for name in [*NAMES[1:], str(study.parent / "keepme")]:
        given = ["--", name] if command == "new" else [f"--study={name}"]
        assert main([command, *more, *given]) == 1
        said = capsys.readouterr()
        assert said.out == "" and said.err.startswith("study: ") and said.err.count("\n") == 1
    assert state(study.parent) == before


@needs("make")
def test_clean_removes_what_was_built_and_says_it(study):
    """Nothing while one of the study's folders is a link out of it, nor for a hostile name."""
    shutil.rmtree(study / ".venv")
    (study / ".venv").symlink_to(sys.prefix)
    for name in ("reports/small/releases/v1/release.yaml", "reports/small/report.en.html"):
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).touch()
    (study / "logs" / "small").symlink_to(study.parent / "keepme")
    before = state(study.parent)
    for name in ('"; touch pwn; "', "small"):
        assert make(study, name, *CALLS).returncode == 2
        assert state(study.parent) == before
    (study / "logs" / "small").unlink()
    before = state(study.parent)
    done = make(study, "small", "clean")
    gone = ["data/processed/small", "reports/small/tables", "reports/small/report.en.html"]
    assert done.stdout.decode().splitlines() == [f"removed {place}" for place in gone], done.stderr
    after = state(study.parent)
    places = tuple(f"study/{place}" for place in gone)
    assert {path for path in before if path not in after} == {
        path for path in before if path.startswith(places)
    }
