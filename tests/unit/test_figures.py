"""Charts: what they draw is what the tables hold, where they draw it, and the bytes of images."""

import dataclasses
import io
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from altair.utils.schemapi import validate_jsonschema

from coevo.coupling import grade
from coevo.errors import StudyError
from coevo.report.figures import FIGURES, PALETTES, axes, drawing, figure_names
from coevo.report.figures.drawing import CHARTS, data_behind
from coevo.report.figures.intervals import share_text
from coevo.report.figures.phase_planes import marks as marks_of_plane
from coevo.report.figures.phase_planes import points
from coevo.report.figures.scatters import _adjusted
from coevo.report.figures.typesetting import pngs
from coevo.report.figures.vega import SCHEMA
from coevo.report.findings import Study, grade_scale
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.study_tables import chart_words
from coevo.report.tables import for_excel
from tests.sample import (
    COUNT,
    FAILING,
    FOCUS,
    NAMES,
    Tables,
    changed,
    config,
    gap,
    picked,
    put,
    study,
    tables,
    unestimated,
    words_of,
)

FIRST, LAST = config()["years"].values()
Spec = dict[str, Any]


@cache
def words() -> dict[str, str]:
    return chart_words(study(), words_of("phrases", "en"))


def names_of(chosen: Study) -> list[str]:
    return figure_names(charts_that_apply(chosen))


@cache
def specs(count: int = COUNT) -> dict[str, Spec]:
    """Return the specifications of the study as the page reads them; no image is made."""
    chosen = study(count)
    return {n: json.loads(json.dumps(CHARTS[n](chosen, words()))) for n in names_of(chosen)}


def rows_of(spec: Spec, *keys: str) -> list[dict]:
    """Return every row of data of a specification that has these keys."""
    rows = (row for part in spec["datasets"].values() for row in part)
    return [row for row in rows if set(keys) <= set(row)]


def values(spec: Spec, key: str) -> list:
    return [row[key] for row in rows_of(spec, key)]


def parameters(spec: Spec) -> dict[str, Any]:
    return {param["name"]: param["value"] for param in spec["params"]}


def strings(node: object) -> Iterator[str]:
    """Return every string of a specification."""
    if isinstance(node, str):
        yield node
    for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from strings(item)


# --- every chart --------------------------------------------------------------------------


@pytest.mark.parametrize("count", [COUNT, 1])
def test_charts_keep_to_the_schema_of_vega_lite_and_to_the_palettes(count: int) -> None:
    assert alt.SCHEMA_URL == SCHEMA  # of the version that draws them
    known = {f"${token}" for token in PALETTES["light"]} | {"$sans"}
    assert set(PALETTES["light"]) == set(PALETTES["dark"])
    for name, spec in specs(count).items():
        # The configuration has no background, which the library takes and the schema does not name.
        own = {key: value for key, value in spec.items() if key != "config"}
        validate_jsonschema(own, alt.load_schema())
        assert {text for text in strings(spec) if text.startswith(("$", "#"))} <= known, name


# --- which charts there are ---------------------------------------------------------------


def test_one_region_has_no_regional_charts() -> None:
    several = {"tiles", "scatter_levels", "region_phase"}
    assert not several & set(specs(1)) and several <= set(specs())
    assert "phase" in specs(1)
    assert not {"phase", "region_phase"} & set(figure_names({"several"}))


@pytest.mark.parametrize(
    ("name", "table"),
    [("headline_choices", "headline_variants"), ("against_level", "level")],
)
def test_no_chart_without_its_table(name: str, table: str) -> None:
    bare = study(**{table: tables()[table].iloc[:0]})
    assert name in specs() and name not in names_of(bare)


def test_no_plane_of_a_focus_that_is_not_estimated_and_no_strengths_without_slopes() -> None:
    names = names_of(study(**unestimated(FOCUS)))
    assert "phase" not in names
    assert "strengths" in specs()
    assert "strengths" not in names_of(study(strengths=tables()["strengths"].iloc[:0]))


@pytest.mark.parametrize("year", [FIRST, LAST])
def test_region_without_an_end_year_is_drawn_with_its_own(year: int) -> None:
    chosen = study(**gap(year))
    assert names_of(chosen) == list(specs())
    label = [text for text in values(CHARTS["opening_degrees"](chosen, words()), "text") if text]
    assert any(NAMES[FOCUS] in text for text in label)
    assert any(f"({LAST - 1})" in text for text in label) == (year == LAST)


