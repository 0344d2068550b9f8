"""The command `coevo`: what it refuses, in a line; folders that it writes, whole or not there."""

import errno
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
from coevo.files import write_table
from coevo.package import wheel
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


RAW = sorted(path.name for path in (ROOT / "data/raw/provinces/2026-10").iterdir())
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
    """One figure in each raw file of the default study, one file after another."""
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


def test_no_link_that_leads_out_of_a_study_is_followed(place, monkeypatch, capsys):
    (place / "private").mkdir()
    (place / "private" / "secret.txt").write_text("private", encoding="utf-8")
    places = ("LICENSE", ".snakemake/locks", "reports/mine/releases/v1/panel.csv", "reports/mine")
    for name in places:
        study = make_study(place / name.replace("/", "-"), monkeypatch)
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        is_file = Path(name).suffix or name == "LICENSE"
        (study / name).symlink_to(place / "private" / ("secret.txt" if is_file else ""))
        capsys.readouterr()
        for command in ("check", "build", "release", "package", "clean", "accept"):
            assert main([command]) == 1
            said = capsys.readouterr()
            assert said.err.startswith(f"{name}: is a link that leads out") and not said.out
    assert files(place / "private") == {"secret.txt": b"private"}


def make_study(folder: Path, monkeypatch) -> Path:
    """Begin a study in a folder, and go there."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    main(["new", "mine", "--vintage", "2026-11"])
    monkeypatch.chdir(folder / "mine")
    return folder / "mine"


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
