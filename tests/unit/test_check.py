"""Reading and auditing before anything runs: what is counted, what is said, and that all fits."""

import re
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.command import main
from coevo.history.releases import keep
from coevo.messages import room
from coevo.panel import audit
from coevo.report.words.message_words import message_texts
from coevo.study.completeness import ways_without_gaps
from coevo.study.readiness import check_lines, check_study, coverage, misfits
from coevo.study.terminal import WIDTH
from tests.sample import words_of

ROOT = Path(__file__).resolve().parents[2]
REGIONS = ("浙江省", "江苏省", "上海市")
YEARS = range(2018, 2023)
TABLE = """\
indicator,subsystem,dimension,direction,unit,label_en,label_zh,source_name,derivation
shops,east,,+,count,shops,网店,网店,
plants,west,,+,count,plants,工厂,工厂,
output,,,,100 million yuan,output,产值,产值,
people,,,,10 thousand persons,people,人口,人口,
wealth,west,,+,10 thousand yuan per person,output a head,人均产值,,"per_capita(output, people)"
doubled,,,,count,shops printed twice,网店（正文）,网店（正文）,equal(shops)
"""
QUOTIENT = 'share,,,,ratio,share,份额,,"location_quotient(output, people)"\n'
CONFIG = {
    "study": "small",
    "raw": "data/raw/small",
    "indicators": "config/indicators/small.csv",
    "subsystems": {"east": {"en": "shops"}, "west": {"en": "plants"}},
    "focus_region": "330000",
    "years": {"first": 2018, "last": 2022},
    "comovement": {"size": ["output", "people"]},
}
said_in_english = message_texts(words_of("phrases", "en"))
PICKED = ["310000", "330000"]
UNITS = {"网店": "个", "工厂": "个", "产值": "亿元", "人口": "万人", "网店（正文）": "个"}


def figures(name: str) -> list[list]:
    """Return figures that rise with region and year, each indicator in its own way, no jumps."""
    which = list(UNITS).index(name) % 4  # the last is printed as the first
    return [
        [100 * (1 + which) * (1 + r) + (5 + 9 * which**2) * y for y in range(5)] for r in range(3)
    ]