# --- in step, levels ----------------------------------------------------------------------


def test_the_level_alone_is_d_less_the_residual_of_the_table() -> None:
    level = "product_per_head"
    rows, table = _adjusted(study(), level).set_index("region"), tables()["level"]
    own = picked(table, measure="adjusted_lnD", slope="year_centred", level=level)
    residual = table[own].set_index("scope")["value"]
    gap_to_line = np.log(rows["D"] / rows["alone"])
    np.testing.assert_allclose(gap_to_line, (residual - residual.mean()).reindex(rows.index))
    shown = f"{NAMES[FOCUS]} {grade_scale.grade_marks(rows.loc[FOCUS, 'D'])}"
    assert shown in values(specs()["against_level"], "text")


# --- grades, heat and tiles ---------------------------------------------------------------

TABLES = sorted(grade_scale.GRADES)


def graded(table: str) -> Study:
    """Return the study read by another table of grades."""
    chosen = study()
    coupling = {**chosen.config["coupling"], "grades": table}
    made = {"coupling": chosen.coupling.assign(grade=grade(chosen.coupling["D"], table))}
    return dataclasses.replace(
        chosen, config=chosen.config | {"coupling": coupling}, tables=chosen.tables | made
    )


@pytest.mark.parametrize("table", TABLES)
def test_a_colour_and_a_name_are_those_of_their_grade(table: str) -> None:
    scale, chosen = grade_scale.GRADES[table], graded(table)
    rows = rows_of(CHARTS["tiles"](chosen, words()), "grade")
    assert rows
    for row in rows:
        assert row["g"] == grade_scale.colours(scale)[row["grade"]] and row["text"]


def test_headlines_by_choice_are_the_counts_of_the_table() -> None:
    table = tables()["headline_variants"].query("system == '' and enters")
    rows = rows_of(specs()["headline_choices"], "share", "own")
    assert len(rows) >= len(table)
    for row in rows:
        assert row["share"] == pytest.approx(row["agree"] / row["combinations"], abs=1e-4)
        assert row["text"] == f"{100 * row['share']:.0f}"
        assert row["g"] == min(9, int(10 * row["share"]))
    own = {(row["choice"], row["variant"]) for row in rows if row["own"]}
    main = tables()["multiverse"].iloc[0]
    assert {(choice, main[choice]) for choice in table["choice"].unique() if choice in main} <= own


def test_tiles_hold_every_year_and_the_slider_reaches_each() -> None:
    spec = specs()["tiles"]
    (year,) = [param for param in spec["params"] if param["name"] == "year"]
    assert year["value"] == LAST
    assert [year["bind"][key] for key in ("min", "max", "step")] == [FIRST, LAST, 1]
    rows = pd.DataFrame(rows_of(spec, "D")).set_index(["region", "year"])
    D = tables()["coupling"].set_index(["region", "year"])["D"]
    assert len(rows) == len(D)
    np.testing.assert_allclose(rows["D"].reindex(D.index), D, atol=5e-5)
    assert {(r.row, r.column) for r in rows.loc[FOCUS].itertuples()} == {(6, 7)}
    assert {"ZJ", "BJ", "NM", "GS"} <= set(rows["short"])
    empty = rows_of(spec, "state")  # what is not in the data says so
    assert len(empty) == 34 - COUNT
    assert {row["state"] for row in empty} == {words()["not_in_data"]}


def test_no_tiles_for_regions_that_have_none() -> None:
    chosen = study()
    coupling = chosen.coupling.assign(region=chosen.coupling["region"].replace(FAILING, "990000"))
    other = study(coupling=coupling)
    nowhere = dataclasses.replace(chosen, places=None)
    assert "tiles" in charts_that_apply(chosen)
    for without in (other, nowhere, study(1)):
        assert "tiles" not in charts_that_apply(without)
    assert "untiled" in charts_that_apply(other) and "untiled" not in charts_that_apply(study(1))
    dots = rows_of(CHARTS["group_dots"](nowhere, words()))
    assert {row["region"] for row in dots} == set(chosen.regions)


