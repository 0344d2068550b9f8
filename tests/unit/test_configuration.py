"""Configuration: defaults, and every mistake answered by one line with its key."""

import os
import socket
from pathlib import Path

import pytest
import yaml

from coevo.errors import StudyError
from coevo.study import config_tables, configuration, raw_files
from coevo.study.found_tables import survey
from coevo.weighting import PARTS, WEIGHTINGS

ROOT = Path(__file__).resolve().parents[2]


def schema(name):
    text = (ROOT / "workflow" / "schemas" / f"{name}.schema.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def shipped(name="config"):
    return yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(ROOT)


def complete(changes=None, without=()):
    config = shipped()
    for key in without:
        del config[key]
    for key, value in (changes or {}).items():
        *path, last = key.split(".")
        part = config
        for step in path:
            part = part[step]
        part[last] = value
    full = configuration.complete(config, schema("config"), "config.yaml")
    config_tables.check_indicators(
        full, schema("indicators"), "config/regions/provinces.csv", "config.yaml"
    )
    return full


def test_defaults_fill_every_key_at_every_depth():
    config = complete(without=["normalisation", "coupling", "report", "panel", "weighting"])
    assert config["normalisation"] == {
        "method": "minmax",
        "reference": "panel",
        "range": [0.01, 0.99],
        "beyond": "cap",
        "base": None,
        "goalposts": None,
    }
    assert config["weighting"]["method"] == "entropy"
    assert config["panel"] == {"gaps": "linear", "max_gap": 1}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"weighting.method": "entrpy"},
            "config.yaml: weighting.method: unknown method 'entrpy'; known: "
            + ", ".join(sorted(WEIGHTINGS)),
        ),
        (
            {"wieghting": {}},
            "config.yaml: wieghting: unknown key 'wieghting'; known: accept, chunks, ",
        ),
        (
            {"weighting.metod": 1},
            "config.yaml: weighting.metod: unknown key 'metod'; known: combine, given, "
            "judgements, method",
        ),
        ({"years": {"first": 2015}}, "config.yaml: years.last: is missing; add it"),
        (
            {"coupling.form": "square_lost"},
            "config.yaml: coupling.form: 'square_lost' is refused: sqrt(U1 U2 / (U1 + U2)) lacks "
            "the square of the sum: C depends on the level of U and, with the factor 2, exceeds 1; "
            "use standard (Cong 2019; Liu 2017)",
        ),
        (
            {"normalisation.method": "zscore"},
            "config.yaml: normalisation.method: 'zscore' is refused: half of the z-scores are",
        ),
        (
            {"weighting.method": "ahp"},
            "config.yaml: weighting.judgements: is missing; the method ahp needs it",
        ),
        (
            {"normalisation.reference": "base"},
            "config.yaml: normalisation.base: is missing; reference base needs it",
        ),
        (
            {"normalisation.goalposts": "no/such.csv"},
            "config.yaml: normalisation.goalposts: there is no file no/such.csv; correct the path",
        ),
        (
            {"robustness.systems": {"other": "no/such.csv"}},
            "config.yaml: robustness.systems.other: there is no file no/such.csv; correct the path",
        ),
        (
            {"normalisation.method": "vector"},
            "config.yaml: normalisation.method: vector is meant for coupling.composite: topsis",
        ),
        (
            {"weighting.combine": {"methods": ["ahp", "entropy"]}},
            "config.yaml: weighting.judgements: is missing; weighting.combine names ahp",
        ),
        (
            {"weighting.combine": {"methods": ["game", "entropy"]}},
            "config.yaml: weighting.combine.methods.0: unknown method 'game'; known: "
            + ", ".join(sorted(PARTS)),
        ),
        (
            {"years": {"first": 2023, "last": 2015}},
            "config.yaml: years: first (2023) comes after last (2015); swap them",
        ),
        (
            {"years": {"first": 2020, "last": 2023}},
            "config.yaml: years: 2020 to 2023 are 4 years; at least 5 are needed",
        ),
        ({"years": {"first": "2015", "last": 2023}}, "config.yaml: years.first: '2015' is not"),
        ({"raw": "data/raw/nowhere"}, "config.yaml: raw: there is no folder data/raw/nowhere"),
        (
            {"regional": {"groups": "coast"}},
            "config.yaml: regional.groups: 'coast' is no column of config/regions/provinces.csv; "
            "known: region, name_en, ",
        ),
        ({"focus_region": 330000}, "config.yaml: focus_region: 330000 is not of type 'string'"),
        ({"regions": ["110000"]}, "config.yaml: focus_region: 330000 is not among regions"),
        (
            {"normalisation.reference": "ratio", "normalisation.range": [0.01, 0.99]},
            "config.yaml: normalisation.range: figures under reference ratio lie in [0, 1]",
        ),
        ({"normalisation.range": [0.9, 0.1]}, "config.yaml: normalisation.range: [0.9, 0.1] must"),
        ({"interaction.estimator": "ols"}, "config.yaml: interaction.estimator: unknown estimator"),
        ({"interaction.calibration": {"a1": 1}}, "config.yaml: interaction.calibration: {'a1': 1}"),
        (
            {"interaction.upstream": "ecommerce_sales"},
            "config.yaml: interaction: upstream and down",
        ),
        (
            {"interaction.calibration": {"a1": 1, "b1": 0, "a2": 1, "b2": 1}},
            "config.yaml: interaction.calibration: b1 or b2 is 0",
        ),
        (
            {"coupling.contributions": [0.5, 0.6]},
            "config.yaml: coupling.contributions: [0.5, 0.6] must be 2 numbers that sum to 1",
        ),
        ({"regions": ["330000", "330000"]}, "config.yaml: regions: ['330000', '330000'] is not"),
        ({"claims": "quian"}, "config.yaml: claims: unknown set 'quian'; known: qian"),
        ({"report.formats": ["odt"]}, "config.yaml: report.formats.0: unknown"),
        (
            {"report.languages": ["en", "fr"]},
            "config.yaml: report.languages.1: unknown language 'fr'; known: en, zh",
        ),
        ({"title": {"fr": "En phase ?"}}, "config.yaml: title.fr: unknown key 'fr'; known: en, zh"),
        (
            {"panel.gaps": "cubic"},
            "config.yaml: panel.gaps: unknown gap 'cubic'; known: linear, no",
        ),
        (
            {"vintage_policy": "newest"},
            "config.yaml: vintage_policy: unknown vintage policy 'newest'; known: overlay",
        ),
    ],
)
def test_each_mistake_is_one_line(changes, line):
    with pytest.raises(StudyError) as problem:
        complete(changes)
    assert len(problem.value.messages) == 1
    assert problem.value.messages[0].startswith(line)


