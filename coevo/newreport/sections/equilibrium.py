"""Fitted equilibria beside the theoretical ones and the observed states."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.newreport.blocks import Column, Table
from coevo.newreport.grades import power
from coevo.newreport.language import Language, amount
from coevo.newreport.numbers import Number, missing, with_figures
from coevo.newreport.sections.theory import strengths, theoretical_points
from coevo.newreport.study import Reason, Study, reason

BOUNDED = "interval"
OWN = {"source": "fit", "effects": "none"}  # fits of one region from its own growth
LEAST = 1e-3  # below it a coefficient is a power of ten
COEFFICIENTS = ("a1", "b1", "a2", "d")


@dataclass(frozen=True)
class EquilibriumFacts:
    """The fitted equilibrium of the region in focus.

    verdict: `located`; `unlocated` where a set is unbounded; `not_positive` where both are bounded
    but not above zero; `not_estimated` (`reason`). main: its row of `equilibria`; growth_rates: how
    many enter; beyond: whether a coordinate lies outside the observed range; located, fitted: how
    many regions have a located equilibrium by their own growth, and how many are fitted; by_panel:
    names of regions whose equilibrium a pooled fit locates; elsewhere: other estimators that locate
    it outside the sets of the main one; general: the row of the general form; restriction: p of no
    self-limitation; means: observed means over whole cycles and over all years.
    """

    verdict: str
    reason: Reason | None = None
    main: Row = field(default_factory=dict)
    growth_rates: int = 0
    beyond: bool = False
    located: int = 0
    fitted: int = 0
    by_panel: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    general: Row = field(default_factory=dict)
    restriction: float | None = None
    means: list[Row] = field(default_factory=list)


def path(study: Study, region: str = "") -> pd.DataFrame:
    """Return the observed x1 and x2 of a region in the years that have both."""
    at = region or study.focus
    series = {x: study.series(output).loc[at] for x, output in study.outputs.items()}
    return pd.DataFrame(series).dropna().reset_index()


def own_fits(study: Study) -> pd.DataFrame:
    """Return the equilibria of every region from its own growth, by the main estimator."""
    fit = OWN | {"scope": study.regions, "estimator": study.estimator}
    return study.rows("equilibria", model="classic", **fit)


def focus_fits(study: Study) -> pd.DataFrame:
    """Return the classic fits of the region in focus from its own growth, main estimator first."""
    rows = study.rows("equilibria", model="classic", **OWN, scope=study.focus)
    return rows.sort_values("estimator", key=lambda names: names.replace(study.estimator, ""))


def pooled_fits(study: Study, region: str = "") -> pd.DataFrame:
    """Return the equilibria of a region from the pooled fits of the main estimator, by effects."""
    scope = region or study.focus
    rows = study.rows("equilibria", source="fit", scope=scope, estimator=study.estimator)
    return rows[rows["effects"] != "none"].sort_values("effects", kind="stable")


def refused(study: Study) -> dict[str, Reason | None]:
    """Return why the main estimator has no fit of a region of its own, by region."""
    rows = study.rows("refusals", quantity="fit", **study.focus_fit | {"scope": study.regions})
    why = {scope: reason(part) for scope, part in rows.groupby("scope")}
    fitted = set(own_fits(study)["scope"])
    return {region: why.get(region) for region in study.regions if region not in fitted}


def located_verdict(fit: Any) -> str:
    """Return `located`, `unlocated` where a set is unbounded, `not_positive` where both are bounded
    but do not lie above zero.
    """
    if fit["located"]:
        return "located"
    return "not_positive" if fit["x1_set"] == fit["x2_set"] == BOUNDED else "unlocated"


def facts(study: Study) -> EquilibriumFacts:
    """Return where the fit of the region in focus puts its equilibrium, and how surely."""
    unfitted = refused(study)
    if study.focus in unfitted:
        return EquilibriumFacts("not_estimated", unfitted[study.focus])
    fits, every, seen = focus_fits(study), own_fits(study), path(study)
    main = fits.iloc[0]
    general = study.rows("equilibria", model="general", **OWN, scope=study.focus)
    general = general.dropna(subset=["x1", "x2"])
    restriction = study.rows("relations", quantity="restriction", period="", **study.focus_fit)
    parameters = study.rows("parameters", model="classic", **study.focus_fit)
    return EquilibriumFacts(
        verdict=located_verdict(main),
        main=main.to_dict(),
        growth_rates=int(parameters["df"].iloc[0]) + 2,
        beyond=not all(seen[x].min() <= main[x] <= seen[x].max() for x in ("x1", "x2")),
        located=int(every["located"].sum()),
        fitted=len(every),
        by_panel=_located_by_panel(study),
        elsewhere=_located_elsewhere(fits),
        general=next(iter(general.to_dict("records")), {}),
        restriction=next(iter(restriction["value"]), None),
        means=observed_means(study),
    )


def observed_means(study: Study) -> list[Row]:
    """Return observed means (x1, x2, years, whole) over whole cycles, then over all years; none
    without a whole cycle.
    """
    rows, means = study.rows("relations", **study.focus_fit).set_index("quantity"), []
    for name in ("cycle_mean", "mean"):
        if f"{name}_x1" in rows.index:
            values = {x: rows.at[f"{name}_{x}", "value"] for x in ("x1", "x2")}
            years = str(rows.at[f"{name}_x1", "period"]).split("-")
            means.append(values | {"years": years, "whole": name == "cycle_mean"})
    return means


def _located_elsewhere(every: pd.DataFrame) -> list[str]:
    """Estimators that locate the equilibrium where a set does not overlap that of the first."""
    main, rows = every.iloc[0], every[every["located"]]
    apart = [
        rows[f"{x}_low"].gt(main[f"{x}_high"]) | rows[f"{x}_high"].lt(main[f"{x}_low"])
        for x in ("x1", "x2")
    ]
    return list(rows.loc[apart[0] | apart[1], "estimator"]) if main["located"] else []


def _located_by_panel(study: Study) -> list[str]:
    rows = study.rows("equilibria", source="fit", estimator=study.estimator, model="classic")
    return list(dict.fromkeys(rows.loc[rows["located"] & (rows["effects"] != "none"), "name"]))


def compared(study: Study, region: str) -> Iterator[Row]:
    """Yield what Table 4 compares for a region: observed, theoretical and fitted, a row each.

    `kind` of row: `observed`, `theory`, `own`, `general`, `panel`; each with x1, x2, their sets or
    ranges, and a1, b1, a2, d as far as they are known.
    """
    blank: Row = {"share": None, "effects": "", "source": "", "first": None, "last": None}
    seen = path(study, region).to_dict("records")
    if seen:
        state = seen[-1]
        yield (
            blank | {"row": "observed", "last": state["year"]} | {x: state[x] for x in ("x1", "x2")}
        )
    for point in theoretical_points(study, scope=region).to_dict("records"):
        ranges = {f"{x}_set": "" if missing(point[f"{x}_low"]) else "range" for x in ("x1", "x2")}
        years = {"first": point["first_year"], "last": point["last_year"]}
        yield blank | point | ranges | years | {"row": "theory"}
    own = study.rows("equilibria", **OWN, scope=region, estimator=[study.estimator, ""])
    for fit in own[own["model"] == "classic"].to_dict("records"):
        yield blank | fit | _coefficients(study, region) | {"row": "own"}
    for fit in own[own["model"] == "general"].dropna(subset=["x1", "x2"]).to_dict("records"):
        yield blank | fit | {"row": "general"}
    for fit in pooled_fits(study, region).to_dict("records"):
        yield blank | fit | {"row": "panel"}


def _coefficients(study: Study, region: str) -> Row:
    """Point estimates of a region's own fit, in original units."""
    rows = study.rows("parameters", model="classic", **study.focus_fit | {"scope": region})
    return {str(k): v for k, v in zip(rows["parameter"], rows["estimate"], strict=True)}


