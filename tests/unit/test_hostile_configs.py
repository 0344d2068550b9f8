"""Configs that are wrong or made to harm: refused in lines, by check and before any rule."""

import os
import shutil
import time
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from coevo.errors import LONGEST, StudyError
from coevo.study import raw_files
from coevo.study.config_tables import check_indicators
from coevo.study.config_text import read_mapping
from coevo.study.configuration import complete_config
from coevo.study.readiness import check_study
from tests.projects import CONFIG, make_project
from tests.unit.cases import sections

pytestmark = pytest.mark.whole
DATA = sections("hostile")
VALUES = DATA["values"]  # what is changed -> to what
VALUES["study"].insert(0, "x" * 300)
VALUES["title"].insert(0, {"en": "x" * 10**5})
VALUES["names"].insert(0, {"k" * 10_000: {"en": "x"}})
VALUES["nobody_knows"].append("x" * 10**5)
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)
# They build. A system may have any name, also that of an input of a rule or of a method of Python.
SOUND = {"coupling.form 0", "robustness.systems 4", "robustness.systems 5", "robustness.systems 6"}
SOUND |= {"missing_marks 2", "title 3", "names 0"}


def changed(config: dict, path: str, value) -> dict:
    """Return a config with the key at a path, `panel.gaps`, changed."""
    made = inside = deepcopy(config)
    *parts, last = path.split(".")
    for part in parts:
        inside = inside.setdefault(part, {})
    inside[last] = value
    return made


def texts(config: dict) -> dict[str, str]:
    """Return configs that are odd as a text, by name."""
    plain = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    made = {
        "bomb": BOMB + plain,
        "brackets": plain + "names: " + "[" * 5000 + "]" * 5000 + "\n",
        "open brackets": plain + "[" * 5000,
        "key twice below": plain.replace("first:", "last: 2022\n  first:", 1),
        "tabs": plain.replace("  ", "\t"),
        "digits": plain + "robustness: {seed: " + "9" * 5000 + "}\n",
        "long": plain + "# " + "x" * 2_000_000 + "\n",
        "many": f"{plain}missing_marks:\n"
        + "".join(f"  m{n}: suppressed\n" for n in range(30_000)),
    }
    given = DATA["texts"].items()
    return {
        name: made[name] if text is None else text.replace("{plain}", plain) for name, text in given
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("hostile") / "study")


@pytest.fixture
def study(folder, monkeypatch):
    """A function that writes a config of the small study and returns what check says of it."""
    monkeypatch.chdir(folder)

    def said(config: str | dict) -> list[str]:
        text = config if isinstance(config, str) else yaml.safe_dump(config, allow_unicode=True)
        Path("config/small.yaml").write_text(text, encoding="utf-8")
        try:
            return list(check_study("config/small.yaml").problems)
        except StudyError as problem:
            return problem.messages

    yield said
    said(CONFIG)


def before_any_rule() -> list[str]:
    """What the Snakefile says of the config, before it makes rules of it."""
    try:
        config = complete_config("config/small.yaml")
        check_indicators(config, config["regions_table"], "small.yaml")
        raw_files.raw_paths(config["raw"], config["vintage"])
    except StudyError as problem:
        return problem.messages
    return []


@pytest.mark.parametrize("key", VALUES)
def test_a_value_that_cannot_be_is_refused_in_lines(study, key):
    for place, value in enumerate(VALUES[key]):
        said = study(changed(CONFIG, key, value))
        assert bool(said) == (f"{key} {place}" not in SOUND), (key, value, said)
        assert all(line.isprintable() and len(line) <= LONGEST + 3 for line in said)
        assert before_any_rule() == said


PATHS = ("raw", "indicators", "regions_table", "claims", "normalisation.goalposts")


@pytest.mark.parametrize("key", [*PATHS, "robustness.systems.other"])
def test_a_path_that_snakemake_takes_for_a_pattern_is_refused(study, key):
    """Of a rule with such an input Snakemake once believed what had been made before."""
    config = {**CONFIG, "normalisation": {}, "robustness": {"systems": {}}}
    said = study(changed(config, key, "config/{x}"))
    assert len(said) == 1 and f"{key}: " in said[0] and "{ } < >" in said[0]
    assert before_any_rule() == said


