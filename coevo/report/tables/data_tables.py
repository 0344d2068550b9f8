"""Rows of the report's tables, from tables of the study."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from coevo.inference.slope_errors import SLOPES
from coevo.normalisation.directions import scales_of
from coevo.panel.audit import ACCEPTED, FINDING, SERIOUS
from coevo.report.findings.choice_robustness import sign_survival_finding
from coevo.report.findings.data_quality import (
    audited,
    largest_obstacles,
    since,
    weights_finding,
)
from coevo.report.findings.interaction import regional
from coevo.report.findings.page_one import NOT_TESTED, opening_kind
from coevo.report.findings.predicted import rivals
from coevo.report.findings.region_states import region_states
from coevo.report.findings.since_release import SHOWN, figures_since
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables import LAYOUT, laid_out
from coevo.report.tables.columns import column_of
from coevo.report.tables.report_table import Body
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import (
    NOTHING,
    band,
    exact,
    fixed,
    graded,
    hundredths,
    missing,
    with_figures,
)
from coevo.report.words.report_text import ReportText, Rows, amount
from coevo.report.words.template_values import series_name
from coevo.sensitivity.claims import NOT_TESTABLE

# how the summary shows what `region_states` says
STATED: dict[str, Callable[[Any], Any]] = {"group": str, "D_first": graded, "D": graded}
STATED |= {"rise": fixed, "D_without": graded}
STATED |= dict.fromkeys(("rank_first", "rank", "rank_low", "rank_high", "rank_adjusted"), int)
FARTHER = (2, 3)  # years ahead that the table of predictions shows, beside the one that is judged

Part = tuple[Any, dict[str, Any]]  # a column as the phrases write it, its cells by region


def indicator_rows(words: ReportText) -> Rows:
    """One row per indicator: subsystem, label with unit, direction or what is best, weight, since
    when it is measured as it is.
    """
    study, scales, result = words.study, scales_of(words.study.indicators), list[list[Any]]()
    for row in weights_finding(study)["rows"].itertuples():
        label = study.heading(row.subsystem)
        first = all(label != before[0] for before in result)
        direction = scales[row.indicator].direction.replace("-", "−")
        held = since(study, row.indicator)
        parts = [str(held.pop("first"))]
        parts += [words.say(f"measured/since/{key}", years=of) for key, of in held.items() if of]
        result.append([
            label if first else "",
            words.grammar.measured(study.heading(row.indicator), study.unit(row.indicator)),
            band(*scales[row.indicator].best) or direction,
            fixed(row.weight, 3),
            words.grammar.series(parts),
        ])  # fmt: skip
    return result


def weights(words: ReportText) -> Body:
    """One row per indicator: label, place, e, 1 - e, least and largest w by the other methods, the
    share between regions if there are several, focus values.
    """
    study, phrases = words.study, words.phrases["tables"]
    ends = (study.years[0], study.years[-1])
    between = phrases["weights"]["between"] if study.single else None
    columns = [column for column in laid_out(phrases, "weights") if column[0] != between]
    columns += [[words.grammar.dated(study.name(study.focus), y), "r", 9] for y in ends]
    table = study.indicators.set_index("indicator")
    every = study.tables["weights"]
    others = every[every["weighting"] != study.config["weighting"]["method"]]
    others = others.groupby("indicator")["weight"].agg(["min", "max"])
    values = study.of_focus("panel").set_index(["indicator", "year"])["value"]
    result: Rows = []
    for row in weights_finding(study)["rows"].itertuples():
        entropy = [fixed(row.entropy, 3), fixed(1 - row.entropy, 3)]
        focus = [with_figures(values.get((row.indicator, y)), 3) for y in ends]
        result.append([
            study.heading(row.indicator),
            table.loc[row.indicator, "dimension"],
            *entropy,
            words.grammar.dash.join(fixed(others.at[row.indicator, end]) for end in ("min", "max"))
            if row.indicator in others.index else NOTHING,
            *([] if study.single else [hundredths(row.between)]), *focus,
        ])  # fmt: skip
    return Body(result, columns)


def audit_counts(words: ReportText) -> Rows:
    """Findings by check and indicator, the serious ones first and those that the study accepts
    last: how many, and one of them in words.
    """
    rows: Rows = []
    findings = audited(words.study)
    order = findings["standing"].map([SERIOUS, FINDING, ACCEPTED].index).sort_values(kind="stable")
    by = ["standing", "check", "indicator"]
    for (standing, check, indicator), part in findings.loc[order.index].groupby(by, sort=False):
        example = part.iloc[0]
        place = example["name"] or example["file"]
        if not missing(example["year"]):
            place = words.grammar.dated(place, example["year"])
        message = words.message(example["message"], example["fields"])
        kind: Any = words.word("check", check)
        if standing != FINDING:
            kind = words.grammar.noted(kind, words.word("standing", standing))
        text = words.grammar.series([place, message], "colon")
        rows.append([kind, words.study.heading(indicator), len(part), text])
    return rows


def states(words: ReportText) -> Body:
    """U of every subsystem, C, T, D, type and relative development of every region in its last
    year, which is named where it is not the last of the study.
    """
    head, *rest = laid_out(words.phrases["tables"], "states")
    labels = map(words.study.label, words.study.subsystems)
    indices = [[words.grammar.series(["U", label], "clause"), "r", 10] for label in labels]
    last = words.study.ends[1].sort_values("D", ascending=False)
    rows = []
    for _, row in last.iterrows():
        late = row["year"] == words.study.years[-1]
        name = row["name"] if late else words.grammar.noted(row["name"], f"{row['year']:.0f}")
        values = [fixed(row[SUBSYSTEM_PREFIX + s], 3) for s in words.study.subsystems]
        rows.append([
            name, *values, fixed(row["C"], 3), fixed(row["T"], 3), graded(row["D"]),
            words.grammar.series([row["grade"], words.side(row["lagging"])], "clause"),
            fixed(row["relative_development"]),
        ])  # fmt: skip
    note = words.say("tables/states/note")
    return Body(rows, [head, *indices, *rest], note)


def headline_rows(words: ReportText) -> Rows:
    """What a reader would repeat: claim, how it was tested, what came out, verdict, section."""
    return [
        [_claim(words, row), *_tested(words, row, row.claim)]
        for row in words.study.tables["headline_claims"].itertuples()
    ]


def _claim(words: ReportText, row: Any) -> str:
    return str(words.grammar.upper_first(words.message(row.claim, row.stated)))


def region_rows(words: ReportText) -> Rows:
    """Every region by D of its last year: group, D of its first and last year and without years of
    changed coverage, grade, rank with its range over choices, rank with the level taken out.
    """

    def ranks(row: Any) -> str:
        ends = () if missing(row.rank_low) else (row.rank_low, row.rank_high)
        return words.grammar.dash.join(fixed(end, 0) for end in ends)

    states = region_states(words.study).dropna(subset="D").sort_values("D", ascending=False)
    grades = words.study.ends[1]["grade"]
    return [
        [
            words.study.name(row.Index), NOTHING if missing(row.group) else row.group,
            graded(row.D_first), graded(row.D), graded(row.D_without), grades[row.Index],
            fixed(row.rank, 0), ranks(row), fixed(row.rank_adjusted, 0),
        ]
        for row in states.itertuples()
    ]  # fmt: skip


def headlines_in_full(words: ReportText) -> Rows:
    """Claim, what came out, verdict; page one and the sections say how it was tested."""
    return [[claim, out, verdict] for claim, _, out, verdict, _ in headline_rows(words)]


def claims_in_full(words: ReportText) -> Body:
    """The same of a paper's claims, with how they were tested unless page one says so."""
    rows = [row[:-1] for row in claim_rows(words)]
    if opening_kind(words.study) != "claims":
        return Body(rows)
    columns = laid_out(words.phrases["tables"], "claims", "short")
    return Body([[claim, out, verdict] for claim, _, out, verdict in rows], columns)