def tables(study: Study, language: Language) -> list[Table]:
    """Return the comparison for the region in focus (Table 4), and for every region (annex)."""
    if not study.pair:
        return []
    found = [_comparison(study, language), _strength_table(study, language)]
    return found if study.single else [*found, _by_region(study, language)]


def _comparison(study: Study, language: Language) -> Table:
    columns = [
        Column("source", ("label",), width=24),
        *(Column(name, (name,), figures, 9, True) for name in COEFFICIENTS),
        Column("x1", ("x1", "x1_low", "x1_high", "x1_set"), partial(place, language), 22),
        Column("x2", ("x2", "x2_low", "x2_high", "x2_set"), partial(place, language), 22),
        Column("kind", ("judged",), width=18),
    ]
    return Table("theory", "", comparison_rows(study, language, study.focus), columns, kind="wide")


def comparison_rows(study: Study, language: Language, region: str) -> pd.DataFrame:
    """Return the rows of Table 4 of a region, with labels and verdicts in words."""
    names = ["row", "source", "share", "effects", "first", "last", "x1", "x2", "kind", "located"]
    names.append("p_predator_prey")
    sets = [f"{x}_{end}" for x in ("x1", "x2") for end in ("low", "high", "set")]
    rows = pd.DataFrame(compared(study, region), columns=[*names, *sets, *COEFFICIENTS])
    records = rows.to_dict("records")
    rows["label"] = [row_label(language, row) for row in records]
    rows["judged"] = [_judged(language, row) for row in records]
    return rows


def row_label(language: Language, row: Row) -> str:
    """Return what a row of Table 4 is called."""
    key = f"theory_{row['source']}" if row["row"] == "theory" else str(row["row"])
    years = [language.year(y) if not missing(y) else "" for y in (row["first"], row["last"])]
    return language.term("compared", key).format(
        first=years[0],
        last=years[1],
        share="" if missing(row["share"]) else language.percent(row["share"]),
        effects=language.term("effects", row["effects"]),
    )


