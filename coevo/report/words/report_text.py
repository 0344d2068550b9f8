"""A study in the words of a language: phrases, names, and cells of tables."""

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import Any

from coevo.report.findings.equilibrium import refused, region_fit_rows
from coevo.report.findings.interaction import regional
from coevo.report.findings.page_one import conclusions
from coevo.report.findings.rise import focus_state
from coevo.report.findings.study_tables import Reason, Study
from coevo.report.words.grammar import NO_NOUNS, Grammar
from coevo.report.words.markup import Markdown, environment, escaped, speaker
from coevo.report.words.message_words import MessageText, message_texts
from coevo.report.words.numbers import fixed, graded, missing, with_figures
from coevo.report.words.text_numbers import Teller

Phrases = Mapping[str, Any]
Rows = list[list[Any]]


def amount(value: Any) -> str:
    """An output in its unit: whole from 1,000 on, three significant figures below."""
    return with_figures(value) if missing(value) or abs(value) < 1000 else fixed(value, 0)


class ReportText:
    """A study and the phrases of a language; what puts its findings, names and cells into words.

    `say` fills a phrase, found by its key, with the globals of `jinja` and the values it is given.
    """

    def __init__(self, study: Study, phrases: Phrases) -> None:
        self.study, self.phrases, self.numbers = study, phrases, Teller()
        self.grammar = grammar = Grammar(**phrases["grammar"])
        self.nouns = phrases.get("nouns", NO_NOUNS)
        self.listed, self.percent = grammar.listed, grammar.percent
        self.jinja = environment(grammar.filters, self.numbers.noted)
        self.graded = partial(graded, scale=study.grades)
        self.jinja.filters["graded"] = self.graded
        self.say = speaker(self.jinja, phrases, grammar.joined)
        self.jinja.filters |= {"conclusions": conclusions}
        self.jinja.filters |= {"word": lambda name, kind: self.word(kind, name)}
        names = "study say word between set_words side slope_set why sheet".split()
        self.jinja.globals |= {name: getattr(self, name) for name in names}

    def word(self, kind: str, name: str) -> str:
        """The report's word for a name of the code; what has none stands as it is."""
        known = self.study.words.get(kind) or self.phrases["words"].get(kind, {})
        return str(known.get(name, name))

    @cached_property
    def message(self) -> MessageText:
        """What puts a message of a table into plain text: its key and its fields."""
        return message_texts(self.phrases, self.study.label, self.study.name)

    def term(self, kind: str, key: Any) -> str:
        """A word that files for other programs alone need; what has none stands as it is."""
        return str(self.phrases["exports"][kind].get(str(key), key))

    def sheet(self, table: str) -> str:
        """The sheet of the workbook that holds a table of results, or formulas."""
        return self.word("sheet", table).replace("_", " ")

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

    def between(self, pair: Iterable[float]) -> Markdown:
        """Least and largest value, counts as they are and others to two significant figures, or the
        one that they are.
        """
        low, high = (
            fixed(value, 0) if float(value).is_integer() else with_figures(value, 2)
            for value in pair
        )
        return Markdown(low) if low == high else self.say("sets/interval", low=low, high=high)

    def slope_set(self, row: Any) -> Markdown:
        """The set of slopes that instruments allow, as mathematics."""
        low, high, kind = (*(with_figures(row[end], 2) for end in ("low", "high")), row["set"])
        kinds = {"interval": "bounded", "empty": "empty"}
        kinds["unbounded"] = "up_to" if missing(row["low"]) else "from_on"
        return self.say(f"sets/{kinds.get(kind, kind)}", low=low, high=high)

    def set_words(self, row: Any, coordinate: str) -> str:
        """A set as mathematics: an interval, all but one, the whole line; of years a range."""
        kind = row[f"{coordinate}_set"] or "none"
        low, high = (amount(row[f"{coordinate}_{end}"]) for end in ("low", "high"))
        return self.say(f"sets/{'bounded' if kind == 'interval' else kind}", low=low, high=high)

    def signs(self, row: Any) -> str:
        """The kind of E, or the probability of predator-prey (supply) signs."""
        if missing(row["p_predator_prey"]):
            return self.word("kind", row["kind"])
        return self.say("titles/supply", p=row["p_predator_prey"])

    def facts(self, region: str) -> list[tuple[str, str]]:
        """What the panel of a region shows: (label, value) in the order of the phrases."""
        parts, values, study = [], dict[str, Any](), self.study
        if study.indexed:
            parts.append("region")
            values["state"] = focus_state(study, region)
        if study.pair:
            parts.append("populations")
            values["fit"] = self._fits[region]
        keys = [f"facts/{part}/{key}" for part in parts for key in self.phrases["facts"][part]]
        return [(self.say(f"{key}/label"), self.say(f"{key}/value", **values)) for key in keys]

    @cached_property
    def _fits(self) -> dict[str, dict[str, Any]]:
        """Of every region's own fit: b1, d and its sets, or why it is refused."""
        rows = {name: regional(self.study, name).set_index("scope") for name in ("b1", "d")}
        fits = {
            region: {name: self.estimate(slopes.loc[region]) for name, slopes in rows.items()}
            | {"sets": self.say("facts/fitted", row=sets)}
            for region, sets in region_fit_rows(self.study).set_index("scope").iterrows()
        }
        none = {"d": None, "sets": None}
        why = refused(self.study).items()
        return fits | {region: {"b1": self.refusal(reason)} | none for region, reason in why}

    def why(self, reason: Reason | None) -> str:
        """Why something was refused; "" without a reason."""
        return self.message(*reason) if reason else ""

    def refusal(self, reason: Reason | None) -> Markdown:
        """That something is not estimated, and why."""
        return self.say("titles/not_estimated", reason=self.why(reason))

    def side(self, state: Any) -> Markdown:
        """The subsystem that lags, or that none does."""
        if state == "synchronous":
            return escaped(self.word("lagging", state))
        return self.say("titles/lags", subsystem=self.study.label(state))
