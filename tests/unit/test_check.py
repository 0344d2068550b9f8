"""Reading and auditing before anything runs: what is counted, what is said, and that all fits."""

import importlib.util
import re
import shutil
import unicodedata
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.messages import room
from coevo.panel import audit
from coevo.report.words.message_words import message_texts
from coevo.study import terminal
from coevo.study.check import WIDTH, _without_gaps, check_lines, check_study, coverage
from coevo.study.terminal import expected_megabytes, expected_seconds, table_lines, wrapped_lines
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


def rows(checked) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in coverage(checked)}


def test_a_figure_that_has_no_ratio_is_told_with_its_cell(project):
    ratio = {**CONFIG, "normalisation": {"reference": "ratio"}}
    Path("config/small.yaml").write_text(yaml.safe_dump(ratio), encoding="utf-8")
    assert check_study("config/small.yaml").problems == ()
    values = figures("产值")
    values[1][2] = -3
    write("产值", values)
    first, last = check_study("config/small.yaml").problems
    assert first.startswith("data/raw/small/2026-10/产值.csv › D5: output of ")
    assert "is -3; choose another normalisation.reference" in first and last.endswith("wealth")


def test_labels_are_needed_in_the_languages_of_the_report_alone(project):
    table = pd.read_csv(StringIO(TABLE), dtype=str, keep_default_na=False)
    table.drop(columns="label_zh").to_csv("config/indicators/small.csv", index=False)
    config = Path("config/small.yaml")
    config.write_text(yaml.safe_dump({**CONFIG, "report": {"languages": ["en"]}}), "utf-8")
    assert check_study("config/small.yaml").problems == ()
    config.write_text(yaml.safe_dump(CONFIG), "utf-8")
    with pytest.raises(StudyError, match=r"small\.csv: column 'label_zh' is missing; add it"):
        check_study("config/small.yaml")


def test_a_whole_study_is_counted_and_has_no_problem(project):
    checked = check_study("config/small.yaml")
    assert checked.problems == () and checked.complete == (15, 15)
    whole = ("3", "2018–2022", "15", "0", "0", "1", "0")
    assert rows(checked) == {
        "shops 网店": whole,
        "plants 工厂": whole,
        "output 产值": whole,
        "people 人口": whole,
        "wealth": (*whole[:5], "", ""),
        "doubled 网店（正文）": ("3", "2018–2022", "15", "", "", "1", "0"),  # for the audit alone
    }
    assert "Region-years with every indicator of the subsystems: 15 of 15" in check_lines(
        checked, said_in_english
    )
    assert "Missing figures" not in check_lines(checked, said_in_english)


def scaled(**cells: str) -> None:
    """Write the indicator table with more columns, of shops."""
    head, first, *others = TABLE.splitlines()
    lines = [",".join([head, *cells]), ",".join([first, *cells.values()])]
    lines += [line + "," * len(cells) for line in others]
    Path("config/indicators/small.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_figures_beyond_goalposts_of_an_indicator_are_counted(project):
    scaled(low="0", high="315")  # shops: 100 r + 5 y
    checked = check_study("config/small.yaml")
    assert checked.problems == ()
    said = "Beyond goalposts, moved to them: shops: 1 of 15, the first Shanghai 2022"
    assert said in check_lines(checked, said_in_english)
    Path("config/small.yaml").write_text(
        yaml.safe_dump(CONFIG | {"normalisation": {"beyond": "error"}}), encoding="utf-8"
    )
    (problem,) = check_study("config/small.yaml").problems
    assert problem.startswith("shops: 1 figures lie beyond their goalposts, the first in Shanghai")


def test_weightings_that_figures_do_not_allow_are_told(project):
    write("工厂", [[value - 300 for value in row] for row in figures("工厂")])
    text = Path("config/indicators/small.csv").read_text(encoding="utf-8")
    text = text.replace("plants,west,,+,count", "plants,west,,+,100 million yuan")
    Path("config/indicators/small.csv").write_text(text, encoding="utf-8")
    path = Path("data/raw/small/2026-10/工厂.csv")
    path.write_text(
        path.read_text(encoding="utf-8").replace("单位：个", "单位：亿元"), encoding="utf-8"
    )
    checked = check_study("config/small.yaml")
    assert checked.problems == ()
    (told,) = (line for line in checked.remarks_on_indices if line.startswith("No weights by cv"))
    assert told == (
        "No weights by cv: an indicator has figures of both signs; its coefficient of variation "
        "would hang on where zero lies"
    )
    assert told[:60] in " ".join(check_lines(checked, said_in_english))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"low": "9", "high": "9"}, "shops: low, high: are '9' and '9'; goalposts"),
        ({"low": "9", "high": ""}, "shops: low, high: are '9' and ''"),
        ({"best": "5"}, "shops: best: is for direction moderate alone"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(project, cells, said):
    scaled(**cells)
    with pytest.raises(StudyError) as problem:
        check_study("config/small.yaml")
    assert said in str(problem.value)


def test_goalposts_mean_nothing_outside_a_subsystem_or_to_a_vector(project):
    scaled(low="0", high="315")
    table = Path("config/indicators/small.csv")
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("产值,产值,,,", "产值,产值,,1,2"), encoding="utf-8")
    with pytest.raises(StudyError, match="output: low, high: say how an index is made"):
        check_study("config/small.yaml")
    table.write_text(text, encoding="utf-8")
    vector = {"normalisation": {"method": "vector"}, "coupling": {"composite": "topsis"}}
    Path("config/small.yaml").write_text(yaml.safe_dump(CONFIG | vector), encoding="utf-8")
    with pytest.raises(StudyError, match="vector has no goalposts; shops have low and high"):
        check_study("config/small.yaml")


