"""Charts: names, data, placing of labels, and the bytes of an SVG."""

import json
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from coevo.figures import FIGURES, figure_names
from coevo.figures.axes import spread, ticks, wrapped
from coevo.figures.drawing import CHARTS, drawn, regular, renumbered
from coevo.figures.plane import allowed
from coevo.figures.theme import PALETTES, filled
from tests.sample import ROOT, study

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
    names = figure_names(1, pair=True)
    assert "phase" in names
    assert not {"heat", "opening_correlations", "regional_b1"} & set(names)
    assert "phase" not in figure_names(31, pair=False)


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
    assert ticks(0, 30000, 5) == [0, 5000, 10000, 15000, 20000, 25000, 30000]


def test_wrapped_lines_are_of_about_equal_length() -> None:
    assert wrapped("Enterprises with e-commerce per 10,000 residents").count("\n") == 1
    assert max(map(len, wrapped("e-commerce sales / gross product").split("\n"))) < 20


def test_complement_covers_both_sides_of_its_gap() -> None:
    assert allowed(2.0, 3.0, "complement", (0.0, 10.0)) == [(0.0, 2.0), (3.0, 10.0)]
    assert allowed(2.0, 3.0, "interval", (0.0, 10.0)) == [(2.0, 3.0)]
    assert allowed(float("nan"), float("nan"), "line", (0.0, 10.0)) == [(0.0, 10.0)]
    assert allowed(-5.0, 12.0, "complement", (0.0, 10.0)) == []
