"""The command `coevo`: what it refuses, in a line; folders that it writes, whole or not there."""

import errno
import os
import re
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from coevo import errors
from coevo import files as files_module
from coevo.command import main, read_commands
from coevo.command.folder import make_folder
from coevo.files import read_table, write_table, write_text
from coevo.history.releases import manifest
from coevo.package import wheel
from coevo.records import read_record
from coevo.study import raw_files
from coevo.study.config_text import read_rows
from coevo.study.readiness import check_study
from tests.sample import ROOT

CASES = yaml.safe_load(Path(__file__).with_name("commands.yaml").read_text(encoding="utf-8"))
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)[^)]*\)")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the study `mine` in it, and its state."""
    folder = tmp_path / "数据 空格"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert main(["new", "mine", "--vintage", "2026-11"]) == 0
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "once.lock"
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["words"]))
def test_a_command_ends_with_a_line_and_nothing_half_made(place, case, capsys):
    for path, text in case.get("before", {}).items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    capsys.readouterr()
    before, ends = files(place), case.get("ends", 1)
    try:
        assert main(case["words"]) == ends
    except SystemExit as end:  # of --help
        assert end.code == ends
    said = capsys.readouterr()
    text = said.err if ends else said.out
    assert re.search(case["says"], text, re.MULTILINE), text
    if ends:
        assert text.count("\n") == 1 and said.out == "" and files(place) == before


def test_help_shows_every_command_with_an_example(capsys):
    for name, entry in read_commands().items():
        example = entry["example"]
        with pytest.raises(SystemExit):
            main([name, "--help"])
        assert f"Example: {example}" in " ".join(capsys.readouterr().out.split())
        assert example.startswith(f"coevo {name}")


def test_the_folder_of_a_study_is_a_repository_that_builds_itself(place):
    made = files(place / "mine")
    assert set(made) == {
        "README.md", "CITATION.cff", ".gitignore", ".gitattributes", "requirements.lock",
        ".github/workflows/build.yml", "workflow/Snakefile", f"wheels/{wheel.wheel_name()}",
        "config/README.md", "config/config.yaml", "config/indicators.csv", "config/regions.csv",
        "data/raw/sources.csv", "data/raw/2026-11/mine.csv",
    }  # fmt: skip
    for page in ("README.md", "config/README.md"):
        for link in LINK.findall(made[page].decode()):
            assert (place / "mine" / Path(page).parent / link).exists(), link
    steps = yaml.safe_load(made[".github/workflows/build.yml"])["jobs"]["build"]["steps"]
    lock, own, build = (step["run"] for step in steps if "run" in step)
    assert lock.endswith("--require-hashes -r requirements.lock") and build == "coevo build"
    assert f"wheels/{wheel.wheel_name()}" in own and own in made["README.md"].decode()
    citation = yaml.safe_load(made["CITATION.cff"])
    assert citation["references"][0]["version"] == wheel.version()
    shipped = (ROOT / "requirements.lock").read_bytes()
    assert made["requirements.lock"] == wheel.lock_head().encode() + shipped
    assert wheel.lock_problem(place / "mine" / "requirements.lock") == ""


