"""Statements of a paper as computed rows: the claim, what the paper says, what follows, verdict.

A set of claims is a table config/claims/<name>.csv that gives each claim its check and the
indicators it concerns. A check reads the study's own tables and returns what the paper prints, what
was computed and one of the verdicts below; it never calls a claim wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coevo import lotka_volterra
from coevo.files import rows_of
from coevo.panel.vintages import single
from coevo.registry import choose

COLUMNS = ["claim", "paper", "computed", "verdict", "source"]

AGREES = "agrees"
DOES_NOT_FOLLOW = "does not follow from the printed levels"
MISPRINT = "probable misprint"
WEAKER_SENSE = "holds in a weaker sense"
NOT_IN_THE_MODEL = "does not hold in the model"
NOT_IN_THESE_DATA = "does not hold in these data"
UNDETERMINED = "tested, undetermined"
NOT_TESTABLE = "not testable here"
NOT_COMPUTED = "not yet computed"
VERDICTS = (
    AGREES,
    DOES_NOT_FOLLOW,
    MISPRINT,
    WEAKER_SENSE,
    NOT_IN_THE_MODEL,
    NOT_IN_THESE_DATA,
    UNDETERMINED,
    NOT_TESTABLE,
    NOT_COMPUTED,
)

DECISIVE = 0.95  # a probability of the four signs from here on decides that they are there
RARE = 0.05 / 16  # and down to here that they are not: a twentieth of what ignorance gives


@dataclass(frozen=True)
class Evidence:
    """The study's tables that claims are held against, and who the claims are about."""

    observations: pd.DataFrame
    audit: pd.DataFrame
    coupling: pd.DataFrame
    equilibria: pd.DataFrame
    parameters: pd.DataFrame
    relations: pd.DataFrame
    units: Mapping[str, str]  # indicator -> its unit
    region: str
    estimator: str


Answer = tuple[str, str, str]  # what the paper prints, what was computed, the verdict


def _figures(evidence: Evidence, indicator: str) -> pd.DataFrame:
    """Return the printed figures of the region, of the newest vintage that has most of them."""
    rows = evidence.observations
    mine = (rows["indicator"] == indicator) & (rows["region"] == evidence.region)
    return single(rows[mine & rows["value"].notna()])


def _listed(rows: pd.DataFrame, column: str, decimals: int, unit: str) -> str:
    """Write figures with their years; a single one without."""
    shown = [f"{value:,.{decimals}f}" for value in rows[column]]
    if len(shown) > 1:
        shown = [f"{y}: {text}" for y, text in zip(rows["year"], shown, strict=True)]
    text = "; ".join(shown)
    return f"{text} %" if unit == "%" else f"{text} ({unit})"


def _decimals(values: pd.Series) -> int:
    return max(len(f"{value:.10g}".partition(".")[2]) for value in values)


def as_printed(evidence: Evidence, indicator: str) -> Answer:
    """Do the printed derived figures follow from the printed levels, to their digits?"""
    rows, found = _figures(evidence, indicator), evidence.audit
    if rows.empty:
        return "", "the figures of this claim are not in the study's files", NOT_TESTABLE
    unit, decimals = evidence.units[indicator], _decimals(rows["value"])
    mine = found[(found["indicator"] == indicator) & (found["region"] == evidence.region)]
    mine = mine[mine["file"].isin(rows["file"])]
    unchecked = mine.loc[mine["check"] == "not_checkable", "year"]
    differing = mine[~mine["check"].isin(["not_checkable", "unit"])]
    agreeing = len(rows) - len(differing) - len(unchecked)
    parts = []
    if len(differing):
        parts.append(f"the levels give {_listed(differing, 'computed', decimals + 1, unit)}")
    if agreeing:
        parts.append("the others as printed" if len(differing) else "as printed")
    if len(unchecked):
        years = ", ".join(str(year) for year in sorted(unchecked))
        parts.append(f"{years} not checkable: its base year is not in the files")
    verdict = DOES_NOT_FOLLOW if len(differing) else AGREES if agreeing else NOT_TESTABLE
    return _listed(rows, "value", decimals, unit), "; ".join(parts), verdict


