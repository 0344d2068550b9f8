"""Charts: names, data, placing of labels, and the bytes of an SVG."""

import dataclasses
import hashlib
import io
import json
import struct
import subprocess
import sys
import zlib
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd
import pytest
from altair.utils.schemapi import validate_jsonschema

from coevo.coupling import grade
from coevo.errors import StudyError
from coevo.files import as_table
from coevo.lotka_volterra.classic import conserved
from coevo.report.figures import FIGURES, PALETTES, drawing, figure_names, filled
from coevo.report.figures.axes import (
    log_ticks,
    spread_labels,
    tick_format,
    ticks,
    with_room,
    wrapped_label,
)
from coevo.report.figures.bars import share_text
from coevo.report.figures.drawing import (
    CHARTS,
    data_behind,
    drawn,
    paper_size,
    regular,
    renumbered,
    svg,
)
from coevo.report.figures.intervals import variant_word
from coevo.report.figures.phase_planes import points
from coevo.report.figures.plane import (
    allowed,
    arrows,
    named_left,
    named_years,
    nullclines,
    orbit_inside,
)
from coevo.report.figures.scatters import _adjusted, _logs
from coevo.report.figures.typesetting import pdfs, pngs
from coevo.report.figures.vega import SCHEMA, amount, mark, specification
from coevo.report.findings import Study, grade_scale
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.localised import chart_words
from coevo.report.tables.exports import data_file
from coevo.sensitivity.multiverse import CHOICES
from tests.sample import ROOT, gap, stated, study, unestimated, unplaced, words_of

WORDS = chart_words(study(), words_of("phrases", "en"))


def specs_of(chosen: Study) -> dict[str, dict]:
    """Return the specifications of a study as the page reads them; no image is made."""
    names = figure_names(charts_that_apply(chosen))
    return {name: json.loads(json.dumps(CHARTS[name](chosen, WORDS))) for name in names}


@lru_cache
def specs(count: int) -> dict[str, dict]:
    """Return the specifications of the sample."""
    return specs_of(study(count))


