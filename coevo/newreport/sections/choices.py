"""How sure: which choice of methods decides which headline. Read from `headlines`, `multiverse`."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.newreport.study import Reason, Study, least_and_largest
from coevo.sensitivity.choices import MAIN
from coevo.sensitivity.headlines import DEPENDS, ROBUST_TO_CHOICES, SIGNIFICANCE

REFUSED = "refused"
LEAST_SHARE = 0.1  # of the variance of an answer, from which a choice counts as deciding
ROBUST, TWO_THIRDS = 0.95, 2 / 3


@dataclass(frozen=True)
class Count:
    """In how many combinations of methods a headline holds, by one system of indicators.

    system: `main` or the name of another; pair: names of two systems where a study has more;
    verdict: `robust`, `mostly` or `partly` (more or fewer than half say so), `not_supported`,
    `cannot_be_decided`, or `refused` (`reason`); choice: the one that decides, "" where its share
    of the variance is below a tenth; least, most: of a number of regions or of ranks; p: of the
    count where chance is drawn.
    """

    system: str
    pair: tuple[str, ...]
    verdict: str
    agree: int
    contrary: int
    n: int
    choice: str
    least: float | None
    most: float | None
    p: float | None
    reason: Reason | None = None

    @property
    def majority(self) -> str:
        """Whether more than half of combinations `agree`, are `contrary`, or `none` are."""
        sides = {"agree": self.agree, "contrary": self.contrary}
        return next((side for side, n in sides.items() if 2 * n > self.n), "none")

    @property
    def extent(self) -> str:
        """How many combinations stand on the larger side: `all`, `nearly` all, or `most`."""
        share = max(self.agree, self.contrary) / max(self.n, 1)
        return "all" if share == 1 else "nearly" if share >= ROBUST else "most"


@dataclass(frozen=True)
class GradeFacts:
    """The grade and rank of the region in focus over the combinations of the study's indicators.

    verdict: `every`, `robust` (95 %), `mostly` (two thirds) or `split`; grade: the most frequent;
    own: whether it is the study's; counts: of the two most frequent; n: combinations; D, rank:
    least and largest.
    """

    verdict: str
    grade: str
    own: bool
    counts: list[tuple[str, int]]
    n: int
    D: tuple[float, float]
    rank: tuple[int, int]


@dataclass(frozen=True)
class ChoiceFacts:
    """What all combinations of methods say of each headline.

    headlines: by name the counts, one for each indicator system or pair; combinations: how many
    there are, and in how many the scale allows comparison over years; robust: headlines that hold
    under nearly all by every system; deciding: by choice the headlines that it decides, the choice
    of the most first; not_allowed: reasons why the data do not allow some combinations, each with
    their number; without_breaks: headlines whose answer changes without the years of changed
    coverage.
    """

    headlines: dict[str, list[Count]]
    combinations: tuple[int, int]
    robust: list[str] = field(default_factory=list)
    deciding: list[tuple[str, list[str]]] = field(default_factory=list)
    not_allowed: list[tuple[str, str, int]] = field(default_factory=list)
    grade: GradeFacts | None = None

    def of(self, headline: str) -> list[Count]:
        """Return the counts of a headline, none where it is not asked."""
        return self.headlines.get(headline, [])


def facts(study: Study) -> ChoiceFacts:
    """Return what all combinations of methods say of each headline."""
    names = list(dict.fromkeys(study.tables["headlines"]["headline"]))
    headlines = {name: counts(study, name) for name in names}
    asked = {k: [c for c in v if c.verdict != REFUSED] for k, v in headlines.items()}
    robust = [k for k, v in asked.items() if v and all(c.verdict == ROBUST_TO_CHOICES for c in v)]
    deciding: dict[str, list[str]] = {}
    for name, found in asked.items():
        for choice in {c.choice for c in found if c.choice and c.verdict in ("mostly", "partly")}:
            deciding.setdefault(choice, []).append(name)
    every = study.tables["multiverse"]
    known = every[~every["repeated"] & (every["focus_grade"].fillna("") != "")]
    refusals = study.tables["varied_refusals"].groupby(["message", "fields"], sort=False)
    return ChoiceFacts(
        headlines,
        (len(known), int(known["comparable"].sum())),
        robust,
        sorted(deciding.items(), key=lambda item: (-len(item[1]), item[0])),
        [(*why, int(n)) for why, n in refusals["combinations"].sum().items()],
        _grade(study, rows_of(known, system=MAIN)),
    )


def counts(study: Study, headline: str) -> list[Count]:
    """Return the counts of a headline by indicator system, or by pair where there are several."""
    rows = study.rows("headlines", headline=headline)
    if rows["pair"].nunique() > 1:
        rows = rows[rows["system"] == ""]
    elif (rows["system"] != "").any():
        rows = rows[rows["system"] != ""]
    return [_count(study, row) for row in rows.to_dict("records")]


def _count(study: Study, row: dict[str, Any]) -> Count:
    pair = row["pair"].split("~") if row["pair"] else []
    if row["message"]:
        found = (REFUSED, 0, 0, 0)
    else:
        agree, contrary, n = (int(row[name]) for name in ("agree", "contrary", "combinations"))
        depends = "mostly" if 2 * agree > n else "partly"
        verdict = depends if row["verdict"] == DEPENDS else str(row["verdict"])
        found = (verdict, agree, contrary, n)
    decides = not pd.isna(row["share"]) and row["share"] >= LEAST_SHARE
    ends = (row[name] for name in ("least", "most", "p"))
    numbers = [None if pd.isna(end) else float(end) for end in ends]
    return Count(
        row["system"] or MAIN,
        tuple(map(study.label, pair)),
        found[0],
        found[1],
        found[2],
        found[3],
        str(row["deciding_choice"]) if decides else "",
        numbers[0],
        numbers[1],
        numbers[2],
        reason=(row["message"], row["fields"]) if row["message"] else None,
    )


def by_chance(found: list[Count]) -> bool:
    """Return whether random pairings give such counts by every indicator system."""
    p = [count.p for count in found if count.p is not None]
    return bool(p) and all(value >= SIGNIFICANCE for value in p)


def _grade(study: Study, rows: pd.DataFrame) -> GradeFacts | None:
    if rows.empty:
        return None
    found = rows["focus_grade"].value_counts().reindex(study.grades.labels).dropna().astype(int)
    found = found.sort_values(ascending=False, kind="stable")
    share, ranks = found.iloc[0] / len(rows), rows["focus_rank"].astype(int)
    main = study.tables["multiverse"].loc[lambda t: t["main"]].iloc[0]
    verdicts = {"every": 1.0, "robust": ROBUST, "mostly": TWO_THIRDS, "split": 0.0}
    return GradeFacts(
        next(verdict for verdict, least in verdicts.items() if share >= least),
        str(found.index[0]),
        main["focus_grade"] == found.index[0],
        [(str(k), int(v)) for k, v in found.head(2).items()],
        len(rows),
        least_and_largest(rows["focus_D"]),
        (int(ranks.min()), int(ranks.max())),
    )
