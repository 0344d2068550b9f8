"""Tables for LaTeX and Stata: safe text, whole rows, numbers and stars of the tables."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.api import OLS

from coevo.estimation import fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.files import read_texts
from coevo.report.findings import Study
from coevo.report.tables.annex import documented
from coevo.report.tables.exports import (
    LABEL,
    NAME,
    latex_files,
    stata_file,
    stata_files,
    stata_names,
    wide_panel,
)
from coevo.report.tables.regression_table import p_of_t, stars
from coevo.report.words.report_text import ReportText
from coevo.report.words.template_values import in_language
from coevo.study_data import StudyData
from tests.sample import (
    COUNT,
    ROOT,
    changed,
    config,
    indicators,
    picked,
    places,
    put,
    study,
    tables,
    without,
)

HOSTILE = r"a&b%c$d#e_f{g}h~i^j\k [l] *m <n> |o x₂ −1 μκΦ ′≡← ①"


def made(chosen: Study | None = None) -> dict[str, str]:
    """Return the LaTeX files of a study in English and Chinese."""
    both = languages("en", "zh", chosen=chosen)
    return {name: text for words in both for name, text in latex_files(words)}


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
    plain = re.sub(r"\\\(\^\{\*+\}\\\)", "", cell).replace(r"\(-\)", "-").replace(r"\,", "")
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
        study_name = "small" if count > 1 else "one"
        label = rf"\label{{tab:{study_name}-{name.replace('.', '-').removesuffix('-tex')}}}"
        assert text.startswith("% ") and r"\caption{" in text and label in text
        assert r"\toprule" in text and r"\section" not in text


def test_hostile_text_is_escaped() -> None:
    table = indicators().assign(label_en=HOSTILE, label_zh="中文_" + HOSTILE)
    renamed = tables() | {"coupling": tables()["coupling"].replace("Beijing", HOSTILE)}
    for name, text in made(Study(config(), table, renamed)).items():
        assert depth(text)[-1] == 0
        assert len({len(cells) for cells in rows(text)}) == 1, name
        body = "\n".join(" ".join(cells) for cells in rows(text))
        body = re.sub(r"\\emph\{p\}~(=|\\textless)~(?=\d)", "", body)  # the spaces of a p value
        assert not re.search(r"(?<!\\)[%#~$]", body)
    assert "中文\\_" in made(Study(config(), table, tables()))["indicators.zh.tex"]


def test_numbers_are_those_of_the_tables() -> None:
    files, chosen = made(), study()
    used = chosen.tables["weights"].query("weighting == 'entropy'")
    found = sorted(number(cells[3]) for cells in rows(files["indicators.en.tex"]))
    np.testing.assert_allclose(found, sorted(used["weight"]), atol=5e-4)
    last = chosen.coupling[chosen.coupling["year"] == 2020].sort_values("D", ascending=False)
    regions = rows(files["regions.en.tex"])
    assert [cells[0] for cells in regions] == last["name"].tolist()
    ranges = chosen.tables["rank_ranges"].set_index("name").loc[last["name"]]
    ends = zip(ranges["rank_low"], ranges["rank_high"], strict=True)
    assert [cells[-2] for cells in regions] == [f"{low}--{high}" for low, high in ends]


def coefficients(chosen: Study, file: str = "interaction.en.tex") -> dict[str, list[list[str]]]:
    """Return the lines of each coefficient, estimates and errors, by its symbol."""
    body = [cells for cells in rows(made(chosen)[file])[1:] if cells]
    return {body[i][0]: [body[i][1:], body[i + 1][1:]] for i in range(0, len(body) - 1)}


BOTH, LAG = "region+year", 3  # the effects of the headline, and the column of `lag` with them
POOLED = {"scope": "pooled", "scaling": "first", "model": "classic"}
FITS = [(e, "trapezoid") for e in ("none", "region", BOTH)]
FITS += [(BOTH, e) for e in ("lag", "logmean", "spline", "relative", "fod_iv")]
SYMBOLS = {"b1": r"\(b_{1}\)", "d": r"\(\delta\)"}


def test_estimates_and_errors_are_those_of_the_table() -> None:
    chosen = study()
    found, table = coefficients(chosen), chosen.rows("parameters", **POOLED)
    for parameter, symbol in SYMBOLS.items():
        rows_of = table[table["parameter"] == parameter].set_index(["effects", "estimator"])
        for key, estimate, error in zip(FITS, *found[symbol], strict=True):
            assert number(estimate) == pytest.approx(rows_of.at[key, "estimate"], abs=5e-4)
            if key[0] != "region":  # its interval, below
                assert number(error) == pytest.approx(rows_of.at[key, "se"], abs=5e-4)
                assert error.startswith("(") and error.endswith(")")


def test_stars_follow_the_p_value() -> None:
    for p, sign in ((0.0099, "***"), (0.011, "**"), (0.049, "**"), (0.051, "*"), (0.11, "")):
        t = stats.t.ppf(1 - p / 2, 7)
        assert stars(p_of_t(t, 1.0, 7)) == stars(p_of_t(-2 * t, 2.0, 7)) == sign
    assert p_of_t(1.0, np.nan, 7) == p_of_t(1.0, 0.0, 7) == p_of_t(1.0, 1.0, np.nan) == 1
    assert stars(1.0) == ""


def sure(wild: float = 0.001, **fit: object) -> Study:
    """Return the study with an error of a hundredth of each estimate of some pooled fits, which
    wild bootstraps confirm with this p.
    """
    made = put(tables(), "slope_tests", {"errors": "region_wild"}, p=wild)
    for name in ("b1", "d"):
        made = put(made, "checks", {"check": f"restricted_wild_p_{name}"}, value=wild)
    table = made["parameters"]
    hit = picked(table, **POOLED | fit)
    made["parameters"] = table.assign(se=table["se"].mask(hit, table["estimate"].abs() / 100))
    return study(**made)


def test_an_error_that_changes_changes_the_stars_but_not_without_year_effects() -> None:
    """Region effects alone have the interval by year for an error."""
    estimates, _ = coefficients(sure())[SYMBOLS["d"]]
    assert [cell.count("*") for cell in estimates] == [0, 0, 3, 3, 3, 3, 3, 0]
    by_year = study().rows("slope_tests", errors="year_wild", effects="region", parameter="d")
    low, high = by_year.set_index("estimator").loc["trapezoid", ["low", "high"]]
    _, below = coefficients(study())[SYMBOLS["d"]]
    assert below[1] == rf"{{[}}\(-\){-low:.4f}, {high:.4f}{{]}}"
    few = without(tables()["slope_tests"], errors="year_wild")
    assert coefficients(study(slope_tests=few))[SYMBOLS["d"]][1][1].startswith("(")


@pytest.mark.parametrize(("wild", "most"), [(0.001, 3), (0.03, 2), (0.42, 0)])
def test_no_star_stands_where_the_wild_bootstrap_does_not_confirm_it(wild, most) -> None:
    """Errors clustered by region do not see that one region carries a slope."""
    estimates, _ = coefficients(sure(wild, effects=BOTH))[SYMBOLS["d"]]
    assert max(cell.count("*") for cell in estimates) == most


@pytest.mark.parametrize(("p", "sign"), [(0.004, "***"), (0.04, "**"), (0.06, "")])
def test_stars_by_instruments_are_those_of_anderson_and_rubin_below_five_per_cent(p, sign) -> None:
    check = {"check": "anderson_rubin_p_b1", "effects": BOTH}
    chosen = study(**put(sure(estimator="fod_iv").tables, "checks", check, value=p))
    assert coefficients(chosen)[SYMBOLS["b1"]][0][-1].count("*") == len(sign)


def test_a_fit_without_errors_has_no_stars_and_no_parentheses() -> None:
    none = changed("parameters", POOLED | {"effects": BOTH, "estimator": "lag"}, se=None, df=None)
    estimates, errors = coefficients(none)[SYMBOLS["b1"]]
    assert errors[LAG] == "" and "*" not in estimates[LAG] and errors[0]


@pytest.mark.parametrize("effects", EFFECTS)
def test_r_squared_is_that_of_a_regression_on_dummies(effects: str) -> None:
    generator = np.random.default_rng(3)
    panel = pd.MultiIndex.from_product([[*"abcdefg"], range(2010, 2018)], names=["region", "year"])
    figures = np.exp(generator.normal(1, 0.3, (len(panel), 2)))
    panel = pd.DataFrame(figures, panel, ["x1", "x2"]).reset_index()
    fitted = fit_pooled(panel, "x1", "x2", "trapezoid", effects, "first")
    dummies = [np.ones(fitted.rows)]
    dummies += [fitted.data.region == r for r in range(1, 7)] if effects != "none" else []
    dummies += [fitted.data.year == y for y in range(2011, 2017)] if "year" in effects else []
    Z = np.column_stack(dummies).astype(float)
    for i, equation in enumerate(fitted.equations):
        growth, x = fitted.data.growth[:, i], fitted.data.regressor[:, 1 - i]
        left = [OLS(growth, X).fit().ssr for X in (Z, np.column_stack([Z, x]))]
        assert equation.r_squared == pytest.approx(1 - left[1] / left[0], abs=1e-10)


def stata(name: str, voice: ReportText | None = None) -> tuple[pd.DataFrame, dict]:
    """Return what `read` does of a file of a study, the sample in English unless one is given."""
    return read(dict(stata_files(voice or english()))[name])


def read(data: bytes) -> tuple[pd.DataFrame, dict]:
    """Return the table of a Stata file with its variable labels."""
    with pd.io.stata.StataReader(io.BytesIO(data)) as reader:
        return reader.read(), reader.variable_labels()


def test_stata_files_hold_the_tables() -> None:
    voice = english(study())
    chosen, files = voice.study, dict(stata_files(voice))
    shown = {f"table_{table.key}" for table in documented(voice)}
    assert set(files) == {f"{name}.dta" for name in {"panel"} | shown}
    (frame, labels), source = read(files["panel.dta"]), wide_panel(chosen)
    assert list(frame.columns) == list(source.columns)
    columns = list(source.select_dtypes("number"))
    found, held = (one[columns].to_numpy(float) for one in (frame, source))
    np.testing.assert_array_equal(found, held)
    assert all(0 < len(label) <= LABEL for label in labels.values())


def test_tables_of_the_report_are_numbers_where_they_print_numbers() -> None:
    voice = english(study())
    table, _ = stata("table_interaction.dta", voice)
    rows = table.set_index("term")["fit_1"]
    pooled = voice.study.rows("parameters", scope="pooled", scaling="first", effects="none")
    b1 = pooled.query("parameter == 'b1' and estimator == 'trapezoid'")["estimate"].iloc[0]
    assert float(rows["b1"].rstrip("*").replace("−", "-")) == pytest.approx(b1, abs=5e-3)
    assert {"N (growth rows)", "Region effects", "df of t"} <= set(table["term"])


def test_the_panel_is_wide_and_says_what_is_filled() -> None:
    frame, labels = stata("panel.dta")
    panel = study().tables["panel"].set_index(["region", "year", "indicator"])["value"]
    assert frame.at[3, "sales"] == panel[frame.at[3, "region"], frame.at[3, "year"], "sales"]
    assert labels["sales"] == "sales of shops (100 million yuan)"
    assert frame["flags"].ne("").sum() == 1 and "filled" in frame["flags"].max()


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
    found, labels = read(stata_file(frame, english(), ["a value", long, "message"]))
    assert found["value"].tolist()[0] == 1.5 and found["value"].isna().tolist()[1:] == [True, True]
    assert found["year"].isna().tolist() == [False, True, False]
    assert found["message"].tolist() == ["工" * 1000, "=1+1", ""]
    assert labels == {"value": "a value", "year": long[:LABEL], "message": "message"}


def test_every_language_of_the_reports_is_written_in_its_words() -> None:
    files, text = made(), made()["regions.zh.tex"]
    assert {name.split(".")[1] for name in files} == {"en", "zh"}
    assert "省份" in text and "xeCJK" in text and "Region" not in text
    assert "xeCJK" not in files["regions.en.tex"]
    assert rows(text)[0][0] == "浙江"
    assert "熵值法" in files["indicators.zh.tex"] and "entropy" in files["indicators.en.tex"]
