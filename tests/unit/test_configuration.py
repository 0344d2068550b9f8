"""Configuration: defaults, and every mistake answered by one line with its key."""

import os
import socket
import subprocess
import sys
from functools import reduce
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
import yaml

from coevo import registry
from coevo.errors import StudyError
from coevo.study import config_tables, configuration, raw_files
from coevo.study.config_mistakes import parts_in
from coevo.study.config_model import StudyConfig
from coevo.study.found_tables import survey
from coevo.weighting import WEIGHTINGS
from tests.unit.cases import sections

ROOT = Path(__file__).resolve().parents[2]


CASES = sections("configuration")


def shipped(name="config"):
    return yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(ROOT)


def complete(changes=None, without=(), name="config"):
    config = shipped(name)
    for key in without:
        del config[key]
    for key, value in (changes or {}).items():
        *path, last = key.split(".")
        reduce(dict.__getitem__, path, config)[last] = value
    return configuration.complete(config, f"{name}.yaml")


def checked(config, regions="config/regions/provinces.csv"):
    """Return the rows of the indicator table that a config names."""
    return config_tables.check_indicators(config, regions, "config.yaml")


def test_defaults_fill_every_key_at_every_depth():
    config = complete(without=["normalisation", "coupling", "report", "panel", "weighting"])
    scale = {"method": "minmax", "reference": "panel", "range": [0.01, 0.99], "beyond": "cap"}
    assert config["normalisation"] == {**scale, "base": None, "goalposts": None}
    assert config["weighting"]["method"] == "entropy"
    assert config["panel"] == {"gaps": "linear", "max_gap": 1}


def test_a_key_that_left_says_since_when_and_what_replaces_it(tmp_path, monkeypatch):
    left = "what,name,version,instead\npanel.smooth,,0.19,use panel.gaps\n"
    (tmp_path / "removed.csv").write_text(left, encoding="utf-8")
    monkeypatch.setattr(registry, "REMOVED", tmp_path / "removed.csv")
    with pytest.raises(StudyError) as problem:
        complete({"panel": {"smooth": 3}})
    assert problem.value.messages == [
        "config.yaml: panel.smooth: left in version 0.19; use panel.gaps"
    ]


@pytest.mark.parametrize(("changes", "line"), CASES["configs"])
def test_each_mistake_is_one_line(changes, line):
    with pytest.raises(StudyError) as problem:
        checked(complete(changes))
    (said,) = problem.value.messages
    assert said.startswith(f"config.yaml: {line}")


def test_all_mistakes_come_at_once():
    with pytest.raises(StudyError) as problem:
        complete({"weighting.method": "x", "coupling.form": "y", "odd": 1})
    assert len(problem.value.messages) == 3


def test_a_method_in_its_registry_is_allowed_by_the_schema(monkeypatch):
    monkeypatch.setitem(WEIGHTINGS, "by_hand", WEIGHTINGS["equal"])
    assert complete({"weighting.method": "by_hand"})["weighting"]["method"] == "by_hand"


@pytest.mark.parametrize("case", CASES["tables"], ids=lambda case: case["says"])
def test_each_mistake_in_the_tables_is_named(tmp_path, case):
    """The shipped indicator table with texts replaced, and a table of regions."""
    text = (ROOT / "config/indicators/provinces.csv").read_text(encoding="utf-8")
    for old, new in case.get("replaced", {}).items():
        assert old in text
        text = text.replace(old, new, 1)
    rows = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    for name, cells in case.get("cells", {}).items():
        rows.loc[rows["indicator"] == name, [*cells]] = [*cells.values()]
    table = tmp_path / "indicators.csv"
    rows.to_csv(table, index=False)
    regions = "config/regions/provinces.csv"
    if "regions" in case:
        regions = f"{tmp_path}/regions.csv"
        Path(regions).write_text(case["regions"], encoding="utf-8")
    config = complete() | {"indicators": str(table)} | case.get("config", {})
    with pytest.raises(StudyError) as problem:
        checked(config, regions)
    assert case["says"] in str(problem.value).replace(f"{tmp_path}/", "")


def test_the_table_of_regions_is_there():
    with pytest.raises(StudyError, match=r"regions_table: there is no file no\.csv; write"):
        checked(complete(), "no.csv")


def test_a_study_without_populations_is_complete_and_may_have_claims():
    assert complete(without=["interaction"])["interaction"] is None
    assert complete({"claims": "qian", "interaction": None})["claims"] == "qian"


def test_a_study_without_subsystems_has_populations_and_a_table_without_subsystems():
    with pytest.raises(StudyError, match="subsystems: are missing, and interaction too"):
        complete({"interaction": None}, name="lynx-hare")
    control = complete(name="lynx-hare")
    assert {row["subsystem"] for row in checked(control, control["regions_table"])} == {""}


def test_a_pinned_vintage_hides_later_ones(tmp_path):
    for vintage in ("2025-01", "2026-01"):
        (tmp_path / vintage).mkdir()
        (tmp_path / vintage / "a.csv").write_text("x")
    (tmp_path / "2025-01" / "~$a.xlsx").write_text("x")
    (tmp_path / "2025-01" / ".hidden.csv").write_text("x")
    assert len(raw_files.raw_paths(str(tmp_path), "latest")) == 2
    assert raw_files.raw_paths(str(tmp_path), "2025-01") == [
        (tmp_path / "2025-01" / "a.csv").as_posix()
    ]
    with pytest.raises(StudyError, match="vintage: there is no folder"):
        raw_files.raw_paths(str(tmp_path), "2024-01")