def test_the_model_that_a_study_could_have_is_told_and_one_that_cannot_be(project):
    def said() -> str:
        lines = check_lines(check_study("config/small.yaml"), said_in_english)
        return " ".join(" ".join(lines).split())

    assert (
        "Model of two populations: off; interaction: {upstream: shops, downstream: plants} turns "
        "it on; outputs could be: shops, plants, output, people; a share, rate or index: wealth "
        in said()
    )
    pair = {"upstream": "shops", "downstream": "plants"}
    for changed, told in ((pair, False), ({**pair, "downstream": "wealth"}, True)):
        settings = yaml.safe_dump({**CONFIG, "interaction": changed})
        Path("config/small.yaml").write_text(settings, encoding="utf-8")
        could = "wealth: a share, rate or index; outputs could be: shops, plants, output, people"
        assert (f"interaction.downstream: {could}" in said()) is told
        assert "populations" not in said()


def test_gaps_are_filled_or_missing_and_named(project):
    values = figures("产值")
    values[0][1] = ""  # filled on the line
    values[1][1] = values[1][2] = "—"  # two years are too long a gap
    values[2][4] = "…"  # an end is never filled
    write("产值", values)
    checked = check_study("config/small.yaml")
    assert rows(checked)["output 产值"] == ("3", "2018–2022", "11", "1", "3", "1", "0")
    assert rows(checked)["wealth"] == ("3", "2018–2022", "12", "1", "3", "", "")
    assert checked.problems == () and checked.complete == (12, 15)
    said = check_lines(checked, said_in_english)
    assert "  output: 3: Shanghai 2022, Jiangsu 2019, Jiangsu 2020" in said
    lacking = "Figures that the subsystems lack: Jiangsu 2, Shanghai 1."
    assert not any(line.startswith(lacking) for line in said)  # one region would be left
    assert said.index("Missing figures") < said.index(
        "  wealth: 3: Shanghai 2022, Jiangsu 2019, Jiangsu 2020"
    )


def test_leaving_out_a_region_with_gaps_is_proposed(project):
    values = figures("产值")
    values[1][1] = values[1][2] = "—"
    write("产值", values)
    said = "\n".join(check_lines(check_study("config/small.yaml"), said_in_english))
    assert (
        "Figures that the subsystems lack: Jiangsu 2. Without these regions: "
        'regions: ["310000", "330000"]'
    ) in said


def test_of_many_regions_those_to_leave_out_are_proposed():
    """Where a list of the others would be long, and only where the study reads all."""
    codes = [f"{code}" for code in range(1000, 1050)]
    panel = pd.DataFrame({"region": codes, "name": codes, "indicator": "shops", "value": 1.0})
    panel.loc[[3, 7], "value"] = None
    indicators = pd.DataFrame({"indicator": ["shops"], "subsystem": ["east"]})
    said = _without_gaps(panel, indicators, "all")
    assert said.endswith('Without these regions: regions: {without: ["1003", "1007"]}')
    assert _without_gaps(panel, indicators, codes).endswith(": 48 regions are left")