def write(name: str, values: list[list], vintage: str = "2026-10") -> None:
    head = ["地区", *(f"{year}年" for year in YEARS)]
    rows = [[f"指标：{name}"], [f"单位：{UNITS[name]}"], head]
    rows += [[region, *row] for region, row in zip(REGIONS, values, strict=True)]
    path = Path("data/raw/small", vintage, f"{name}.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A study of three regions and five years, whole."""
    shutil.copytree(ROOT / "workflow", tmp_path / "workflow")
    (tmp_path / "config" / "indicators").mkdir(parents=True)
    shutil.copytree(ROOT / "config" / "regions", tmp_path / "config" / "regions")
    monkeypatch.chdir(tmp_path)
    Path("config/small.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    Path("config/indicators/small.csv").write_text(TABLE, encoding="utf-8")
    for name in UNITS:
        write(name, figures(name))
    return tmp_path


def rewrite(name: str, cells: dict[tuple[int, int], object]) -> None:
    """Write the figures of an indicator with others in some places, by region and year."""
    values = figures(name)
    for (region, year), value in cells.items():
        values[region][year] = value
    write(name, values)


def rows(study) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in coverage(study)}


def checked(**changes):
    """Check the study with these keys of its config."""
    text = yaml.safe_dump(CONFIG | changes, allow_unicode=True)
    Path("config/small.yaml").write_text(text, encoding="utf-8")
    return check_study("config/small.yaml")


def lines(**changes) -> list[str]:
    return check_lines(checked(**changes), said_in_english)


def test_a_figure_that_has_no_ratio_is_told_with_its_cell(project):
    ratio = {"reference": "ratio"}
    assert checked(normalisation=ratio).problems == ()
    rewrite("产值", {(1, 2): -3})
    first, last = checked(normalisation=ratio).problems
    assert first.startswith("data/raw/small/2026-10/产值.csv › D5: output of ")
    assert "is -3; choose another normalisation.reference" in first and last.endswith("wealth")


def test_labels_are_needed_in_the_languages_of_the_report_alone(project):
    table = pd.read_csv(StringIO(TABLE), dtype=str, keep_default_na=False)
    table.drop(columns="label_zh").to_csv("config/indicators/small.csv", index=False)
    assert checked(report={"languages": ["en"]}).problems == ()


def test_a_whole_study_is_counted_and_has_no_problem(project):
    study = checked()
    assert study.problems == () and study.complete == (15, 15)
    whole = ("3", "2018–2022", "15", "0", "0", "1", "0")
    assert rows(study) == {
        "shops 网店": whole,
        "plants 工厂": whole,
        "output 产值": whole,
        "people 人口": whole,
        "wealth": (*whole[:5], "", ""),
        "doubled 网店（正文）": ("3", "2018–2022", "15", "", "", "1", "0"),  # for the audit alone
    }
    said = check_lines(study, said_in_english)
    assert "Missing figures" not in said


def test_figures_beyond_goalposts_of_an_indicator_are_counted(project):
    table = pd.read_csv(StringIO(TABLE), dtype=str, keep_default_na=False)
    table.loc[0, ["low", "high"]] = ["0", "315"]  # shops: 100 r + 5 y
    table.to_csv("config/indicators/small.csv", index=False)
    study = checked()
    told = "Beyond goalposts, moved to them: shops: 1 of 15, the first Shanghai 2022"
    assert study.problems == () and told in study.remarks_on_indices
    (problem,) = checked(normalisation={"beyond": "error"}).problems
    assert problem.startswith("shops: 1 figures lie beyond their goalposts, the first in Shanghai")


def test_weightings_that_figures_do_not_allow_are_told(project, monkeypatch):
    monkeypatch.setitem(UNITS, "工厂", "亿元")
    write("工厂", [[value - 300 for value in row] for row in figures("工厂")])
    text = TABLE.replace("plants,west,,+,count", "plants,west,,+,100 million yuan")
    Path("config/indicators/small.csv").write_text(text, encoding="utf-8")
    study = checked()
    assert study.problems == ()
    (told,) = (line for line in study.remarks_on_indices if line.startswith("No weights by cv"))
    assert told[:60] in " ".join(check_lines(study, said_in_english))


def test_the_model_that_a_study_could_have_is_told_and_one_that_cannot_be(project):
    def said(**changes) -> str:
        return " ".join(" ".join(lines(**changes)).split())

    assert (
        "Model of two populations: off; interaction: {upstream: shops, downstream: plants} turns "
        "it on; outputs could be: shops, plants, output, people; a share, rate or index: wealth"
        in said()
    )
    assert "populations" not in said(interaction={"upstream": "shops", "downstream": "plants"})
    assert (
        "interaction.downstream: wealth: a share, rate or index; outputs could be: shops, plants, "
        "output, people" in said(interaction={"upstream": "shops", "downstream": "wealth"})
    )


def test_gaps_are_filled_or_missing_and_named(project):
    # one is filled on the line; two years are too long a gap, and an end is never filled
    rewrite("产值", {(0, 1): "", (1, 1): "—", (1, 2): "—", (2, 4): "…"})
    study = checked()
    assert rows(study)["output 产值"] == ("3", "2018–2022", "11", "1", "3", "1", "0")
    assert rows(study)["wealth"] == ("3", "2018–2022", "12", "1", "3", "", "")
    assert study.problems == () and study.complete == (12, 15)
    said = check_lines(study, said_in_english)
    gaps = said.index("Missing figures")
    assert "  output: 3: Shanghai 2022, Jiangsu 2019, Jiangsu 2020" in said[gaps:]
    assert not any("Without these regions" in line for line in said)  # one would be left


def test_what_to_leave_out_for_no_gap_is_proposed_with_its_loss(project):
    rewrite("产值", {(1, 1): "—", (1, 2): "—"})
    said = lines()
    place = said.index("Where nothing lacks, at the least loss; write into the config:")
    assert said[place + 1] == '  without 1 regions (13 figures): regions: {without: ["320000"]}'


def test_what_would_tell_the_level_of_development_is_asked_for(project):
    asked = "named under comovement.size"
    assert not any(asked in line for line in lines())
    assert any(asked in line for line in lines(comovement={"size": ["output"]}))


def test_an_indicator_against_its_system_or_in_another_is_asked_about():
    t = np.arange(12.0)
    waves = {"a": np.sin(t), "b": np.cos(t)}
    z = {f"{s}{n}": waves[s] + 0.01 * n * t for s in waves for n in range(3)}
    z |= {"turned": -waves["a"], "strayed": waves["b"]}
    rows = [("1", int(y), i, v[int(y)]) for i, v in z.items() for y in t]
    normalised = pd.DataFrame(rows, columns=["region", "year", "indicator", "z"])
    system = {i: "b" if i[0] == "b" else "a" for i in z}
    table = pd.DataFrame({"indicator": [*system], "subsystem": [*system.values()]})
    against, elsewhere = sorted(misfits(normalised, table), reverse=True)
    assert against.startswith("turned: runs against the rest of a (r = -0.")
    assert elsewhere.startswith("strayed: fits b (r = 1.00) better than a, its own (r = ")


def unbalanced():
    """40 of 60 regions begin late, 9 others lack a year, one indicator is of few."""
    codes, years = [f"{code}" for code in range(1000, 1060)], range(2000, 2012)
    names = ["shops", "plants", "patents"]
    index = pd.MultiIndex.from_product([codes, years, names], names=["region", "year", "indicator"])
    panel = index.to_frame(index=False).assign(value=1.0)
    late = panel["region"].isin(codes[:5]) & (panel["year"] < 2006)
    gap = panel["region"].isin(codes[5:9]) & panel["year"].eq(2008) & panel["indicator"].eq("shops")
    sparse = panel["indicator"].eq("patents") & ~panel["region"].isin(codes[:20])
    return panel, late, gap, sparse


INSIDE = pd.DataFrame({"indicator": ["shops", "plants", "patents"], "subsystem": ["a", "b", "b"]})
SETTINGS = {"regions": "all", "indicators": "config/indicators.csv"}


def ways(*gaps, **config):
    panel = unbalanced()[0]
    panel.loc[np.logical_or.reduce([panel["value"].isna(), *gaps]), "value"] = None
    return list(ways_without_gaps(panel, INSIDE, SETTINGS | config))


def test_of_regions_years_and_indicators_those_to_leave_out_cost_least():
    _, late, gap, sparse = unbalanced()
    first, second = ways(late)
    assert first.startswith('  without 5 regions (90 figures): regions: {without: ["1000", "1001",')
    assert second == "  without 6 years (990 figures): years: {first: 2006, last: 2011}"
    assert ways(late, regions={"without": ["9"]})[0].endswith(
        '["9", "1000", "1001", "1002", "1003", "1004"]}'
    )
    assert (
        ways(gap, regions=["1000"])[0]
        .split(": ")[2]
        .startswith('["1000", "1001", "1002", "1003", "1004", "1009"')
    )
    assert ways(sparse)[0] == (
        "  without 1 indicators (240 figures): leave patents out of config/indicators.csv"
    )
    mixed = ways(late, sparse)[0]
    assert mixed.startswith("  without 5 regions, 1 indicators (") and "leave patents out" in mixed
    assert ways() == []


def test_a_region_is_left_out_by_its_code(project):
    """As if the others were listed: what stands beside it is not read."""
    without, picked = checked(regions={"without": ["320000"]}), checked(regions=PICKED)
    assert set(without.panel["region"]) == {*PICKED}
    assert without.panel.equals(picked.panel)
    assert without.observations.equals(picked.observations)
    table = Path("config/indicators/small.csv")
    table.write_text(TABLE + QUOTIENT, encoding="utf-8")  # what derives from all regions reads all
    without, picked = checked(regions={"without": ["320000"]}), checked(regions=PICKED)
    assert without.panel.equals(picked.panel)
    assert set(without.observations["region"]) == {"320000", *PICKED}


def test_a_region_without_any_figure_is_left_out_and_named(project):
    for name in UNITS:
        rewrite(name, {(1, year): "" for year in range(len(YEARS))})
    study = checked()
    assert study.problems == () and study.complete == (10, 10)
    said = check_lines(study, said_in_english)
    assert "Left out, since no figure is known: Jiangsu" in said


def test_findings_are_counted_by_indicator_and_listed_by_check(project):
    printed = figures("网店（正文）")
    places = ((0, 0), (0, 1), (1, 2), (2, 3))
    added = dict(zip(places, (3, 3000, 3, 3), strict=True))
    rewrite("网店（正文）", {(r, y): printed[r][y] + more for (r, y), more in added.items()})
    study = checked()
    assert len(study.findings) == 4 and study.problems == ()
    assert rows(study)["doubled 网店（正文）"][-1] == "4"
    said = check_lines(study, said_in_english)
    place = said.index("Findings: 4")
    assert said[place + 1] == "  equal: 4"
    assert said[place + 2].startswith("    data/raw/small/2026-10/网店（正文）.csv › ")
    apart = (study.findings["printed"] / study.findings["computed"]).reset_index(drop=True)
    assert apart.idxmax() > 0  # the largest comes first, whatever their order in the file
    assert f"› {study.findings['cell'].iloc[apart.idxmax()]}:" in said[place + 2]
    assert "    … and 1 more" in said[place:]


def test_vintages_are_counted(project):
    table = "".join(line for line in TABLE.splitlines(True) if not line.startswith("doubled"))
    Path("config/indicators/small.csv").write_text(table, encoding="utf-8")
    write("人口", figures("人口"), "2026-11")
    study = checked()
    assert rows(study)["people 人口"] == ("3", "2018–2022", "15", "0", "0", "2", "0")
    assert rows(study)["output 产值"][5] == "1"
    said = check_lines(study, said_in_english)[0]
    assert said.endswith("by vintage: 2026-10 (5), 2026-11 (1)")


def test_restated_figures_and_years_to_take_in_are_told(project):
    newer = [[value * (1.5 if place == 2 else 1) for place, value in enumerate(row)]
             for row in figures("人口")]  # fmt: skip
    write("人口", newer, "2026-11")
    said = " ".join(" ".join(lines()).split())
    assert (
        "Restated in 2026-11 since 2026-10: 3 figures of 1 indicators; the most people of " in said
    )
    assert "years.last" not in said
    shorter = {"first": 2017, "last": 2021}
    for name in UNITS:
        path = next(Path("data/raw/small/2026-10").glob(f"{name}.csv"))
        rows_ = path.read_text("utf-8").replace("2018年", "2017年,2018年").splitlines()
        filled = [line.replace(",", ",100,", 1) for line in rows_[3:]]
        path.write_text("\n".join([*rows_[:3], *filled, ""]), encoding="utf-8")
    said = " ".join(" ".join(lines(years=shorter)).split())
    assert "years.last: is 2021, and the files cover 2022 for every indicator" in said


def test_an_amount_of_which_less_is_better_is_told(project):
    text = TABLE.replace("plants,west,,+,count", "plants,west,,-,count")
    Path("config/indicators/small.csv").write_text(text, encoding="utf-8")
    assert any(line.startswith("plants: is an amount of which less") for line in lines())
    assert not any("wealth: is an amount" in line for line in lines())


def test_a_release_that_is_not_as_it_was_kept_is_a_problem(project):
    keep("reports/small/releases", "one", {"config": CONFIG}, {"panel.csv": b"region\n"})
    assert checked().problems == ()
    Path("reports/small/releases/one/panel.csv").write_text("changed\n")
    (problem,) = checked().problems
    assert problem.startswith("reports/small/releases/one/panel.csv: is not as it was kept; put")


def test_what_stops_a_run_is_a_problem_and_the_table_is_there(project):
    study = checked(years={"first": 2018, "last": 2023})
    assert study.problems[0].startswith("years.last: 2023 is not covered by the files: shops ")
    assert rows(study)["output 产值"] == ("3", "2018–2022", "15", "", "", "1", "0")


def tree(folder: Path) -> dict:
    return {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in folder.rglob("*")
    }


def test_exit_codes_and_that_nothing_is_written(project, capsys, monkeypatch):
    def check(*words: str, study: str = "small") -> int:
        return main(["check", "--study", study, *words])

    before = tree(project)
    assert check() == check("--strict") == 0
    assert capsys.readouterr().out.endswith("\nReady: coevo build --study small\n")
    assert check(study="other") == 1
    assert capsys.readouterr().err == "coevo: there is no config/other.yaml; studies: small\n"
    assert tree(project) == before
    write("网店（正文）", [[0] * 5] * 3)
    before = tree(project)
    assert check() == 0 and check("--strict") == 2
    monkeypatch.setattr(audit, "SERIOUS_MESSAGES", {"levels_differ"})
    capsys.readouterr()
    assert check() == 2
    entries = re.findall("^  - (.*)$", capsys.readouterr().out, re.MULTILINE)
    checked(accept=[*map(yaml.safe_load, entries)])
    assert entries and check() == check("--strict") == 0
    write("工厂", [[7] * 5] * 3)
    before = tree(project)
    capsys.readouterr()
    assert check("--strict") == 1
    shown = capsys.readouterr()
    assert shown.out.endswith("\nWhat is missing to run:\n")
    assert shown.err.startswith("plants: is 7 in every") and shown.err.count("\n") == 1
    assert tree(project) == before


def test_a_character_without_a_font_is_told_before_anything_runs(project, capsys):
    checked(title={"en": "Do they 🙂?"})
    assert main(["check", "--study", "small"]) == 1
    assert capsys.readouterr().err.startswith("config/small.yaml: no font holds '🙂' (U+")


def test_every_line_fits_the_terminal(project):
    table = Path("config/indicators/small.csv")
    long = 12 * "很长的名字"
    table.write_text(TABLE.replace("网店,网店", f"网店,{long}"), encoding="utf-8")
    Path("data/raw/small/2026-10/网店.csv").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(UNITS, long, "个")
        write(long, [[5, 1, 9, 2, 50], [1, 7, 1, 7, 1], [3, 1, 4, 1, 5]])
    said = lines()
    assert len(said) > 20 and max(map(room, said)) <= WIDTH