def claim_rows(words: ReportText) -> Rows:
    """The claims of a paper, with what it prints, likewise; those without figures left out."""
    rows = []
    for row in _with_figures(words):
        paper = row.paper  # its words, else its printed figures, nothing where no file has them
        if not paper and row.printed_message:
            paper = words.message(row.printed_message, row.printed_fields)
        statement = (
            words.say("tables/claims/paper", claim=row.claim, paper=paper) if paper else row.claim
        )
        rows.append([statement, *_tested(words, row, row.check)])
    return rows


def verdict_rows(words: ReportText) -> Body:
    """For page one, of the claims that it asks about: claim, how it was tested, in how many
    combinations or fits it holds, one of five words, what it hangs on, section; of the claims of a
    paper without those two.
    """
    if opening_kind(words.study) == "claims":
        rows = [[row.claim, *_tested(words, row, row.check)] for row in _with_figures(words)]
        return Body([[claim, tested, *rest] for claim, tested, _, *rest in rows])
    rows = []
    for row in words.study.tables["headline_claims"].itertuples():
        if row.claim not in LAYOUT["elsewhere"]:
            test, _, verdict, section = _tested(words, row, row.claim)
            short = {} if row.verdict == NOT_TESTABLE else words.phrases["words"]["tested_short"]
            hangs = words.message("hanging", row.fields) if row.computed == "by_choices" else ""
            test = short.get(row.claim, test)
            rows.append([_claim(words, row), test, _held(words, row), verdict, hangs, section])
    layout = laid_out(words.phrases["tables"], "verdicts", "held")
    return Body(rows, layout, words.say("tables/verdicts/note"))


