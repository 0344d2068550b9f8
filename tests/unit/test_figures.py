"""Charts: names, data, placing of labels, and the bytes of an SVG."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.figures import FIGURES, figure_names
from coevo.figures.axes import spread, tick_format, ticks, wrapped
from coevo.figures.comovement import _logs
from coevo.figures.drawing import CHARTS, drawn, regular, renumbered
from coevo.figures.plane import allowed
from coevo.figures.theme import PALETTES, filled
from coevo.findings.shown import shown
from tests.sample import ROOT, gap, stated, study, unestimated, unplaced

WORDS = yaml.safe_load((ROOT / "workflow/report/phrases.en.yaml").read_text(encoding="utf-8"))[
    "charts"
]


def specs(count: int) -> dict[str, dict]:
    made = drawn(study(count), WORDS)
    return {name[:-5]: json.loads(text) for name, text in made.items() if name.endswith(".json")}


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