def strings(node: object) -> list[str]:
    """Return every string of a specification."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for item in node.values() for text in strings(item)]
    return [text for item in node for text in strings(item)] if isinstance(node, list) else []


def test_every_name_has_a_chart() -> None:
    assert set(CHARTS) == set(FIGURES)


def test_no_region_is_left_out_for_being_one_of_many() -> None:
    rows = pd.DataFrame({"year": np.tile(np.arange(18), 400), "D": np.linspace(0, 1, 7200)})
    drawn = specification([mark("line", rows, {"x": amount("year"), "y": amount("D")})], 100)
    assert [len(data) for data in drawn["datasets"].values()] == [7200]


@pytest.mark.parametrize("count", [4, 1])
def test_charts_keep_to_the_schema_of_vega_lite(count: int) -> None:
    for spec in specs(count).values():
        # The configuration has no background, which the library takes and the schema does not name.
        own = {key: value for key, value in spec.items() if key != "config"}
        validate_jsonschema(own, alt.load_schema())


def test_specifications_name_the_version_that_draws_them() -> None:
    assert alt.SCHEMA_URL == SCHEMA


def test_names_are_cheap() -> None:
    code = (
        "import sys, coevo.report.figures; print('altair' in sys.modules, 'pandas' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.split() == ["False", "False"]


def test_one_region_has_no_regional_charts() -> None:
    names = figure_names(charts_that_apply(study(1)))
    assert "phase" in names
    assert not {"heat", "correlations"} & set(names)
    assert "region_phase" not in names and "region_phase" in figure_names(
        charts_that_apply(study(4))
    )
    assert not {"phase", "region_phase"} & set(figure_names({"several"}))


def values(spec: dict, key: str) -> list:
    """Return every value of a key in the data of a specification."""
    rows = [row for part in spec["datasets"].values() for row in part]
    return [row[key] for row in rows if key in row]


def test_no_bar_where_nothing_was_paired_at_random() -> None:
    spec = CHARTS["correlations"](study(**unplaced()), WORDS)
    assert WORDS["pairings"] not in strings(spec)
    assert "bar" not in {layer["mark"]["type"] for layer in spec["layer"]}
    assert {"ln U  +0.65", "U  +0.24"} <= set(values(spec, "text"))


@pytest.mark.slow
@pytest.mark.parametrize("year", [2015, 2020])
def test_region_without_an_end_year_is_drawn_with_its_own(year: int) -> None:
    made = specs_of(study(**gap(year)))
    assert list(made) == figure_names(charts_that_apply(study()))
    label = [text for text in values(made["coordination"], "text") if text]
    assert any("Zhejiang" in text for text in label)
    assert any("(2019)" in text for text in label) == (year == 2020)


def frames_of(x1: float, x2: float) -> tuple[float, float]:
    """Return the limits of the plane of the focus, whose theoretical point lies there."""
    rows = points(study(**stated(x1, x2)))
    return tuple(rows.loc[rows["region"] == "330000", ["frame_x1", "frame_x2"]].iloc[0])


def test_theoretical_point_is_a_hollow_diamond_with_its_name() -> None:
    spec = CHARTS["phase"](study(**stated(50.0, 200.0)), WORDS)
    assert values(spec, "label").count(WORDS["theory_given"]) == 1


def test_plane_holds_the_path_and_points_within_twice_of_it() -> None:
    # the path reaches 225 and 161, with 18 % of air in steps of 50: 300 and 200
    assert frames_of(50.0, 100.0) == (300, 200)
    # 310 with its air is 365.8, in steps of 100 400, and 600 would be twice the plane
    assert frames_of(310.0, 100.0) == (400, 200)
    assert frames_of(600.0, 100.0) == frames_of(100.0, 600.0) == (300, 200)
    ranged = points(study())  # x1 from 110 to 130, x2 from 120 to 180: 212 with its air
    assert ranged.loc[ranged["region"] == "330000", "frame_x2"].unique() == [250]


def test_point_beyond_the_plane_is_words() -> None:
    spec = CHARTS["phase"](study(**stated(9e9, 200.0)), WORDS)
    assert WORDS["theory_given"] not in values(spec, "label")
    assert any(text.startswith(WORDS["theory_given"]) for text in spec["title"]["text"])


def shared(count: int, shares: tuple[float, ...], x2: tuple[float, ...]) -> Study:
    """Return the sample with theoretical points by cost shares in place of purchases."""
    theory = study(count).tables["theory"]
    pointed, theory = theory["source"] == "purchases", theory.assign(source="share")
    parts = [
        theory[pointed].assign(share=s, x2=v, **dict.fromkeys(("x2_low", "x2_high")))
        for s, v in zip(shares, x2, strict=True)
    ]
    return study(count, theory=as_table("theory", pd.concat(parts)))


def test_scenarios_are_points_that_a_line_joins_in_the_order_of_their_shares() -> None:
    spec = CHARTS["phase"](shared(1, (0.3, 0.5, 0.7), (180.0, 150.0, 120.0)), WORDS)
    (line,) = (part for part in spec["layer"] if "detail" in part["encoding"])
    rows = spec["datasets"][line["data"]["name"]]
    assert line["encoding"]["order"]["field"] == "share"
    names = [WORDS["theory_share"].format(share=s) for s in (0.3, 0.5, 0.7)]
    assert [row["label"] for row in rows] == names
    assert [row["x2"] for row in rows] == [180, 150, 120]


def test_scenarios_beyond_the_plane_are_one_line_of_words() -> None:
    spec = CHARTS["phase"](shared(1, (0.3, 0.5, 0.7), (9000.0, 8000.0, 7000.0)), WORDS)
    label = WORDS["theory_share"].format(share="0.3–0.7")
    said = WORDS["beyond"].format(label=label, x1="120", x2="9,000–7,000")
    assert said in " ".join(spec["title"]["text"])


@pytest.mark.parametrize("name", ["phase", "region_phase"])
def test_what_is_allowed_lies_behind_and_nothing_is_hatched(name: str) -> None:
    spec = CHARTS[name](study(**located("330000", 200.0, 150.0)), WORDS)
    marks = [
        (part["mark"]["type"], {row.get("kind") for row in spec["datasets"][part["data"]["name"]]})
        for part in spec["layer"]
    ]
    kinds = [kind for kind, _ in marks]
    assert kinds.index("rect") == 0 and kinds.count("rect") == 1
    path = marks.index(("line", {"observed"}))
    behind = [i for i, (kind, rows) in enumerate(marks) if kind in ("rect", "rule")]
    assert max(behind) < path < marks.index(("point", {"theory"}))
    # two bars of a range and one rule for both zero-growth lines: no strokes over the plane
    assert kinds.count("rule") == 3
    lines = {id(part): part for part in spec["layer"] if part["mark"]["type"] == "rule"}
    assert all(len(spec["datasets"][part["data"]["name"]]) <= 8 for part in lines.values())


def test_bands_are_the_sets_of_the_table_inside_the_plane() -> None:
    fit = pd.Series({"x1": 50.0, "x1_low": 40.0, "x1_high": 120.0, "x1_set": "interval"})
    fit = pd.concat(
        [fit, pd.Series({"x2": -5, "x2_low": 20, "x2_high": 30, "x2_set": "complement"})]
    )
    rows = pd.DataFrame(nullclines(fit, (100.0, 200.0)))
    ends = rows.set_index(["still", "part"])[["x1", "x1_end", "x2", "x2_end"]]
    assert ends.loc[[("x2", "band")]].to_numpy().tolist() == [[40, 100, 0, 200]]
    assert ends.loc[[("x2", "line")]].to_numpy().tolist() == [[50, 50, 0, 200]]
    assert ends.loc[[("x1", "band")]].to_numpy().tolist() == [[0, 100, 0, 20], [0, 100, 30, 200]]
    assert ("x1", "line") not in ends.index and not rows["whole"].any()
    line = pd.DataFrame(nullclines(fit.replace("complement", "line"), (100.0, 200.0)))
    assert line.loc[line["still"] == "x1", "whole"].tolist() == [True]


@pytest.mark.parametrize(("count", "drawn_lines"), [(4, 5), (1, 1)])
def test_growth_at_the_theoretical_point_is_that_of_the_table(count: int, drawn_lines: int) -> None:
    theory = study(count).tables["theory"]
    clustered = theory[theory["errors"] == "year"].assign(errors="region", G1=9.0)
    chosen = study(count, theory=pd.concat([theory, clustered], ignore_index=True))
    spec = CHARTS["theory_growth"](chosen, WORDS)
    drawn_rows = pd.DataFrame(spec["datasets"]["rows-1"]).set_index(["region", "label", "block"])
    table = theory.query("estimator == 'trapezoid' and G1 == G1")
    assert len(drawn_rows) == 2 * len(table)
    for row in table.itertuples():
        of = "mean" if row.scope == "mean" else "pooled"
        line = "own" if row.errors == "own" else f"{of}_{row.effects}"
        for i in (1, 2):
            found = drawn_rows.loc[(row.scope, WORDS[f"line_{line}"], f"x{i}")]
            held = [100 * getattr(row, f"G{i}{end}") for end in ("", "_low", "_high")]
            assert list(found[["estimate", "low", "high"]]) == pytest.approx(held)
            assert found["verdict"] == WORDS[row.verdict]
            assert (found["strong"] == 3) == (row.verdict == "contradicted")
    zero = spec["layer"][0]
    assert zero["mark"]["type"] == "rule" and zero["encoding"]["x"]["datum"] == 0
    order = spec["layer"][1]["encoding"]["y"]["sort"]
    assert len(order) == 2 * (1 + drawn_lines)


def test_growth_follows_the_region_picked_and_keeps_the_mean() -> None:
    spec = specs(4)["theory_growth"]
    params = {param["name"]: param["value"] for param in spec["params"]}
    assert params["region"] == "330000"
    assert params["none"] == {"110000": WORDS["theory_missing"]}
    (test,) = {step["filter"] for part in spec["layer"] for step in part.get("transform", ())
               if "filter" in step}  # fmt: skip
    assert test == "datum.region == region || datum.region == 'mean'"
    assert {row["region"] for row in spec["datasets"]["rows-1"]} == {
        "330000", "150000", "620000", "mean"
    }  # fmt: skip
    for ends in params["limits"].values():
        assert ends[0] < 0 < ends[1]


def test_growth_of_scenarios_has_a_row_a_share_and_is_hollow_outside_the_range() -> None:
    chosen = shared(1, (0.3, 0.7), (180.0, 120.0))
    theory = chosen.tables["theory"].assign(verdict="cannot_say")
    spec = CHARTS["theory_growth"](study(1, theory=theory), WORDS)
    assert set(values(spec, "label")) == {
        WORDS["at_share"].format(share=s) for s in ("30 %", "70 %")
    }
    assert set(values(spec, "fill")) == {"$bg"}
    several = CHARTS["theory_growth"](shared(4, (0.3, 0.7), (180.0, 120.0)), WORDS)
    assert (
        WORDS["at_share"].format(share="30 %")
        in several["layer"][1]["encoding"]["x"]["axis"]["title"]
    )
    assert set(values(several, "label")) == set(values(specs(4)["theory_growth"], "label"))


def test_no_growth_is_drawn_where_theory_has_no_point() -> None:
    bare = study().tables["theory"].assign(G1=np.nan, G2=np.nan)
    assert "theory_growth" not in figure_names(charts_that_apply(study(theory=bare)))


def test_region_that_is_not_estimated_has_no_fit_to_draw() -> None:
    names = figure_names(charts_that_apply(study(**unestimated("330000"))))
    assert "phase" not in names
    assert "coefficient_b1" in names


def test_within_regions_and_years_is_drawn_as_it_is_computed() -> None:
    chosen = study(**gap(2015))
    rows = _logs(chosen, "within_regions_and_years")
    for group in ("region", "year"):
        np.testing.assert_allclose(rows.groupby(group)[["ln_U1", "ln_U2"]].mean(), 0, atol=1e-9)


@pytest.mark.parametrize("count", [4, 1])
def test_colours_are_tokens_of_both_palettes(count: int) -> None:
    for name, spec in specs(count).items():
        tokens = {text for text in strings(spec) if text.startswith("$")}
        for palette in PALETTES.values():
            unknown = {t for t in tokens if t[1:] not in palette and t != "$sans"}
            assert not unknown, name
        assert not any(text.startswith("#") for text in strings(spec)), name


TABLES = sorted(grade_scale.GRADES)


def graded(table: str, **changed: pd.DataFrame) -> Study:
    """Return the sample read by another table of grades, in every table of the study."""
    chosen = study(**changed)
    config = {**chosen.config, "coupling": {**chosen.config["coupling"], "grades": table}}
    tables = dict(chosen.tables)
    tables["coupling"] = chosen.coupling.assign(grade=grade(chosen.coupling["D"], table))
    multiverse = tables["multiverse"]
    tables["multiverse"] = multiverse.assign(focus_grade=grade(multiverse["focus_D"], table))
    return dataclasses.replace(chosen, config=config, tables=tables)


@pytest.mark.parametrize("table", TABLES)
def test_colours_of_grades_run_one_way_and_turn_at_the_midpoint(table: str) -> None:
    hue = grade_scale.colours(grade_scale.GRADES[table])
    places = list(hue.values())
    assert places == sorted(set(places)) and set(places) <= set(range(10))
    for label, low, high in grade_scale.spans(grade_scale.GRADES[table]):
        assert (hue[label] >= 5) == ((low + high) / 2 >= 0.5)
    assert list(grade_scale.colours(grade_scale.TEN).values()) == list(range(10))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["tiles", "heat"])
def test_colour_of_a_cell_is_that_of_its_grade(table: str, name: str) -> None:
    scale = grade_scale.GRADES[table]
    spec = CHARTS[name](graded(table), WORDS)
    rows = [row for part in spec["datasets"].values() for row in part if "grade" in row]
    assert rows
    for row in rows:
        assert row["g"] == grade_scale.colours(scale)[row["grade"]]
        if "D" in row and name != "tiles":
            assert row["grade"] == str(scale.classify(row["D"]))


@pytest.mark.parametrize("table", TABLES)
def test_names_of_grades_stand_between_their_cuts(table: str) -> None:
    spec = CHARTS["coordination"](graded(table), WORDS)
    named = [row for rows in spec["datasets"].values() for row in rows if "at" in row]
    named = [row for row in named if "grade" in row]
    assert named
    for row in named:
        assert str(grade_scale.GRADES[table].classify(row["at"])) == row["grade"]


def test_palettes_have_the_same_tokens() -> None:
    assert set(PALETTES["light"]) == set(PALETTES["dark"])


def test_filled_leaves_the_specification_alone() -> None:
    spec = {"color": "$ink", "list": ["$focus", 1], "text": "$5"}
    shown = filled(spec, PALETTES["light"])
    assert shown == {"color": "#1b1e22", "list": ["#c4005a", 1], "text": "$5"}
    assert spec["color"] == "$ink"


def test_heat_prints_every_value_in_its_cell() -> None:
    values = next(iter(specs(4)["heat"]["datasets"].values()))
    assert len(values) == 24
    assert all(0 <= row["g"] <= 9 and row["text"] for row in values)


def tile_rows(spec: dict) -> list[dict]:
    """Return the rows of a tile map's coloured tiles."""
    return [row for rows in spec["datasets"].values() for row in rows if "D" in row]


