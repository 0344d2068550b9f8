"""The second vintage of the provincial figures: what it leaves, breaks and links."""

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.estimation import fit_pooled
from coevo.files import read_table
from coevo.panel import build_panel
from tests.projects import ROOT, copied, must_run
from tests.sample import panel_config

pytestmark = pytest.mark.whole
# rows of pooled fits; those by instruments lose a year
LEAST_SQUARES = "scope == 'pooled' and estimator != 'fod_iv'"
RESTATED = ["gross_regional_product", "secondary_value_added"]
DERIVED = ["ecommerce_sales_to_product", "rd_to_product", "secondary_value_added_per_capita"]
DERIVED += ["gross_regional_product_real", "product_price_level", "secondary_value_added_real"]
PAIR = ("secondary_value_added", "ecommerce_sales")
# provinces-revised: Zhejiang as the statistical office restated it, 100 million yuan
ZHEJIANG = {
    "gross_regional_product": [64632, 67164.5, 76765.3, 80770, 85619.6],
    "secondary_value_added": [26643.3, 26638.2, 31370.7, 32873.3, 33586.1],
}


@pytest.fixture(scope="module")
def panel_of(built):
    """`panel_of(policy)`: the panel of the study `provinces` under a policy, made once."""
    indicators = read_table(ROOT / "config" / "indicators" / "provinces.csv", "indicators")

    @cache
    def build(policy: str, upto: str = "9999-12") -> pd.DataFrame:
        seen = built("provinces", "observations")
        seen = seen[seen["vintage"] <= upto]
        return build_panel(seen, indicators, panel_config(2015, 2023, policy=policy))

    return build


def wide(panel: pd.DataFrame, indicator: str) -> pd.DataFrame:
    return panel[panel["indicator"] == indicator].pivot(
        index="region", columns="year", values="value"
    )


