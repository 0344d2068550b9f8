"""Charts: names, data, placing of labels, and the bytes of an SVG."""

import dataclasses
import json
import subprocess
import sys
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.coupling import grade
from coevo.figures import FIGURES, figure_names
from coevo.figures.axes import spread, tick_format, ticks, wrapped
from coevo.figures.certainty import share_text
from coevo.figures.comovement import _logs
from coevo.figures.drawing import CHARTS, drawn, regular, renumbered
from coevo.figures.plane import allowed
from coevo.figures.size import _adjusted, log_ticks, with_room
from coevo.figures.theme import PALETTES, filled
from coevo.findings import Study, grades
from coevo.findings.shown import shown
from coevo.multiverse import CHOICES
from tests.sample import ROOT, gap, stated, study, unestimated, unplaced

WORDS = yaml.safe_load((ROOT / "workflow/report/phrases.en.yaml").read_text(encoding="utf-8"))[
    "charts"
]


@lru_cache
def specs(count: int) -> dict[str, dict]:
    """Return the specifications of the sample as the page reads them."""
    chosen = study(count)
    names = figure_names(shown(chosen))
    return {name: json.loads(json.dumps(CHARTS[name](chosen, WORDS))) for name in names}


def strings(node: object) -> list[str]:
    """Return every string of a specification."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for item in node.values() for text in strings(item)]
    return [text for item in node for text in strings(item)] if isinstance(node, list) else []


def test_every_name_has_a_chart() -> None:
    assert set(CHARTS) == set(FIGURES)


def test_names_are_cheap() -> None:
    code = "import sys, coevo.figures; print('altair' in sys.modules, 'pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.split() == ["False", "False"]


def test_one_region_has_no_regional_charts() -> None:
    names = figure_names(shown(study(1)))
    assert "phase" in names
    assert not {"heat", "opening_correlations", "regional_b1"} & set(names)
    assert "phase" not in figure_names({"regions"})


def values(spec: dict, key: str) -> list:
    """Return every value of a key in the data of a specification."""
    rows = [row for part in spec["datasets"].values() for row in part]
    return [row[key] for row in rows if key in row]


def test_no_bar_where_nothing_was_paired_at_random() -> None:
    spec = CHARTS["opening_correlations"](study(**unplaced()), WORDS)
    assert WORDS["pairings"] not in strings(spec)
    assert "bar" not in {layer["mark"]["type"] for layer in spec["layer"]}
    assert "+0.65" in values(spec, "text")


@pytest.mark.parametrize("year", [2015, 2020])
def test_region_without_an_end_year_is_drawn_with_its_own(year: int) -> None:
    chosen = study(**gap(year))
    made = drawn(chosen, WORDS)
    assert set(made) == set(drawn(study(), WORDS))
    label = [text for text in values(json.loads(made["coordination.json"]), "text") if text]
    assert any("Zhejiang" in text for text in label)
    assert any("(2019)" in text for text in label) == (year == 2020)


def test_given_parameters_are_a_hollow_diamond_with_their_name() -> None:
    spec = CHARTS["phase"](study(**stated(50.0, 200.0)), WORDS)
    assert values(spec, "label").count(WORDS["given"]) == 1
    assert WORDS["calibrated"] not in values(spec, "label")


def test_point_beyond_the_plane_is_words() -> None:
    spec = CHARTS["phase"](study(**stated(9e9, 200.0)), WORDS)
    assert WORDS["given"] not in values(spec, "label")
    assert any(text.startswith(WORDS["given"]) for text in values(spec, "text"))


def test_region_that_is_not_estimated_has_no_fit_to_draw() -> None:
    names = figure_names(shown(study(**unestimated("330000"))))
    assert "phase" not in names
    assert "coefficient_b1" in names and "regional_b1" in names
    made = drawn(study(**unestimated("110000")), WORDS)
    assert "Beijing" not in values(json.loads(made["regional_b1.json"]), "name")


def test_within_regions_and_years_is_drawn_as_it_is_computed() -> None:
    chosen = study(**gap(2015))
    rows = _logs(chosen, "within_regions_and_years")
    for group in ("region", "year"):
        np.testing.assert_allclose(rows.groupby(group)[["x", "y"]].mean(), 0, atol=1e-9)


@pytest.mark.parametrize("count", [4, 1])
def test_colours_are_tokens_of_both_palettes(count: int) -> None:
    for name, spec in specs(count).items():
        tokens = {text for text in strings(spec) if text.startswith("$")}
        for palette in PALETTES.values():
            unknown = {t for t in tokens if t[1:] not in palette and t != "$sans"}
            assert not unknown, name
        assert not any(text.startswith("#") for text in strings(spec)), name


TABLES = sorted(grades.TABLES)


def graded(table: str, **changed: pd.DataFrame) -> Study:
    """Return the sample read by another table of grades, in every table of the study."""
    chosen = study(**changed)
    config = {**chosen.config, "coupling": {**chosen.config["coupling"], "grades": table}}
    tables = dict(chosen.tables)
    tables["coupling"] = chosen.coupling.assign(grade=grade(chosen.coupling["D"], table))
    multiverse = tables["multiverse"]
    tables["multiverse"] = multiverse.assign(focus_grade=grade(multiverse["focus_D"], table))
    shares = tables["grade_shares"]
    middles = {label: (low + high) / 2 for label, low, high in grades.spans(grades.TEN)}
    shares = shares.assign(grade=grade(shares["grade"].map(middles), table))
    key = ["region", "name", "year", "source", "grade"]
    tables["grade_shares"] = shares.groupby(key, as_index=False)["share"].sum()
    return dataclasses.replace(chosen, config=config, tables=tables)


@pytest.mark.parametrize("table", TABLES)
def test_colours_of_grades_run_one_way_and_turn_at_the_midpoint(table: str) -> None:
    hue = grades.colours(grades.TABLES[table])
    places = list(hue.values())
    assert places == sorted(set(places)) and set(places) <= set(range(10))
    for label, low, high in grades.spans(grades.TABLES[table]):
        assert (hue[label] >= 5) == ((low + high) / 2 >= 0.5)
    assert list(grades.colours(grades.TEN).values()) == list(range(10))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["tiles", "heat", "specification_curve", "grade_shares"])
def test_colour_of_a_cell_is_that_of_its_grade(table: str, name: str) -> None:
    scale = grades.TABLES[table]
    spec = CHARTS[name](graded(table), WORDS)
    rows = [row for part in spec["datasets"].values() for row in part if "grade" in row]
    assert rows
    for row in rows:
        assert row["g"] == grades.colours(scale)[row["grade"]]
        if "D" in row and name != "tiles":
            assert row["grade"] == str(scale.classify(row["D"]))


@pytest.mark.parametrize("table", TABLES)
def test_names_of_grades_stand_between_their_cuts(table: str) -> None:
    spec = CHARTS["coordination"](graded(table), WORDS)
    named = [row for rows in spec["datasets"].values() for row in rows if "at" in row]
    named = [row for row in named if "grade" in row]
    assert named
    for row in named:
        assert str(grades.TABLES[table].classify(row["at"])) == row["grade"]


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
    assert (row["text"], row["g"]) == ("0.4996", 4)


@pytest.mark.parametrize(("name", "year"), [("tiles_first", 2015), ("tiles_last", 2020)])
def test_tiles_on_paper_show_one_year(name: str, year: int) -> None:
    assert {row["year"] for row in tile_rows(specs(4)[name])} == {year}


def test_no_tiles_for_regions_that_have_none() -> None:
    chosen = study()
    coupling = chosen.coupling.assign(region=chosen.coupling["region"].replace("110000", "990000"))
    other = dataclasses.replace(chosen, tables={**chosen.tables, "coupling": coupling})
    assert "tiles" in shown(chosen)
    assert "tiles" not in shown(other)
    assert "tiles" not in shown(dataclasses.replace(chosen, places=None))
    assert "tiles" not in shown(study(1))


def test_shares_of_grades_fill_the_bar_of_every_year() -> None:
    spec = specs(4)["grade_shares"]
    bars = [row for rows in spec["datasets"].values() for row in rows if "share" in row]
    table = study().of_focus("grade_shares").query("source == 'weights'")
    assert len(bars) == len(table)
    frame = pd.DataFrame(bars)
    np.testing.assert_allclose(frame.groupby("year")["share"].sum(), 1)
    for _, part in frame.groupby("year"):
        assert list(part["start"]) == pytest.approx([0.0, *part["end"][:-1]])
        order = [grades.GRADES.index(label) for label in part["grade"]]
        assert order == sorted(order)
    assert all((row["short"] != "") == (row["share"] >= 0.1) for row in bars)


def test_range_beside_the_bars_is_that_of_the_table() -> None:
    ranges = study().of_focus("uncertainty").query("source == 'weights'")
    expected = [f"{row.low:.2f}–{row.high:.2f}" for row in ranges.itertuples()]
    assert values(specs(4)["grade_shares"], "range") == expected


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.9995, "> 99 %"), (0.424, "42 %"), (0.001, "< 1 %"), (0.0, "0 %")],
)
def test_share_is_never_all_or_nothing_where_it_is_not(share: float, text: str) -> None:
    assert share_text(share) == text


def test_curve_is_sorted_and_marks_the_study_itself() -> None:
    table = study().tables["multiverse"]
    table["D_mean"] = -table["focus_D"]
    spec = CHARTS["specification_curve"](study(multiverse=table), WORDS)
    rows = [row for part in spec["datasets"].values() for row in part if "grade" in row]
    assert [row["D"] for row in rows] == pytest.approx(sorted(table["focus_D"]), abs=5e-5)
    (own,) = [
        row for part in spec["datasets"].values() for row in part if set(row) == {"i", "D", "text"}
    ]
    main = table[table["main"]].iloc[0]
    assert own["D"] == pytest.approx(main["focus_D"], abs=5e-5)
    assert rows[own["i"]]["D"] == own["D"]


def test_matrix_says_which_variant_each_combination_used() -> None:
    table = study().tables["multiverse"].sort_values("focus_D", kind="stable")
    spec = specs(4)["specification_curve"]
    parts = spec["datasets"].values()
    lines = {row["line"]: row for part in parts for row in part if "kind" in row}
    rows = [row for part in parts for row in part if "grade" in row]
    for row, expected in zip(rows, table.to_dict("records"), strict=True):
        for choice in CHOICES:
            variant = expected[choice]
            assert lines[row[choice]]["text"] == WORDS.get(f"variant_{variant}", variant)
    used = {row["text"] for row in lines.values() if row["kind"] == "used"}
    assert used == {WORDS["variant_main"], WORDS["variant_panel"], "[0.01, 0.99]", "entropy",
                    "linear", "standard"}  # fmt: skip


def test_choice_that_is_not_varied_has_no_line() -> None:
    table = study().tables["multiverse"].query("system == 'main'").reset_index(drop=True)
    spec = CHARTS["specification_curve"](study(multiverse=table), WORDS)
    assert WORDS["choice_system"] not in values(spec, "text")
    assert WORDS["choice_form"] in values(spec, "text")


def test_curve_of_many_combinations_stays_light() -> None:
    table = study().tables["multiverse"]
    many = pd.concat([table, *(table.assign(main=False) for _ in range(2))], ignore_index=True)
    spec = CHARTS["specification_curve"](study(multiverse=many), WORDS)
    assert len([r for part in spec["datasets"].values() for r in part if "grade" in r]) == 432
    assert len(json.dumps(spec)) < 100_000


def test_sensitivity_shows_what_the_table_says_and_nothing_below_zero() -> None:
    table = pd.DataFrame(
        [("form", "focus_D", 0.345, 0.391), ("reference", "focus_D", -0.003, 0.074),
         ("form", "D_mean", 0.9, 0.9)],
        columns=["choice", "outcome", "first_order", "total"],
    )  # fmt: skip
    spec = CHARTS["sensitivity"](study(sensitivity=table), WORDS)
    (rows,) = spec["datasets"].values()
    assert [(row["row"], row["bar"], row["total"], row["text"]) for row in rows] == [
        (WORDS["choice_form"], 0.345, 0.391, "34 %"), (WORDS["choice_reference"], 0, 0.074, "0 %"),
    ]  # fmt: skip


def test_growth_split_adds_up_and_says_so() -> None:
    chosen = study()
    parts = 100 * chosen.of_focus("growth_split").groupby("indicator")["contribution"].sum()
    spec = specs(4)["growth_split"]
    shares = [row["value"] for rows in spec["datasets"].values() for row in rows if "value" in row]
    assert shares == pytest.approx(sorted(parts, reverse=True), abs=1e-4)
    D = chosen.of_focus("coupling")["D"]
    growth = D.iloc[-1] / D.iloc[0] - 1
    assert f"Sum (D {growth * 100:+.0f} %)" in values(spec, "row")
    assert f"{parts.sum():+.1f}" in values(spec, "text")


def test_growth_of_one_region_has_no_mean_beside_it() -> None:
    spec = specs(1)["growth_split"]
    assert "tick" not in {layer["mark"]["type"] for layer in spec["layer"]}
    assert "tick" in {layer["mark"]["type"] for layer in specs(4)["growth_split"]["layer"]}


def test_size_alone_is_d_less_the_residual_of_the_table() -> None:
    chosen = study()
    rows = _adjusted(chosen).set_index("region")
    table = chosen.tables["comovement"].query("measure == 'size_adjusted_lnD'")
    residual = table.set_index("scope")["value"]
    gap_to_line = np.log(rows["D"] / rows["alone"])
    np.testing.assert_allclose(gap_to_line, (residual - residual.mean()).reindex(rows.index))
    spec = specs(4)["size_adjusted"]
    (text,) = {t for t in values(spec, "text") if t.startswith("Zhejiang")}
    assert text == WORDS["ranks"].format(
        name="Zhejiang", value=grades.printed(rows.loc["330000", "D"]), rank=1, adjusted=2
    )


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
    [("growth_split", "growth_split"), ("sensitivity", "sensitivity"),
     ("specification_curve", "multiverse"), ("grade_shares", "grade_shares"),
     ("size_adjusted", "comovement")],
)  # fmt: skip
def test_no_chart_without_its_table(name: str, table: str) -> None:
    chosen = study()
    bare = study(**{table: chosen.tables[table].iloc[:0]})
    assert name in figure_names(shown(chosen))
    assert name not in figure_names(shown(bare))


def test_unlocated_equilibrium_is_words_and_no_point() -> None:
    spec = specs(4)["phase"]
    assert WORDS["unlocated_2"] in strings(spec)
    labels = {row.get("label") for rows in spec["datasets"].values() for row in rows}
    assert WORDS["fitted"] not in labels


def test_same_bytes_whatever_was_drawn_before() -> None:
    assert drawn(study(), WORDS) == drawn(study(), WORDS)


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
    placed = spread(pd.Series([0.98, 0.99, 1.0, 0.2]), 0.05, 0.0, 1.0).sort_values()
    assert placed.diff().dropna().min() == pytest.approx(0.05)
    assert placed.max() <= 1.0
    assert placed.min() == pytest.approx(0.2)


def test_labels_far_apart_stay_where_they_are() -> None:
    values = pd.Series([0.1, 0.5, 0.9])
    pd.testing.assert_series_equal(spread(values, 0.1, 0.0, 1.0), values)


def test_ticks_are_round_and_inside() -> None:
    assert ticks(-0.33, 0.31, 4) == [-0.2, 0.0, 0.2]
    assert ticks(3.0, 3.0) == [3.0]
    assert ticks(0, 3e-15, 3) == pytest.approx([0, 1e-15, 2e-15, 3e-15])
    assert tick_format([0, 1e18]) == ".2~e"
    assert ticks(0, 30000, 5) == [0, 5000, 10000, 15000, 20000, 25000, 30000]


def test_wrapped_lines_are_of_about_equal_length() -> None:
    assert wrapped("Enterprises with e-commerce per 10,000 residents").count("\n") == 1
    assert max(map(len, wrapped("e-commerce sales / gross product").split("\n"))) < 20


def test_complement_covers_both_sides_of_its_gap() -> None:
    assert allowed(2.0, 3.0, "complement", (0.0, 10.0)) == [(0.0, 2.0), (3.0, 10.0)]
    assert allowed(2.0, 3.0, "interval", (0.0, 10.0)) == [(2.0, 3.0)]
    assert allowed(float("nan"), float("nan"), "line", (0.0, 10.0)) == [(0.0, 10.0)]
    assert allowed(-5.0, 12.0, "complement", (0.0, 10.0)) == []