def test_tiles_hold_every_year_and_the_slider_reaches_each() -> None:
    chosen = study()
    spec = specs(4)["tiles"]
    (year,) = [param for param in spec["params"] if param["name"] == "year"]
    assert year["value"] == 2020
    assert (year["bind"]["min"], year["bind"]["max"], year["bind"]["step"]) == (2015, 2020, 1)
    assert year["bind"]["name"] == WORDS["tip_year"]
    rows = pd.DataFrame(tile_rows(spec)).set_index(["region", "year"])
    D = chosen.coupling.set_index(["region", "year"])["D"]
    assert len(rows) == len(D)
    np.testing.assert_allclose(rows["D"].reindex(D.index), D, atol=5e-5)
    assert {(r.row, r.column) for r in rows.loc["330000"].itertuples()} == {(6, 7)}
    assert set(rows["short"]) == {"ZJ", "BJ", "NM", "GS"}


def test_tiles_that_are_not_in_the_data_are_empty_and_say_so() -> None:
    spec = specs(4)["tiles"]
    empty = [row for rows in spec["datasets"].values() for row in rows if "state" in row]
    assert len(empty) == 34 - 4
    assert {row["state"] for row in empty} == {WORDS["not_in_data"]}
    assert WORDS["not_in_data"] in values(spec, "text")