def unit(evidence: Evidence, indicator: str) -> Answer:
    """Does the unit printed over a table fit the figures elsewhere in the paper?"""
    rows = _figures(evidence, indicator)
    found = evidence.audit[evidence.audit["check"] == "unit"]
    mine = found[found["file"].isin(rows["file"]) & found["sheet"].isin(rows["sheet"])]
    if rows.empty:
        return "", "the figures of this claim are not in the study's files", NOT_TESTABLE
    if mine.empty:
        return rows["unit"].iloc[0], "no figure of the files speaks against the unit", AGREES
    finding = mine.iloc[0]
    read_as = evidence.units[indicator]
    if not np.isfinite(finding["computed"]):
        return finding["unit"], f"read in {read_as}; no other figure confirms it", NOT_TESTABLE
    what = f"elsewhere {finding['computed']:,.10g} of {finding['year']} is printed in {read_as}"
    return finding["unit"], what, MISPRINT


def _draws() -> tuple[np.ndarray, ...]:
    """Positive parameters a1, b1, a2, b2 over two orders of magnitude, to check formulas with."""
    return tuple(np.exp(np.random.default_rng(1).uniform(-2.3, 2.3, (4, 1000))))


def interior_equilibrium(evidence: Evidence, indicator: str) -> Answer:
    """Do both growth functions vanish at E?"""
    parameters = _draws()
    residual = np.abs(lotka_volterra.growth(*lotka_volterra.equilibrium(*parameters), *parameters))
    holds = bool(residual.max() < 1e-10)
    what = f"both growth rates at E are 0 (largest of {residual.size:,}: {residual.max():.0e})"
    return "", what if holds else "growth at E is not 0", AGREES if holds else NOT_IN_THE_MODEL


def stability(evidence: Evidence, indicator: str) -> Answer:
    """What do the eigenvalues of the Jacobian at E say?"""
    roots = np.linalg.eigvals(lotka_volterra.jacobian(*_draws()))
    if np.abs(roots.real).max() > 1e-10 * np.abs(roots).max():
        return "", "the eigenvalues at E have real parts", NOT_IN_THE_MODEL
    what = (
        "eigenvalues ± i √(a1 a2), real part 0: a centre, stable in Lyapunov’s sense only; orbits "
    )
    return "", what + "circle E and are not drawn to it", WEAKER_SENSE


def upstream_statics(evidence: Evidence, indicator: str) -> Answer:
    """How does x1* move with b1 and b2?"""
    b1, b2 = np.round(lotka_volterra.elasticities(0.5, 0.2, 0.3, 0.7)[0, [1, 3]], 6)
    what = f"elasticities of x1* = a2/(b1 b2): {b1:g} with b1, {b2:g} with b2"
    return "", what, AGREES if b1 < 0 and b2 < 0 else NOT_IN_THE_MODEL


def downstream_statics(evidence: Evidence, indicator: str) -> Answer:
    """How does x2* move with b1 and b2?"""
    b1, b2 = np.round(lotka_volterra.elasticities(0.5, 0.2, 0.3, 0.7)[1, [1, 3]], 6)
    what = (
        f"elasticities of x2* = a1/b1: {b1:g} with b1, {b2 + 0:g} with b2; only at given x1 "
        "does the growth of x2 rise with b1 and b2"
    )
    return "", what, AGREES if b1 > 0 and b2 > 0 else NOT_IN_THE_MODEL


def supply_signs(evidence: Evidence, indicator: str) -> Answer:
    """Are a1, b1, a2 and d positive, in the region's own fit and, pooled, b1 and d?"""
    answers = [answer for answer in (_own_signs(evidence), _pooled_signs(evidence)) if answer]
    if not answers:
        return "", "the model was not estimated for this region", NOT_TESTABLE
    verdicts = {verdict for _, verdict in answers}
    verdict = verdicts.pop() if len(verdicts) == 1 else UNDETERMINED
    return "", "; ".join(what for what, _ in answers), verdict


def _own_signs(evidence: Evidence) -> tuple[str, str] | None:
    own = {"scope": evidence.region, "effects": "none", "estimator": evidence.estimator}
    mine = rows_of(evidence.equilibria, source="fit", model="classic", **own)
    if mine.empty:
        return None
    p = float(mine["p_predator_prey"].iloc[0])
    what = (
        f"probability of these signs {p:.2f} (flat prior) in the region’s own fit "
        f"({evidence.estimator})"
    )
    if p >= DECISIVE:
        return what, AGREES
    return what, NOT_IN_THESE_DATA if p <= RARE else UNDETERMINED