def test_all_mistakes_come_at_once():
    with pytest.raises(StudyError) as problem:
        complete({"weighting.method": "x", "coupling.form": "y", "odd": 1})
    assert len(problem.value.messages) == 3


def test_a_method_in_its_registry_is_allowed_by_the_schema(monkeypatch):
    monkeypatch.setitem(WEIGHTINGS, "by_hand", WEIGHTINGS["equal"])
    assert complete({"weighting.method": "by_hand"})["weighting"]["method"] == "by_hand"


def table(tmp_path, *changes):
    """Write the shipped indicator table with (old, new) text replaced; return config for it."""
    text = (ROOT / "config/indicators/provinces.csv").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "indicators.csv"
    path.write_text(text, encoding="utf-8")
    return {**complete(), "indicators": str(path)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("100 million yuan", "billion euro"), "unit: unknown unit 'billion euro'; known: "),
        ((",+,", ",up,"), "direction: unknown direction 'up'; known: +, -"),
        ((",+,", ",,"), "direction: is empty; write +, - or moderate"),
        (("ratio(ecommerce_sales", "ratio(ecommerce_sale"), "'ecommerce_sale' is no indicator of"),
        (
            ("ratio(ecommerce_sales", "sum(ecommerce_enterprises"),
            "derivation: sum of figures in count and 100 million yuan means nothing; kinds and",
        ),
        (("ratio(ecommerce_sales", "rato(ecommerce_sales"), "unknown derivation 'rato'; known: "),
        ((",unit,", ",units,"), "column 'unit' is missing; add it"),
        (("\necommerce_sales,", "\nsales,"), "interaction.downstream: 'ecommerce_sales' is not in"),
        (
            ("mobile_internet_users, res", "rd_to_product, res"),
            "'rd_to_product' is derived further",
        ),
        (
            ("年末常住人口,年末常住人口,", "年末常住人口,年末常住人口,equal(rd_expenditure)"),
            "is printed for the audit alone",
        ),
    ],
)
def test_each_mistake_in_the_indicator_table_is_named(tmp_path, change, said):
    config = table(tmp_path, change)
    with pytest.raises(StudyError) as problem:
        config_tables.check_indicators(
            config, schema("indicators"), "config/regions/provinces.csv", "x.yaml"
        )
    assert any(said in line for line in problem.value.messages), problem.value.messages


def test_the_table_of_regions_is_there_and_names_them(tmp_path):
    config, path = table(tmp_path, ("", "")), tmp_path / "cities.csv"
    for text, said in (
        ("", f"regions_table: there is no file {path}; write the table of regions"),
        ("region,long_zh\na,A\n", f"{path}: has no names; add a column name_en or name_zh"),
        (
            "region,name_en,name_zh\na,A,甲\n",
            f"x.yaml: focus_region: '330000' is no region of {path}",
        ),
    ):
        if text:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(StudyError) as problem:
            config_tables.check_indicators(config, schema("indicators"), str(path), "x.yaml")
        assert said in str(problem.value)