def test_tile_of_a_region_without_a_year_is_empty_in_it() -> None:
    spec = CHARTS["tiles"](study(**gap(2017)), WORDS)
    empty = [row for rows in spec["datasets"].values() for row in rows if "state" in row]
    assert "330000" in {row["region"] for row in empty}
    assert (2017, "330000") not in {(row["year"], row["region"]) for row in tile_rows(spec)}


def test_value_in_a_tile_does_not_contradict_its_grade() -> None:
    coupling = study().coupling.copy()
    coupling.loc[0, "D"] = 0.4996
    coupling["grade"] = grade(coupling["D"])
    spec = CHARTS["tiles"](study(coupling=coupling), WORDS)
    first = coupling.iloc[0]
    (row,) = [
        row
        for row in tile_rows(spec)
        if row["region"] == first["region"] and row["year"] == first["year"]
    ]
    assert (row["text"], row["g"]) == ("0.50†", 4)


def test_no_tiles_for_regions_that_have_none() -> None:
    chosen = study()
    coupling = chosen.coupling.assign(region=chosen.coupling["region"].replace("110000", "990000"))
    other = dataclasses.replace(chosen, tables={**chosen.tables, "coupling": coupling})
    assert "tiles" in charts_that_apply(chosen)
    assert "tiles" not in charts_that_apply(other)
    assert "tiles" not in charts_that_apply(dataclasses.replace(chosen, places=None))
    assert "tiles" not in charts_that_apply(study(1))
    assert "untiled" in charts_that_apply(other) and "untiled" not in charts_that_apply(study(1))
    spec = CHARTS["group_dots"](dataclasses.replace(chosen, places=None), WORDS)
    dots = [row for rows in spec["datasets"].values() for row in rows]
    assert {row["region"] for row in dots} == set(chosen.regions)


def placed(**tiles: tuple[int, int] | None) -> Study:
    """Return the sample with a table of regions of its own: codes as names, and these tiles."""
    chosen = study()
    at = {f"tile_{part}": [tile and tile[k] for tile in tiles.values()]
          for k, part in enumerate(("row", "column"))}  # fmt: skip
    codes = [code.lstrip("r") for code in tiles]
    table = pd.DataFrame({"region": codes, "name_en": codes, **at}).astype(
        dict.fromkeys(at, "Int64")
    )
    return dataclasses.replace(chosen, places=table)


def test_a_grid_draws_its_own_tiles_and_makes_room_for_the_key() -> None:
    spare = {"r1": (9, 30), "r2": None}
    chosen = placed(r330000=(5, 11), r110000=(5, 12), r150000=(6, 13), r620000=(7, 22), **spare)
    assert "tiles" in charts_that_apply(chosen)
    spec = CHARTS["tiles"](chosen, WORDS)
    at = {row["region"]: (row["row"], row["column"]) for row in tile_rows(spec)}
    assert at == {"330000": (3, 1), "110000": (3, 2), "150000": (4, 3), "620000": (5, 12)}
    empty = [row for rows in spec["datasets"].values() for row in rows if "state" in row]
    assert [(row["region"], row["row"], row["column"]) for row in empty] == [("1", 7, 20)]
    assert {row["short"] for row in tile_rows(spec)} == set(at)
    few = placed(r330000=(1, 8), r110000=(2, 8), r150000=(3, 1), r620000=None)
    assert "tiles" not in charts_that_apply(few) and "untiled" in charts_that_apply(few)


def test_of_many_regions_heat_shows_the_ends_the_focus_and_the_means_of_groups() -> None:
    chosen = study()
    one = chosen.coupling[chosen.coupling["region"] == chosen.focus]
    rows = [
        one.assign(region=f"r{i}", name=f"Region {i}", D=i / 300, grade=one["grade"].iloc[0])
        for i in range(1, 300)
    ]
    tables = {**chosen.tables, "coupling": pd.concat([one, *rows], ignore_index=True)}
    places = pd.DataFrame({"region": [f"r{i}" for i in range(1, 300)], "nbs_region": "east"})
    many = dataclasses.replace(chosen, tables=tables, places=places)
    (values,) = CHARTS["heat"](many, WORDS)["datasets"].values()
    names = {row["name"] for row in values}
    assert len(names) == 22 and {"Region 299", "Region 1"} <= names
    assert sum(row["region"] == "" for row in values) == one["year"].nunique()


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.9995, "> 99 %"), (0.424, "42 %"), (0.001, "< 1 %"), (0.0, "0 %")],
)
def test_share_is_never_all_or_nothing_where_it_is_not(share: float, text: str) -> None:
    assert share_text(share) == text


def test_bands_show_range_middle_half_and_mean_of_every_variant() -> None:
    chosen = study()
    table = chosen.tables["multiverse"]
    spec = specs(4)["by_choice"]
    parts = list(spec["datasets"].values())
    means = [row for part in parts for row in part if "low" in row]
    assert len(means) == sum(table[choice].nunique() for choice in CHOICES)
    named = {(row["name"], row["colour"]): row for row in means}
    for choice, variant, colour in (("form", "wang", "$ink"), ("weighting", "entropy", "$focus")):
        D = table.loc[table[choice] == variant, "focus_D"]
        row = named[variant_word(WORDS, choice, variant), colour]
        expected = (D.mean(), *D.quantile([0, 0.25, 0.75, 1]))
        shown = [row[key] for key in ("D", "low", "lower", "upper", "high")]
        assert shown == pytest.approx(expected, abs=5e-5)
        assert row["text"] == f"{D.mean():.2f}"


