"""A small study made up for tests of findings, charts and report: every table, round numbers.

Two subsystems, two indicators each, regions and years as asked; nothing here was measured.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coevo.files import as_table, read_table
from coevo.messages import packed
from coevo.regional import RegionalPanel, regional_tables
from coevo.report.findings import Study
from coevo.report.findings.grade_scale import TEN
from coevo.report.findings.localised import chart_words, study_in_language
from coevo.report.words.grammar import Grammar, read_phrases
from coevo.schema import study_tables
from coevo.sensitivity.headline_claims import headline_rows
from coevo.study_data import StudyData
from tests import foretold, populations, variants
from tests.shared import shared

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"330000": "Zhejiang", "110000": "Beijing", "150000": "Inner Mongolia", "620000": "Gansu"}
SUBSYSTEMS = {"shops": ("sales", "orders"), "plants": ("output", "jobs")}
CHINESE = {
    "shops": "商店", "plants": "工厂", "sales": "销售额", "orders": "订单额", "output": "产值",
    "jobs": "工资额", "product": "生产总值",
}  # fmt: skip
FOLDER = ROOT / "workflow" / "report"


@lru_cache
def words_of(kind: str, language: str) -> dict[str, Any]:
    """Return a file of words of a language: its phrases, with those that all share."""
    names = (f"{kind}.{language}.yaml", f"{kind}.yaml")
    return dict(read_phrases(*((FOLDER / name).read_text(encoding="utf-8") for name in names)))


ENGLISH = Grammar(**words_of("phrases", "en")["grammar"])
READ_OFF = ("sensitivity", "headlines", "headline_variants")  # of the multiverse
INDICATORS = [indicator for pair in SUBSYSTEMS.values() for indicator in pair]


def panel_config(first=2015, last=2019, regions="all", focus="330000", policy="single", **gaps):
    """The keys of a configuration that a panel is made by."""
    years, gaps = {"first": first, "last": last}, {"gaps": "linear", "max_gap": 1, **gaps}
    config = {"regions": regions, "focus_region": focus, "years": years, "panel": gaps}
    return config | {"vintage_policy": policy}


def config(claims: str | None = None) -> dict:
    """Return the configuration of the sample after defaults."""
    return {
        "study": "sample",
        "title": {"en": "Do shops and plants develop in step?", "zh": "商店与工厂是否同步发展？"},
        "raw": "data/raw/sample",
        "vintage": "latest",
        "vintage_policy": "single",
        "focus_region": "330000",
        "sources": {"en": "Office of samples", "zh": "样本局"},
        "subsystems": {s: {"en": s, "zh": CHINESE[s]} for s in SUBSYSTEMS},
        "names": {"absolute": {"en": "absolute amounts", "zh": "绝对量"}},
        "normalisation": {
            "method": "minmax", "reference": "panel", "range": [0.01, 0.99], "beyond": "cap",
            "base": None, "goalposts": None,
        },
        "weighting": {"method": "entropy", "given": None, "judgements": None, "combine": None},
        "coupling": {
            "composite": "linear", "preset": None, "form": "standard", "k": 2,
            "contributions": "equal", "grades": "ten",
        },
        "interaction": {
            "upstream": "output",
            "downstream": "sales",
            "estimator": "trapezoid",
            "confidence": 0.95,
            "calibration": {"purchases": "orders"},
            "others": [], "split": None, "equivalence": None,
        },
        "comovement": {"size": ["product"]},
        "regional": {"groups": "nbs_region"},
        "claims": claims,
        "robustness": {
            "draws": 200, "revision": 0.02, "seed": 1, "systems": {"absolute": "other.csv"},
            "pairs": {}, "deflated": None, "drop": [],
        },
        "report": {"languages": ["en"], "formats": ["html", "pdf"]},
    }  # fmt: skip


def indicators(language: str = "en") -> pd.DataFrame:
    """Return the indicator table; for another language dimensions have a twin in Chinese."""
    rows = [
        (i, s, "volume", "+", "100 million yuan", f"{i} of {s}", CHINESE[i], i, "")
        for s, pair in SUBSYSTEMS.items()
        for i in pair
    ]
    size = ("100 million yuan", "gross product", CHINESE["product"], "product", "")
    rows.append(("product", "", "", "", *size))
    columns = (
        "indicator subsystem dimension direction unit label_en label_zh source_name derivation"
    )
    table = pd.DataFrame(rows, columns=columns.split())
    twin = table["dimension"].map({"volume": "规模", "": ""})
    return table if language == "en" else table.assign(dimension_zh=twin)


def _grid(regions: list[str], years: range) -> pd.DataFrame:
    frame = pd.MultiIndex.from_product([regions, years], names=["region", "year"]).to_frame(False)
    frame.insert(1, "name", frame["region"].map(NAMES))
    return frame


def _coupling(grid: pd.DataFrame) -> pd.DataFrame:
    place = grid["region"].map({r: i for i, r in enumerate(NAMES)})
    step = grid["year"] - grid["year"].min()
    frame = grid.assign(U_shops=0.55 - 0.1 * place + 0.04 * step)
    frame["U_plants"] = 0.6 - 0.12 * place + 0.03 * step
    product, total = frame["U_shops"] * frame["U_plants"], frame["U_shops"] + frame["U_plants"]
    frame["C"], frame["T"] = 2 * np.sqrt(product) / total, total / 2
    frame["D"] = np.sqrt(frame["C"] * frame["T"])
    frame["grade"] = [TEN.labels[int(d * 10)] for d in frame["D"]]
    frame["stage"] = "high-level"
    frame["relative_development"] = frame["U_shops"] / frame["U_plants"]
    return frame.assign(lagging="synchronous")


def _values(grid: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    place = grid["region"].map({r: i + 1 for i, r in enumerate(NAMES)})
    step = grid["year"] - grid["year"].min()
    wide = {c: (100.0 + 20 * k) * place * 1.1**step for k, c in enumerate(columns)}
    long = grid.assign(**wide).melt(["region", "name", "year"], var_name="indicator")
    return long


def _goalposts(values: pd.DataFrame) -> pd.DataFrame:
    ends = values.groupby("indicator")["value"].agg(low="min", high="max").reset_index()
    return ends.assign(group="", reference="panel", sha256="0" * 64)


def _parameters(regions: list[str]) -> pd.DataFrame:
    rows = []
    scopes = [(r, NAMES[r], "none", "none") for r in regions]
    if len(regions) > 1:
        scopes += [("pooled", "pooled", e, "first") for e in ("none", "region", "region+year")]
    spread = {"none": 0.5, "region": 0.05, "region+year": 0.5}
    for scope, name, effects, scaling in scopes:
        for estimator in populations.ESTIMATORS:
            for parameter, value in (("a1", 0.2), ("b1", 0.1), ("a2", 0.3), ("d", 0.2)):
                unit = 0.001 if scaling == "none" and parameter in ("b1", "d") else 1.0
                half = spread[effects]
                ends = ((value - half) * unit, (value + half) * unit)
                rows.append((scope, name, effects, "classic", estimator, scaling, parameter,
                             value * unit, half * unit / 2, 3, *ends))  # fmt: skip
    columns = "scope name effects model estimator scaling parameter estimate se df low high"
    return pd.DataFrame(rows, columns=columns.split())


def _equilibria(regions: list[str], years: range, values: pd.DataFrame) -> pd.DataFrame:
    seen = values.set_index(["region", "indicator", "year"])["value"]
    none, rows = (None, None), []
    unbounded = (1500.0, 400.0, 900.0, "complement", 200.0, *none, "line")
    bounded = (150.0, 100.0, 900.0, "interval", 200.0, 100.0, 300.0, "interval")
    period = (120.0, 110.0, 130.0, "range", 150.0, 120.0, 180.0, "range")
    unsigned = (False, None, None, None)
    for region in regions:
        last = [seen[region, i, years[-1]] for i in ("output", "sales")]
        for estimator in populations.ESTIMATORS:
            own = ("fit", region, "none", estimator, None, *unbounded)
            rows.append((*own, "centre", False, 0.3, 0.02, 0.2, *last))
            for effects in ("region", "region+year") if len(regions) > 1 else ():
                pooled = ("fit", region, effects, estimator, None, *bounded)
                rows.append((*pooled, "centre", True, 0.7, 0.0, 0.1, *last))
        kind = "fails" if region == "110000" else "centre"
        for year in years[:-1]:
            now = [seen[region, i, year] for i in ("output", "sales")]
            single = (0.9 * now[0], *none, "", 1.2 * now[1], *none, "")
            row = ("calibration", region, "none", "", year, *single, kind)
            rows.append((*row, *unsigned, *now))
        row = ("calibration", region, "none", "", None, *period, kind)
        rows.append((*row, *unsigned, *last))
    columns = (
        "source scope effects estimator year x1 x1_low x1_high x1_set x2 x2_low x2_high x2_set kind"
        " located p_predator_prey p_reversed p_saddle observed_x1 observed_x2"
    )
    frame = pd.DataFrame(rows, columns=columns.split())
    return frame.assign(name=frame["scope"].map(NAMES), model="classic")


def theory(regions: list[str], source: str = "purchases", **changed: object) -> pd.DataFrame:
    """Return the table of theory against fit; changed: other values of every row with a point.

    Where the calibration fails a region has no point; the mean over regions grows, own fits do not.
    """
    point = {"source": source, "first_year": 2015, "last_year": 2020, "x1": 120.0, "x2": 150.0}
    point |= {"x1_low": 110.0, "x1_high": 130.0, "x2_low": 120.0, "x2_high": 180.0}
    point |= {
        "inside1": True,
        "inside2": True,
        "df": 3,
        "p_joint_lower": 0.4,
        "p_joint_higher": 0.01,
    }
    grown = {
        "G1_seen": 0.08,
        "G2_seen": 0.19,
        "G1": 0.05,
        "G1_se": 0.02,
        "G1_low": -0.01,
        "G1_high": 0.11,
        "G1_p": 0.09,
    }
    grown |= {"G2": 0.1, "G2_se": 0.05, "G2_low": -0.06, "G2_high": 0.26, "G2_p": 0.14}
    open_ = {**grown, "p_joint": 0.18, "p_adjusted": 0.5, "verdict": "not_contradicted"}
    seen = {**grown, "G1_low": 0.01, "G2_low": 0.02, "p_joint": 0.01, "verdict": "contradicted"}
    needs = {"a1": 0.25, "b1": 0.0002, "a2": 0.2, "d": 0.0003}
    own = {f"{name}_needed": value for name, value in needs.items()} | dict.fromkeys(
        [f"{name}_apart" for name in needs], -1.5
    )
    own |= {"b1_ratio": 0.07, "d_ratio": 0.2}
    fails = source == "purchases"
    rows = []
    for region in regions:
        label = {"scope": region, "name": NAMES[region], "effects": "none", "errors": "own"}
        if fails and region == "110000":
            rows.append(label | {"verdict": "no_equilibrium"})
            continue
        for estimator in populations.ESTIMATORS:
            rows.append(label | point | open_ | own | {"estimator": estimator} | changed)
        for effects in ("region", "region+year") if len(regions) > 1 else ():
            pooled = {"effects": effects, "errors": "year", "estimator": "trapezoid"}
            rows.append(label | point | open_ | pooled | changed)
    for effects in ("region", "region+year") if len(regions) > 1 else ():
        mean = {"scope": "mean", "name": "mean", "effects": effects, "errors": "year"}
        mean |= {"estimator": "trapezoid", "n": len(regions) - fails, "x1": None, "x2": None}
        rows.append(point | seen | mean | changed)
    return as_table("theory", rows)


def _comovement(coupling: pd.DataFrame) -> pd.DataFrame:
    regions, n = coupling["region"].unique(), len(coupling)
    rows = []
    for scope, logs, plain, p in (
        ("levels", 0.65, 0.69, 0.002),
        ("within_regions", 0.55, 0.64, 0.09),
        ("within_regions_and_years", -0.18, 0.24, 0.09),
    ):
        for of, value in (("lnU", logs), ("sqrtU", (logs + plain) / 2), ("U", plain)):
            name = f"correlation_{of}"
            rows.append((name, scope, value, n, "", ""))
            placebo = {"mean": 0.05, "low": -0.2, "high": 0.3, "p": p if of == "lnU" else 5 * p}
            rows += [
                (f"placebo_{e}", scope, v, 99_999, name, "product") for e, v in placebo.items()
            ]
    columns = ["measure", "scope", "value", "n", "of", "paired_by"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.iloc[:0] if len(regions) == 1 else table
    return as_table("comovement", table.assign(pair="~".join(SUBSYSTEMS)))


def tables(count: int = 4, last: int = 2020, claims: bool = False) -> dict[str, pd.DataFrame]:
    """Return every table of a study of `count` regions from 2015 to `last`."""
    return {name: table.copy() for name, table in _tables(count, last, claims).items()}


@lru_cache
def _tables(count: int, last: int, claims: bool) -> dict[str, pd.DataFrame]:
    regions, years = list(NAMES)[:count], range(2015, last + 1)
    grid = _grid(regions, years)
    values = _values(grid, [*INDICATORS, "product"])
    subsystem = {i: s for s, pair in SUBSYSTEMS.items() for i in pair}
    inside = values[values["indicator"].isin(INDICATORS)]
    weights = [
        (method, subsystem[i], i, w, 0.9 if method == "entropy" else np.nan)
        for method in ("entropy", "equal")
        for i, w in zip(INDICATORS, (0.7, 0.3, 0.5, 0.5), strict=True)
    ]
    observed = values.assign(
        unit="100 million yuan", vintage="2026-10", file="data/raw/sample/2026-10/a_b*c.xlsx",
        sheet="表|1", cell="C7", flag="",
    )  # fmt: skip
    audit = observed.iloc[[3]].drop(columns=["value", "vintage", "flag"])
    audit = audit.assign(
        check="jump", printed=1.0, computed=2.0, message="note", standing="finding",
        fields=packed({"text": "falls by 50% | from *2* to <b>1</b> $x$"}),
    )  # fmt: skip
    coupling = _coupling(grid)
    weights = pd.DataFrame(
        weights, columns=["weighting", "subsystem", "indicator", "weight", "entropy"]
    )
    multiverse = variants.multiverse(coupling)
    uncertainty, grade_shares = variants.draws(coupling)
    made = {name: as_table(name, []) for name in study_tables(config())} | {
        "observations": observed,
        "audit": audit,
        "panel": values.assign(flag=["filled", *[""] * (len(values) - 1)]),
        "goalposts": _goalposts(inside),
        "normalised": inside.assign(z=inside["value"].rank(pct=True), flag="").drop(
            columns="value"
        ),
        "weights": weights,
        "coupling": coupling,
        "obstacles": inside.assign(obstacle=0.25).drop(columns="value"),
        "comovement": _comovement(coupling),
        "level": variants.level(coupling),
        "coverage_breaks": variants.coverage(coupling, []),
        "coverage_growth": variants.coverage_growth("", {}),
        **regional_tables(
            RegionalPanel(coupling, values, places(), "nbs_region", ["product"], 1, 99)
        ),
        "growth_split": variants.growth_split(coupling, SUBSYSTEMS),
        "diagnostics": variants.guard_rows(weights, {r: NAMES[r] for r in regions}),
        "multiverse": multiverse,
        **dict(zip(READ_OFF, variants.read_off(multiverse), strict=True)),
        "uncertainty": uncertainty,
        "grade_shares": grade_shares,
        "parameters": _parameters(regions),
        "fits": populations.fits({r: NAMES[r] for r in regions}),
        "equilibria": _equilibria(regions, years, values),
        "theory": theory(regions),
        "robustness": pd.DataFrame(
            [
                ("main", "main", 0.2, 0.5, 1.0, 0, 24, 0.4, 0.6, 1, "primary coordination"),
                ("weighting", "equal", 0.1, 0.4, 0.9, 5, 24, 0.3, 0.5, 2, "barely coordinated"),
                ("scale", "panel [0, 1]", 0.0, 0.4, 0.99, 3, 24, 0.3, 0.5, 1, "barely coordinated"),
            ],
            columns=(
                "varied variant D_min D_mean rank_correlation grades_changed n focus_D_first "
                "focus_D_last focus_rank_last focus_grade_last"
            ).split(),
        ),
        **populations.fit_tables({r: NAMES[r] for r in regions}),
        **foretold.prediction_tables({r: NAMES[r] for r in regions}, ("x1", "x2", "D")),
        "specifications": populations.specifications(count),
    }
    made["specification_counts"] = populations.specification_counts(made["specifications"])
    made["headline_claims"] = headline_rows(StudyData(config(), indicators(), made))
    if claims:
        made["claims"] = pd.DataFrame(
            [("1 <Unit>", "unit", "a|b", "unit_fits", "", "agrees", "supported", "Table *1*")],
            columns="claim check paper computed fields verdict conclusion source".split(),
        )
    return made


@lru_cache
def places() -> pd.DataFrame:
    """Return the regions that are known, with their tiles."""
    return read_table(ROOT / "config" / "regions" / "provinces.csv", "regions")


def study(
    count: int = 4, *, claims: bool = False, language: str = "en", **changed: pd.DataFrame
) -> Study:
    """Return the sample study in a language; tables given by name replace the made-up ones."""
    made = tables(count, claims=claims) | changed
    if language == "en":
        return Study(config(), made, indicators(), places=places())
    words, table = words_of("phrases", language)["words"], indicators(language)
    return study_in_language(StudyData(config(), table, made, places()), language, words)


def unindexed(count: int = 4, language: str = "en") -> Study:
    """Return the sample as a study of two populations that has no indices."""
    settings, table = config() | {"subsystems": {}}, indicators(language).assign(subsystem="")
    names, made = study_tables(settings), tables(count)
    kept = {name: made[name] for name in names if name in made}
    pair = [f"x{i}" for i in (1, 2)]
    kept |= {
        name: table[table["series"].isin(pair)]
        for name, table in kept.items()
        if name.startswith("prediction") and "series" in table
    }
    kept["headline_claims"] = headline_rows(StudyData(settings, table, kept))
    words = words_of("phrases", language)["words"]
    return study_in_language(StudyData(settings, table, kept, places()), language, words)


def without(frame: pd.DataFrame, **equal: object) -> pd.DataFrame:
    """Return a table without the rows whose columns have the given values."""
    match = pd.Series(True, index=frame.index)
    for column, value in equal.items():
        match &= frame[column].isin(value if isinstance(value, list) else [value])
    return frame[~match].reset_index(drop=True)


def unplaced() -> dict[str, pd.DataFrame]:
    """Return the co-movement of a study that nothing was paired at random for."""
    table = tables()["comovement"]
    rows = table[table["paired_by"] == ""]
    why = rows.iloc[[-1]].assign(
        measure="placebo_p", value=np.nan, message="too_few_regions_to_pair",
        fields=packed({"regions": 4, "least": 9}),
    )  # fmt: skip
    return {"comovement": pd.concat([rows, why], ignore_index=True)}


def gap(year: int, region: str = "330000") -> dict[str, pd.DataFrame]:
    """Return tables in which a region lacks a year."""
    made = tables()
    panel = made["panel"]
    gone = panel["region"].eq(region) & panel["year"].eq(year)
    shorter = {
        name: without(made[name], region=region, year=year)
        for name in ("coupling", "obstacles", "normalised", "uncertainty", "grade_shares")
    }
    shorter["growth_split"] = without(made["growth_split"], region=region, year=[year, year + 1])
    return {"panel": panel.assign(value=panel["value"].mask(gone)), **shorter}


def unestimated(region: str, count: int = 4) -> dict[str, pd.DataFrame]:
    """Return tables in which a region could not be estimated."""
    made = tables(count)
    fits, grown = made["equilibria"], made["theory"]
    here = grown["scope"].eq(region) & grown["source"].ne("")
    bare = grown[here].drop_duplicates("scope").reindex(columns=grown.columns[:18])
    bare = bare.assign(estimator="", effects="none", errors="own", verdict="cannot_say")
    fields = packed({"population": 2, "value": 0.0, "year": 2016})
    refusals = [
        populations.refused(region, estimator, message="not_positive", fields=fields)
        for estimator in populations.ESTIMATORS
    ]
    return {
        "parameters": without(made["parameters"], scope=region),
        "equilibria": fits[(fits["scope"] != region) | (fits["source"] != "fit")],
        "theory": as_table("theory", pd.concat([grown[~here], bare])),
        **{table: without(made[table], scope=region) for table in ("relations", "checks")},
        "refusals": pd.concat(refusals, ignore_index=True),
    }


def stated(x1: float, x2: float, count: int = 4) -> dict[str, pd.DataFrame]:
    """Return equilibria, and theory, with given parameters in place of a calibration."""
    table = tables(count)["equilibria"]
    rows = table[(table["source"] == "calibration") & table["year"].isna()]
    empty = dict.fromkeys(("x1_low", "x1_high", "x2_low", "x2_high"))
    given = rows.assign(source="given", x1=x1, x2=x2, x1_set="", x2_set="", kind="centre", **empty)
    fits = table[table["source"] == "fit"]
    given = pd.concat([fits.astype(object), given.astype(object)])
    at = {"x1": x1, "x2": x2, **empty, "first_year": None, "last_year": None}
    return {"equilibria": given, "theory": theory(list(NAMES)[:count], "given", **at)}


def templates() -> dict[str, str]:
    """Return templates, phrases, notes, styles and scripts of reports by file name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}


