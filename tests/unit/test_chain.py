"""What must not change D from the raw files on: order, names, units, scale, how files are cut."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import couple
from coevo.normalisation import normalise, scaled_panel
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.panel import build_panel
from coevo.weighting import weigh
from tests.panels import COUPLING, SCALE
from tests.sample import panel_config, places

REGIONS = {"110000": "北京市", "320000": "江苏省", "330000": "浙江省", "510000": "四川省"}
YEARS = range(2015, 2021)
UNIT = {"a": "亿元", "b": "万人", "c": "个", "d": "亿元"}
INDICATORS = pd.DataFrame(
    [
        ("a", "east", "+", "100 million yuan", "甲产值", ""),
        ("b", "east", "-", "10 thousand persons", "乙人数", ""),
        ("c", "west", "+", "count", "丙个数", ""),
        ("d", "west", "+", "100 million yuan", "丁产值", ""),
    ],
    columns=["indicator", "subsystem", "direction", "unit", "source_name", "derivation"],
).assign(dimension="", label_en="x", label_zh="某")
Figures = dict[str, dict[str, np.ndarray]]  # indicator -> region -> figures of the years


def figures(seed: int) -> Figures:
    rng = np.random.default_rng(seed)
    return {i: {r: np.round(rng.uniform(10, 900, len(YEARS)), 2) for r in REGIONS} for i in UNIT}


def text(name: str, unit: str, rows: dict[str, np.ndarray], years=YEARS) -> str:
    lines = [f"指标：{name}", f"单位：{unit}", ",".join(["地区", *(f"{y}年" for y in years)])]
    lines += [",".join([region, *map(repr, map(float, row))]) for region, row in rows.items()]
    return "\n".join(lines) + "\n"


@pytest.fixture
def degree(tmp_path):
    """A function from the texts of raw files to D by region and year."""

    def made(
        *texts: str, indicators: pd.DataFrame = INDICATORS, method: str = "entropy"
    ) -> pd.Series:
        folder = tmp_path / "2026-10"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for number, content in enumerate(texts):
            (folder / f"{number:02}.csv").write_text(content, encoding="utf-8")
        paths = [str(path) for path in sorted(folder.iterdir())]
        seen, _ = observe(paths, str(tmp_path), StudyTerms(indicators, places()))
        panel = build_panel(seen, indicators, panel_config(YEARS[0], YEARS[-1]))
        normalised, _ = normalise(panel, indicators, SCALE)
        weights = weigh(normalised, panel, indicators, {"method": method})
        rows, _ = couple(normalised, weights, method, COUPLING, scaled_panel(SCALE))
        return rows.set_index(["region", "year"])["D"].sort_index()

    return made


def plain(found: Figures) -> list[str]:
    names = dict(INDICATORS[["indicator", "source_name"]].to_numpy())
    return [text(names[i], UNIT[i], {REGIONS[r]: v for r, v in found[i].items()}) for i in found]


@pytest.mark.parametrize("seed", range(3))
def test_order_and_names_of_regions_and_of_files_do_not_matter(degree, seed):
    found = figures(seed)
    own = degree(*plain(found))
    backwards = {i: dict(reversed(rows.items())) for i, rows in reversed(found.items())}
    pd.testing.assert_series_equal(degree(*plain(backwards)), own, rtol=1e-12)
    coded = [
        content.replace("浙江省", "330000").replace("北京市", "Beijing") for content in plain(found)
    ]
    pd.testing.assert_series_equal(degree(*coded), own, check_exact=True)


@pytest.mark.parametrize("seed", range(3))
def test_the_unit_of_a_file_and_the_order_of_indicators_do_not_matter(degree, seed):
    found = figures(seed)
    own = degree(*plain(found))
    first = text("甲产值", "万元", {REGIONS[r]: v * 1e4 for r, v in found["a"].items()})
    pd.testing.assert_series_equal(degree(first, *plain(found)[1:]), own, rtol=1e-9)
    turned = INDICATORS.iloc[[1, 0, 3, 2]].reset_index(drop=True)
    pd.testing.assert_series_equal(degree(*plain(found), indicators=turned), own, rtol=1e-12)


@pytest.mark.parametrize("indicator", UNIT)  # with more is better, and with less is better
def test_scale_and_zero_of_an_indicator_do_not_matter(degree, indicator):
    found = figures(7)
    own = degree(*plain(found))
    moved = found | {indicator: {r: 3 * v + 700 for r, v in found[indicator].items()}}
    pd.testing.assert_series_equal(degree(*plain(moved)), own, rtol=1e-9)


def test_names_of_indicators_and_subsystems_do_not_matter(degree):
    found = figures(8)
    own = degree(*plain(found))
    called = {"a": "z", "b": "y", "c": "x", "d": "w", "east": "north", "west": "far"}
    other = INDICATORS.assign(
        indicator=INDICATORS["indicator"].map(called), subsystem=INDICATORS["subsystem"].map(called)
    )
    pd.testing.assert_series_equal(degree(*plain(found), indicators=other), own, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_a_file_may_be_cut_by_years_or_by_regions_and_figures_may_stand_twice(degree, seed):
    found = figures(seed)
    whole = plain(found)
    own = degree(*whole)
    rows = {REGIONS[r]: v for r, v in found["a"].items()}
    cut = [text("甲产值", "亿元", {r: v[:2] for r, v in rows.items()}, YEARS[:2])]
    cut += [text("甲产值", "亿元", {r: v[2:] for r, v in rows.items()}, YEARS[2:])]
    pd.testing.assert_series_equal(degree(*cut, *whole[1:]), own, check_exact=True)
    parts = [text("甲产值", "亿元", {region: row}) for region, row in rows.items()]
    pd.testing.assert_series_equal(degree(*parts, *whole[1:]), own, check_exact=True)
    pd.testing.assert_series_equal(degree(*whole, whole[0]), own, check_exact=True)


@pytest.mark.parametrize("seed", range(3))
def test_a_region_inside_all_ends_changes_no_normalised_figure_of_the_others(
    degree, seed, tmp_path
):
    found = figures(seed)
    more = {
        i: rows | {"370000": np.round(np.mean([*rows.values()], axis=0), 2)}
        for i, rows in found.items()
    }
    names = REGIONS | {"370000": "山东省"}
    labels = dict(INDICATORS[["indicator", "source_name"]].to_numpy())
    texts = [text(labels[i], UNIT[i], {names[r]: v for r, v in more[i].items()}) for i in more]
    # entropy weights take the new region in; equal ones do not
    after, before = degree(*texts, method="equal"), degree(*plain(found), method="equal")
    pd.testing.assert_series_equal(after.drop("370000"), before, check_exact=True)
    assert after.loc["370000"].between(0, 1).all()
