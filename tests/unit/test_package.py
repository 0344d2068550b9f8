"""The deposit of a study: what is in it, what its README says, what forbids one."""

import json
import re
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from coevo.command import main, package
from coevo.command.package import _outputs
from coevo.command.release import kept
from coevo.errors import command
from coevo.files import sha256_of
from coevo.history.releases import latest
from coevo.package import datapackage, deposit
from coevo.package.wheel import version, wheel_name
from coevo.records import INPUT_MARK, OUTPUT_MARK, settings_digest
from coevo.schema import HOLE, column_rows
from coevo.study.configuration import DEFAULT, complete_config

BAD = yaml.safe_load(Path(__file__).with_name("deposits.yaml").read_text(encoding="utf-8"))
PAGE = (
    '<figure id="fig:phase"><figcaption>\n<strong>Figure 1.</strong> <em>E</em> is located '
    '<span class="sub">x</span></figcaption><div data-chart="phase"></div></figure>'
    '<div id="table-own" class="table"><table><caption><span class="title">'
    "<strong>Table 1.</strong> Model &amp; region</span></caption></table></div>"
)
COSTS = {
    "seconds": 4.2, "megabytes": 321, "machine": "a machine", "date": "2026-11-30",
    "python": "3.12.1",
}  # fmt: skip
REPORTS = {
    "report.en.html": PAGE, "figures/en/phase.svg": "", "figures/en/phase.csv": "",
    "latex/own.en.tex": "", "stata/table_own.dta": "", "numbers.json": '{"numbers": {"a": 1}}',
}  # fmt: skip


