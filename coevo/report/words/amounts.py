"""Words of single cells: sets, signs, estimates, and the facts of one region."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from coevo.report.findings.data_quality import obstacle_rows
from coevo.report.findings.equilibrium import refused, region_fit_rows
from coevo.report.findings.interaction import regional
from coevo.report.findings.rise import focus_state
from coevo.report.findings.study_tables import Study
from coevo.report.words.grammar import Grammar
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, fixed, graded, missing, with_figures

Say = Callable[..., Markdown]
Rows = list[list[Any]]


def amount(value: Any) -> str:
    """An output in its unit: whole from 1,000 on, three significant figures below."""
    if missing(value):
        return NOTHING
    return fixed(value, 0) if abs(float(value)) >= 1000 else with_figures(value, 3)


class Words:
    """Cells that need the phrases of the language: sets, kinds, estimators, facts of a region."""

    def __init__(
        self, study: Study, phrases: Mapping[str, Any], say: Say, grammar: Grammar
    ) -> None:
        self.study, self.phrases, self.say = study, phrases, say
        self.grammar, self.listed, self.percent = grammar, grammar.listed, grammar.percent
        self._obstacles = obstacle_rows(study)

    def word(self, kind: str, name: str) -> str:
        """The report's word for a name of the code; what has none stands as it is."""
        return str(self.phrases["words"].get(kind, {}).get(name, name))

    def term(self, kind: str, key: Any) -> str:
        """A word that files for other programs alone need; what has none stands as it is."""
        return str(self.phrases["exports"][kind].get(str(key), key))

    def label(self, identifier: str) -> str:
        return self.study.label(identifier)

    def said(self, items: Iterable[Any], key: str, *names: str, **more: Any) -> list[Markdown]:
        """A phrase said of each item: its parts by `names`, or those of a mapping by its keys.

        `key` may hold names in braces; `place` is that of the item, from 1.
        """
        parts = ((item,) if len(names) == 1 else item for item in items)
        values = (dict(zip(names, part, strict=True)) if names else dict(part) for part in parts)
        return [
            self.say(key.format(**value), place=place, **value, **more)
            for place, value in enumerate(values, start=1)
        ]

    def ends(self, row: Any, digits: int = 2) -> Markdown:
        """The ends of an interval."""
        low, high = (with_figures(row[end], digits) for end in ("low", "high"))
        return self.say("sets/interval", low=low, high=high)

    def estimate(self, row: Any) -> Markdown:
        """An estimate with its interval: two significant figures, ends as fine as the estimate."""
        value = Markdown(with_figures(row["estimate"], 2))
        if missing(row["low"]) or missing(row["high"]):
            return value
        return self.say("sets/estimate", value=value, ends=self.ends(row))

    def set_words(self, row: Any, coordinate: str) -> str:
        """A set in words: an interval, all but one, the whole line; with its part above zero."""
        kind = row[f"{coordinate}_set"] or "none"
        ends = [row[f"{coordinate}_{end}"] for end in ("low", "high")]
        low, high = map(amount, ends)
        if kind in ("interval", "complement") and ends[0] < 0 < ends[1]:
            kind += "_above"
        return self.say(f"sets/{kind}", low=low, high=high)

    def signs(self, row: Any) -> str:
        """Probabilities of supply (predator-prey) signs, of reversed ones, of a saddle, of no E."""
        if missing(row["p_saddle"]):
            return self.word("kind", row["kind"])
        shares = {
            "supply": row["p_predator_prey"],
            "reversed": row["p_reversed"],
            "saddle": row["p_saddle"],
        }
        shares["none"] = 1 - sum(shares.values())
        return " · ".join(f"{self.word('kind_short', k)} {fixed(p)}" for k, p in shares.items())

    def facts(self, region: str) -> list[tuple[str, str]]:
        """What the panel of a region shows: (label, value) in a fixed order."""
        study, say = self.study, self.say
        state = focus_state(study, region)
        years = [  # named where the region lacks the first or the last year
            "" if year == wanted else self.grammar.note.format(year)
            for year, wanted in zip(state["years"], (study.years[0], study.years[-1]), strict=True)
        ]
        dated = [f"{graded(d)}{year}" for d, year in zip(state["D"], years, strict=True)]
        facts: list[tuple[str, str]] = [
            (say("facts/D"), " → ".join(dated)),
            (say("facts/grade"), state["grade"][1] + years[1]),
            (say("facts/rank"), f"{state['rank'][0]} → {state['rank'][1]}"),
            (say("facts/CT"), f"{fixed(state['C'], 3)} · {fixed(state['T'], 3)}"),
            (say("facts/relative"), self.relative(state["lagging"], state["relative"])),
            (say("facts/obstacle"), self._obstacle(region)),
        ]
        return facts + (self._population_facts(region) if study.pair else [])

    def _obstacle(self, region: str) -> str:
        rows = self._obstacles[self._obstacles["region"] == region]
        if rows.empty:
            return NOTHING
        return self.study.heading(str(rows.loc[rows["obstacle"].idxmax(), "indicator"]))

    def _population_facts(self, region: str) -> list[tuple[str, str]]:
        reasons, estimates, sets = self._population
        names = [self.say(f"facts/{key}") for key in ("b1", "d", "sets")]
        if region in reasons:
            refusal = self.refusal(reasons[region])
            return list(zip(names, (refusal, NOTHING, NOTHING), strict=True))
        own = self.grammar.series(
            self.say("facts/set", sign=sign, set=self.set_words(sets.loc[region], x))
            for sign, x in (("x₁", "x1"), ("x₂", "x2"))
        )
        found = (self.estimate(rows.loc[region]) for rows in estimates)
        return list(zip(names, (*found, own), strict=True))

    @cached_property
    def _population(self) -> tuple[dict[str, str], list[pd.DataFrame], pd.DataFrame]:
        """Of the regions' own fits: why refused, rows of b1 and of d, confidence sets."""
        estimates = [regional(self.study, p).set_index("scope") for p in ("b1", "d")]
        return refused(self.study), estimates, region_fit_rows(self.study).set_index("scope")

    def refusal(self, reason: str) -> Markdown:
        """That something is not estimated, and why."""
        return self.say("titles/not_estimated", reason=reason)

    def relative(self, state: Any, value: Any) -> Markdown:
        """Relative development with the subsystem that lags, as the table says it."""
        return self.grammar.series([fixed(value), self.side(state)], "clause")

    def side(self, state: Any) -> Markdown:
        """The subsystem that lags, or that none does."""
        if state == "synchronous":
            return escaped(self.word("lagging", state))
        return self.say("titles/lags", subsystem=self.study.label(state))