# --- choices and growth -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.9995, "> 99 %"), (0.424, "42 %"), (0.001, "< 1 %"), (0.0, "0 %")],
)
def test_share_is_never_all_or_nothing_where_it_is_not(share: float, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize("count", [COUNT, 1])
def test_strengths_are_those_of_the_table_on_the_ranges_of_simulated_panels(count: int) -> None:
    table = tables(count)["strengths"]
    main = table[picked(table, estimator="trapezoid", scope=["panel", FOCUS])]
    spec = CHARTS["strengths"](study(count), words())
    rows = pd.DataFrame(spec["datasets"]["rows"]).set_index(["block", "label"])
    bands = pd.DataFrame(spec["datasets"]["bands"]).set_index(["block", "label", "band"])
    assert len(rows) == len(main) > 0
    low, high = spec["layer"][3]["encoding"]["x"]["scale"]["domain"]
    assert low < 0 < 1 < high
    for row in main.itertuples():
        line = words()["line_own" if row.effects == "none" else f"line_panel_{row.effects}"]
        shown = rows.loc[row.effect, line]
        assert shown["estimate"] == pytest.approx(row.strength)
        assert [shown["from"], shown["to"]] == pytest.approx(
            [max(row.low, low), min(row.high, high)]
        )
        assert (shown["fill"] == "$ink") == row.full_excluded
        for name in ("full", "none"):
            ends = bands.loc[row.effect, line, words()[f"band_{name}"]][["low", "high"]]
            held = [getattr(row, f"{name}_low"), getattr(row, f"{name}_high")]
            assert list(ends) == pytest.approx(list(np.clip(held, low, high)))
    assert [spec["layer"][i]["encoding"]["x"].get("datum") for i in (1, 2)] == [0, 1]


# --- planes: what they hold ---------------------------------------------------------------

OWN = {"source": "fit", "effects": "none"}
PATHS = {"x1": "output", "x2": "sales"}


def path_of(region: str) -> pd.DataFrame:
    panel = tables()["panel"]
    wide = panel[panel["region"] == region].pivot(index="year", columns="indicator", values="value")
    return wide[list(PATHS.values())].set_axis(list(PATHS), axis=1)


def located(region: str, x1: float, x2: float) -> Tables:
    """Return tables in which the E of one region is located by its own growth."""
    sets = {"x1_set": "interval", "x2_set": "interval", "located": True}
    return put(tables(), "equilibria", OWN | {"scope": region}, x1=x1, x2=x2, **sets)


def said(spec: Spec, region: str) -> list[str]:
    """Return the lines of words above the plane of a region."""
    assert spec["title"]["text"] == {"expr": "notes[region]"}
    return parameters(spec)["notes"][region]


def of_region(spec: Spec, region: str, *keys: str) -> list[dict]:
    return [row for row in rows_of(spec, "region", *keys) if row["region"] == region]


def test_plane_of_every_region_holds_what_the_tables_hold() -> None:
    rows, theory = points(study()), tables()["theory"]
    theory = theory[picked(theory, effects="none", estimator="trapezoid")]
    for region in NAMES:
        own = {kind: part for kind, part in rows[rows["region"] == region].groupby("kind")}
        seen = own["observed"].set_index("year")[list(PATHS)]
        np.testing.assert_allclose(seen.astype(float), path_of(region))
        point = theory[theory["scope"] == region]
        assert set(own) - {"observed"} == ({"theory"} if len(point) else set())
        assert len(point) == (region != FAILING)
        if len(point):
            held = ["x1", "x2", "x1_low", "x1_high", "x2_low", "x2_high"]
            np.testing.assert_allclose(own["theory"][held].astype(float), point[held])


def test_equilibrium_that_is_not_located_is_words_and_no_point() -> None:
    spec, unlocated = specs()["region_phase"], words()["fitted_unlocated"]
    assert all(unlocated in said(spec, region) for region in NAMES)
    assert "fitted" not in values(spec, "kind")
    assert unlocated in specs()["phase"]["title"]["text"]
    assert words()["fitted"] not in values(specs()["phase"], "label")
    assert words()["theory_missing"] in said(spec, FAILING)
    assert {row["kind"] for row in of_region(spec, FAILING, "kind")} == {"observed"}


def test_located_equilibrium_has_its_point_and_its_lines() -> None:
    x1, x2 = path_of(FOCUS).median().round()
    spec = CHARTS["region_phase"](study(**located(FOCUS, x1, x2)), words())
    fitted = [row for row in of_region(spec, FOCUS, "kind", "label") if row["kind"] == "fitted"]
    assert {(row["x1"], row["x2"], row["label"]) for row in fitted} == {(x1, x2, words()["fitted"])}
    unlocated = words()["fitted_unlocated"]
    assert unlocated not in said(spec, FOCUS) and unlocated in said(spec, FAILING)
    right, top = parameters(spec)["frames"][FOCUS].values()
    lines = [row for row in of_region(spec, FOCUS, "still") if row["part"] == "line"]
    ends = {(row["still"], row["x1"], row["x1_end"], row["x2"], row["x2_end"]) for row in lines}
    assert ends == {("x2", x1, x1, 0, top), ("x1", 0, right, x2, x2)}
    named = {words()["rest"].format(still=still) for still in ("x₁", "x₂")}
    assert named == {row["name"] for row in lines}


@pytest.mark.parametrize(
    ("kind", "drawn_so"), [("centre", True), ("saddle", True), ("none", False)]
)
def test_orbit_of_the_focus_is_drawn_where_there_is_one(kind: str, drawn_so: bool) -> None:
    chosen = changed("equilibria", {"source": "fit"}, kind=kind)
    spec = CHARTS["phase"](chosen, words())
    rows = {row["time"]: (row["x1"], row["x2"]) for row in rows_of(spec, "time")}
    assert bool(rows) == drawn_so
    assert marks_of_plane(chosen)["orbit"] == drawn_so
    if drawn_so:
        assert rows[0.0] == pytest.approx(tuple(path_of(FOCUS).loc[LAST]), rel=1e-6)
        assert min(rows) >= FIRST - LAST and max(rows) <= LAST - FIRST


# --- axes and labels ----------------------------------------------------------------------


def test_ticks_are_round_few_and_inside() -> None:
    assert axes.ticks(-0.33, 0.31, 4) == [-0.2, 0.0, 0.2]
    assert axes.ticks(3.0, 3.0) == [3.0]
    assert axes.ticks(0, 3e-15, 3) == pytest.approx([0, 1e-15, 2e-15, 3e-15])
    assert axes.tick_format([0, 1e18]) == ".2~e"
    assert axes.ticks(0, 30000, 5) == [0, 5000, 10000, 15000, 20000, 25000, 30000]
    assert axes.log_ticks(2000, 140000) == [2000, 5000, 10000, 20000, 50000, 100000]
    assert all(0.62 <= tick <= 0.68 for tick in axes.log_ticks(0.62, 0.68))


# --- images -------------------------------------------------------------------------------


def test_same_bytes_whatever_was_drawn_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*names: str) -> dict[str, str | bytes]:
        monkeypatch.setattr(drawing.figures, "figure_names", lambda charts_that_apply: names)
        return drawing.drawn(study(), words())

    names, endings = ("tiles", "opening_degrees"), ("json", "csv", "svg", "png")
    first = made(*names)
    assert set(first) == {f"{name}.{ending}" for name in names for ending in endings}
    assert made(*reversed(names)) == first