@pytest.mark.parametrize("name", ["2025-13", "2025-00", "9999-12", "0000-01", "２０２６-11"])
def test_a_folder_that_is_no_month_is_no_vintage(tmp_path, name):
    """Its figures would stand as the newest."""
    for folder in ("2025-12", name):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text("x")
    with pytest.raises(StudyError, match=f"{name}: stands outside a vintage"):
        raw_files.raw_paths(str(tmp_path), "latest")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes in a folder")
def test_what_is_no_file_is_told_in_a_line(tmp_path, monkeypatch):
    (tmp_path / "2025-01").mkdir()
    for name in ("a.csv", "closed.csv"):
        (tmp_path / "2025-01" / name).write_text("地区,2020年\n北京,1\n")
    os.mkfifo(tmp_path / "2025-01" / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(str(tmp_path / "2025-01" / "socket.csv"))
    (tmp_path / "2025-01" / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    access = os.access
    monkeypatch.setattr(os, "access", lambda p, m: "closed" not in str(p) and access(p, m))
    with pytest.raises(StudyError) as problem:
        raw_files.raw_paths(str(tmp_path), "latest")
    said = {m.split(": ")[0].split("/")[-1]: m.split(": ")[1] for m in problem.value.messages}
    assert {name: text.split()[:3] for name, text in said.items()} == {
        "pipe.csv": ["is", "a", "pipe,"],
        "socket.csv": ["is", "a", "pipe,"],
        "gone.csv": ["is", "a", "link;"],
        "closed.csv": ["this", "account", "may"],
    }
    named = {line.split(": ")[0] for line in survey(tmp_path / "2025-01").problems}
    assert {*said} <= named  # `new from=` of such a folder tells the same


def test_what_stands_outside_a_vintage_links_and_names_of_patterns_are_refused(tmp_path):
    folder = tmp_path / "raw" / "2025-01"
    folder.mkdir(parents=True)
    with pytest.raises(StudyError, match="there is no file in a vintage folder"):
        raw_files.raw_paths(str(folder.parent), "latest")
    for place in ("a.csv", "Thumbs.db", "../b.csv", "表{1}.csv"):
        (folder / place).write_text("x")
    (folder.parent / "旧备份").mkdir()
    (folder.parent / "2025-02").symlink_to(folder)
    (folder / "c.csv").symlink_to(folder / "a.csv")
    with pytest.raises(StudyError) as problem:
        raw_files.raw_paths(str(folder.parent), "latest")
    said = (line.partition(": ") for line in problem.value.messages)
    assert {Path(path).name: " ".join(text.split()[:3]) for path, _, text in said} == {
        "旧备份": "stands outside a",
        "b.csv": "stands outside a",
        "表{1}.csv": "has a line",
        "2025-02": "is a link;",
        "c.csv": "is a link;",
    }


def test_a_copied_config_may_not_overwrite_another_study():
    with pytest.raises(StudyError, match=r"mine\.yaml: study: is 'provinces', and would overwrite"):
        configuration.complete(shipped(), "mine.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a;b\n1;2\n", "is separated by semicolons; save it with commas"),
        ("a,b\n", "has no rows below its head"),
        (
            'a,b\n1,"x\ry"\n',
            "row 2: b: holds a line break or a sign that cannot be printed; delete",
        ),
        ("a,b\n1,x\x1b[2J\n", "row 2: b: holds a line break or a sign that cannot be printed"),
        ("a,b\n1,2\n1,f(x, y)\n", r"row 3 \(1\) has 3 fields instead of 2; put a text that"),
        ("名,b\n1,2\n".encode("gb18030"), "is not UTF-8 text; save it as 'CSV UTF-8'"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path, text, said):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StudyError, match=said):
        config_tables.read_rows(path)


def keys(model):
    yield from ((model, name, field.annotation) for name, field in model.model_fields.items())
    for field in model.model_fields.values():
        for part in parts_in(field.annotation):
            yield from keys(part)


def test_every_key_says_what_it_means():
    assert [name for model, name, _ in keys(StudyConfig) if name not in model.meanings()] == []


def test_mistakes_of_a_file_come_at_once_with_their_lines(tmp_path):
    """One key alone, one that does not fit another, one that left, and one that is not known."""
    text = (ROOT / "config/config.yaml").read_text("utf-8")
    text = text.replace("weighting: {method: entropy}", "weighting:\n  method: entrpy")
    text = text.replace("regions: all\n", "").replace(
        'focus_region: "330000"', 'focus_region: "1"\nregions: ["2"]'
    )
    path = tmp_path / "config.yaml"
    path.write_text(f"{text}levels: {{}}\nlevel: 1\n", encoding="utf-8")
    lines = path.read_text("utf-8").splitlines()
    with pytest.raises(StudyError) as problem:
        configuration.complete_config(path)
    said = {}
    for line in problem.value.messages:
        name, number, key, _ = line.split(": ", 3)
        assert name == "config.yaml"
        said[key] = lines[int(number.removeprefix("line ")) - 1].strip()
    assert said == {
        "weighting.method": "method: entrpy",
        "focus_region": 'focus_region: "1"',
        "levels": "levels: {}",
        "level": "level: 1",
    }


def test_a_start_reads_a_configuration_without_numpy_pandas_and_scipy():
    program = (
        "import sys; from coevo.study.configuration import complete_config; "
        "complete_config('config/config.yaml'); "
        "sys.exit(bool({'numpy', 'pandas', 'scipy'} & {*sys.modules}))"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
