"""What the reports of the real studies say about other choices equals what their tables hold."""

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.files import read_table, read_texts
from coevo.panel.derivations import parse, read_series
from coevo.report.documents.source import text
from coevo.report.findings import Study
from coevo.report.findings.choice_robustness import robustness_finding
from coevo.report.findings.level_control import level_finding
from coevo.report.findings.rise import growth_finding
from coevo.report.words.grammar import read_phrases
from coevo.report.words.template_values import worded
from coevo.schema import study_tables
from coevo.sensitivity.choices import choice_sensitivity
from coevo.sensitivity.uncertainty import monte_carlo, revision_sizes
from coevo.study import configuration
from coevo.study_data import StudyData

FILES = {"provinces": "config"} | {
    name: name for name in ("provinces-scale", "provinces-three", "zhejiang")
}


@pytest.fixture(scope="session")
def chosen(built):
    """`chosen(study)`: a study that ships, as the findings read it."""
    schema = yaml.safe_load(Path("workflow/schemas/config.schema.yaml").read_text("utf-8"))

    @cache
    def source(study: str) -> Study:
        name = f"{FILES[study]}.yaml"
        config = yaml.safe_load(Path("config", name).read_text("utf-8"))
        config = configuration.complete(config, schema, name)
        tables = {table: built(study, table) for table in study_tables(config)}
        return Study(config, tables, read_table(config["indicators"], "indicators"))

    return source


@pytest.fixture(scope="session")
def said(chosen):
    """`said(study)`: the report of a study that ships as one line, without escapes."""
    folder = Path("workflow/report")
    template, *phrases = (
        read_texts(folder / name)[name] for name in ("report.md", "phrases.en.yaml", "phrases.yaml")
    )

    @cache
    def source(study: str) -> str:
        words = worded(chosen(study), read_phrases(*phrases))
        made = text(words, template, {"files": {}, "packages": {}})
        return " ".join(made.split()).replace("\\", "")

    return source


def test_the_default_study_has_at_least_200_combinations(results):
    assert len(results("provinces", "multiverse")) >= 200
    assert results("provinces", "multiverse")["system"].nunique() == 2


@pytest.mark.parametrize("study", FILES)
def test_the_sentence_on_the_robust_grade_is_that_of_the_table(results, chosen, said, study):
    table = results(study, "multiverse")
    counts = table["focus_grade"].value_counts()
    own = table.loc[table["main"].astype(bool), "focus_grade"].item()
    part = said(study).split("{#robustness}")[1].split(":::")[1]
    share = counts.iloc[0] / len(table)
    printed = re.findall(r"(\d+) gives? ([a-z -]+?)(?=,| and |\.)", part)
    told = {name: int(count) for count, name in printed}
    named = 0 if share == 1 else 1 if share >= 2 / 3 else 2
    assert told == dict(counts.iloc[: len(told)]) and len(told) == named
    assert f" {len(table)} combinations" in part
    assert (f"finding All {len(table)}" in part and counts.index[0] in part) == (share == 1)
    assert ("finding Nearly all of" in part) == (0.95 <= share < 1)
    assert ("finding Most, not nearly all, of" in part) == (2 / 3 <= share < 0.95)
    assert ("No single grade" in part) == (share < 2 / 3)
    assert ("this study’s grade" in part) == (share >= 2 / 3 and own == counts.index[0])
    assert ("another grade" in part) == (share >= 2 / 3 and own != counts.index[0])
    assert len(part.split()) <= 25 + 1  # with the name of the division
    found = robustness_finding(chosen(study))
    assert dict(found["grades"]) == counts.to_dict() and found["n"] == len(table)
    assert found["own"] == ("own" if own == counts.index[0] else "other")


@pytest.mark.parametrize(("study", "own"), [("provinces", 5), ("provinces-scale", 4)])
def test_the_rank_over_the_combinations_is_that_of_the_table(results, said, study, own):
    table = results(study, "multiverse")
    assert table.loc[table["main"].astype(bool), "focus_rank"].item() == own
    body = said(study).split("{#robustness}")[1].split(":::")[2]
    ends = (table["focus_rank"].min(), table["focus_rank"].max())
    assert "the rank from {:.0f} to {:.0f}".format(*ends) in body
    words = {4: "fourth", 5: "fifth"}
    assert (f"this study’s, {words[own]}, is the lowest" in body) == (own == ends[1])
    assert (f"this study’s, {words[own]}, is the highest" in body) == (own == ends[0])


def test_known_shares_of_variance_and_ranks(results):
    """Exact, as group means of the full factorial; digits as the methods of the project state, of
    the 432 combinations without a ratio as a scale.
    """
    every = results("provinces", "multiverse")
    table = every[every["scale"] != "ratio"]
    assert (len(every), len(table)) == (540, 432)
    ranks = table["focus_rank"].value_counts()
    assert (ranks[3], ranks[5]) == (200, 39)
    shares = choice_sensitivity(table).set_index(["outcome", "choice"])["first_order"]
    known = {
        ("D_mean", "system"): 0.5105, ("D_mean", "form"): 0.1252, ("focus_D", "form"): 0.3454,
        ("focus_D", "weighting"): 0.2306, ("focus_D", "system"): 0.2261,
    }  # fmt: skip
    assert shares[list(known)].to_dict() == pytest.approx(known, abs=5e-5)
    for (outcome, choice), share in shares.items():
        assert share == pytest.approx(
            table.groupby(choice)[outcome].mean().var(ddof=0) / table[outcome].var(ddof=0)
        )