def test_a_file_of_the_study_is_not_looked_for_where_its_own_are_made_and_removed(study, folder):
    """An indicator table among the tables for readers was once deleted with them."""
    for place in ("data/processed/small", "reports/small/tables", "reports/small/releases/a"):
        table = Path(place, "indicators.csv")
        table.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy("config/indicators/small.csv", table)
        study(CONFIG | {"indicators": table.as_posix()})
        said = before_any_rule()
        assert len(said) == ("releases" not in place)  # of a release it may be
        assert all(f": indicators: {table} would be removed" in line for line in said)
        shutil.rmtree(table.parent)


@pytest.mark.parametrize("name", texts(CONFIG))
def test_a_text_that_is_no_config_is_refused_in_lines(study, name):
    said = study(texts(CONFIG)[name])
    assert said and all(line.isprintable() and len(line) < 600 for line in said)
    assert before_any_rule() == said


@pytest.mark.parametrize(("text", "line"), sections("configuration")["signs"])
def test_full_width_signs_of_a_config_name_their_line(tmp_path, text, line):
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as problem:
        read_mapping(path)
    assert problem.value.messages[0].startswith(f"{path}: line {line}: has ")


def test_full_width_signs_in_a_text_stay(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text('title: {zh: 甲，乙}\na: "x：y"\nb: 甲：乙\n', encoding="utf-8")
    assert read_mapping(path) == {"title": {"zh": "甲，乙"}, "a": "x：y", "b": "甲：乙"}


def test_mistakes_name_their_line(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb:\n  c: 2\n  c: 3\nd: 1\na: 2\n1: x\n", encoding="utf-8")
    with pytest.raises(StudyError) as problem:
        read_mapping(path)
    assert [line.removeprefix(f"{path}: ") for line in problem.value.messages] == [
        "line 4: the key c stands in line 3 too; keep one",
        "line 6: the key a stands in line 1 too; keep one",
        "line 7: the key 1 is no text; put it into quotes",
    ]


def test_references_and_merged_keys_are_read_as_long_as_they_are_few(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n", encoding="utf-8")
    assert read_mapping(path) == {"a": (a := {"x": 1, "y": 2}), "b": {"x": 1, "y": 3}, "c": a}


def test_goalposts_and_claims_of_a_wrong_file_are_refused(study):
    for text, line in (
        ("indicator,low,high\nshops,1,0\n", "shops: low must be below high, and both finite"),
        ("indicator,low,high\nshops,0,inf\n", "shops: low must be below high, and both finite"),
        ("indicator,low,high\nshops,a,b\n", "shops: low and high must be numbers"),
        ("indicator,low\nshops,1\n", "has no column high; name another file, or add it"),
    ):
        Path("config/posts.csv").write_text(text, encoding="utf-8")
        (said,) = study(changed(CONFIG, "normalisation.goalposts", "config/posts.csv"))
        assert said.startswith("small.yaml: normalisation.goalposts: config/posts.csv: ")
        assert line in said
    Path("config/claims").mkdir(exist_ok=True)
    Path("config/claims/a.csv").write_text("claim,check\nx,y\n", encoding="utf-8")
    (said,) = study(changed(CONFIG, "claims", "a"))
    assert "claims: config/claims/a.csv: has no column paper, indicators, source" in said


def test_what_a_later_rule_would_stop_at_is_a_problem_of_the_check(study):
    table = Path("config/indicators/small.csv").read_text(encoding="utf-8")
    Path("config/other.csv").write_text(table.replace("\nsales,", "\nparks,", 1), encoding="utf-8")
    (said,) = study(changed(CONFIG, "robustness.systems", {"x": "config/other.csv"}))
    assert said.startswith("robustness.systems.x: the study has no indicator 'parks'")


def test_a_file_dated_in_the_future_is_refused_with_what_to_do(study):
    for path in (
        next(Path("data/raw/small/2026-10").iterdir()),
        Path("config/indicators/small.csv"),
    ):
        now = path.stat().st_mtime
        os.utime(path, (time.time() + 10**6,) * 2)
        (said,) = study(CONFIG)
        assert said.startswith(f"{path.as_posix()}: is dated 2")
        assert said.endswith(f"touch '{path}'")
        os.utime(path, (now, now))
    assert study(CONFIG) == []


def test_a_link_is_refused_in_place_of_the_folder_of_raw_files_too(study):
    Path("data/raw/linked").symlink_to("small")
    (said,) = study(changed(CONFIG, "raw", "data/raw/linked"))
    assert said == "raw: data/raw/linked is a link; name the folder that it leads to"
