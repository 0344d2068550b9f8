"""What the relation rule could see, what would decide, and what `check` foresees of it."""

import numpy as np
import pandas as pd
import pytest

from coevo.estimation.growth import pool
from coevo.estimation.region import fit
from coevo.files import as_table
from coevo.inference.null_families import NULLS, Motion
from coevo.power import foreseen
from coevo.power.bounded_years import bounded_rows
from coevo.power.relations_seen import Setting, reported_effects, seen_rows, settings
from coevo.study.configuration import complete, read_config
from coevo.study.terminal import foreseen_line
from coevo.study_data import StudyData
from tests.panels import walks
from tests.projects import ROOT

PELTS = ROOT / "data/raw/lynx-hare"
WALKS = {NULLS[0]: (Motion(), Motion())}


def test_eight_figures_bound_the_equilibrium_of_hare_and_lynx():
    """Drawn apart, 4,000 paths: .93 of eight figures (seven growth rows), .84 of seven."""
    year, x1, x2 = np.loadtxt(next(PELTS.rglob("*.csv")), delimiter=",", skiprows=4, max_rows=21).T
    found = fit(year.astype(int), x1, x2, "trapezoid")
    rows = bounded_rows(found, np.array([x1[0], x2[0]]), seed=1, paths=4000)
    shares = {row["years"]: row["power"] for row in rows}
    assert shares[8] == pytest.approx(0.93, abs=0.02)
    assert shares[7] == pytest.approx(0.84, abs=0.02)


def acting(strength, regions=20, years=12):
    """Return a pool of walks, and effects of one size in the signs of predator and prey."""
    rows = pool(walks(regions, years, ("x1", "x2")), ("x1", "x2"), "trapezoid", "first")
    slopes = strength * np.array([-1, 1])
    return rows, [of for of in reported_effects(slopes, np.outer(slopes, [1, 1])) if of.own]


def test_strong_effects_are_seen_and_half_of_them_less():
    rows, effects = acting(0.2)
    seen = {
        row["size"]: row["power"]
        for row in seen_rows(rows, effects, WALKS, 1, settings(rows)[:1], panels=100)
    }
    assert seen["estimates"] > 0.8 > seen["half"] > 0.3
    assert seen["ends"] == seen["estimates"]  # the interval is the estimate


def test_more_years_regions_and_less_noise_are_looked_at_one_at_a_time():
    own, *others = settings(acting(0.1)[0])
    assert own == Setting(20, 12)
    for other in others:
        assert sum(a != b for a, b in zip(own, other, strict=True)) == 1


def test_effects_beyond_an_interval_are_not_looked_at():
    """A12 in (-.02, .01), A21 in (.1, .4): no competition, which needs A21 < 0."""
    slopes, ends = np.array([-0.01, 0.3]), np.array([[-0.02, 0.01], [0.1, 0.4]])
    by = {(of.relation, of.size): of.A.tolist() for of in reported_effects(slopes, ends)}
    assert {relation for relation, _ in by} == {"mutualism", "predator_prey"}
    assert by["predator_prey", "ends"] == [-0.02, 0.4]
    assert by["mutualism", "estimates"] == [0.01, 0.3]


@pytest.fixture
def study():
    config = read_config(ROOT / "config/config.yaml") | {"focus_region": "r00"}
    config = complete(config, "config.yaml")
    config["interaction"] |= {"upstream": "x1", "downstream": "x2", "calibration": None}
    panel = walks(12, 9, ("x1", "x2")).melt(["region", "year"], var_name="indicator")
    panel = panel.assign(name="R" + panel["region"], flag="")
    units = pd.DataFrame({"indicator": ["x1", "x2"], "subsystem": "", "unit": ""})
    return StudyData(config, units, {"panel": panel})


def test_what_a_panel_could_decide_is_foreseen_from_its_figures_alone(study):
    found = foreseen(study)
    of_relation = found["effect"] != "equilibrium"
    relation, equilibrium = found[of_relation], found[~of_relation]
    assert relation["effect"].nunique() == 1 and relation["own"].all()
    assert list(relation["years"]) == [9, 15, 20, 30]
    assert set(relation["regions"]) == {12} and set(relation["noise"]) == {1}
    assert relation["power"].between(0, 1).all() and set(equilibrium["effect"]) == {"equilibrium"}
    said = foreseen_line(found, "Here")
    assert said.startswith("What the figures could decide") and "equilibrium of Here" in said


def test_nothing_is_foreseen_of_figures_that_allow_no_fit(study):
    panel = study.tables["panel"]
    few = StudyData(study.config, study.indicators, {"panel": panel[panel["year"] < 2002]})
    assert foreseen(few).empty
    assert foreseen_line(as_table("power", []), "Here") == ""