def files(chosen: Study) -> dict[str, Any]:
    """Return templates and charts of a study by file name, as the report takes them."""
    from coevo.report.figures.drawing import drawn

    words = chart_words(chosen, words_of("phrases", chosen.language))
    given = (chosen.language, chosen.config, chosen.indicators, chosen.places, chosen.tables)
    return templates() | shared(lambda: drawn(chosen, words), *given)


def page_files(chosen: Study) -> dict[str, Any]:
    """Return what the page takes of `files`: charts as specifications, without images."""
    from coevo.report.figures import figure_names
    from coevo.report.figures.drawing import CHARTS
    from coevo.report.findings.chart_needs import charts_that_apply

    words = chart_words(chosen, words_of("phrases", chosen.language))
    names = figure_names(charts_that_apply(chosen))
    return templates() | {f"{n}.json": json.dumps(CHARTS[n](chosen, words)) for n in names}


def documents(
    tables: Any, indicators: Any, files: Any, config: Any, provenance: Any,
    language: str = "en", places: Any = None,
) -> dict[str, bytes]:  # fmt: skip
    """Return the reports of a study whose tables are in no language yet, as the workflow does."""
    from coevo.report import documents as made
    from coevo.report.words.template_values import worded

    phrases = words_of("phrases", language)
    data = StudyData(config, indicators, tables, places)
    whole = study_in_language(data, language, phrases["words"])
    return made.documents(worded(whole, phrases), files, provenance)