def _held(words: ReportText, row: Any) -> str:
    """In how many combinations a claim holds, or in how many fits; of theory p of its fits."""
    if row.computed in ("by_choices", "growth_at_theory"):
        return str(words.message(f"held_{row.computed}", row.fields))
    counted = LAYOUT["fits"].get(row.claim)
    counts = sign_survival_finding(words.study)[counted].get("") if counted else None
    shown = counts and counts["specifications"]
    return str(words.say("tables/verdicts/fits", counts=counts)) if shown else NOTHING


def _with_figures(words: ReportText) -> list[Any]:
    """The claims of a paper but for those that no figure of the files can be held against."""
    claims = words.study.tables["claims"]
    return list(claims[claims["computed"] != "no_figures"].itertuples())


def _tested(words: ReportText, row: Any, check: str) -> list[Any]:
    """How a claim was tested (with one region, what is left of that, if it needs several), what
    came out, one of five words, the section.
    """
    alone = f"{check}_alone" if words.study.single else ""
    test = alone if alone in words.phrases["words"]["tested"] else check
    verdict = NOT_TESTED if row.verdict == NOT_TESTABLE else row.conclusion
    sign, conclusion = (words.word(kind, verdict) for kind in ("conclusion_chip", "conclusion"))
    chip = Markdown(f"[{escaped(conclusion)}]{{.chip .{sign}}}")
    place = LAYOUT["sections"].get(check, "")
    needed = LAYOUT["needs"].get(place)
    in_report = place and (needed is None or getattr(words.study, needed))
    return [
        words.word("tested", test),
        words.message(row.computed, row.fields),
        chip,
        Markdown(f"[{words.say(f'headings/{place}')}](#{place})") if in_report else "",
    ]


def prediction_rows(words: ReportText) -> Rows:
    """A row per series and model: ratios by years ahead, p, coverage, verdict."""
    study = words.study
    farther = {h: rivals(study, h).set_index(["series", "model"])["ratio"] for h in FARTHER}
    rows: Rows = []
    for row in rivals(study).to_dict("records"):
        key = (row["series"], row["model"])
        rows.append([
            words.grammar.upper_first(series_name(words, key[0])),
            words.word("prediction", key[1]),
            fixed(row["ratio"]),
            fixed(row["p"], 3),
            *(fixed(of.get(key)) if key in of.index else NOTHING for of in farther.values()),
            hundredths(row["coverage"]),
            words.word("prediction_verdict", row["verdict"]),
        ])  # fmt: skip
    return rows