def test_an_example_has_its_sources_and_no_path_of_the_repository(place, monkeypatch, capsys):
    assert main(["example", "provinces"]) == 0
    made = files(place / "provinces")
    rows = made["data/raw/sources.csv"].decode().splitlines()
    raw = [path.removeprefix("data/raw/") for path in made if path.startswith("data/raw/20")]
    assert sorted(row.partition(",")[0] for row in rows[1:]) == sorted(raw)
    assert all(len(row) > 100 for row in rows[1:])
    config = yaml.safe_load(made["config/config.yaml"])
    places = (config["raw"], config["indicators"], config["regions_table"])
    assert places == ("data/raw", "config/indicators.csv", "config/regions.csv")
    assert main(["check", "--study", "provinces"]) == 0
    assert "sources.csv" not in capsys.readouterr().out
    monkeypatch.chdir(place / "provinces")
    shutil.copy("data/raw/2026-10/population.csv", "data/raw/2026-11/population.csv")
    assert main(["check"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "sources.csv" in line]
    assert said == [
        "data/raw/sources.csv: has no row for 2026-11/population.csv; say where it is from"
    ]


RAW = sorted(path.name for path in (ROOT / "data/raw/provinces/2026-10").iterdir())[::3]
FIGURE = re.compile(r"(?<=,)[0-9]+(?:\.[0-9]+)?")


def raise_last_figure(file: Path) -> float:
    """Write another figure in place of the last one of a file; return it."""
    if file.suffix == ".csv":
        text = file.read_text(encoding="utf-8")
        *_, last = FIGURE.finditer(text)
        file.write_text(f"{text[: last.start()]}7{text[last.start() :]}", encoding="utf-8")
        return float(f"7{last[0]}")
    book = openpyxl.load_workbook(file)
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    *_, last_cell = (cell for cell in cells if isinstance(cell.value, int | float))
    last_cell.value += 7
    book.save(file)
    return last_cell.value


def test_a_figure_that_changed_stops_the_study_until_it_is_accepted(place, monkeypatch, capsys):
    """One figure in every third raw file of the default study, one file after another."""
    assert main(["example", "provinces"]) == 0
    monkeypatch.chdir(place / "provinces")
    read = Path("data/processed/provinces/observations.csv")
    write_table(check_study("config/config.yaml").observations, read)
    for name in RAW:
        file = Path("data/raw/2026-10", name)
        changed = raise_last_figure(file)
        for refused in ("check", "build"):
            assert main([refused]) == 1
            said = capsys.readouterr().err
            assert said.startswith(f"{file}: differs from the file") and "coevo accept" in said
        assert main(["accept"]) == 0
        said = capsys.readouterr().out
        assert f"-> {changed:.15g}" in said or "no figure that the study reads" in said
        assert main(["check"]) != 1 and main(["accept"]) == 0
        assert "no raw file has changed" in capsys.readouterr().out
    rows = {row["file"]: row for row in read_rows("data/raw/sources.csv")}
    assert {rows[f"2026-10/{name}"]["accessed"] for name in RAW} == {f"{date.today()}"}


TEXTS = ("LICENSE", "requirements.lock", "CITATION.cff", "config/indicators.csv")
PLACES = (
    *TEXTS, ".snakemake", ".snakemake/once.lock", ".snakemake/locks", "logs/mine",
    "data/processed/mine", "data/processed/mine/.made/panel", "reports/mine",
    "reports/mine/releases/v1/release.yaml", "data/raw/sources.csv",
)  # fmt: skip
KINDS = {
    "link out": (PLACES, "is a link"),
    "link within": (PLACES, "is a link"),
    "pipe": (PLACES, "is a pipe"),
    "huge": (TEXTS, "has 3,000,000,000 bytes"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_command_follows_a_link_waits_on_a_pipe_or_reads_a_huge_file(
    place, monkeypatch, capsys, kind
):
    """The huge ones are sparse: nothing but their size is looked at."""
    study, private = place / "mine", place / "private"
    monkeypatch.chdir(study)
    private.mkdir()
    (private / "text").write_text("private", encoding="utf-8")
    shutil.copytree(private, study / "logs" / "private")
    places, says = KINDS[kind]
    for name in places:
        whole = shutil.copytree(study, place / "kept", symlinks=True)
        path, target = study / name, private if kind == "link out" else study / "logs/private"
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "huge":
            with path.open("wb") as file:
                file.truncate(3_000_000_000)
        else:
            path.symlink_to(target / "text" if path.suffix else target)
        for command in ("check", "build", "release", "package", "clean", "accept"):
            capsys.readouterr()
            assert main([command]) == 1
            said = capsys.readouterr()
            assert said.err.startswith(f"{name}: {says}") and not said.out
        assert files(private) == {"text": b"private"}
        monkeypatch.chdir(place)
        shutil.rmtree(study)
        whole.rename(study)
        monkeypatch.chdir(study)


@pytest.mark.parametrize("name", ["records/panel", "release.yaml", "panel.csv"])
def test_one_opener_refuses_what_is_no_file_and_what_is_too_large(place, name):
    path, readers = place / name, {"records/panel": read_record, "panel.csv": read_table}
    reader = readers.get(name, lambda path: manifest(path.parent))
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    with pytest.raises(errors.StudyError, match="is a pipe"):
        reader(path)
    path.unlink()
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(errors.StudyError, match="has 3,000,000,000 bytes, above the limit"):
        reader(path)


def test_nothing_is_written_through_a_link(place):
    (place / "elsewhere").mkdir()
    Path("data").symlink_to("elsewhere")
    with pytest.raises(errors.StudyError, match=r"^data: is a link; remove it"):
        write_text("x", "data/x.csv")
    assert not [*(place / "elsewhere").iterdir()]


def test_what_fails_on_the_way_leaves_nothing(place, monkeypatch):
    before = files(place)
    with pytest.raises(errors.StudyError, match="halfway"):
        make_folder("other", halfway)
    (place / "other").mkdir()
    assert files(place) == before and [*place.glob(".*")] == []


def halfway():
    Path("a").touch()
    raise errors.StudyError("halfway")


def test_a_folder_in_which_nothing_may_be_written_is_said(place, monkeypatch, capsys):
    def refused(**_):
        raise PermissionError(errno.EACCES, "", "/a/passing/name")

    monkeypatch.setattr(files_module.tempfile, "TemporaryDirectory", refused)
    assert main(["new", "other"]) == 1
    assert capsys.readouterr().err == f"other: {errors.SYSTEM[errno.EACCES]}\n"


def test_a_table_of_sources_is_no_raw_file(place):
    assert raw_files.raw_paths("mine/data/raw", "latest") == ["mine/data/raw/2026-11/mine.csv"]
    with pytest.raises(errors.StudyError, match="stands outside a vintage"):
        Path("mine/data/raw/other.csv").touch()
        raw_files.raw_paths("mine/data/raw", "latest")