def test_a_region_is_left_out_by_its_code(project):
    """As if the others were listed: what stands beside it is not read."""

    def checked(regions) -> tuple:
        text = yaml.safe_dump(CONFIG | {"regions": regions}, allow_unicode=True)
        Path("config/small.yaml").write_text(text, encoding="utf-8")
        return check_study("config/small.yaml")

    without, picked = checked({"without": ["320000"]}), checked(["310000", "330000"])
    assert set(without.panel["region"]) == {"310000", "330000"} == set(picked.panel["region"])
    assert without.panel.equals(picked.panel)
    assert without.observations.equals(picked.observations)
    table = Path("config/indicators/small.csv")
    table.write_text(TABLE + QUOTIENT, encoding="utf-8")  # what derives from all regions reads all
    without, picked = checked({"without": ["320000"]}), checked(["310000", "330000"])
    assert without.panel.equals(picked.panel)
    assert set(without.observations["region"]) == {"310000", "320000", "330000"}
    with pytest.raises(StudyError, match="regions: '999999' is no region of config/regions"):
        checked({"without": ["999999"]})
    with pytest.raises(StudyError, match="focus_region: 330000 is not among regions"):
        checked({"without": ["330000"]})
    with pytest.raises(StudyError, match=r"regions: .* is not allowed; `all`, a list of codes"):
        checked({"without": []})


def test_a_region_without_any_figure_is_left_out_and_named(project):
    for name in UNITS:
        values = figures(name)
        values[1] = [""] * len(YEARS)
        write(name, values)
    checked = check_study("config/small.yaml")
    assert checked.problems == () and checked.complete == (10, 10)
    said = check_lines(checked, said_in_english)
    assert "Left out, since no figure is known: Jiangsu" in said


def test_a_title_that_still_says_change_is_refused(project):
    changes = {"title": {"en": "CHANGE: do they?"}, "subsystems": CONFIG["subsystems"]}
    Path("config/small.yaml").write_text(yaml.safe_dump(CONFIG | changes), encoding="utf-8")
    with pytest.raises(StudyError, match=r"title\.en: still says CHANGE; write what the study"):
        check_study("config/small.yaml")


def test_findings_are_counted_by_indicator_and_listed_by_check(project):
    values = figures("网店（正文）")
    for place in ((0, 0), (0, 1), (1, 2), (2, 3)):
        values[place[0]][place[1]] += 3
    write("网店（正文）", values)
    checked = check_study("config/small.yaml")
    assert len(checked.findings) == 4 and checked.problems == ()
    assert rows(checked)["doubled 网店（正文）"][-1] == "4"
    said = check_lines(checked, said_in_english)
    place = said.index("Findings: 4")
    assert said[place + 1] == "  equal: 4"
    assert said[place + 2].startswith("    data/raw/small/2026-10/网店（正文）.csv › ")
    assert "    … and 1 more" in said[place:]


def test_vintages_are_counted(project):
    table = "".join(line for line in TABLE.splitlines(True) if not line.startswith("doubled"))
    Path("config/indicators/small.csv").write_text(table, encoding="utf-8")
    write("人口", figures("人口"), "2026-11")
    checked = check_study("config/small.yaml")
    assert rows(checked)["people 人口"] == ("3", "2018–2022", "15", "0", "0", "2", "0")
    assert rows(checked)["output 产值"][5] == "1"
    assert check_lines(checked, said_in_english)[0] == (
        "Study small, 2018 to 2022; files in data/raw/small by vintage: 2026-10 (5), 2026-11 (1)"
    )


PROBLEMS = [
    (
        {"years": {"first": 2018, "last": 2023}},
        "years.last: 2023 is not covered by the files: output (output) has figures for 2018 to "
        "2022; change years.last or add the file",
    ),
    (
        {"focus_region": "110000"},
        "focus_region: 110000: the files have no figure for it; choose another",
    ),
    (
        {"regions": ["330000", "620000"]},
        "regions: 620000: the files have no figure for it; remove it",
    ),
]