def test_strips_name_the_share_that_a_choice_accounts_for() -> None:
    table = pd.DataFrame(
        [("form", "focus_D", 0.345, 0.391), ("scale", "focus_D", 0.0, 0.0),
         ("form", "D_mean", 0.9, 0.9)],
        columns=["choice", "outcome", "first_order", "total"],
    )  # fmt: skip
    spec = CHARTS["by_choice"](study(sensitivity=table), WORDS)
    heads = set(values(spec, "name"))
    assert {f"{WORDS['choice_form']}: 34 %", f"{WORDS['choice_scale']}: 0 %"} <= heads
    assert WORDS["choice_weighting"] in heads  # a share that the table does not have is left out


def test_growth_split_adds_up_and_says_so() -> None:
    chosen = study()
    parts = 100 * chosen.of_focus("growth_split").groupby("indicator")["contribution"].sum()
    spec = specs(4)["growth_split"]
    T, C, *shares = values(spec, "contribution")
    assert shares == pytest.approx(sorted(parts, reverse=True), abs=1e-4)
    assert sum((T, C)) == pytest.approx(parts.sum(), abs=2e-4)
    D = chosen.of_focus("coupling")["D"]
    growth = D.iloc[-1] / D.iloc[0] - 1
    assert f"Sum (D {growth * 100:+.0f} %)" in values(spec, "row")
    assert f"{parts.sum():+.1f}" in values(spec, "text")


def test_growth_of_one_region_has_no_mean_beside_it() -> None:
    spec = specs(1)["growth_split"]
    assert "tick" not in {layer["mark"]["type"] for layer in spec["layer"]}
    assert "tick" in {layer["mark"]["type"] for layer in specs(4)["growth_split"]["layer"]}


def test_the_level_alone_is_d_less_the_residual_of_the_table() -> None:
    chosen = study()
    rows = _adjusted(chosen, "product").set_index("region")
    table = chosen.tables["level"].query("measure == 'adjusted_lnD' and slope == 'year_centred'")
    residual = table.set_index("scope")["value"]
    gap_to_line = np.log(rows["D"] / rows["alone"])
    np.testing.assert_allclose(gap_to_line, (residual - residual.mean()).reindex(rows.index))
    spec = specs(4)["against_level"]
    (text,) = {t for t in values(spec, "text") if t.startswith("Zhejiang")}
    assert text == f"Zhejiang {grade_scale.grade_marks(rows.loc['330000', 'D'])}"


def test_labels_without_room_are_left_out() -> None:
    rows = pd.DataFrame({"x": [50.0, 290], "y": [50.0, 200], "name": ["a" * 5] * 2})
    assert with_room(rows, [0, 1], []) == {0: "right", 1: "left"}  # the right edge is near
    blocked = with_room(rows.iloc[:1], [0], [(60.0, 50.0), (30.0, 50.0)])
    assert blocked == {}


def test_log_ticks_are_few_and_inside() -> None:
    assert log_ticks(2000, 140000) == [2000, 5000, 10000, 20000, 50000, 100000]
    assert all(0.62 <= tick <= 0.68 for tick in log_ticks(0.62, 0.68))


@pytest.mark.parametrize(
    ("name", "table"),
    [("growth_split", "growth_split"), ("by_choice", "sensitivity"),
     ("against_level", "level")],
)  # fmt: skip
def test_no_chart_without_its_table(name: str, table: str) -> None:
    chosen = study()
    bare = study(**{table: chosen.tables[table].iloc[:0]})
    assert name in figure_names(charts_that_apply(chosen))
    assert name not in figure_names(charts_that_apply(bare))


def test_unlocated_equilibrium_is_words_and_no_point() -> None:
    spec = specs(4)["phase"]
    assert WORDS["fitted_unlocated"] in spec["title"]["text"]
    labels = {row.get("label") for rows in spec["datasets"].values() for row in rows}
    assert WORDS["fitted"] not in labels


def test_same_bytes_whatever_was_drawn_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*names: str) -> dict[str, str | bytes]:
        monkeypatch.setattr(drawing.figures, "figure_names", lambda charts_that_apply: names)
        return drawn(study(), WORDS)

    names, endings = ("obstacles", "trajectory"), ("json", "svg", "png", "pdf")
    first = made(*names)
    assert set(first) == {f"{name}.{ending}" for name in names for ending in endings}
    assert made(*reversed(names)) == first


def test_ids_are_renumbered_with_their_references() -> None:
    text = '<clipPath id="clip7"/><g clip-path="url(#clip7)"/><clipPath id="clip9"/>'
    assert renumbered(text) == (
        '<clipPath id="clip0"/><g clip-path="url(#clip0)"/><clipPath id="clip1"/>'
    )


def test_plain_text_asks_for_the_regular_weight() -> None:
    text = regular('<text font-weight="bold">a</text><text font-weight="normal">b</text>')
    assert text.count("'wght' 400") == 1
    assert 'font-weight="bold"' in text


def test_labels_keep_their_distance_and_stay_inside() -> None:
    placed = spread_labels(pd.Series([0.98, 0.99, 1.0, 0.2]), 0.05, 0.0, 1.0).sort_values()
    assert placed.diff().dropna().min() == pytest.approx(0.05)
    assert placed.max() <= 1.0
    assert placed.min() == pytest.approx(0.2)


def test_labels_far_apart_stay_where_they_are() -> None:
    values = pd.Series([0.1, 0.5, 0.9])
    pd.testing.assert_series_equal(spread_labels(values, 0.1, 0.0, 1.0), values)


def test_ticks_are_round_and_inside() -> None:
    assert ticks(-0.33, 0.31, 4) == [-0.2, 0.0, 0.2]
    assert ticks(3.0, 3.0) == [3.0]
    assert ticks(0, 3e-15, 3) == pytest.approx([0, 1e-15, 2e-15, 3e-15])
    assert tick_format([0, 1e18]) == ".2~e"
    assert ticks(0, 30000, 5) == [0, 5000, 10000, 15000, 20000, 25000, 30000]