def pair(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the two outputs with the flag of a break in either."""
    rows = panel[panel["indicator"].isin(PAIR)]
    values = rows.pivot(index=["region", "year"], columns="indicator", values="value")
    flags = rows.pivot(index=["region", "year"], columns="indicator", values="flag")
    values["flag"] = np.where(flags.eq("break").any(axis=1), "break", "")
    return values.reset_index()


def test_every_figure_of_both_indicators_is_restated_from_2019_on(results):
    table = results("provinces", "revisions")
    assert len(table) == 310
    assert table.groupby("indicator").size().to_dict() == dict.fromkeys(RESTATED, 155)
    assert set(table["year"]) == set(range(2019, 2024))
    assert set(zip(table["old_vintage"], table["new_vintage"], strict=True)) == {
        ("2026-10", "2026-11")
    }
    assert (table["new"] / table["old"] - 1 - table["relative_change"]).abs().max() < 1e-15
    by = table.set_index(["name", "year", "indicator"])["relative_change"]
    # data/raw/README.md: secondary value added of 2023
    known = {"Shaanxi": -0.133, "Shandong": 0.06, "Zhejiang": -0.011}
    for name, change in known.items():
        assert by[name, 2023, "secondary_value_added"] == pytest.approx(change, abs=0.005)
    assert by.abs().idxmax() == ("Shaanxi", 2023, "secondary_value_added")
    mine = table[table["region"] == "330000"]
    for indicator, figures in ZHEJIANG.items():
        assert mine.loc[mine["indicator"] == indicator, "new"].tolist() == figures


def test_single_uses_none_of_it(results, panel_of):
    pd.testing.assert_frame_equal(panel_of("single"), panel_of("single", upto="2026-10"))
    pd.testing.assert_frame_equal(panel_of("single"), results("provinces", "panel"))
    # as the study stood before the second vintage was there (docs/methods.md, 7)
    assert wide(panel_of("single"), "secondary_value_added")[2023].sum() == pytest.approx(479035.6)


def test_overlay_breaks_in_2019_and_drops_the_rows_into_it(panel_of):
    panel = panel_of("overlay")
    flagged = panel[panel["flag"] == "break"]
    assert set(flagged["year"]) == {2019}
    assert flagged.groupby("indicator").size().to_dict() == dict.fromkeys(RESTATED + DERIVED, 31)
    for indicator, figures in ZHEJIANG.items():
        assert wide(panel, indicator).loc["330000", 2019:].tolist() == figures
        older = wide(panel_of("single"), indicator).loc[:, :2018]
        pd.testing.assert_frame_equal(wide(panel, indicator).loc[:, :2018], older)
    assert fit_pooled(pair(panel_of("single")), *PAIR).rows == 248
    found = fit_pooled(pair(panel), *PAIR)
    assert found.rows == 217
    assert not np.any(found.data.year == 2018) and set(found.data.crossing) == {2018}


def test_splice_has_the_older_growth_before_2019_and_the_newer_after(panel_of):
    spliced, old, new = (panel_of(policy) for policy in ("splice", "single", "overlay"))
    flagged = spliced[spliced["flag"] == "spliced"]
    assert set(flagged["year"]) == {2015, 2016, 2017, 2018}
    assert set(flagged["indicator"]) == {*RESTATED, *DERIVED} and len(flagged) == 4 * 31 * 8
    assert not spliced["flag"].eq("break").any()
    for indicator in RESTATED:
        growth = wide(spliced, indicator).pct_change(axis="columns")
        before = wide(old, indicator).pct_change(axis="columns")
        after = wide(new, indicator).pct_change(axis="columns")
        np.testing.assert_allclose(growth.loc[:, 2016:2019], before.loc[:, 2016:2019], atol=1e-12)
        np.testing.assert_allclose(growth.loc[:, 2020:], after.loc[:, 2020:], atol=1e-12)
    assert fit_pooled(pair(spliced), *PAIR).rows == 248


def test_the_policies_stand_among_the_variants(results):
    for study in ("provinces", "provinces-scale"):
        table = results(study, "robustness")
        variants = table[table["varied"] == "vintage"]
        assert variants["variant"].tolist() == ["overlay", "splice"]
        assert variants["n"].eq(279).all() and variants["grades_changed"].between(1, 10).all()
        assert (variants["D_mean"] - table["D_mean"].iloc[0]).abs().max() < 0.004
    assert "vintage" not in set(results("zhejiang", "robustness")["varied"])


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the workflow with the provincial figures, for studies of its own."""
    return copied(tmp_path_factory.mktemp("work") / "vintages", "config", "data")


def build(project: Path, name: str, tables: tuple[str, ...], **changes) -> Path:
    """Build tables of the study `provinces` with some keys changed; return their folder."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    config |= {"study": name, "report": {"languages": ["en"], "formats": ["html"]}, **changes}
    config["robustness"] |= {"pairs": {}, "deflated": None, "drop": []}  # says nothing of vintages
    text = yaml.safe_dump(config, allow_unicode=True)
    (project / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")
    targets = [f"data/processed/{name}/{table}.csv" for table in tables]
    must_run(project, *targets, study=name)
    return project / "data" / "processed" / name


def test_a_study_built_with_overlay(project):
    tables = build(project, "overlaid", ("equilibria",), vintage_policy="overlay")
    assert set(read_table(tables / "fits.csv").query(LEAST_SQUARES)["n"]) == {217}
    checks = read_table(tables / "checks.csv").query(LEAST_SQUARES)
    assert set(checks.loc[checks["check"] == "rows_across_vintages", "value"]) == {31}
    years = read_table(tables / "equilibria.csv").query("source == 'calibration'")["year"]
    assert sorted(years.dropna().unique()) == [2015, 2016, 2017, 2019, 2020, 2021, 2022]


def test_a_pin_gives_the_bytes_from_before_the_later_vintage(project):
    """What reads observations: all other tables come from the panel."""
    reads = ("panel", "robustness")
    pinned = build(project, "pinned", reads, vintage="2026-10")
    before = {path.name: path.read_bytes() for path in pinned.glob("*.csv")}
    assert {"observations.csv", "revisions.csv", "panel.csv", "robustness.csv"} <= set(before)
    raw = project / "data" / "raw"
    shutil.rmtree(raw / "provinces" / "2026-11")
    listed = (raw / "sources.csv").read_text("utf-8").splitlines(keepends=True)
    left = (line for line in listed if not line.startswith("provinces/2026-11/"))
    (raw / "sources.csv").write_text("".join(left), encoding="utf-8")
    shutil.rmtree(pinned)
    assert build(project, "pinned", reads) == pinned
    assert {path.name: path.read_bytes() for path in pinned.glob("*.csv")} == before
