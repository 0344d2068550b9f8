"""Claims on the results (Table 1) and the claims of a paper (annex), with their verdicts."""

from typing import Any

import pandas as pd

from coevo.messages import unpacked
from coevo.newreport.blocks import Column, Table
from coevo.newreport.language import Language
from coevo.newreport.sections import choices
from coevo.newreport.study import Study
from coevo.sensitivity.choices import MAIN
from coevo.sensitivity.claims import BY_ALGEBRA, CONCLUSIONS, NOT_TESTABLE
from coevo.sensitivity.headline_claims import THROUGH_CHOICES

NOT_TESTED = "not_tested"
# Claims of Table 1 in their order, at most nine; those that the study does not ask are left out.
FIRST_PAGE = (
    "all_rose", "gap_narrowed", "level_over_balance", "follows_product_per_head",
    "systems_in_step", "theory_strength_panel", "theory_strength", "equilibrium_located",
    "supply_relation", "rise_of_focus", "grade_of_focus", "rank_of_focus",
)  # fmt: skip
MOST = 9
INSTEAD = {"theory_strength": "theory_strength_panel", "rise_of_focus": "all_rose"}


def conclusions(claims: pd.DataFrame) -> dict[str, int]:
    """Return how many claims have which conclusion, the supported first."""
    counts = _concluded(claims).value_counts()
    order = [*dict.fromkeys(CONCLUSIONS.values()), NOT_TESTED]
    return {key: int(counts[key]) for key in order if key in counts}


def paper_facts(study: Study) -> dict[str, Any]:
    """Return how many claims of the paper have which conclusion, and what they rest on."""
    claims = study.table("claims")
    return {
        "n": len(claims),
        "conclusions": conclusions(claims) if len(claims) else {},
        "by_algebra": int(claims["check"].isin(BY_ALGEBRA).sum()),
        "untested": list(claims.loc[claims["verdict"] == NOT_TESTABLE, "claim"]),
    }


def _concluded(claims: pd.DataFrame) -> pd.Series:
    return claims["conclusion"].mask(claims["verdict"] == NOT_TESTABLE, NOT_TESTED)


def tables(study: Study, language: Language) -> list[Table]:
    """Return the claims of page one, and those of a paper where the study has such."""
    own = [_first_page(study, language)]
    return [*own, _of_paper(study, language)] if len(study.table("claims")) else own


def first_page_rows(study: Study) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the tested claims of page one, and those that the main setting contradicts."""
    rows = study.tables["headline_claims"].to_dict("records")
    tested = [row for row in rows if row["verdict"] != NOT_TESTABLE]
    asked = {row["claim"] for row in tested}
    kept = [
        row
        for row in tested
        if row["claim"] in FIRST_PAGE and INSTEAD.get(row["claim"]) not in asked
    ]
    kept.sort(key=lambda row: FIRST_PAGE.index(row["claim"]))
    here = [row for row in kept if not row["contradicted"]]
    return here[:MOST], [row for row in kept if row["contradicted"]]


def _first_page(study: Study, language: Language) -> Table:
    here, _ = first_page_rows(study)
    rows = [_first_page_row(study, language, row) for row in here]
    names = ["claim", "test", "held", "verdict", "choice"]
    columns = [
        Column("claim", ("claim",), width=36),
        Column("test", ("test",), width=22),
        Column("held", ("held",), width=26),
        Column("verdict", ("verdict",), width=22),
        Column("choice", ("choice",), width=14),
    ]
    return Table("claims", "", pd.DataFrame(rows, columns=names), columns, kind="claims wide")


def claim_text(language: Language, row: dict[str, Any]) -> str:
    """Return a claim in words, with the indicator system that it is about."""
    text = str(language.message(row["claim"], row["stated"]))
    system = unpacked(row["stated"]).get("system")
    if system:
        text = language.brackets(text, system_name(language, system))
    return text[:1].upper() + text[1:]


def system_name(language: Language, system: str) -> str:
    """Return what an indicator system is called: the main one, or by its label."""
    return language.term("choice", MAIN) if system == MAIN else language.study.label(system)


def _first_page_row(study: Study, language: Language, row: dict[str, Any]) -> tuple[str, ...]:
    fields, name = unpacked(row["fields"]), row["claim"]
    test = language.term("tested", name)
    counts = choices.counts(study, name) if row["computed"] in THROUGH_CHOICES else []
    system = unpacked(row["stated"]).get("system")
    counts = [count for count in counts if not system or count.system == system]
    decides = list(dict.fromkeys(count.choice for count in counts if count.choice))
    verdict = language.term("conclusion", row["conclusion"])
    return (
        claim_text(language, row),
        test,
        _held_in(study, language, row, fields, counts),
        verdict,
        ", ".join(language.term("choice", choice) for choice in decides[:1]),
    )


def _held_in(
    study: Study, language: Language, row: dict[str, Any], fields: Any, counts: list[choices.Count]
) -> str:
    """In how many combinations or fits a claim holds, the range of a rank, or both strengths."""
    if row["claim"] == "rank_of_focus" and counts:
        ends = [language.ordinal(int(end)) for end in (counts[0].least, counts[0].most) if end]
        ends = [language.ordinal(int(fields[end])) for end in ("least", "most")] if fields else ends
        return language.term("held", "ranks").format(*ends)
    if counts:
        named = len(counts) > 1
        parts = []
        for count in counts:
            text = language.term("held", "combinations").format(count.agree, count.n)
            of = " · ".join(count.pair) if count.pair else system_name(language, count.system)
            parts.append(language.brackets(text, of) if named else text)
        return str(language.grammar["semicolon"].join(parts))
    if row["computed"] == "strengths_found":
        values = (language.percent(found["strength"]) for found in fields["rows"])
        return str(language.grammar["semicolon"].join(dict.fromkeys(map(str, values))))
    counted = {"supply_relation": "supply", "equilibrium_located": "located"}.get(row["claim"])
    found = study.rows("specification_counts", count=counted or "", effects="")
    if found.empty:
        return ""
    agree, n = found.iloc[0][["agree", "specifications"]]
    return language.term("held", "fits").format(int(agree), int(n))


def _of_paper(study: Study, language: Language) -> Table:
    claims = study.table("claims")
    claims = claims[claims["computed"] != "no_figures"]
    rows = []
    for row in claims.to_dict("records"):
        text = str(row["claim"])
        if row["paper"] and row["paper"] == row["paper"]:
            text = language.brackets(text, row["paper"])
        found = language.message(row["computed"], row["fields"])
        test = language.term("tested", _test_key(study, str(row["check"])))
        concluded = NOT_TESTED if row["verdict"] == NOT_TESTABLE else row["conclusion"]
        rows.append((text, test, found, language.term("conclusion", concluded)))
    names = ["claim", "test", "found", "verdict"]
    columns = [
        Column("claim", ("claim",), width=34),
        Column("test", ("test",), width=20),
        Column("found", ("found",), width=40),
        Column("verdict", ("verdict",), width=14),
    ]
    frame = pd.DataFrame(rows, columns=names)
    return Table("paper_claims", "", frame, columns, kind="claims wide long")


def _test_key(study: Study, check: str) -> str:
    """With one region, tests that need several are named by what is left of them."""
    alone = f"{check}_alone"
    return alone if study.single and alone in study.words.get("tested", {}) else check