def test_wrapped_lines_are_of_about_equal_length() -> None:
    assert wrapped_label("Enterprises with e-commerce per 10,000 residents").count("\n") == 1
    assert max(map(len, wrapped_label("e-commerce sales / gross product").split("\n"))) < 20


def test_complement_covers_both_sides_of_its_gap() -> None:
    assert allowed(2.0, 3.0, "complement", 10.0) == [(0.0, 2.0), (3.0, 10.0)]
    assert allowed(2.0, 3.0, "interval", 10.0) == [(2.0, 3.0)]
    assert allowed(float("nan"), float("nan"), "line", 10.0) == [(0.0, 10.0)]
    assert allowed(-5.0, 12.0, "complement", 10.0) == []


def located(region: str, x1: float, x2: float) -> dict[str, pd.DataFrame]:
    """Return equilibria in which the E of one region is located by its own growth."""
    table = study().tables["equilibria"].astype(object)
    own = table["scope"].eq(region) & table["effects"].eq("none") & table["source"].eq("fit")
    table.loc[own, ["x1", "x2", "x1_set", "x2_set", "located"]] = (
        x1,
        x2,
        "interval",
        "interval",
        True,
    )
    return {"equilibria": table}


def said(spec: dict, region: str) -> list[str]:
    """Return the lines of words above the plane of a region."""
    (lines,) = [param["value"] for param in spec["params"] if param["name"] == "notes"]
    assert spec["title"]["text"] == {"expr": "notes[region]"}
    return lines[region]


def of_region(spec: dict, region: str, key: str) -> list[dict]:
    """Return the rows of a region that have a key, over the data of a specification."""
    rows = [row for part in spec["datasets"].values() for row in part]
    return [row for row in rows if row.get("region") == region and key in row]


def test_plane_of_the_picked_region_holds_what_the_tables_hold() -> None:
    chosen = study()
    rows = points(chosen)
    panel = chosen.tables["panel"].set_index(["indicator", "region", "year"])["value"].sort_index()
    table = chosen.tables["theory"].query("errors == 'own' and estimator == 'trapezoid'")
    for region in chosen.regions:
        own = {kind: part for kind, part in rows[rows["region"] == region].groupby("kind")}
        for x, indicator in (("x1", "output"), ("x2", "sales")):
            seen = own["observed"].set_index("year")[x]
            assert dict(seen) == pytest.approx(dict(panel.loc[indicator].loc[region]))
        theory = table[table["scope"] == region]
        assert set(own) - {"observed"} == ({"theory"} if len(theory) else set())
        assert len(theory) == (0 if region == "110000" else 1)
        if len(theory):
            held = ["x1", "x2", "x1_low", "x1_high", "x2_low", "x2_high"]
            np.testing.assert_allclose(own["theory"][held].astype(float), theory[held])


def test_axes_of_the_picked_region_are_those_of_its_own_range() -> None:
    spec = specs(4)["region_phase"]
    params = {param["name"]: param["value"] for param in spec["params"]}
    assert params["region"] == "330000"
    # 140 * 1.1^5 = 225 is x1 in the last year, 180 the highest x2 of theory in a single year; with
    # 18 % of air in steps of 50. The fourth region has four times as much of the path.
    assert params["frames"]["330000"] == {"x1": 300, "x2": 250}
    assert params["frames"]["620000"] == {"x1": 1200, "x2": 800}
    domains = [text for text in strings(spec) if text.startswith("frames[")]
    assert set(domains) == {"frames[region].x1", "frames[region].x2"}
    for layer in spec["layer"]:
        assert {"filter": "datum.region == region"} in layer["transform"]


def test_years_with_room_are_named_and_a_region_without_theory_says_so() -> None:
    spec = specs(4)["region_phase"]
    shown = [row["year"] for row in of_region(spec, "150000", "year") if row["kind"] == "observed"]
    # the path, and of its years those with room: x2 is .084 of the plane higher after two years,
    # where a name takes .08, but .04 after one, and .058 from 2019 to 2020
    assert sorted(shown) == sorted([*range(2015, 2021), 2015, 2017, 2020])
    assert {row["kind"] for row in of_region(spec, "110000", "kind")} == {"observed"}
    assert said(spec, "110000") == [WORDS["fitted_unlocated"], WORDS["theory_missing"]]


def test_year_is_named_where_its_name_meets_no_other() -> None:
    path = pd.DataFrame({"x1": [10.0, 20, 24, 40, 48], "x2": [10.0] * 5})
    # a name takes .11 of the width
    assert list(named_years(path, (100.0, 100.0)).index) == [0, 2, 4]
    steep = path.assign(x2=[10.0, 30, 50, 70, 90])
    assert list(named_years(steep, (100.0, 100.0)).index) == [0, 1, 2, 3, 4]
    assert list(named_years(path.iloc[:1], (100.0, 100.0)).index) == [0]


def test_arrows_point_where_the_fit_goes_and_stay_away_from_names() -> None:
    point = pd.DataFrame({"x1": [50.0], "x2": [50.0]})
    field = arrows({"a1": 1.0, "b1": 0.0, "a2": -1.0, "d": 0.0}, (100.0, 200.0), point)
    # both grow at their own rate: at each place its share of the axis a year
    np.testing.assert_allclose(field[["across", "up"]], field[["x1", "x2"]] / [100, 200])
    assert len(field) == 62
    assert not ((field["x1"] == 50) & np.isclose(field["x2"], 300 / 7)).any()
    spec = specs(4)["phase"]
    (drawn_field,) = (part for part in spec["layer"] if "angle" in part["encoding"])
    (step,) = drawn_field["transform"]
    assert step["as"] == "angle" and "width" in step["calculate"] and "height" in step["calculate"]


def test_names_stand_towards_the_middle_unless_the_path_is_there() -> None:
    path, frame = pd.DataFrame({"x1": [60.0, 70], "x2": [50.0, 52]}), (100.0, 100.0)
    at = pd.DataFrame({"x1": [40.0, 40, 80, 90], "x2": [48.0, 10, 10, 49]})
    # of the first and the last the path is to the right, and to the left of it
    assert named_left(at, path, frame).tolist() == [True, False, True, False]