@pytest.mark.parametrize(("changes", "line"), PROBLEMS)
def test_what_stops_a_run_is_a_problem_and_the_table_is_there(project, changes, line):
    Path("config/small.yaml").write_text(yaml.safe_dump(CONFIG | changes), encoding="utf-8")
    checked = check_study("config/small.yaml")
    assert line in checked.problems
    read = ("1", "5") if "regions" in changes else ("3", "15")
    assert rows(checked)["output 产值"] == (read[0], "2018–2022", read[1], "", "", "1", "0")


def test_an_indicator_that_tells_nothing_apart_is_a_problem(project):
    write("工厂", [[7] * 5] * 3)
    (problem,) = check_study("config/small.yaml").problems
    assert problem.startswith("plants: is 7 in every region and year of the study")


@pytest.mark.parametrize(
    ("path", "change", "line"),
    [
        ("config/small.yaml", ("years:", "yaers:"), "small.yaml: yaers: unknown key 'yaers'"),
        ("config/small.yaml", ("study:", "study: ["), "config/small.yaml: is not a table of keys"),
        ("config/indicators/small.csv", ("count", "cuont"), "config/indicators/small.csv: shops"),
        (
            "data/raw/small/2026-10/产值.csv",
            ("300", "viel"),
            "data/raw/small/2026-10/产值.csv › B4",
        ),
    ],
)
def test_what_cannot_be_read_is_an_error(project, path, change, line):
    text = Path(path).read_text(encoding="utf-8")
    Path(path).write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(StudyError) as problem:
        check_study("config/small.yaml")
    assert problem.value.messages[0].startswith(line)