def _change(words: ReportText, row: Any) -> str:
    if missing(row["old"]) or missing(row["new"]) or not row["old"]:
        return NOTHING
    share = row["new"] / row["old"] - 1
    return ("+" if share > 0 else "") + words.percent(share, 1)


def largest_rows(words: ReportText) -> Rows:
    """The figures with the largest effect on D, in the order of the table: what each is of, what
    happened, old, new, change, effect on D.
    """
    rows = figures_since(words.study)
    effects = (rows["D_frozen"] - rows["D_old"]).abs().fillna(0)
    largest = effects.sort_values(ascending=False, kind="stable").index[:SHOWN]
    lines: Rows = []
    for _, row in rows.loc[sorted(largest)].iterrows():
        label, unit = words.study.heading(row["indicator"]), words.study.unit(row["indicator"])
        effect = (
            NOTHING if missing(row["D_frozen"])
            else f"{graded(row['D_old'], 3)} → {graded(row['D_frozen'], 3)}"
        )  # fmt: skip
        lines.append([
            words.grammar.dated(row["name"], row["year"]),
            words.grammar.measured(label, unit),
            words.word("change", row["change"]), exact(row["old"]), exact(row["new"]),
            _change(words, row), effect,
        ])  # fmt: skip
    return lines


def summary(words: ReportText) -> Body:
    """Of every region what `region_states` says, grade, indices, largest obstacle, outputs, slopes.

    A head that is dated carries the year; the words are those of `tables.csv`. What a region lacks
    is empty; a column that all lack is left out.
    """
    study = words.study
    codes, last = pd.Series(study.listing, study.listing), study.years[-1]
    parts = [
        _part(words, "panel", "region", codes, str),
        _part(words, "panel", "name", codes, study.name),
        *(_of_indices(words) if study.indexed else ()),
    ]
    for k, output in enumerate(study.pair or (), start=1):
        (_, *look), cells = _part(
            words, "summary", f"x{k}", study.series(output).xs(last, level="year"), amount
        )
        label = words.grammar.dated(study.heading(output), last)
        parts.append(([words.grammar.measured(label, study.unit(output) or NOTHING), *look], cells))
    for name in SLOPES if study.pair else ():
        slopes = regional(study, name).set_index("scope")["estimate"]
        parts.append(_part(words, "summary", name, slopes, with_figures))
    parts = [part for part in parts if part[1]]
    rows = [[cells.get(code, "") for _, cells in parts] for code in study.listing]
    return Body(rows, [head for head, _ in parts])


def _part(
    words: ReportText, table: str, column: str, values: pd.Series, shown: Callable[[Any], Any],
    year: int | None = None,
) -> Part:  # fmt: skip
    text = column_of(table, column, words.study.config["subsystems"], words.study.language).head
    dated = words.grammar.dated(text, year) if year else text
    cells = {str(code): shown(value) for code, value in values.dropna().items()}
    return [dated, "l", 12, column], cells


def _of_indices(words: ReportText) -> list[Part]:
    """What rests on the indices."""
    study = words.study
    year, states, end = study.years[-1], region_states(study), study.ends[1]
    years: dict[str, int | None] = dict.fromkeys(STATED, year)
    years |= dict.fromkeys(("D_first", "rank_first"), study.years[0])
    years |= dict.fromkeys(("group", "rise"))
    indices = ("C", "T", *(SUBSYSTEM_PREFIX + name for name in study.subsystems))
    return [
        *(_part(words, "summary", id, states[id], STATED[id], years[id]) for id in STATED),
        _part(words, "coupling", "grade", end["grade"], str, year),
        _part(words, "coupling", "lagging", end["lagging"], words.side, year),
        *(_part(words, "coupling", name, end[name], fixed, year) for name in indices),
        _part(words, "summary", "obstacle", largest_obstacles(study), study.heading),
    ]