def test_equilibrium_that_is_not_located_is_words_in_every_plane() -> None:
    spec = specs(4)["region_phase"]
    assert all(WORDS["fitted_unlocated"] in said(spec, region) for region in study().regions)
    assert "fitted" not in values(spec, "kind")


def test_located_equilibrium_has_its_point_and_its_lines() -> None:
    spec = CHARTS["region_phase"](study(**located("330000", 200.0, 150.0)), WORDS)
    fitted = [row for row in of_region(spec, "330000", "kind") if row["kind"] == "fitted"]
    assert {(row["x1"], row["x2"], row["label"]) for row in fitted} == {
        (200.0, 150.0, WORDS["fitted"])
    }
    assert said(spec, "330000") == []
    assert all(WORDS["fitted_unlocated"] in said(spec, region) for region in ("110000", "620000"))
    lines = [row for row in of_region(spec, "330000", "still") if row["part"] == "line"]
    ends = {(row["still"], row["x1"], row["x1_end"], row["x2"], row["x2_end"]) for row in lines}
    assert ends == {("x2", 200, 200, 0, 250), ("x1", 0, 300, 150, 150)}
    named = {WORDS["rest"].format(still=still) for still in ("x₁", "x₂")}
    assert named == {row["name"] for row in lines}


def test_located_equilibrium_beyond_the_plane_is_words() -> None:
    spec = CHARTS["region_phase"](study(**located("330000", 700.0, 150.0)), WORDS)
    assert "fitted" not in values(spec, "kind")
    text = WORDS["beyond"].format(label=WORDS["fitted"], x1="700", x2="150")
    assert " ".join(said(spec, "330000")) == text


def test_picked_region_without_a_fit_or_without_a_path_says_so() -> None:
    spec = CHARTS["region_phase"](study(**unestimated("620000")), WORDS)
    assert said(spec, "620000") == [WORDS["fitted_missing"]]
    changed = unestimated("620000")
    panel = study().tables["panel"]
    panel["value"] = panel["value"].mask(panel["region"] == "620000")
    spec = CHARTS["region_phase"](study(panel=panel, **changed), WORDS)
    assert not of_region(spec, "620000", "x1")
    params = {param["name"]: param["value"] for param in spec["params"]}
    assert params["frames"]["620000"] == {"x1": 1.0, "x2": 1.0}


def test_given_parameters_are_a_diamond_of_every_region() -> None:
    spec = CHARTS["region_phase"](study(**stated(50.0, 200.0)), WORDS)
    rows = [row for row in of_region(spec, "330000", "kind") if row["kind"] == "theory"]
    found = {(row["x1"], row["x2"], row["label"]) for row in rows}
    assert found == {(50, 200, WORDS["theory_given"])}


FIELD = {"a1": 0.55, "b1": 0.028, "a2": 0.80, "d": 0.024}


def test_orbit_runs_through_the_state_and_stays_on_its_level() -> None:
    state = pd.Series({"x1": 34.0, "x2": 5.9})
    rows = orbit_inside(FIELD, state, 3, (1e3, 1e3))
    times = rows["time"].to_numpy()
    assert (times[0], times[-1]) == (-3.0, 3.0) and np.all(np.diff(times) > 0)
    now = rows[rows["time"] == 0.0]
    assert now[["x1", "x2"]].to_numpy().tolist() == [[34.0, 5.9]]
    level = conserved(rows["x1"], rows["x2"], 0.55, 0.028, 0.80, 0.024 / 0.028)
    np.testing.assert_allclose(level, level[0], rtol=1e-5)
    assert np.ptp(rows["x1"]) > 30  # it goes somewhere
    # three years on from where it was three years ago, it is here
    first = orbit_inside(FIELD, rows.iloc[0], 3, (1e3, 1e3)).iloc[-1]
    np.testing.assert_allclose(first[["x1", "x2"]].astype(float), [34.0, 5.9], rtol=1e-5)


def test_orbit_goes_round_once() -> None:
    state = pd.Series({"x1": 34.0, "x2": 5.9})  # of a period of about ten years
    rows = orbit_inside(FIELD, state, 21, (1e3, 1e3))
    assert 9 < rows["time"].iloc[-1] - rows["time"].iloc[0] < 11
    ends = rows[["x1", "x2"]].iloc[[0, -1]].to_numpy()
    np.testing.assert_allclose(ends[1], ends[0], rtol=0.05)  # a dot from where it began


def test_orbit_ends_where_it_leaves_the_plane() -> None:
    state = pd.Series({"x1": 34.0, "x2": 5.9})
    rows = orbit_inside(FIELD, state, 8, (40.0, 20.0))
    whole = orbit_inside(FIELD, state, 8, (1e3, 1e3))
    inside = (whole["x1"] <= 40) & (whole["x2"] <= 20)
    outside = whole.loc[~inside, "time"]
    assert rows["time"].max() < outside[outside > 0].min() <= rows["time"].max() + 0.051
    assert rows["x1"].max() <= 40 and rows["x2"].max() <= 20


def test_orbit_that_leaves_every_bound_is_drawn_as_far_as_it_can_be_followed() -> None:
    # x' = .1 x (1 + x) from 1 is beyond every bound after 10 ln 2 = 6.93 years
    field = {"a1": 0.1, "b1": -0.1, "a2": -0.1, "d": 0.1}
    endless = (float("inf"), float("inf"))
    rows = orbit_inside(field, pd.Series({"x1": 1.0, "x2": 1.0}), 9, endless)
    assert (rows["time"].min(), rows["time"].max()) == (-9.0, 6.0)
    assert rows["x1"].iloc[-1] == pytest.approx(1 / (2 * np.exp(-0.6) - 1), rel=1e-5)