def _judged(language: Language, row: Row) -> str:
    if row["row"] in ("observed", "theory"):
        return ""
    found = [language.term("kind", row["kind"]), language.term("located", located_verdict(row))]
    if not missing(row["p_predator_prey"]):
        signs = language.term("located", "signs")
        found.append(signs.format(language.probability(row["p_predator_prey"])))
    return str(language.grammar["semicolon"].join(found))


def figures(value: Any) -> str:
    """Return a coefficient with three significant digits, as a power of ten below a thousandth."""
    small = not missing(value) and 0 < abs(value) < LEAST
    return Number(power(value, 2), value) if small else with_figures(value)


def place(language: Language, value: Any, low: Any, high: Any, kind: Any) -> str:
    """Return a coordinate with its confidence set, or its range over years."""
    text = amount(value)
    if missing(kind) or kind == "":
        return text
    if kind == "range":
        return language.brackets(text, language.grammar["dash"].join((amount(low), amount(high))))
    return f"{text} {language.set_of(low, high, str(kind))}"


def _strength_table(study: Study, language: Language) -> Table:
    rows = strengths(study)
    rows["label"] = [strength_label(language, row) for row in rows.to_dict("records")]

    def ends(low: Any, high: Any) -> str:
        return language.interval_of(*(language.fixed(end) for end in (low, high)))

    columns = [
        Column("fit", ("label",), width=28),
        Column("effect", ("effect",), partial(language.term, "effect"), 14),
        Column("strength", ("strength",), language.fixed, 9, True, "0.00"),
        Column("interval", ("low", "high"), ends, 14, True),
        Column("p_full", ("p_full",), language.p, 8, True, "0.000"),
        Column("p_none", ("p_none",), language.p, 8, True, "0.000"),
        Column("full", ("full_low", "full_high"), ends, 14, True),
        Column("none", ("none_low", "none_high"), ends, 14, True),
        Column("verdict", ("verdict",), partial(language.term, "strength"), 20),
    ]
    return Table("strengths", "", rows, columns, kind="wide")


def strength_label(language: Language, row: Row) -> str:
    """Return what a row of strengths is called: the fit, and the share of purchases if any."""
    label = language.term("line", row["line"]).format(region=language.study.name(row["scope"]))
    if missing(row["share"]):
        return label
    share = language.term("charts", "at_share").format(share=language.percent(row["share"]))
    return language.brackets(label, share)


def _by_region(study: Study, language: Language) -> Table:
    """Theory and fit of every region: the theoretical point, the fitted one, and strengths."""
    points = theoretical_points(study).drop_duplicates("scope").set_index("scope")
    fits = own_fits(study).set_index("scope")
    own = study.rows("strengths", effects="none", estimator=study.estimator)
    own = own.drop_duplicates(["scope", "effect"]).set_index("scope")
    last = {region: path(study, region).tail(1) for region in study.regions}
    rows = pd.DataFrame(index=pd.Index(study.listing, name="region"))
    rows["name"] = [study.name(region) for region in rows.index]
    for x in ("x1", "x2"):
        rows[f"{x}_seen"] = [next(iter(last[region][x]), None) for region in rows.index]
        rows[f"{x}_theory"] = points[x]
        for part in ("", "_low", "_high", "_set"):
            rows[f"{x}{part}"] = fits[f"{x}{part}"]
    for effect in ("b1", "d"):
        of_effect = own[own["effect"] == effect]
        for column in ("strength", "low", "high"):
            rows[f"{effect}_{column}"] = of_effect[column]
    rows["located"] = fits["located"]
    no, yes = (language.term("located", key) for key in ("unlocated", "located"))

    def strength(value: Any, low: Any, high: Any) -> str:
        ends = language.interval_of(language.fixed(low), language.fixed(high))
        return "" if missing(value) else f"{language.fixed(value)} {ends}"

    def located(value: Any) -> str:
        return "" if missing(value) else yes if value else no

    show = partial(place, language)
    columns = [
        Column("name", ("name",), width=13),
        *(Column(f"{x}_seen", (f"{x}_seen",), amount, 9, True) for x in ("x1", "x2")),
        *(Column(f"{x}_theory", (f"{x}_theory",), amount, 9, True) for x in ("x1", "x2")),
        Column("x1", ("x1", "x1_low", "x1_high", "x1_set"), show, 22),
        Column("x2", ("x2", "x2_low", "x2_high", "x2_set"), show, 22),
        *(
            Column(e, tuple(f"{e}_{c}" for c in ("strength", "low", "high")), strength, 17)
            for e in ("b1", "d")
        ),
        Column("located", ("located",), located, 10),
    ]
    if own.empty:
        columns = [column for column in columns if column.head not in ("b1", "d")]
    if points.empty:
        columns = [column for column in columns if not column.head.endswith("_theory")]
    return Table("by_region", "", rows.reset_index(), columns, kind="long wide")
