"""Tables for LaTeX and Stata: safe text, whole rows, numbers and stars of the tables."""

import io
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coevo.estimation import fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.files import read_texts
from coevo.report.findings import Study
from coevo.report.tables import LAYOUT
from coevo.report.tables.annex import report_tables
from coevo.report.tables.exports import latex_files
from coevo.report.tables.regression_table import stars
from coevo.report.tables.stata import LABEL, NAME, stata_file, stata_files, stata_names, wide_panel
from coevo.report.words.report_text import ReportText
from coevo.report.words.template_values import in_language
from coevo.schema import BUILT, column_row, table_names
from coevo.study_data import StudyData
from tests.small_study import (
    COUNT,
    ROOT,
    changed,
    config,
    gap,
    indicators,
    places,
    put,
    study,
    tables,
    words_of,
)

HOSTILE = r"a&b%c$d#e_f{g}h~i^j\k [l] *m <n> |o x₂ −1 μκΦ ′≡← ①"


def made(chosen: Study | None = None) -> dict[str, str]:
    """Return the LaTeX files of a study in English and Chinese."""
    return latex_files(languages("en", "zh", chosen=chosen))


def languages(*names: str, chosen: Study | None = None) -> list[ReportText]:
    """Return a study, the sample unless one is given, in the words of languages."""
    one = chosen or study(claims=True)
    report = {"report": {"languages": list(names), "formats": ["html"]}}
    files = read_texts(*(ROOT / "workflow" / "report").glob("[mp]*.yaml"))
    data = StudyData(one.config | report, one.indicators, one.tables, places())
    return [in_language(data, name, files) for name in names]