def test_a_character_that_no_font_holds_is_refused_not_drawn_as_a_box() -> None:
    broken = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>a😀</text></svg>'
    with pytest.raises(StudyError, match=r"^figure heat: .*U\+1F600.* characters$"):
        pngs({"tiles": broken.replace("😀", ""), "heat": broken})


# --- data for other programs --------------------------------------------------------------


def table(name: str) -> pd.DataFrame:
    """Return the source data of a chart as a reader of the CSV gets it."""
    text = for_excel(data_behind(name, specs()[name]))
    return pd.read_csv(io.StringIO(text.removeprefix("\ufeff")), dtype={"region": str})


def test_source_data_are_the_numbers_of_the_tables() -> None:
    for name in (name for name in specs() if not FIGURES[name].screen):
        text = for_excel(data_behind(name, specs()[name]))
        assert text.startswith("\ufeff") and text.count("\n") > 1, name
    chosen = study()
    D = chosen.coupling.set_index(["region", "year"])["D"].sort_index()
    lines, mean = (part for _, part in table("opening_degrees").groupby("layer"))
    lines = lines.set_index(["region", "year"])["D"].sort_index()
    pd.testing.assert_series_equal(lines, D)
    np.testing.assert_allclose(mean.set_index("year")["D"], D.groupby("year").mean())
