"""Weights of a paper: read as they stand, and known again by how they were made."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.printed_weights import (
    TOGETHER,
    Figures,
    attempts,
    figures_of,
    read_weights,
    variants,
    verdict,
    weight_lines,
    weights_made,
)
from coevo.study.readiness import Checked, check_study
from coevo.weighting.combined import RULES
from tests.panels import long
from tests.projects import ROOT
from tests.sample import config
from tests.unit.cases import sections

REAL = "config/config.yaml"
TABLES = sections("printed_weights")
CONFIG = {key: config()[key] for key in ("normalisation", "weighting")}
TABLE = pd.DataFrame(
    [
        ("a", "s", "+", "apples", "苹果", "苹果产量|苹果"),
        ("b", "s", "-", "bread", "面包", "面包"),
        ("c", "t", "+", "cars", "汽车", "汽车"),
        ("d", "t", "+", "doors", "门", "门"),
        ("e", "", "", "eggs", "鸡蛋", "鸡蛋"),
    ],
    columns=["indicator", "subsystem", "direction", "label_en", "label_zh", "source_name"],
)


@cache
def real() -> Checked:
    """Return the default study, as its raw files give it."""
    return check_study(REAL)


def real_figures() -> dict[str, pd.DataFrame]:
    """Return the figures of each subsystem, region-years down, without the code under test."""
    study = real()
    wide = study.panel.pivot(index=["region", "year"], columns="indicator", values="value")
    inside = study.indicators[study.indicators["subsystem"] != ""]
    return {
        name: wide[list(rows["indicator"])].dropna()
        for name, rows in inside.groupby("subsystem", sort=False)
    }


def unit(x: pd.DataFrame) -> pd.DataFrame:
    return (x - x.min()) / (x.max() - x.min())


def by_entropy(z: pd.DataFrame, k: float = 0.0) -> pd.Series:
    """Weights by e = -k sum p ln p, 1 / ln(rows) by default; ln 0 left out."""
    p = z / z.sum()
    e = -(p * np.log(p.where(p > 0, 1))).sum() * (k or 1 / np.log(len(z)))
    return (1 - e) / (1 - e).sum()


# how a paper may have made its weights -> the variant that is to be found
PAPERS = {
    "entropy": lambda x: by_entropy(0.01 + 0.98 * unit(x)),
    "entropy; z on [0.002, 0.998]": lambda x: by_entropy(0.002 + 0.996 * unit(x)),
    "entropy, k = 1/ln(years)": lambda x: by_entropy(0.01 + 0.98 * unit(x), 1 / np.log(9)),
    "entropy, k = 1/ln(regions); z on [0, 1], 0 ln 0 = 0":
        lambda x: by_entropy(unit(x), 1 / np.log(31)),
    "entropy; z on [0, 1] + 0.0001": lambda x: by_entropy(unit(x) + 0.0001),
    "entropy; z on [0, 1] + 0.01 (SPSSAU)": lambda x: by_entropy(unit(x) + 0.01),
    "entropy without k": lambda x: by_entropy(0.01 + 0.98 * unit(x), 1.0),
    "entropy of figures before normalisation": by_entropy,
    "entropy of 2023 alone, normalised by year":
        lambda x: by_entropy(0.01 + 0.98 * unit(x.xs(2023, level="year"))),
    "entropy of means by year":
        lambda x: by_entropy(0.01 + 0.98 * unit(x.groupby(level="year").mean())),
    "entropy, mean over the years": lambda x: pd.concat(
        [by_entropy(part) for _, part in (0.01 + 0.98 * unit(x)).groupby(level="year")], axis=1
    ).mean(axis=1),
    "standard deviation of raw figures": lambda x: x.std() / x.std().sum(),
    "standard deviation of z": lambda x: unit(x).std() / unit(x).std().sum(),
    "cv": lambda x: (x.std() / x.mean()) / (x.std() / x.mean()).sum(),
    "equal": lambda x: x.mean() * 0 + 1 / x.shape[1],
}  # fmt: skip


def printed(folder: Path, how: str, decimals: int, percent: bool) -> Path:
    """Write the table of a paper: Chinese labels, weights to some decimals."""
    study = real()
    labels = dict(study.indicators[["indicator", "label_zh"]].to_numpy())
    found = pd.concat([PAPERS[how](x) for x in real_figures().values()])
    size, sign = (100, "%") if percent else (1, "")
    rows = [f"{labels[name]},{size * w:.{decimals}f}{sign}" for name, w in found.items()]
    path = folder / "paper.csv"
    path.write_text("\n".join(["指标,权重", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("how", PAPERS)
def test_weights_of_the_default_study_are_known_again(how: str, tmp_path) -> None:
    path = printed(tmp_path, how, decimals=3, percent=True)
    lines = weight_lines(real(), str(path))
    assert "31 regions, 9 years, 279 region-years" in " ".join(lines[:2])
    table = lines[lines.index("") + 2 :]
    assert table[0].startswith(how + "  ") and table[0].endswith("10 of 10")
    said = " ".join(lines[len(lines) - lines[::-1].index("") :])
    assert said.startswith(f"These are weights by {how}")
    assert "do not tell" not in said


@pytest.mark.parametrize("page", ["own-study.md", "own-study.zh.md"])
def test_the_example_of_the_docs_is_what_is_said(page: str, tmp_path) -> None:
    path = printed(tmp_path, "entropy, k = 1/ln(years)", decimals=4, percent=False)
    said = weight_lines(real(), str(path))
    block = (ROOT / "docs" / page).read_text("utf-8").partition("```text\npaper.csv")[2]
    lines = f"paper.csv{block.partition('```')[0]}".replace("…", "").splitlines()
    close = {" ".join(line.split()) for line in said}  # widths are those of all lines
    assert [line for line in lines if " ".join(line.split()) not in close] == []


def test_two_digits_do_not_tell_shifts_apart(tmp_path) -> None:
    path = printed(tmp_path, "entropy; z on [0, 1] + 0.01 (SPSSAU)", decimals=2, percent=False)
    said = " ".join(weight_lines(real(), str(path))[-3:])
    assert "These are weights by entropy. The digits given do not tell this apart from: " in said
    assert "entropy; z on [0, 1] + 0.01 (SPSSAU)" in said


def test_weights_by_judgement_are_given_by_no_variant(tmp_path) -> None:
    lines = printed(tmp_path, "equal", 2, False).read_text(encoding="utf-8").splitlines()
    changed = [lines[0], lines[1].replace("0.20", "0.31"), lines[2].replace("0.20", "0.09")]
    path = tmp_path / "own.csv"
    path.write_text("\n".join([*changed, *lines[3:]]), encoding="utf-8")
    said = " ".join(weight_lines(real(), str(path))[-3:])
    assert "No variant known here gives these weights. The nearest is " in said
    assert "or on judgement." in said


def small(x: np.ndarray | None = None, **changed) -> SimpleNamespace:
    """Return figures of four regions and five years, with given weights to be filled in."""
    x = np.random.default_rng(5).gamma(2.0, 3.0, (4, 5, 4)) if x is None else x
    panel = long(x, first=2018)
    return SimpleNamespace(panel=panel, indicators=TABLE, config=CONFIG | changed)


def as_given(scope: str = "", weights=None, digits: int = 7) -> pd.DataFrame:
    rows = TABLE[TABLE["subsystem"] != ""][["subsystem", "indicator"]].reset_index(drop=True)
    rows = rows.assign(subsystem=scope) if scope else rows
    values = np.full(4, 0.5) if weights is None else np.round(weights, digits)
    return rows.assign(weight=values, half=0.5 * 10.0**-digits)


@pytest.mark.parametrize("scope", ["", TOGETHER])
def test_every_variant_finds_itself(scope: str) -> None:
    figures = figures_of(small(), as_given(scope))
    known, made = variants(next(iter(figures.values()))), weights_made(figures)
    assert len({variant.name for variant in known}) == len(known) >= len(made) > 50
    assert all(variant.remark for variant in known if not variant.sound)
    for variant, weights, reason in made:
        if not reason:
            assert weights.min() >= 0, variant.name
            assert weights.sum() == pytest.approx(len(figures)), variant.name
            given = as_given(scope, weights)
            first, second = attempts(made, given)[:2]
            assert (first.variant, first.agreeing) == (variant, 4) and second.agreeing < 4
            assert verdict([first], figures, given).startswith(
                f"These are weights by {variant.name}"
            )


def test_a_wrong_direction_and_the_subsystem_that_is_off_are_told() -> None:
    figures = figures_of(small(), as_given())
    made = weights_made(figures)
    names = {variant.name for variant, *_ in made}
    assert {
        f"entropy; direction of {name} turned" for name in "acd"
    } <= names  # of b: as undirected
    own = made[0].weights
    given = as_given(weights=[*own[:2], own[2] + 0.3, own[3] - 0.3])
    said = verdict(attempts(made, given), figures, given)
    assert "Those of s agree with it; look for the cause in t." in said


def test_variants_without_weights_are_those_that_figures_do_not_allow() -> None:
    made = weights_made(figures_of(small(), as_given()))
    refused = {variant.name for variant, _, reason in made if reason}
    combined = {f"{rule} combination of entropy and pca_spssau" for rule in RULES}
    assert refused == {"pca_spssau", "first principal component"} | combined


def test_the_indicator_that_is_furthest_off_is_named() -> None:
    figures = figures_of(small(), as_given())
    made = weights_made(figures)
    own = made[0].weights
    for k, indicator in enumerate(as_given()["indicator"]):
        moved = own + 0.2 * (np.arange(4) == k)
        given = as_given(weights=moved)
        first = [a for a in attempts(made, given) if a.variant.name == made[0].variant.name]
        assert f"apart by up to 0.2000 ({indicator})" in verdict(first, figures, given)


def test_zeros_that_are_left_out_by_hand() -> None:
    """z of one indicator: 0, 1/4, 3/4 and 1 twice, of which four rows count."""
    x = np.array([0.0, 1, 3, 4, 4])
    values = pd.DataFrame(
        {"a": x, "b": [5.0, 1, 2, 3, 4]},
        pd.MultiIndex.from_product([["p"], range(2018, 2023)], names=["region", "year"]),
    )
    figures = Figures(values, TABLE.iloc[:2].assign(direction="+"), CONFIG)
    (own,) = (v for v in variants(figures) if v.name.startswith("entropy, zeros left out"))
    gains = []
    for z in (x / 4, (values["b"].to_numpy() - 1) / 4):
        p = z[z > 0] / z.sum()
        gains.append(1 + (p * np.log(p)).sum() / np.log(len(p)))
    np.testing.assert_allclose(own.compute(figures), np.array(gains) / sum(gains))


def test_what_figures_do_not_allow_is_said_with_its_reason() -> None:
    x = np.random.default_rng(5).gamma(2.0, 3.0, (4, 5, 4))
    x[..., 0] -= x[..., 0].mean()
    study = small(x)
    made = weights_made(figures_of(study, as_given()))
    reasons = {variant.name: reason for variant, _, reason in made if reason}
    assert "figures of both signs" in reasons["cv"]
    assert "none negative" in reasons["entropy of figures before normalisation"]
    assert len(attempts(made, as_given())) == len(made) - len(reasons)


def test_directions_that_were_not_looked_at_are_tried_only_where_there_are_some() -> None:
    study = small()
    names = {v.name for v in variants(figures_of(study, as_given())["s"])}
    assert "entropy, every direction taken for +" in names
    study.indicators = TABLE.assign(direction="+")
    names = {v.name for v in variants(figures_of(study, as_given())["s"])}
    assert "entropy, every direction taken for +" not in names


def write(folder: Path, text: str) -> str:
    path = folder / "weights.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("text", TABLES["read"])
def test_tables_of_weights_as_they_stand(text: str, tmp_path) -> None:
    found = read_weights(write(tmp_path, text), TABLE)
    assert found["weight"].to_list() == [0.25, 0.75, 0.5, 0.5]
    assert found["indicator"].to_list() == list("abcd")
    assert found["subsystem"].to_list() == ["s", "s", "t", "t"]
    assert found["half"].max() <= 0.05


def test_half_a_unit_of_the_last_digit(tmp_path) -> None:
    text = "a,25.0%\nb,75%\nc,0.5\nd,0.50\n"
    found = read_weights(write(tmp_path, text), TABLE)
    np.testing.assert_allclose(found["half"], [0.0005, 0.005, 0.05, 0.005])


def test_one_subsystem_alone_or_all_together(tmp_path) -> None:
    alone = read_weights(write(tmp_path, "name,weight\na,0.3\nb,0.7\n"), TABLE)
    assert alone["subsystem"].to_list() == ["s", "s"]
    every = read_weights(write(tmp_path, "name,weight\na,0.1\nb,0.2\nc,0.3\nd,0.4\n"), TABLE)
    assert set(every["subsystem"]) == {TOGETHER}
    figures = figures_of(small(), every)
    assert [own.values.shape[1] for own in figures.values()] == [4]


@pytest.mark.parametrize(("text", "said"), TABLES["refused"])
def test_tables_that_are_none(text: str, said: str, tmp_path) -> None:
    with pytest.raises(StudyError) as problem:
        read_weights(write(tmp_path, text), TABLE)
    assert said in str(problem.value)


def test_the_shift_of_spssau_is_a_range_of_the_study() -> None:
    """z + 0.01 on [0, 1] is [0.01, 1.01], of which [0.01 / 1.01, 1] is a share."""
    shifted = {**CONFIG["normalisation"], "range": [0.01 / 1.01, 1.0]}
    figures = figures_of(small(normalisation=shifted), as_given())["s"]
    by_name = {variant.name: variant for variant in variants(figures)}
    np.testing.assert_allclose(
        by_name["entropy"].compute(figures),
        by_name["entropy; z on [0, 1] + 0.01 (SPSSAU)"].compute(figures),
        rtol=1e-9,
    )