@pytest.mark.parametrize(
    ("kind", "drawn_so"), [("centre", True), ("saddle", True), ("none", False)]
)
def test_orbit_of_the_focus_is_drawn_where_there_is_one(kind: str, drawn_so: bool) -> None:
    table = study().tables["equilibria"]
    table["kind"] = table["kind"].mask(table["source"] == "fit", kind)
    spec = CHARTS["phase"](study(equilibria=table), WORDS)
    rows = pd.DataFrame(
        [row for part in spec["datasets"].values() for row in part if "time" in row],
        columns=["time", "x1", "x2"],
    )
    assert bool(len(rows)) == drawn_so
    if drawn_so:
        last = rows.set_index("time").loc[0.0]
        assert tuple(last) == pytest.approx((140 * 1.1**5, 100 * 1.1**5), rel=1e-6)
        assert rows["time"].min() >= -5 and rows["x2"].max() <= 250


PRINTED = ("heat", "trajectory")


@lru_cache
def _files(count: int) -> dict[str, str | bytes]:
    """Return specifications of every chart, and the images of some."""
    made = {f"{name}.json": json.dumps(spec) for name, spec in specs(count).items()}
    shapes = {name: specs(count)[name] for name in PRINTED}
    sized = {name: spec | paper_size(spec, FIGURES[name]) for name, spec in shapes.items()}
    return made | {f"{name}.svg": svg(spec) for name, spec in sized.items()}


def test_other_programs_get_a_pdf_and_the_data_of_every_chart() -> None:
    for name in figure_names(charts_that_apply(study())):
        text = data_file(str(_files(4)[f"{name}.json"]))
        assert text.startswith("\ufeff") and text.count("\n") > 1, name
    for name, content in pdfs({name: str(_files(4)[f"{name}.svg"]) for name in PRINTED}).items():
        assert content.startswith(b"%PDF") and b"/FontFile" in content, name


def test_a_pdf_has_the_same_bytes_in_every_process() -> None:
    image = str(_files(4)["trajectory.svg"])
    code = (
        "import hashlib, sys; from coevo.report.figures.typesetting import pdfs;"
        "print(hashlib.sha256(pdfs({'a': sys.stdin.read()})['a']).hexdigest())"
    )
    found = {hashlib.sha256(pdfs({"a": image})["a"]).hexdigest()}
    for _ in range(2):
        run = subprocess.run(
            [sys.executable, "-c", code], input=image, capture_output=True, text=True, cwd=ROOT
        )
        found.add(run.stdout.strip())
    assert len(found) == 1


def table(name: str, count: int = 4) -> pd.DataFrame:
    """Return the source data of a chart as a reader of the CSV gets it."""
    text = data_file(str(_files(count)[f"{name}.json"]))
    return pd.read_csv(io.StringIO(text.removeprefix("\ufeff")), dtype={"region": str})


def test_source_data_are_the_numbers_of_the_tables() -> None:
    chosen = study()
    D = chosen.coupling.set_index(["region", "year"])["D"]
    heat = table("heat").set_index(["region", "year"])["D"]
    pd.testing.assert_series_equal(heat.sort_index(), D.sort_index())
    lines = table("coordination")
    first, mean = (part for _, part in lines.groupby("layer"))
    pd.testing.assert_series_equal(first.set_index(["region", "year"])["D"], heat)
    means = chosen.coupling.groupby("year")["D"].mean()
    np.testing.assert_allclose(mean.set_index("year")["D"], means)
    given = chosen.of_focus("obstacles").query("year == 2020")["obstacle"]
    np.testing.assert_allclose(sorted(table("obstacles")["obstacle"]), sorted(given), atol=5e-5)


def test_source_data_name_quantities_and_variants() -> None:
    assert list(table("scatter_levels")) == ["region", "name", "year", "ln_U1", "ln_U2"]
    curve = table("by_choice")
    tried = study().tables["multiverse"]
    for choice in ("weighting", "form"):
        assert {variant_word(WORDS, choice, variant) for variant in tried[choice]} <= set(
            curve["name"]
        )
    assert not {"g", "text", "colour"} & set(curve)


def test_source_data_keep_out_words_keys_and_what_stands_twice() -> None:
    rows = {"kind": "b", "x": 1.0, "y": 2.0}
    spec = {
        "datasets": {
            "all": [rows, {"kind": "=c", "x": 3.0, "y": 4.0}], "some": [rows],
            "words": [{"x": 9.0, "y": 9.0}], "key": [{"x": 7.0}],
        },
        "layer": [
            {"mark": {"type": kind}, "data": {"name": data}, "encoding": encoding}
            for kind, data, encoding in (
                ("point", "all", {"x": {"field": "x"}, "y": {"field": "y"}}),
                ("line", "some", {"x": {"field": "x"}, "y": {"field": "y"}}),
                ("text", "words", {"x": {"field": "x"}, "y": {"field": "y"}}),
                ("rect", "key", {"x": {"field": "x"}, "y": {"value": 3}}),
            )
        ],
    }  # fmt: skip
    found = data_behind(spec)
    assert found.to_dict("list") == {"kind": ["b", "=c"], "x": [1, 3], "y": [2, 4]}
    assert "\n'=c,3,4\n" in data_file(json.dumps(spec))
    assert data_behind({"mark": {"type": "text"}}).empty


def test_a_png_says_its_resolution() -> None:
    data = pngs({"trajectory": str(_files(4)["trajectory.svg"])})["trajectory"]
    place = data.index(b"pHYs")
    x, y, metre = struct.unpack(">IIB", data[place + 4 : place + 13])
    assert (x, y, metre) == (11811, 11811, 1)  # 300 dots an inch, in dots a metre
    width = struct.unpack(">I", data[16:20])[0]
    assert width / 300 * 72 == pytest.approx(640 * 0.75, abs=0.5)
    assert struct.unpack(">I", data[place + 13 : place + 17])[0] == zlib.crc32(
        data[place : place + 13]
    )


def test_a_character_that_no_font_holds_is_refused_not_drawn_as_a_box() -> None:
    image = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>a😀</text></svg>'
    for made in (pngs, pdfs):
        with pytest.raises(StudyError, match=r"^figure heat: .*U\+1F600.* characters$"):
            made({"tiles": image.replace("😀", ""), "heat": image})