def _pooled_signs(evidence: Evidence) -> tuple[str, str] | None:
    """b1 and d of the pooled fit with region and year effects, which leave a1 and a2 to regions."""
    pooled = {"scope": "pooled", "effects": "region+year", "estimator": evidence.estimator}
    rows = rows_of(evidence.parameters, **pooled, model="classic", scaling="first")
    rows = rows.dropna(subset=["low", "high"]).set_index("parameter")
    if not {"b1", "d"} <= set(rows.index):
        return None
    ends = rows.loc[["b1", "d"], ["low", "high"]]
    what = "pooled with region and year effects " + ", ".join(
        f"{name} from {low:.2g} to {high:.2g}" for name, (low, high) in ends.T.items()
    )
    if (ends["low"] > 0).all():
        return what, AGREES
    return what, NOT_IN_THESE_DATA if (ends["high"] < 0).any() else UNDETERMINED


def feedback_claim(evidence: Evidence, indicator: str) -> Answer:
    """Is feedback stronger than competition, in the weak and in the strong form?"""
    rows = evidence.relations
    rows = rows[(rows["scope"] == "pooled") & rows["quantity"].str.match("feedback_(weak|strong)$")]
    forms = dict(zip(rows["quantity"], rows["relation"], strict=True))
    if not forms:
        return "", "the general model needs at least six regions pooled", NOT_TESTABLE
    weak, strong = forms["feedback_weak"], forms["feedback_strong"]
    what = (
        f"weak form (both cross effects positive): {weak}; strong form (their product above that "
        f"of the self-limitations): {strong}; one operationalisation, ours"
    )
    if strong == "yes":
        return "", what, AGREES
    if weak == "yes":
        return "", what, WEAKER_SENSE
    return "", what, NOT_IN_THESE_DATA if weak == "no" else UNDETERMINED


def most_rapid(evidence: Evidence, indicator: str) -> Answer:
    """Does D grow faster in the paper's years than in the years after them?"""
    D = evidence.coupling[evidence.coupling["region"] == evidence.region].sort_values("year")
    rows = _figures(evidence, indicator)
    what = _growth_of_D(D)
    if evidence.coupling["region"].nunique() == 1:
        what = (
            f"D of one region runs from {D['D'].iloc[0]:.2f} to {D['D'].iloc[-1]:.2f} by "
            "construction, which gives no rate"
        )
    if len(rows) > 1:
        first, last = rows["value"].iloc[[0, -1]]
        what += f"; printed growth goes from {first:g} to {last:g} %"
    after = D[D["year"] >= rows["year"].max()] if len(rows) else D.iloc[:0]
    during = D[D["year"] <= rows["year"].max()] if len(rows) else D.iloc[:0]
    if len(after) < 2 or len(during) < 2 or evidence.coupling["region"].nunique() == 1:
        return "", what + "; no other years to compare with", NOT_TESTABLE
    faster = _rate(during) > _rate(after)
    what = f"{_growth_of_D(during)}, against {_growth_of_D(after)}"
    return "", what, AGREES if faster else NOT_IN_THESE_DATA


def _rate(D: pd.DataFrame) -> float:
    """Average growth of D a year, per cent."""
    years = D["year"].iloc[-1] - D["year"].iloc[0]
    return float(100 * ((D["D"].iloc[-1] / D["D"].iloc[0]) ** (1 / years) - 1))


def _growth_of_D(D: pd.DataFrame) -> str:
    return f"D grew by {_rate(D):.1f} % a year over {D['year'].iloc[0]}–{D['year'].iloc[-1]}"


def not_testable(evidence: Evidence, indicator: str) -> Answer:
    """What no figure of the study measures."""
    return "", "no figure of the study measures it", NOT_TESTABLE


CHECKS: dict[str, Callable[[Evidence, str], Answer]] = {
    "printed": as_printed,
    "unit": unit,
    "interior_equilibrium": interior_equilibrium,
    "stability": stability,
    "upstream_statics": upstream_statics,
    "downstream_statics": downstream_statics,
    "signs": supply_signs,
    "feedback": feedback_claim,
    "most_rapid": most_rapid,
    "not_testable": not_testable,
}


def check_claims(claims: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return the table `claims` for a set of claims (claim, paper, check, indicators, source).

    Columns `claim_zh` and the like, what a claim is in another language, are carried along.
    """
    twins = [column for column in claims.columns if column.rpartition("_")[0] in COLUMNS]
    rows = []
    for row in claims.to_dict("records"):
        paper, computed, verdict = choose(CHECKS, row["check"], "check")(
            evidence, row["indicators"]
        )
        rows.append((row["claim"], row["paper"] or paper, computed, verdict, row["source"]))
    return pd.DataFrame(rows, columns=COLUMNS).assign(**{c: claims[c].to_numpy() for c in twins})