def command():
    spec = importlib.util.spec_from_file_location("command", ROOT / "workflow" / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def tree(folder: Path) -> dict:
    return {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in folder.rglob("*")
    }


def test_exit_codes_and_that_nothing_is_written(project, capsys, monkeypatch):
    main, before = command(), tree(project)
    assert main("config/small.yaml") == main("config/small.yaml", "--strict") == 0
    assert capsys.readouterr().out.endswith("\nReady: make study=small\n")
    assert main("config/other.yaml") == 1
    assert capsys.readouterr().err == "coevo: there is no config/other.yaml; studies: small\n"
    assert tree(project) == before
    write("网店（正文）", [[0] * 5] * 3)
    before = tree(project)
    assert main("config/small.yaml") == 0 and main("config/small.yaml", "--strict") == 2
    monkeypatch.setattr(audit, "SERIOUS_MESSAGES", {"levels_differ"})
    capsys.readouterr()
    assert main("config/small.yaml") == 2
    entries = re.findall("^  - (.*)$", capsys.readouterr().out, re.MULTILINE)
    accepted = CONFIG | {"accept": [*map(yaml.safe_load, entries)]}
    Path("config/small.yaml").write_text(yaml.safe_dump(accepted), encoding="utf-8")
    assert entries and main("config/small.yaml") == main("config/small.yaml", "--strict") == 0
    write("工厂", [[7] * 5] * 3)
    before = tree(project)
    capsys.readouterr()
    assert main("config/small.yaml", "--strict") == 1
    shown = capsys.readouterr()
    assert shown.out.endswith("\nWhat is missing to run:\n")
    assert shown.err.startswith("plants: is 7 in every") and shown.err.count("\n") == 1
    assert tree(project) == before


def test_a_character_without_a_font_is_told_before_anything_runs(project, capsys):
    words = {"title": {"en": "Do they \U0001f642?"}}
    Path("config/small.yaml").write_text(yaml.safe_dump(CONFIG | words), encoding="utf-8")
    assert command()("config/small.yaml") == 1
    assert capsys.readouterr().err.startswith("config/small.yaml: no font holds '\U0001f642' (U+")


def test_the_expected_cost_is_near_what_was_measured():
    """Seconds and MB of docs/benchmarks.md: of made-up counties, and of the provinces."""
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    took = re.search(
        r"310 regions took\s(\d+) s by the clock, that of 2,800 (\d+) s.*; 280 regions in 18 years "
        r"(\d+) s.*?; the provinces\sin six documents (\d+) s",
        text,
        re.DOTALL,
    )
    most = re.search(r"\| all \| [\d.]+ \| (\d+) \| [\d.]+ \| (\d+) \| [\d.]+ \| (\d+) \|", text)
    sizes = [(310 * 20, 12, 1), (2800 * 20, 12, 1), (280 * 18, 12, 1), (31 * 9, 20, 6)]
    for (rows, series, documents), seconds in zip(sizes, took.groups(), strict=True):
        told = expected_seconds(rows, rows * series, documents)
        assert told == pytest.approx(int(seconds), rel=0.15)
    for regions, megabytes in zip((31, 310, 2800), most.groups(), strict=True):
        told = expected_megabytes(regions * 20, regions * 20 * 12)
        assert told == pytest.approx(int(megabytes), rel=0.15)
    cpu, megabytes = map(
        int, re.search(r"50 indicators 310 regions took (\d+) s .* (\d+) MB", text).groups()
    )
    assert expected_megabytes(310 * 20, 310 * 20 * 52) == pytest.approx(megabytes, rel=0.15)
    assert expected_seconds(310 * 20, 310 * 20 * 52, 1) < cpu  # two cores share it


@pytest.mark.parametrize(
    ("memory", "advice"),
    [(None, ""), (4.0, ""), (2.0, "2.0 GB in all: give cores=1"), (1.0, "1.0 GB in all: use a")],
)
def test_the_cost_is_told_roughly_and_what_to_do_without_the_memory(monkeypatch, memory, advice):
    monkeypatch.setattr(terminal, "_memory", lambda: memory)
    said, _, more = terminal.cost_line(2800 * 20, 2800 * 20 * 12, 1).partition(
        "; this computer has "
    )
    assert said == "Expected: about 6 minutes on two cores, 1.6 GB of memory for each"
    assert more.startswith(advice) and bool(more) == bool(advice)


def test_the_cost_of_a_study_that_can_be_built_is_told(project):
    small = "Expected: about 30 seconds on two cores, 0.4 GB of memory for each"
    assert small in check_lines(check_study("config/small.yaml"), said_in_english)


def test_every_line_fits_the_terminal(project):
    table = Path("config/indicators/small.csv")
    long = 12 * "很长的名字"
    table.write_text(TABLE.replace("网店,网店", f"网店,{long}"), encoding="utf-8")
    Path("data/raw/small/2026-10/网店.csv").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(UNITS, long, "个")
        write(long, [[5, 1, 9, 2, 50], [1, 7, 1, 7, 1], [3, 1, 4, 1, 5]])
    said = check_lines(check_study("config/small.yaml"), said_in_english)
    assert len(said) > 20 and max(map(room, said)) <= WIDTH


# what stands for what in a terminal: Latin, Chinese, full-width, combining
TEXT = st.text(st.sampled_from("ab …›中文（，ｘe\u0301"), max_size=40)


def test_width_counts_chinese_and_full_width_twice_and_accents_not():
    assert [room(t) for t in ("ab", "中文", "ｘ，", "e\u0301", "›…", "")] == [2, 4, 4, 1, 2, 0]


@given(TEXT, st.integers(6, 30))
def test_wrapped_lines_fit_and_lose_nothing(text, columns):
    out = list(wrapped_lines(text, columns, "  "))
    assert all(room(line) <= columns for line in out)
    composed = unicodedata.normalize("NFC", text)
    assert "".join("".join(out).split()) == "".join(composed.split())
    assert all(line.startswith("  ") for line in out[1:])


def test_wrapped_breaks_at_spaces_and_only_long_words_within():
    assert list(wrapped_lines("one two three", 8, " ")) == ["one two", " three"]
    assert list(wrapped_lines("a 中文中文中文", 7, "  ")) == ["a 中文", "  中文", "  中文"]


# an accent alone, without a letter before it, stands in no name
NAME = TEXT.map(lambda text: text.replace("\u0301", ""))


@given(st.lists(st.tuples(NAME, NAME.map(lambda t: t[:6])), min_size=1, max_size=5))
def test_columns_of_a_table_stand_below_each_other(cells):
    cells = [(first.strip() or "a", second.strip() or "b") for first, second in cells]
    out = table_lines(("head", "n"), cells, 40)
    assert {room(line) for line in out} == {room(out[0])} and room(out[0]) <= 40
    for line, (first, last) in zip(out[1:], cells, strict=True):
        said = line.removesuffix(last).rstrip()
        assert said == first or (said.endswith("…") and first.startswith(said[:-1]))
    for line, (_, last) in zip(out[1:], cells, strict=True):
        assert line.endswith("  " + last) or line.endswith(" " + last)