def test_an_indicator_twice_and_an_unknown_region(tmp_path):
    config = table(tmp_path, ("ecommerce_purchases,", "ecommerce_sales,"))
    with pytest.raises(StudyError, match=r"ecommerce_sales: stands in 2 rows"):
        config_tables.check_indicators(
            config, schema("indicators"), "config/regions/provinces.csv", "x.yaml"
        )
    config = {**table(tmp_path), "focus_region": "999999"}
    with pytest.raises(StudyError, match="'999999' is no region"):
        config_tables.check_indicators(
            config, schema("indicators"), "config/regions/provinces.csv", "x.yaml"
        )


def test_a_study_without_populations_is_complete_and_may_have_claims():
    assert complete(without=["interaction"])["interaction"] is None
    assert complete({"claims": "qian", "interaction": None})["claims"] == "qian"


def test_a_study_without_subsystems_has_populations_and_a_table_without_subsystems(tmp_path):
    neither = {**shipped("lynx-hare"), "interaction": None}
    with pytest.raises(StudyError, match="subsystems: are missing, and interaction too"):
        configuration.complete(neither, schema("config"), "lynx-hare.yaml")
    config = table(tmp_path) | {"subsystems": {}}
    with pytest.raises(StudyError, match="has the subsystems ecommerce, cluster, and the config"):
        config_tables.check_indicators(
            config, schema("indicators"), "config/regions/provinces.csv", "x.yaml"
        )
    control = configuration.complete(shipped("lynx-hare"), schema("config"), "lynx-hare.yaml")
    rows = config_tables.check_indicators(
        control, schema("indicators"), control["regions_table"], "lynx-hare.yaml"
    )
    assert {row["subsystem"] for row in rows} == {""}


def test_a_label_needs_its_subsystem(tmp_path):
    config = table(tmp_path)
    config["subsystems"]["culture"] = {"en": "culture"}
    with pytest.raises(StudyError, match="subsystem 'culture' of the config is not here"):
        config_tables.check_indicators(
            config, schema("indicators"), "config/regions/provinces.csv", "x.yaml"
        )


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


def test_links_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(StudyError, match="there is no file in a vintage folder"):
        raw_files.raw_paths(str(tmp_path), "latest")
    (tmp_path / "2025-01").mkdir()
    (tmp_path / "outside.csv").write_text("x")
    (tmp_path / "2025-01" / "a.csv").symlink_to(tmp_path / "outside.csv")
    with pytest.raises(StudyError, match=r"a\.csv: is a link"):
        raw_files.raw_paths(str(tmp_path), "latest")


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


def test_a_file_outside_a_vintage_and_other_folders_are_refused(tmp_path):
    (tmp_path / "2025-01").mkdir()
    (tmp_path / "2025-01" / "a.csv").write_text("x")
    (tmp_path / "2025-01" / "Thumbs.db").write_text("x")
    assert len(raw_files.raw_paths(str(tmp_path), "latest")) == 1
    (tmp_path / "旧备份").mkdir()
    (tmp_path / "b.csv").write_text("x")
    (tmp_path / "2025-01" / "表{1}.csv").write_text("x")
    (tmp_path / "2025-02").symlink_to(tmp_path / "2025-01")
    with pytest.raises(StudyError) as problem:
        raw_files.raw_paths(str(tmp_path), "latest")
    said = "\n".join(problem.value.messages)
    assert len(problem.value.messages) == 4
    assert "旧备份: stands outside a vintage" in said and "b.csv: stands outside a vintage" in said
    assert (
        "表{1}.csv: has a line break or one of { } < > in its name" in said
        and "2025-02: is a link" in said
    )


def test_a_copied_config_may_not_overwrite_another_study():
    with pytest.raises(StudyError, match=r"mine\.yaml: study: is 'provinces', and would overwrite"):
        configuration.complete(shipped(), schema("config"), "mine.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a;b\n1;2\n", "is separated by semicolons; save it with commas"),
        ("a,b\n", "has no rows below its head"),
        ("a,b\n1,2\n1,f(x, y)\n", r"row 3 \(1\) has 3 fields instead of 2; put a text that"),
        ("名,b\n1,2\n".encode("gb18030"), "is not UTF-8 text; save it as 'CSV UTF-8'"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path, text, said):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StudyError, match=said):
        config_tables.read_rows(path)


def test_every_key_of_the_schemas_is_described():
    def undescribed(part, path):
        for key, value in part.get("properties", {}).items():
            where = f"{path}.{key}"
            described = "description" in value or "$ref" in value or "properties" in value
            if not described:
                yield where
            yield from undescribed(value, where)

    for name in ("config", "indicators"):
        assert list(undescribed(schema(name), name)) == []


def test_a_key_of_a_language_stands_for_every_language():
    keys = {"label_<language>": {"default": ""}, "label_en": {"type": "string"}}
    found = configuration.with_registries(keys)
    assert found == {"label_en": {"type": "string"}, "label_zh": {"default": ""}}