def test_indicators_drawn_one_by_one_are_too_narrow(results):
    """As if each derived indicator were published by itself, with the revisions of its arguments:
    errors of residents and product then cancel in an index, by a factor of about 1.4.
    """
    config = yaml.safe_load(Path("config/config.yaml").read_text("utf-8"))
    schema = yaml.safe_load(Path("workflow/schemas/config.schema.yaml").read_text("utf-8"))
    config = configuration.complete(config, schema, "config.yaml")
    case = {
        name: results("provinces", name)
        for name in ("panel", "normalised", "weights", "coupling", "goalposts", "revisions")
    }
    indicators = read_table(config["indicators"], "indicators")
    arguments = {
        i: parse(text)[1] if text else [i]
        for i, text in indicators.query("subsystem != ''")[["indicator", "derivation"]].to_numpy()
    }
    read, _ = read_series(indicators, list(arguments))
    sizes = revision_sizes(read, case["revisions"], config["robustness"]["revision"])
    each = {i: math.hypot(*(sizes[a] for a in parts)) for i, parts in arguments.items()}
    one_by_one = pd.DataFrame(
        {"indicator": each.keys(), "old": 1.0, "new": np.exp(list(each.values()))}
    )
    alone, _ = monte_carlo(
        StudyData(config, indicators.assign(source_name="x"), case | {"revisions": one_by_one})
    )
    widths = [
        (table["high"] - table["low"])[table["source"] == "figures"].reset_index(drop=True)
        for table in (results("provinces", "uncertainty"), alone)
    ]
    ratio = widths[0] / widths[1]
    assert ratio.median() == pytest.approx(1.41, abs=0.04)


@pytest.mark.parametrize(
    ("study", "from_T", "share"), [("provinces", 97.8, 44), ("provinces-scale", 99.4, 96)]
)
def test_the_share_of_size(chosen, said, study, from_T, share):
    found = level_finding(chosen(study))
    assert found["verdict"] == "level"
    assert 100 * found["shares"]["T"] == pytest.approx(from_T, abs=0.05)
    levels = dict(found["levels"])
    assert 100 * levels["gross_regional_product"] == pytest.approx(share, abs=0.5)
    assert f"{from_T} % of var(ln *D*) comes from *T*" in said(study)
    alone = said(study).split("each alone and in logarithms, ")[1].split(". ")[0]
    assert f"gross regional product explains {share} %" in alone


def test_what_drives_D_is_ordered_as_in_the_table(results, chosen, said):
    table = results("provinces", "sensitivity").query("outcome == 'focus_D'")
    alone = table[(table["total"] >= 0.05) & (table["first_order"] >= 0.01)]
    alone = alone.set_index("choice")["first_order"].sort_values(ascending=False)
    found = robustness_finding(chosen("provinces"))["drives"]
    assert found == {"verdict": "several", "choices": list(alone.items())}
    part = said("provinces").split("of the variance of *D*, ")[1].split(", each alone")[0]
    printed = [int(share) for share in re.findall(r"explains (\d+) %", part)]
    assert printed == [round(100 * share) for share in alone.iloc[:3]]


def test_ranges_of_the_draws(results, chosen, said):
    table = results("provinces", "uncertainty")
    last = table[(table["region"] == "330000") & (table["year"] == table["year"].max())]
    draws = robustness_finding(chosen("provinces"))["draws"]
    assert {row.source: (row.low, row.high) for row in last.itertuples()} == {
        source: (row["low"], row["high"]) for source, row in draws.items()
    }
    body = said("provinces").split("{#robustness}")[1]
    for source, start in (
        ("weights", "Random draws of the weights move *D* between"),
        ("figures", "Shifts of the series by the size of their revisions move *D* between"),
    ):
        assert "{} {low:.2f} and {high:.2f}".format(start, **draws[source]) in body


def test_the_split_of_the_growth_is_that_of_D(results, chosen, said):
    for study in ("provinces", "zhejiang"):
        table = results(study, "growth_split").query("region == '330000'")
        D = results(study, "coupling").query("region == '330000'").set_index("year")["D"]
        parts = table.groupby("indicator")["contribution"].sum().sort_values()
        total = parts.sum()
        assert f"ln *D* of Zhejiang changed by {total:.3f}: " in said(study)
        assert total == pytest.approx(math.log(D.iloc[-1] / D.iloc[0]), abs=1e-12)
        found = growth_finding(chosen(study))
        assert found["verdict"] == "rose"
        largest = parts.iloc[:-3:-1]
        assert [indicator for indicator, _ in found["largest"]] == list(largest.index)
        assert [value for _, value in found["largest"]] == pytest.approx(list(largest))
        assert f"({parts.iloc[-1]:.3f}) and" in said(study)


def test_three_subsystems_need_no_edit_of_the_report(results, said):
    table = results("provinces-three", "comovement")
    pairs = set(table.loc[table["pair"] != "", "pair"])
    assert len(pairs) == 3
    labels = ("e-commerce", "cluster", "digital infrastructure")
    for pair in ((0, 1), (0, 2), (1, 2)):
        assert f"| {labels[pair[0]]} and {labels[pair[1]]} |" in said("provinces-three")


def test_types_that_flip_under_other_weightings(results):
    table = results("provinces", "diagnostics").query("guard == 'type_changes'")
    assert len(table) == 31 and (table["limit"] == 5).all()
    assert (table["value"] > 0).sum() == 27 and not table["flagged"].any()
