"""The positive control: the program says "located" where figures can tell."""

import pytest

from tests.projects import ROOT

pytestmark = pytest.mark.whole
FOLDER = ROOT / "reports" / "lynx-hare"


def test_the_equilibrium_of_hare_and_lynx_is_located(results):
    table = results("lynx-hare", "equilibria")
    own = table[(table["model"] == "classic") & (table["estimator"] == "trapezoid")].iloc[0]
    names = ("x1", "x1_low", "x1_high", "x2", "x2_low", "x2_high")
    found = [own[name] for name in names]
    assert found == pytest.approx([32.8, 28.0, 37.5, 20.5, 16.9, 24.1], abs=0.05)
    assert own["located"] and own["kind"] == "centre" and own["p_predator_prey"] > 0.999
    assert set(own[["x1_set", "x2_set"]]) == {"interval"}
    assert table.loc[table["model"] == "classic", "located"].all()


def test_the_general_form_rests_near_it(results):
    table = results("lynx-hare", "equilibria")
    own = table[(table["model"] == "general") & (table["estimator"] == "trapezoid")].iloc[0]
    assert (own["x1"], own["x2"]) == pytest.approx((32.8, 20.4), abs=0.05)
    assert own["kind"] == "stable focus"
    checks = results("lynx-hare", "relations").query("period == ''").set_index("quantity")["value"]
    assert checks["restriction"] == pytest.approx(0.28, abs=0.005)


def test_it_lies_near_what_was_observed_on_average(results):
    table = results("lynx-hare", "relations")
    means = table[table["quantity"].str.contains("mean_x")].set_index("quantity")
    whole, every = (means.loc[[f"{name}_x1", f"{name}_x2"]] for name in ("cycle_mean", "mean"))
    assert list(whole["value"]) == pytest.approx([34.6, 21.3], abs=0.05)
    assert list(every["value"]) == pytest.approx([34.1, 20.2], abs=0.05)
    assert set(whole["period"]) == {"1903-1912"} and set(every["period"]) == {"1900-1920"}


def test_chance_does_not_give_it(results):
    """Of the years of growth in other orders few show the signs, and hardly one locates E."""
    table = results("lynx-hare", "specification_counts").set_index(["count", "effects"])
    for count, most in (("supply", 0.02), ("clear", 0.02), ("located", 0.005)):
        row = table.loc[(count, "none")]
        assert row["agree"] == row["specifications"] and row["p"] <= most and row["draws"] == 999


def test_the_report_has_no_parts_of_indices(built):
    page = (FOLDER / "report.en.html").read_text(encoding="utf-8")
    assert all(f'id="{part}"' in page for part in ("equilibria", "populations", "limits"))
    assert 'id="far"' not in page and 'id="trace"' not in page
    assert "../lynx-hare/" not in page
