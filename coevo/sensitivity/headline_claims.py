"""What a reader of D and of the model would repeat, each held against the study's own tables.

Unlike the statements of a paper these are asked of every study: grade, rise and rank of the region
in focus, whether the systems move in step, the supply relation, feedback, where the equilibrium
lies. A claim is asked only where the study has the tables that it is about.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling.comovement import SCOPES, SIGNIFICANT
from coevo.equilibria.fitted import POOLED
from coevo.files import as_table, rows_of
from coevo.messages import packed
from coevo.schema import filling
from coevo.sensitivity.choices import COMPARABLE, ROBUST
from coevo.sensitivity.claim_evidence import (
    AGREES,
    CONCLUSIONS,
    NOT_IN_THESE_DATA,
    NOT_TESTABLE,
    SOME_CHOICES,
    UNDETERMINED,
    Answer,
    Evidence,
)
from coevo.sensitivity.claims import check_claims, feedback_claim, supply_signs
from coevo.sensitivity.coverage_breaks import KEPT

Claim = tuple[Mapping[str, Any], Answer]  # what the claim speaks of, and what came out
FITS = {"own": "none", POOLED: "region+year"}  # of the main estimator, by their effects


def by_share(share: float) -> str:
    """Return the verdict on what holds under a share of the combinations of choices.

    From `ROBUST` (0.95) on it agrees; below, it holds under some choices, the study's own at least.
    """
    return AGREES if share >= ROBUST else SOME_CHOICES


def _own(evidence: Evidence) -> pd.DataFrame:
    """Return the combinations that give the region a D in the last year, its own row first."""
    table = evidence.multiverse
    table = table[table["focus_D"].notna()]
    return table.sort_values("main", ascending=False, kind="stable", ignore_index=True)


def _path(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.coupling
    return rows[rows["region"] == evidence.region].sort_values("year", ignore_index=True)


def _unbroken(evidence: Evidence) -> pd.DataFrame:
    """Return the path of the region without breaks in coverage, on an unchanged ruler (`kept`)."""
    rows = rows_of(evidence.coverage_breaks, region=evidence.region, variant=KEPT)
    return rows.sort_values("year", ignore_index=True)


def grade(evidence: Evidence) -> Iterator[Claim]:
    """The grade of the region in the last year: under how many combinations is it the same?"""
    table = _own(evidence)
    if table.empty or not table["main"].iloc[0] or evidence.single:
        return
    own, counts = table["focus_grade"].iloc[0], table["focus_grade"].value_counts()
    fields = {"count": int(counts[own]), "n": len(table)}
    others = counts.drop(own)
    fields |= {"other": others.index[0], "others": int(others.iloc[0])} if len(others) else {}
    without = _unbroken(evidence)["grade"]
    fields |= {"without": without.iloc[-1]} if len(without) else {}
    verdict = by_share(float(counts[own] / len(table)))
    verdict = SOME_CHOICES if fields.get("without", own) != own else verdict
    yield _last(evidence) | {"grade": own}, Answer(verdict, "grade_by_choices", fields)


def rank(evidence: Evidence) -> Iterator[Claim]:
    """The rank of the region in the last year, likewise."""
    table = _own(evidence)
    if table.empty or not table["main"].iloc[0] or evidence.single:
        return
    ranks = table["focus_rank"].astype(int)
    own, counts = int(ranks.iloc[0]), ranks.value_counts()
    fields = {"count": int(counts[own]), "n": len(table), "most": int(counts.index[0])}
    fields |= {"mosts": int(counts.iloc[0]), "low": int(ranks.min()), "high": int(ranks.max())}
    last = evidence.coupling["year"] == evidence.coupling["year"].max()
    stated = _last(evidence) | {"rank": own, "regions": int(last.sum())}
    without = _unbroken(evidence)["rank"]
    fields |= {"without": int(without.iloc[-1])} if len(without) else {}
    verdict = by_share(float(counts[own] / len(table)))
    verdict = SOME_CHOICES if fields.get("without", own) != own else verdict
    yield stated, Answer(verdict, "rank_by_choices", fields)


def rise(evidence: Evidence) -> Iterator[Claim]:
    """The change of D since the first year: its direction where the scale is that of every year."""
    own, table = _path(evidence), _own(evidence)
    table = table[table["reference"].isin(COMPARABLE) & table["focus_D_first"].notna()]
    if len(own) < 2 or evidence.single:
        return
    ends = own.iloc[[0, -1]]
    change = float(ends["D"].iloc[1] - ends["D"].iloc[0])
    stated = {"region": evidence.region, "rose": change > 0, "D": ends["D"].tolist()}
    stated |= {"years": ends["year"].tolist()}
    if table.empty:
        yield stated, Answer(NOT_TESTABLE, "no_comparable_choices")
        return
    changes = table["focus_D"] - table["focus_D_first"]
    same = int((np.sign(changes) == np.sign(change)).sum())
    fields = {"count": same, "n": len(table), "low": changes.min(), "high": changes.max()}
    verdict, without = by_share(same / len(table)), _unbroken(evidence)["D"]
    if len(without) > 1:
        fields["without"] = float(without.iloc[-1] - without.iloc[0])
        verdict = SOME_CHOICES if np.sign(fields["without"]) != np.sign(change) else verdict
    yield stated, Answer(verdict, "rise_by_choices", fields)


def in_step(evidence: Evidence) -> Iterator[Claim]:
    """Do two systems move together beyond what regions paired at random do?"""
    systems = [filling("U_<subsystem>", name) for name in evidence.coupling]
    for pair in combinations([name for name in systems if name], 2):
        stated = {"systems": list(pair)}
        if evidence.single:
            yield stated, Answer(NOT_TESTABLE, "one_region_in_step")
            continue
        rows = rows_of(evidence.comovement, pair="~".join(pair)).dropna(subset="value")
        raw = rows_of(rows, measure="correlation_lnU", scope=SCOPES[0])["value"]
        rows = rows_of(rows, scope=SCOPES[-1]).drop_duplicates("measure")
        found = dict(zip(rows["measure"], rows["value"], strict=True))
        if not {"correlation_lnU", "placebo_mean", "placebo_p"} <= set(found):
            yield stated, Answer(NOT_TESTABLE, "no_random_pairings")
            continue
        fields = {"r": found["correlation_lnU"], "raw": raw.iloc[0] if len(raw) else None}
        fields |= {"mean": found["placebo_mean"], "p": found["placebo_p"]}
        yield stated, Answer(_placed(**fields), "step_placebo", fields)


def _placed(r: float, mean: float, p: float, **_: Any) -> str:
    """Above the mean of random pairings it is borne out, below it not; else neither is shown."""
    if p >= SIGNIFICANT:
        return UNDETERMINED
    return AGREES if r > mean else NOT_IN_THESE_DATA


def supply(evidence: Evidence) -> Iterator[Claim]:
    """The supply relation: are a1, b1, a2 and d positive?"""
    if evidence.pair:
        yield {"outputs": list(evidence.pair)}, supply_signs(evidence, "")


def feedback(evidence: Evidence) -> Iterator[Claim]:
    """Feedback against competition."""
    if evidence.pair:
        yield {"outputs": list(evidence.pair)}, feedback_claim(evidence, "")


def equilibrium(evidence: Evidence) -> Iterator[Claim]:
    """Can the equilibrium of the region be located, by its own fit and by the pooled one?"""
    if not evidence.pair:
        return
    stated = {"region": evidence.region}
    mine = {"source": "fit", "model": "classic", "scope": evidence.region}
    rows = rows_of(evidence.equilibria, **mine, estimator=evidence.estimator)
    located = rows["located"].astype(str).str.lower().eq("true")
    fits = dict(zip(rows["effects"], located.map(bool), strict=True))
    judged = {name: fits.get(effects) for name, effects in FITS.items()}
    known = [value for value in judged.values() if value is not None]
    if not known:
        yield stated, Answer(NOT_TESTABLE, "not_modelled")
        return
    verdict = AGREES if all(known) else SOME_CHOICES if any(known) else UNDETERMINED
    yield stated, Answer(verdict, "located_by_fit", judged)


HEADLINES: dict[str, Callable[[Evidence], Iterator[Claim]]] = {
    "systems_in_step": in_step,
    "feedback_exceeds_competition": feedback,
    "supply_relation": supply,
    "equilibrium_located": equilibrium,
    "grade_of_focus": grade,
    "rise_of_focus": rise,
    "rank_of_focus": rank,
}


def _last(evidence: Evidence) -> dict[str, Any]:
    return {"region": evidence.region, "year": int(evidence.coupling["year"].max())}


def headline_rows(evidence: Evidence) -> pd.DataFrame:
    """Return the table `headline_claims`: claim, what it speaks of, what came out, verdict.

    `claim`: the key of a message, `stated` its fields; `computed` and `fields`: the message of what
    came out; `verdict` and its `conclusion` as in the table `claims`. The claims are those of
    `HEADLINES` in their order; one per pair of systems for `systems_in_step`.
    """
    rows = [
        {
            "claim": name,
            "stated": packed(stated),
            "computed": found.computed,
            "fields": packed(found.fields),
            "verdict": found.verdict,
            "conclusion": CONCLUSIONS[found.verdict],
        }
        for name, asked in HEADLINES.items()
        for stated, found in asked(evidence)
    ]
    return as_table("headline_claims", rows)


def claim_tables(statements: pd.DataFrame | None, evidence: Evidence) -> dict[str, pd.DataFrame]:
    """Return the tables `headline_claims` and, with the statements of a paper, `claims`."""
    found = {"headline_claims": headline_rows(evidence)}
    return found if statements is None else found | {"claims": check_claims(statements, evidence)}