def written(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def built(raw: list[str]) -> None:
    """Write what a build leaves: tables without rows but for the panel, reports, records, costs."""
    config = complete_config(DEFAULT)
    outputs = _outputs(config, latest("reports/mine/releases"))
    tables = [path for path in outputs if path.endswith(".csv")]
    for path in tables:
        columns = [name for name in column_rows(Path(path).stem) if not HOLE.search(name)]
        rows = ["r,R,2020,i,1.5,", f"r,R,2021,i,,{raw[0]}"] if "panel" in path else []
        written(path, "\n".join([",".join(columns), *rows, ""]))
    texts = dict.fromkeys(outputs[len(tables) :], "")
    texts |= {f"reports/mine/{name}": text for name, text in REPORTS.items()}
    for path, text in texts.items():
        written(path, text)
    shown = [path for path in texts if "/report." in path]
    jobs = {
        "observe": ([*raw, "config/indicators.csv"], tables),
        "report.en": (tables, shown),
        "export": (tables, [path for path in texts if path not in shown]),
    }
    settings = settings_digest({key: config[key] for key in config if key != "chunks"})
    for job, sides in jobs.items():
        lines = [
            f"{sha256_of(path)}{mark}{path}\n"
            for mark, side in zip((INPUT_MARK, OUTPUT_MARK), sides, strict=True)
            for path in side
        ]
        written(f"data/processed/mine/.made/{job}", "".join(lines))
        written(f"logs/mine/{job}.costs.json", json.dumps(COSTS | {"settings": settings}))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The folder of a study `mine`, as if it were built."""
    monkeypatch.chdir(tmp_path)
    assert main(["example", "lynx-hare"]) == 0
    (tmp_path / "lynx-hare").rename(tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    edit(DEFAULT, {"study: lynx-hare": "study: mine"})
    edit("CITATION.cff", {"family-names: CHANGE": "family-names: Qian", "CHANGE": "F."})
    edit(
        "data/raw/sources.csv",
        {"BSD 3-clause licence of the repository; figures tabulated anew": "open terms"},
    )
    built(["data/raw/2026-11/pelts.csv"])
    return tmp_path / "mine"


def packs() -> int:
    """Pack as the command does once the study is built; return the exit code."""

    def step() -> int:
        cited = package.read_citation()
        package.check_raw(complete_config(DEFAULT))
        return package.pack(DEFAULT, cited)

    return command(step)


def edit(path, texts):
    text = Path(path).read_text(encoding="utf-8")
    for old, new in texts.items():
        assert old in text
        text = text.replace(old, new)
    Path(path).write_text(text, encoding="utf-8")


def packed(name: str = f"mine-{version()}") -> dict[str, bytes]:
    """Pack the study; return the files of the zip by their path below its one folder."""
    assert packs() == 0
    path = Path("reports/mine", f"{name}.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {n.removeprefix(f"{path.stem}/"): archive.read(n) for n in archive.namelist()}


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["says"][1:60])
def test_what_forbids_a_deposit_is_told_and_nothing_is_packed(place, case, capsys):
    for path, texts in case.get("replace", {}).items():
        edit(path, texts)
    for path, text in case.get("write", {}).items():
        Path(path).write_text(text, encoding="utf-8")
    for path in case.get("remove", ()):
        shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink()
    capsys.readouterr()
    assert packs() == 1
    said = capsys.readouterr()
    assert re.search(case["says"], said.err) and said.err.count("\n") == 1 and said.out == ""
    assert [*Path().rglob("*.zip"), *Path().rglob(".*.part")] == []


def test_names_that_zip_readers_or_disks_do_not_tell_are_told():
    good = ["data/raw/2026-11/产值 (1).csv", "a.b/c.csv"]
    bad = ["a/b:c.csv", "a/b .csv", "a/b.", " a/b", "a/CON.csv", "a/b\tc", "a\\b"]
    lines = [*deposit.name_problems([*good, *bad])]
    assert [line.partition(": not")[0] for line in lines] == [n for n in bad if n != "a/b .csv"]
    (line,) = deposit.name_problems(["a/Pelts.csv", "a/pelts.csv"])
    assert line.startswith("a/pelts.csv: not every disk tells it from a/Pelts.csv; rename it")


def test_a_deposit_is_called_by_the_release_that_keeps_its_tables(place):
    assert packs() == 0
    assert kept(DEFAULT, "submitted").endswith("release 1 is kept")
    built(["data/raw/2026-11/pelts.csv"])
    files = packed("mine-submitted")
    assert "reports/mine/releases/submitted/release.yaml" in files


def test_a_file_that_is_too_large_is_told(place, capsys, monkeypatch):
    monkeypatch.setattr(deposit, "MOST", 300)
    assert packs() == 1
    assert "data/raw/2026-11/pelts.csv: has 0.0 GB, and a deposit takes" in capsys.readouterr().err


def test_a_deposit_is_the_folder_of_a_study_with_what_was_built_of_it(place):
    files = packed()
    assert {
        "README.md", "CITATION.cff", "datapackage.json", "manifest-sha256.txt", "requirements.lock",
        f"wheels/{wheel_name()}", "workflow/Snakefile", "config/config.yaml", "config/README.md",
        "config/indicators.csv", "config/regions.csv",
        "data/raw/sources.csv", "data/raw/2026-11/pelts.csv",
        "data/processed/mine/panel.csv", "reports/mine/report.en.html", "reports/mine/numbers.json",
    } <= files.keys()  # fmt: skip
    assert not [name for name in files if name.startswith(("logs", ".snake")) or ".made" in name]
    told = dict(
        line.split("  ")[::-1] for line in files["manifest-sha256.txt"].decode().splitlines()
    )
    assert told == {
        n: sha256(d).hexdigest() for n, d in files.items() if n != "manifest-sha256.txt"
    }
    first = Path(f"reports/mine/mine-{version()}.zip").read_bytes()
    assert packed() == files and Path(f"reports/mine/mine-{version()}.zip").read_bytes() == first


def test_the_data_package_says_type_unit_key_and_what_is_missing(place):
    described = json.loads(packed()["datapackage.json"])
    assert described["contributors"] == [{"title": "F. Qian", "role": "author"}]
    tables = {one["name"]: one for one in described["resources"]}
    schema = tables["panel"]["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == ["region", "year"] and schema["missingValues"] == [""]
    assert [fields[n]["type"] for n in ("region", "year", "value")] == [
        "string",
        "integer",
        "number",
    ]
    assert fields["value"]["unit"] == "unit of the indicator" and tables["panel"]["rows"] == 2
    assert {"indicators", "regions", "sources", "parameters"} <= tables.keys()
    assert all(Path(one["path"]).is_file() for one in described["resources"])


def test_key_columns_tell_rows_apart_or_there_are_none():
    import pandas as pd

    frame = pd.DataFrame({"a": ["x", "x", ""], "b": [1, 2, 2], "c": ["", "", ""]})
    assert datapackage.key_columns(frame, ["a", "b"]) == ["a", "b"]
    assert datapackage.key_columns(frame[:2].assign(d=[3, 4]), ["a", "b", "d"]) == ["a", "b"]
    assert datapackage.key_columns(frame.assign(d=["p", "q", "r"]), ["a", "d"]) == ["d"]
    assert datapackage.key_columns(frame, ["c"]) == []
    assert datapackage.key_columns(frame[2:], ["c"]) == []


def test_the_readme_has_the_sections_of_data_editors_and_names_files_that_are_there(place):
    files = packed()
    text = files["README.md"].decode()
    heads = re.findall("^## (.*)$", text, re.MULTILINE)
    assert heads == [
        "Overview", "Data availability and provenance statements", "Dataset list",
        "Computational requirements", "Description of programs", "Instructions to replicators",
        "List of exhibits", "References",
    ]  # fmt: skip
    assert (
        "Raw files that may be passed on: 1 of 1" in text
        and "open terms | yes | 2026-11-26 |" in text
    )
    assert "12.6 seconds" in text or "13 seconds" in text
    assert "2026-11-30 on a machine" in text and "321 MB" in text and "seed 1" in text
    assert re.search(
        r"\| Figure 1 \| E is located \| `coevo/report/figures/phase_planes.py`, \d+ \| "
        r"estimate \| `equilibria.csv` \| `figures/en/phase.svg`, `.png` \|\n"
        r"\| Table 1 \| Model & region \| `coevo/report/tables/\w+.py`, \d+ \| estimate \| "
        r"`parameters.csv` \| `latex/own.en.tex`, `stata/table_own.dta` \|",
        text,
    )
    assert "Authors: F. Qian." in text and "All raw data are in this package." in text
    assert "$" not in text and "CHANGE" not in text
    assert "| observe | `observe.py` | Raw files -> observations" in text


def test_a_file_that_may_not_be_passed_on_is_named_with_the_way_to_it(place, capsys):
    edit("data/raw/sources.csv", {",yes,": ",no,"})
    files = packed()
    assert "data/raw/2026-11/pelts.csv" in capsys.readouterr().out
    assert (
        "data/raw/2026-11/pelts.csv" not in files
        and b"2026-11/pelts.csv" in files["data/raw/sources.csv"]
    )
    text = files["README.md"].decode()
    assert "- `data/raw/2026-11/pelts.csv`: Hudson's Bay Company" in text
    assert sha256_of("data/raw/2026-11/pelts.csv") in text and "First put the files" in text
    assert "What was read from them stands in the tables and reports" in text