def english(chosen: Study | None = None) -> ReportText:
    """Return a study, the sample unless one is given, in English."""
    return languages("en", chosen=chosen)[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of a table below its head."""
    inside = text[text.index(r"\endlastfoot") : text.index(r"\end{longtable}")]
    lines = [line.removesuffix(r"\\") for line in inside.splitlines() if line.endswith(r"\\")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", line)] for line in lines]


def number(cell: str) -> float:
    """Return the number that a cell prints, without stars and parentheses."""
    plain = re.sub(r"\\\(\^\{\*+\}\\\)", "", cell).replace(r"\(-\)", "-").replace(",", "")
    return float(plain.strip("()"))


def depth(text: str) -> list[int]:
    """Return how many braces are open after each character, escaped ones aside."""
    plain = re.sub(r"\\[{}]", "", text)
    return list(np.cumsum([{"{": 1, "}": -1}.get(c, 0) for c in plain]))


@pytest.mark.parametrize("count", [1, COUNT])
def test_every_file_has_balanced_braces_and_rows_of_one_length(count: int) -> None:
    files = made(study(count, claims=True))
    assert files
    for name, text in files.items():
        depths = depth(text)
        assert depths[-1] == 0 and min(depths) >= 0, name
        width = {len(cells) for cells in rows(text)}
        assert len(width) == 1 and width.pop() > 1, name
        label = rf"\label{{tab:small-{name.replace('.', '-').removesuffix('-tex')}}}"
        assert text.startswith("% ") and r"\caption{" in text and label in text
        assert r"\toprule" in text and r"\section" not in text


def test_a_table_that_a_study_lacks_is_left_out() -> None:
    names = {file.split(".")[0] for file in made()}
    of_pair = {"own", "equilibria", "ecological", "signs"}
    of_many = {"interaction", "states"}
    assert {"coordination", "descriptive", "weights", "claims"} | of_pair | of_many <= names
    single = {file.split(".")[0] for file in made(study(1))}
    assert not single & {*of_many, "claims"}
    without_pair = replace(study(), config=config() | {"interaction": None})
    left = {file.split(".")[0] for file in made(without_pair)}
    assert {"coordination", "weights", "states"} <= left
    assert not left & (of_pair | of_many - {"states"})


def test_hostile_text_is_escaped() -> None:
    table = indicators().assign(label_en=HOSTILE, label_zh="中文_" + HOSTILE)
    renamed = tables() | {"coupling": tables()["coupling"].replace("Beijing", HOSTILE)}
    for name, text in made(Study(config(), renamed, table)).items():
        assert depth(text)[-1] == 0
        assert len({len(cells) for cells in rows(text)}) == 1, name
        body = "\n".join(" ".join(cells) for cells in rows(text))
        assert not re.search(r"(?<!\\)[%#~$]", body)
    assert "中文\\_" in made(Study(config(), tables(), table))["weights.zh.tex"]


def test_signs_of_numbers_need_no_font_of_their_own() -> None:
    text = made()["equilibria.en.tex"] + made()["weights.en.tex"] + made()["own.en.tex"]
    assert r"\(-\)" in text and r"x\textsubscript{1}" in text
    assert not set("−₁₂→") & set(text)


@pytest.mark.skipif(not shutil.which("xelatex"), reason="no xelatex, nor in .ci/run")
def test_latex_takes_the_tables(tmp_path) -> None:
    hostile = indicators().assign(label_en=HOSTILE)
    chosen = Study(config(), tables(claims=True), hostile)
    files = latex_files([english(chosen)])
    head = r"\documentclass{article}\usepackage{booktabs,longtable,array,calc}\begin{document}"
    body = "\n".join(files.values())
    (tmp_path / "all.tex").write_text(f"{head}\n{body}\n\\end{{document}}\n", encoding="utf-8")
    command = ["xelatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert run.returncode == 0, run.stdout[-2000:]


def test_numbers_are_those_of_the_tables() -> None:
    files, chosen = made(), study()
    body = rows(files["coordination.en.tex"])
    D = chosen.coupling.pivot(index="name", columns="year", values="D")
    for name, *cells in body[:-1]:
        np.testing.assert_allclose([float(c.rstrip("†")) for c in cells], D.loc[name], atol=5e-3)
    np.testing.assert_allclose([float(c) for c in body[-1][1:]], D.mean(), atol=5e-3)
    panel = chosen.tables["panel"].groupby("indicator")["value"]
    first = rows(files["descriptive.en.tex"])[0]
    assert first[0].startswith("Sales of shops") and number(first[1]) == panel.count()["sales"]
    assert number(first[2]) == pytest.approx(panel.mean()["sales"], rel=5e-3)
    assert number(first[5]) == pytest.approx(panel.max()["sales"], rel=5e-3)
    used = chosen.tables["weights"].query("weighting == 'entropy'")
    found = sorted(number(cells[6]) for cells in rows(files["weights.en.tex"]))
    np.testing.assert_allclose(found, sorted(used["weight"]), atol=5e-4)
    last = chosen.coupling[chosen.coupling["year"] == 2020].sort_values("D", ascending=False)
    states = rows(files["states.en.tex"])
    assert [cells[0] for cells in states] == last["name"].tolist()
    np.testing.assert_allclose(
        [float(cells[5].rstrip("†")) for cells in states], last["D"], atol=5e-3
    )


def coefficients(chosen: Study, file: str = "interaction.en.tex") -> dict[str, list[list[str]]]:
    """Return the lines of each coefficient, estimates and errors, by its symbol."""
    body = [cells for cells in rows(made(chosen)[file])[1:] if cells]
    return {body[i][0]: [body[i][1:], body[i + 1][1:]] for i in range(0, len(body) - 1)}


def test_estimates_and_errors_are_those_of_the_table() -> None:
    chosen = study()
    found = coefficients(chosen)
    table = chosen.tables["parameters"].query("scope == 'pooled' and scaling == 'first'")
    keys = [(e, "trapezoid") for e in ("none", "region", "region+year")]
    keys += [("region+year", "lag"), ("region+year", "logmean")]
    for symbol, parameter in ((r"\(b_{1}\)", "b1"), (r"\(\delta\)", "d")):
        rows_of = table[table["parameter"] == parameter].set_index(["effects", "estimator"])
        estimates, errors = found[symbol]
        for key, estimate, error in zip(keys, estimates, errors, strict=True):
            assert number(estimate) == pytest.approx(rows_of.at[key, "estimate"], abs=5e-4)
            if key[0] == "region":  # its interval, below
                continue
            assert number(error) == pytest.approx(rows_of.at[key, "se"], abs=5e-4)
            assert error.startswith("(") and error.endswith(")")


def test_small_coefficients_carry_a_power_of_a_thousand() -> None:
    chosen = study()
    table = chosen.tables["parameters"]
    own = table.query("scope == '330000' and parameter == 'b1'").iloc[0]
    small = table.assign(estimate=table["estimate"] * 1e-3, se=table["se"] * 1e-3)
    found = coefficients(study(parameters=small), "own.en.tex")
    (estimate, *_), (error, *_) = found[r"\(10^{9} \times b_{1}\)"]
    assert number(estimate) == pytest.approx(own["estimate"] * 1e6, rel=0.05)
    assert number(error) == pytest.approx(own["se"] * 1e6, rel=0.05)


def test_stars_follow_the_p_value() -> None:
    for p, sign in ((0.0099, "***"), (0.011, "**"), (0.049, "**"), (0.051, "*"), (0.11, "")):
        t = stats.t.ppf(1 - p / 2, 7)
        assert stars(t, 1.0, 7) == stars(-2 * t, 2.0, 7) == sign
    assert stars(1.0, np.nan, 7) == stars(1.0, 0.0, 7) == stars(1.0, 1.0, np.nan) == ""


@pytest.mark.parametrize(("factor", "sign"), [(0.01, "***"), (100.0, "")])
def test_an_error_that_changes_changes_the_stars(factor: float, sign: str) -> None:
    table = study().tables["parameters"]
    hit = table.eval("scope == 'pooled' and effects == 'region+year' and parameter == 'd'")
    changed = table.assign(se=table["se"].where(~hit, table["se"] * factor))
    cells = coefficients(study(parameters=changed))[r"\(\delta\)"][0]
    assert cells[2].count("*") == len(sign)


def test_region_effects_alone_have_no_stars_and_the_interval_by_year_for_an_error() -> None:
    table = study().tables["slope_tests"]
    by_year = table["errors"].eq("year_wild")
    estimates, below = coefficients(study())[r"\(\delta\)"]
    assert "*" not in estimates[1] and below[1] == "{[}0.030, 0.200{]}"
    assert below[2].startswith("(") and "by year" in made(study())["interaction.en.tex"]
    none = study(slope_tests=table[~by_year])
    assert coefficients(none)[r"\(\delta\)"][1][1].startswith("(")
    assert "by year" not in made(none)["interaction.en.tex"]


@pytest.mark.parametrize(("p", "sign"), [(0.004, "***"), (0.04, "**"), (0.06, "")])
def test_stars_by_instruments_are_those_of_anderson_and_rubin_below_five_per_cent(p, sign) -> None:
    tables = study().tables
    fit = tables["parameters"].query("effects == 'region+year' and estimator == 'lag'")
    sure = pd.concat([tables["parameters"], fit.assign(estimator="fod_iv", se=1e-4)])
    checks = tables["checks"]
    hit = checks["check"].eq("anderson_rubin_p_b1")
    chosen = study(parameters=sure, checks=checks.assign(value=checks["value"].mask(hit, p)))
    assert coefficients(chosen)[r"\(b_{1}\)"][0][-1].count("*") == len(sign)
    assert r"Anderson--Rubin set, \(b_1\)" in made(chosen)["interaction.en.tex"]


def test_own_terms_by_least_squares_have_no_stars() -> None:
    table = study().tables["parameters"]
    fit = table.query("scope == 'pooled' and effects == 'region+year' and estimator == 'lag'")
    rows = [
        fit.iloc[[0]].assign(model="general", estimator=e, parameter=name, estimate=1.0, se=1e-3)
        for e in ("lag", "fod_iv")
        for name in ("A11", "A12")
    ]
    text = made(study(parameters=pd.concat([table, *rows])))["general.en.tex"]
    body = text.split(r"\end{longtable}")[0]
    assert body.count("^{***}") == 1  # the cross term by least squares with both effects


def test_a_pooled_fit_without_effects_has_no_stars_and_one_region_has_its_own() -> None:
    table = study().tables["parameters"]
    sure = table.assign(se=table["estimate"].abs() / 100)
    chosen = study(parameters=sure)
    pooled, _ = coefficients(chosen)[r"\(\delta\)"]
    assert "*" not in pooled[0]
    assert pooled[2].endswith("^{***}\\)")  # region and year effects
    assert "***" in made(chosen)["own.en.tex"].split(r"\end{longtable}")[0]


def test_the_note_states_the_cut_offs_and_the_errors() -> None:
    note = made(study())["interaction.en.tex"].split(r"\end{longtable}")[1]
    for sign, limit in (("*", "0.10"), ("**", "0.05"), ("***", "0.01")):
        assert rf"\(^{{{sign}}}\,p<{limit}\)" in note
    assert "clustered by region" in note and "orthogonal" not in note
    table = study().tables["parameters"]
    lag = table.query("effects == 'region+year' and estimator == 'lag'")
    instrumented = pd.concat([table, lag.assign(estimator="fod_iv")])
    text = made(study(parameters=instrumented))["interaction.en.tex"]
    assert "Instruments: lags" in text.split(r"\end{longtable}")[1]
    assert "& Instruments in forward deviations" in text
    assert "clustered" not in made(study())["own.en.tex"].split(r"\end{longtable}")[1]


def test_a_fit_without_errors_has_no_stars_and_no_parentheses() -> None:
    table = study().tables["parameters"]
    bare = table["effects"].eq("region+year") & table["estimator"].eq("lag")
    none = table.assign(se=table["se"].mask(bare), df=table["df"].mask(bare))
    estimates, errors = coefficients(study(parameters=none))[r"\(b_{1}\)"]
    assert errors[3] == "" and "*" not in estimates[3] and errors[0]


def facts(rows_of: list[tuple], **changed: pd.DataFrame) -> dict[str, list[str]]:
    """Return the lines of facts of the table of interaction, by title."""
    names = ("effects", "estimator", "equation", "n", "r2")
    label = {"scope": "pooled", "model": "classic", "scaling": "first"}
    fits = pd.DataFrame([label | dict(zip(names, row, strict=True)) for row in rows_of])
    cells = rows(made(study(fits=fits, **changed))["interaction.en.tex"])
    return {title: values for title, *values in cells}


def test_facts_stand_under_their_fit_and_only_where_one_has_them() -> None:
    nan = float("nan")
    found = facts([
        ("region+year", "lag", 1, 20, nan), ("region", "trapezoid", 1, 24, nan),
        ("region", "trapezoid", 2, 24, 0.1234),
    ])  # fmt: skip
    assert found[r"\(N\) (growth rows)"] == ["---", "24", "---", "20", "---"]
    assert found[r"\(R^2\), growth of \(x_2\)"] == ["---", "0.123", "---", "---", "---"]
    assert found["Region effects"] == ["No", "Yes", "Yes", "Yes", "Yes"]
    assert found["Year effects"] == ["No", "No", "Yes", "Yes", "Yes"]
    assert r"\(R^2\), growth of \(x_1\)" not in found
    assert r"First-stage \(F\), \(b_1\)" not in found


def test_the_general_model_has_a_table_where_it_is_estimated() -> None:
    table = study().tables["parameters"]
    pooled = table.query("scope == 'pooled' and effects == 'region+year' and parameter == 'd'")
    effects = [pooled.assign(model="general", parameter=f"A{ij}") for ij in (11, 12, 21, 22)]
    chosen = study(parameters=pd.concat([table, *effects]))
    found = coefficients(chosen, "general.en.tex")
    assert {r"\(A_{11}\)", r"\(A_{12}\)", r"\(A_{21}\)", r"\(A_{22}\)"} <= set(found)
    assert number(found[r"\(A_{21}\)"][0][0]) == pytest.approx(0.2)


def test_a_coordinate_is_printed_only_where_its_set_is_bounded() -> None:
    lines = {cells[0]: cells for cells in rows(made(study())["equilibria.en.tex"])}
    own, pooled = lines["own growth, trapezoid"], lines["pooled, region effects"]
    assert own[2].startswith(r"(\(-\)\(\infty\),\,400) \(\cup\) (900") and len(set(own)) > 5
    assert own[-1] == "{set unbounded}" and pooled[-1] == "{located}"
    assert {"150", "200"} <= set(pooled)


def test_claims_keep_their_words() -> None:
    assert rows(made()["claims.en.tex"])[0] == [
        r"1 \textless Unit\textgreater{} (paper: a\textbar b)",
        "compared with figures elsewhere",
        "no figure of the files speaks against the unit",
        "{supported}",
        "Data and audit",
    ]
    assert rows(made()["claims.zh.tex"])[0][3] == "{支持}"


def test_a_chinese_table_has_chinese_heads_and_says_what_it_needs() -> None:
    text = made()["states.zh.tex"]
    assert "省份" in text and "xeCJK" in text and "Region" not in text
    assert "xeCJK" not in made()["states.en.tex"]


def test_r_squared_is_that_of_a_regression_on_dummies() -> None:
    generator = np.random.default_rng(3)
    panel = pd.DataFrame(
        [
            (r, y, *np.exp(generator.normal(1, 0.3, 2)))
            for r in "abcdefg"
            for y in range(2010, 2018)
        ],
        columns=["region", "year", "x1", "x2"],
    )
    for effects in EFFECTS:
        fitted = fit_pooled(panel, "x1", "x2", "trapezoid", effects, "first")
        dummies = [np.ones(fitted.rows)]
        dummies += [fitted.data.region == r for r in range(7)] if effects != "none" else []
        dummies += [fitted.data.year == y for y in range(2010, 2017)] if "year" in effects else []
        Z = np.column_stack(dummies).astype(float)

        def left(y: np.ndarray, X: np.ndarray) -> float:
            return float(np.sum((y - X @ np.linalg.lstsq(X, y, rcond=None)[0]) ** 2))

        for i, share in enumerate(equation.r_squared for equation in fitted.equations):
            growth = fitted.data.growth[:, i]
            whole = np.column_stack([Z, fitted.data.regressor[:, 1 - i]])
            assert share == pytest.approx(1 - left(growth, whole) / left(growth, Z), abs=1e-10)


def read(data: bytes) -> tuple[pd.DataFrame, dict, dict]:
    """Return the table of a Stata file with codes, variable labels and value labels."""
    with pd.io.stata.StataReader(io.BytesIO(data)) as reader:
        frame = reader.read(convert_categoricals=False)
        return frame, reader.variable_labels(), reader.value_labels()


def test_stata_files_hold_the_tables() -> None:
    voice = english(study())
    chosen, files = voice.study, stata_files(voice)
    shown = {f"table_{table.key}" for table in report_tables(voice)}
    assert set(files) == {f"{name}.dta" for name in {"panel", *LAYOUT["stata"]} | shown}
    assert files == stata_files(english(study()))
    own = set(chosen.indicators["indicator"])
    of_results = {name: data for name, data in files.items() if not name.startswith("table_")}
    for name, data in of_results.items():
        frame, labels, _ = read(data)
        source = wide_panel(chosen) if name == "panel.dta" else chosen.tables[name[:-4]]
        assert list(frame.columns) == list(source.columns)
        for column in source.select_dtypes("number"):
            np.testing.assert_array_equal(
                frame[column].to_numpy(float), source[column].to_numpy(float)
            )
        assert all(0 < len(label) <= LABEL for label in labels.values())
        heads = {c: column_row(name[:-4], c) for c in source.columns if c not in own}
        assert not [c for c, row in heads.items() if row is None], name
    texts = read(files["verdicts.dta"])[0]["verdict"]
    assert texts.tolist() == chosen.tables["verdicts"]["verdict"].tolist()


def test_tables_of_the_report_are_numbers_where_they_print_numbers() -> None:
    voice = english(study())
    files, D = stata_files(voice), voice.study.coupling.query("region == '330000'")["D"]
    frame, _, _ = read(files["table_coordination.dta"])
    own = frame[frame["column_1"] == "Zhejiang"].drop(columns="column_1")
    assert list(own) == [f"D{year}" for year in range(2012, 2021)]
    np.testing.assert_array_equal(own.to_numpy(float)[0], D)
    table, _, _ = read(files["table_interaction.dta"])
    rows = table.set_index("term")["fit_1"]
    pooled = voice.study.rows("parameters", scope="pooled", scaling="first", effects="none")
    b1 = pooled.query("parameter == 'b1' and estimator == 'trapezoid'")["estimate"].iloc[0]
    assert float(rows["b1"].rstrip("*").replace("−", "-")) == pytest.approx(b1, abs=5e-3)
    assert {"N (growth rows)", "Region effects", "df of t"} <= set(table["term"])


def test_the_panel_is_wide_and_says_what_is_filled() -> None:
    frame, labels, _ = read(stata_files(english())["panel.dta"])
    panel = study().tables["panel"].set_index(["region", "year", "indicator"])["value"]
    assert frame.at[3, "sales"] == panel[frame.at[3, "region"], frame.at[3, "year"], "sales"]
    assert labels["sales"] == "sales of shops (100 million yuan)"
    assert frame["flags"].ne("").sum() == 1 and "filled" in frame["flags"].max()


def test_grades_are_ranked_codes_with_their_words() -> None:
    voice = english()
    chosen = voice.study
    frame, _, codes = read(stata_files(voice)["coupling.dta"])
    assert frame["grade"].map(codes["grade"]).tolist() == chosen.coupling["grade"].tolist()
    assert codes["grade"][1] == "extreme imbalance" and len(codes["grade"]) == 10
    np.testing.assert_array_equal(frame["grade"], np.floor(frame["D"] * 10) + 1)
    (chinese,) = languages("zh")
    found, labels, codes = read(stata_files(chinese)["coupling.dta"])
    assert codes["grade"][10] == "优质协调" and labels["grade"] == "协调等级"
    np.testing.assert_array_equal(found[["grade", "stage"]], frame[["grade", "stage"]])
    assert found["name"].iloc[0] == "浙江" and "商店子系统综合发展指数" in labels["U_shops"]
    other = chosen.coupling.assign(grade="unheard of")
    put = english(replace(chosen, tables=chosen.tables | {"coupling": other}))
    assert set(read(stata_files(put)["coupling.dta"])[0]["grade"]) == {"unheard of"}


def test_stata_names_are_valid_and_each_stands_once() -> None:
    long = "share_of_enterprises_with_electronic_commerce"
    names = stata_names(["1st", "in", "a b", "a_b", long, long + "2", "str12", "D", "", "工业"])
    assert names[:4] == ["_1st", "_in", "a_b", "a_b_2"]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) for name in names)
    assert max(map(len, names)) <= NAME


def test_what_stata_does_not_have() -> None:
    frame = pd.DataFrame({
        "value": [1.5, np.inf, np.nan], "year": pd.array([2015, None, 2017], dtype="Int64"),
        "message": ["工" * 1000, "=1+1", None],
    })  # fmt: skip
    long = "made up by the test, of more than the eighty characters that a label of Stata can hold"
    found, labels, _ = read(stata_file(frame, english(), ["a value", long, "message"]))
    assert found["value"].tolist()[0] == 1.5 and found["value"].isna().tolist()[1:] == [True, True]
    assert found["year"].isna().tolist() == [False, True, False]
    assert found["message"].tolist() == ["工" * 1000, "=1+1", ""]
    assert labels == {"value": "a value", "year": long[:LABEL], "message": "message"}


def test_every_language_of_the_reports_is_written_in_its_words() -> None:
    voices = languages("zh", "en")
    assert [voice.study.language for voice in voices] == ["zh", "en"]
    files = latex_files(voices)
    assert {name.split(".")[1] for name in files} == {"en", "zh"}
    made = {name[:-4] for name in stata_files(voices[0])}
    assert {name for name in made if not name.startswith("table_")} <= set(table_names(*BUILT))
    first = rows(files["states.zh.tex"])[0]
    assert first[0] == "浙江"
    assert first[6].split("，")[0] in {grade for grade in voices[0].study.grades.labels}
    assert "熵值法" in files["weights.zh.tex"] and "entropy" in files["weights.en.tex"]
    assert "亿元" in files["descriptive.zh.tex"]


def test_chinese_tables_have_chinese_punctuation_and_the_words_of_the_report() -> None:
    files, phrases = made(), words_of("phrases", "zh")
    assert r"\(^{*}\,p<0.10\)，\(^{**}" in files["interaction.zh.tex"]
    assert "U，商店" in files["states.zh.tex"]
    lines = {cells[0]: cells for cells in rows(files["equilibria.zh.tex"])}
    own = lines["自身观测，" + phrases["words"]["estimator"]["trapezoid"]]
    assert r"\(\infty\)" in own[2]
    assert f"[{own[-1].strip('{}')}]" in phrases["chips"]["unlocated"]
    assert "150" in lines["合并估计，省份固定效应"]
    late = tables() | gap(2020, "110000")
    assert "北京（2019）" in made(study(**late))["states.zh.tex"]
