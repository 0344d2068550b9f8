"""What a reader of D and of the model would repeat, each held against the study's own tables.

Unlike the statements of a paper these are asked of every study. Those on D are the headlines of
`headlines.csv`, through every combination of choices; those on the model are the supply relation,
feedback, and where the equilibrium lies. A claim is asked only where the study has the tables that
it is about.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from coevo.equilibria.against_theory import shares_years
from coevo.equilibria.fitted import POOLED
from coevo.files import as_table, rows_of
from coevo.messages import packed, unpacked
from coevo.schema import filling
from coevo.sensitivity.choices import MAIN
from coevo.sensitivity.claims import (
    NOT_IN_THESE_DATA,
    NOT_REJECTED,
    NOT_TESTABLE,
    SOME_CHOICES,
    UNDETERMINED,
    Answer,
    check_claims,
    feedback_claim,
    shown_breaks,
    supply_signs,
)
from coevo.sensitivity.headlines import (
    CENSUS_YEAR,
    DEPENDS,
    NOT_SUPPORTED,
    ONE_REGION,
    ROBUST_TO_CHOICES,
    UNDECIDED,
    WITHOUT,
)
from coevo.strengths.strength_rows import AS_THEORY, PANEL
from coevo.study_data import StudyData

Claim = tuple[Mapping[str, Any], Answer]  # what the claim speaks of, and what came out
FITS = {"own": "none", POOLED: "region+year"}  # of the main estimator, by their effects
THROUGH_CHOICES = BY_CHOICES, RANK_RANGE = ("by_choices", "rank_range")  # messages
COUNTS = {"agree": "agree", "contrary": "contrary", "n": "combinations"}
VERDICTS = {
    ROBUST_TO_CHOICES: ROBUST_TO_CHOICES,
    NOT_SUPPORTED: NOT_IN_THESE_DATA,
    DEPENDS: SOME_CHOICES,
    UNDECIDED: UNDETERMINED,
}


def through_choices(study: StudyData, headline: str) -> Iterator[Claim]:
    """A headline through every combination: one claim where each indicator system has the same
    verdict, else one for each; a rank is told for all together.

    Fields of what came out: `agree`, `contrary`, `open`, `n`; `own`, what the study's own choices
    say; `systems`, the counts of each where one claim is of several; `whole`, the counts of
    combinations that lose no region to a zero, where others do; `choice`, `share`, `sides`: the
    deciding choice and what either side says; `main`, `least`, `median`, `most`: regions that rose,
    or the rank; `beside`: what other scales than `ratio` say, and would say with all ratios between
    regions held; `chance`: by form of C how often unrelated indices say it; `curves`: in how many
    sets of indices of each system r is above 0, and p of that count; `without`: what all say
    without the years in which coverage changed, which `cause` and `years` name; `hangs`: whether
    that changes a verdict, or the study's own answer.
    """
    is_rank = headline == "rank_of_focus"
    for _, rows in study.rows("headlines", headline=headline).groupby("pair", sort=False):
        every, systems = rows_of(rows, system=""), rows[rows["system"] != ""]
        apart = len(systems[["verdict", "message"]].drop_duplicates()) > 1 and not is_rank
        for row in (systems if apart else every).to_dict("records"):
            stated = _stated(study, row["pair"])
            stated |= {"system": row["system"]} if row["system"] else {}
            parts = systems if len(systems) and not apart else rows_of(rows, system=row["system"])
            if row["message"] and row["message"] != ONE_REGION:
                yield stated, Answer(NOT_TESTABLE, row["message"], unpacked(row["fields"]))
            elif not row["message"]:
                verdict = VERDICTS[row["verdict"]]
                if is_rank:  # told by its range
                    verdict = SOME_CHOICES if row["least"] < row["most"] else ROBUST_TO_CHOICES
                told = RANK_RANGE if is_rank else BY_CHOICES
                yield stated, Answer(verdict, told, _fields(study, row, parts))


def _fields(study: StudyData, row: dict[str, Any], parts: pd.DataFrame) -> dict[str, Any]:
    """Return what came out of a row of `headlines`, and of its parts, the indicator systems; see
    `through_choices`.
    """
    label = {key: row[key] for key in ("headline", "pair", "system")}
    variants = study.rows("headline_variants", **label)
    parts = parts.assign(variant=parts["system"].replace("", MAIN))
    fields = _counts(row, "") | {"open": row["open"], "choice": row["deciding_choice"]}
    fields |= {"systems": _sides(parts)} if len(parts) > 1 else {}
    if row["whole_combinations"] < row["combinations"]:
        fields["whole"] = _counts(row, "whole_")
    numbers = {key: row[key] for key in ("own", "main", "least", "median", "most")}
    fields |= {key: value for key, value in numbers.items() if not pd.isna(value)}
    if sides := _sides(rows_of(variants, choice=row["deciding_choice"])):
        fields |= {"share": row["share"], "sides": sides}
    other = rows_of(variants, choice="scale", enters=False).dropna(subset="held_agree")
    if len(other):
        fields["beside"] = (
            other[["agree", "combinations", "held_agree"]].sum().astype(int).to_dict()
        )
    forms = variants[["variant", "chance_least", "chance_most"]].dropna()
    fields |= {"chance": forms.to_dict("records")} if len(forms) else {}
    curves = parts[["variant", "above", "sets", "p"]].dropna()
    fields |= {"curves": curves.to_dict("records")} if len(curves) else {}
    census = rows_of(variants, choice=CENSUS_YEAR)
    for without in rows_of(census, variant=WITHOUT).to_dict("records"):
        fields |= {"without": _counts(without, ""), **shown_breaks(study)}
        fields["hangs"] = bool((census[["verdict", "own"]].nunique(dropna=False) > 1).any())
    return fields


def _sides(rows: pd.DataFrame) -> Any:
    named = rows.rename(columns={"combinations": "n"})
    return named[["variant", *COUNTS, "open"]].to_dict("records")


def _counts(row: Mapping[str, Any], start: str) -> dict[str, int]:
    return {key: int(row[start + column]) for key, column in COUNTS.items()}


def _stated(study: StudyData, pair: str) -> dict[str, Any]:
    """What a headline speaks of: systems, regions and years, the region in focus at both ends."""
    D = study.table("coupling")
    systems = [filling("U_<subsystem>", name) for name in D]
    last = D[D["year"] == D["year"].max()]
    focus_rows = D[D["region"] == study.focus].sort_values("year")
    stated: dict[str, Any] = {
        "systems": pair.split("~") if pair else [name for name in systems if name][:2],
        "regions": int(D["region"].nunique()),
        "years": [int(D["year"].min()), int(D["year"].max())],
        "size": study.size,
    }
    if len(focus_rows):
        start, end = focus_rows["D"].iloc[[0, -1]].tolist()
        stated |= {"region": study.focus, "D": [start, end], "rose": end > start}
        stated |= {"grade": focus_rows["grade"].iloc[-1]}
        stated |= {"rank": 1 + int((last["D"] > end).sum()), "ranked": len(last)}
    return stated


def of_model(study: StudyData, check: Callable[[StudyData, str], Answer]) -> Iterator[Claim]:
    """What a check of claims says of the two outputs of the model."""
    if study.pair:
        yield {"outputs": list(study.pair)}, check(study, "")


def as_strong_as_theory(study: StudyData, scope: str = "") -> Iterator[Claim]:
    """Is the interaction as strong as the theory implies: in the region in focus, or in the panel?

    Fields of what came out: `rows`, strength, interval and verdict of both effects, of several
    shares all. Not rejected where both are; not supported where full strength is excluded for one;
    undetermined where neither is.
    """
    effects = "none" if not scope else "region+year" if shares_years(study) else "region"
    label = {"scope": scope or study.focus, "effects": effects, "estimator": study.estimator}
    rows = study.rows("strengths", **label)
    if not study.pair or (scope and rows.empty):
        return
    stated = {"region": study.focus, "regions": int(rows["n"].max()) if scope else 1}
    if rows.empty:
        yield stated, Answer(NOT_TESTABLE, "no_theoretical_slopes")
        return
    verdicts = {_of_strengths(part) for _, part in rows.groupby("share", dropna=False)}
    columns = ["effect", "strength", "low", "high", "share", "verdict"]
    told = rows[columns].assign(scenario=rows["share"].map(lambda s: "share" if s == s else "none"))
    fields = {"rows": told.astype({"share": object}).fillna("").to_dict("records")}
    verdict = verdicts.pop() if len(verdicts) == 1 else SOME_CHOICES
    yield stated, Answer(verdict, "strengths_found", fields)


def _of_strengths(rows: pd.DataFrame) -> str:
    if rows["full_excluded"].eq(True).any():
        return NOT_IN_THESE_DATA
    return NOT_REJECTED if rows["verdict"].eq(AS_THEORY).all() else UNDETERMINED


def equilibrium(study: StudyData) -> Iterator[Claim]:
    """Can the equilibrium of the region be located, by its own fit and by the pooled one?"""
    if not study.pair:
        return
    stated = {"region": study.focus}
    label = {"scope": study.focus, "estimator": study.estimator}
    rows = study.rows("equilibria", source="fit", model="classic", **label)
    located = rows["located"].astype(str).str.lower().eq("true")
    fits = dict(zip(rows["effects"], located.map(bool), strict=True))
    judged = {name: fits.get(effects) for name, effects in FITS.items()}
    known = [value for value in judged.values() if value is not None]
    if not known:
        yield stated, Answer(NOT_TESTABLE, "not_modelled")
        return
    verdict = NOT_REJECTED if all(known) else SOME_CHOICES if any(known) else UNDETERMINED
    yield stated, Answer(verdict, "located_by_fit", judged)


# Those on D bear the names of their headlines; the model stands before the region in focus.
HEADLINES: dict[str, Callable[[StudyData], Iterator[Claim]]] = {
    **{
        name: partial(through_choices, headline=name)
        for name in (
            "all_rose", "gap_narrowed", "gap_in_D_narrowed", "low_caught_up", "neighbours_alike",
            "level_over_balance", "follows_product_per_head", "systems_in_step",
        )
    },
    "theory_strength_panel": partial(as_strong_as_theory, scope=PANEL),
    "theory_strength": as_strong_as_theory,
    "equilibrium_located": equilibrium,
    "supply_relation": partial(of_model, check=supply_signs),
    "feedback_exceeds_competition": partial(of_model, check=feedback_claim),
    **{
        name: partial(through_choices, headline=name)
        for name in ("rise_of_focus", "grade_of_focus", "rank_of_focus")
    },
}  # fmt: skip


def headline_rows(study: StudyData) -> pd.DataFrame:
    """Return the table `headline_claims`: claim, what it speaks of, what came out, verdict.

    `claim`: the key of a message, `stated` its fields; `computed` and `fields`: the message of what
    came out; `verdict` and its `conclusion` as in the table `claims`. The claims are those of
    `HEADLINES` in their order; one per pair of systems for `systems_in_step`, one per indicator
    system where their verdicts differ. `contradicted`: whether the study's own choices say the
    contrary.
    """
    rows = [
        {
            "claim": name,
            "stated": packed(stated),
            "contradicted": answer.fields.get("own") == -1,
            **answer.columns,
        }
        for name, claims_of in HEADLINES.items()
        for stated, answer in claims_of(study)
    ]
    return as_table("headline_claims", rows)


def claim_tables(study: StudyData) -> dict[str, pd.DataFrame]:
    """Return the tables `headline_claims` and, with the statements of a paper, `claims`.

    config: its keys focus_region, comovement and interaction; a table that the study does not have
    is empty.
    """
    tables = {"headline_claims": headline_rows(study)}
    if "statements" in study.tables:
        tables["claims"] = check_claims(study.table("statements"), study)
    return tables
