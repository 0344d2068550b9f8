"""Rows of the report's tables, from tables of the study."""

from collections.abc import Callable, Collection
from typing import Any

import pandas as pd

from coevo.inference.slope_errors import SLOPES
from coevo.normalisation.directions import scales_of
from coevo.panel.audit import ACCEPTED, FINDING, SERIOUS
from coevo.report.findings.data_quality import audited, largest_obstacles, weights_finding
from coevo.report.findings.interaction import regional
from coevo.report.findings.page_one import opening_kind
from coevo.report.findings.predicted import ratios, rivals
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

# how the summary shows what `region_states` says
STATED: dict[str, Callable[[Any], Any]] = {"group": str, "D_first": graded, "D": graded}
STATED |= {"rise": fixed, "D_without": graded}
STATED |= dict.fromkeys(("rank_first", "rank", "rank_low", "rank_high", "rank_adjusted"), int)
FARTHER = (2, 3)  # years ahead that the table of predictions shows, beside the one that is judged

Part = tuple[Any, dict[str, Any]]  # a column as the phrases write it, its cells by region


def weights(words: ReportText) -> Body:
    """One row per indicator: place, label with unit, direction or what is best, e, 1 - e, w, least
    and largest w by the other methods, the share between regions if there are several, focus
    values.
    """
    study, phrases = words.study, words.phrases["tables"]
    ends, scales = (study.years[0], study.years[-1]), scales_of(study.indicators)
    between = phrases["weights"]["between"] if study.single else None
    columns = [column for column in laid_out(phrases, "weights") if column[0] != between]
    columns += [[words.grammar.dated(study.name(study.focus), y), "r", 9] for y in ends]
    table, seen = study.indicators.set_index("indicator"), set()
    every = study.tables["weights"]
    others = every[every["weighting"] != study.config["weighting"]["method"]]
    others = others.groupby("indicator")["weight"].agg(["min", "max"])
    values = study.of_focus("panel").set_index(["indicator", "year"])["value"]
    result: Rows = []
    for row in weights_finding(study)["rows"].itertuples():
        first = row.subsystem not in seen
        seen.add(row.subsystem)
        entropy = [fixed(row.entropy, 3), fixed(1 - row.entropy, 3)]
        focus = [with_figures(values.get((row.indicator, y)), 3) for y in ends]
        result.append([
            study.heading(row.subsystem) if first else "",
            table.loc[row.indicator, "dimension"],
            words.grammar.measured(study.heading(row.indicator), study.unit(row.indicator)),
            band(*scales[row.indicator].best)
            or str(table.loc[row.indicator, "direction"]).replace("-", "−"),
            *entropy, fixed(row.weight, 3),
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
    return Body(rows, [head, *indices, *rest])


def headline_rows(
    words: ReportText, claims: Collection[str] | None = None, short: bool = False
) -> Rows:
    """What a reader would repeat, of some claims or of all: claim, how it was tested, what came
    out, verdict, section. short: in place of how it was tested in how many combinations it holds,
    and what it depends on.
    """
    rows = []
    for row in words.study.tables["headline_claims"].itertuples():
        if claims is not None and row.claim not in claims:
            continue
        claim = words.grammar.upper_first(words.message(row.claim, row.stated))
        tested = _tested(words, row, row.claim)
        if short and row.computed == "by_choices":
            parts = (words.message(key, row.fields) for key in ("held_short", "hanging"))
            tested[0] = words.grammar.series(filter(None, parts))
        rows.append([claim, *tested])
    return rows


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
    """For page one, of the claims that it asks about: claim, how it was tested or in how many
    combinations it holds, one of four words, section.
    """
    kind, phrases = opening_kind(words.study), words.phrases["tables"]
    if kind == "claims":
        rows = [[row.claim, *_tested(words, row, row.check)] for row in _with_figures(words)]
    else:
        every = words.study.tables["headline_claims"]["claim"]
        rows = headline_rows(words, set(every) - set(LAYOUT["elsewhere"]), short=True)
    short_rows = [[claim, tested, verdict, section] for claim, tested, _, verdict, section in rows]
    if kind != "indices":
        return Body(short_rows)
    return Body(
        short_rows, laid_out(phrases, "verdicts", "held"), words.say("tables/verdicts/note")
    )


def _with_figures(words: ReportText) -> list[Any]:
    """The claims of a paper but for those that no figure of the files can be held against."""
    claims = words.study.tables["claims"]
    return list(claims[claims["computed"] != "no_figures"].itertuples())


def _tested(words: ReportText, row: Any, check: str) -> list[Any]:
    """How a claim was tested (with one region, what is left of that, if it needs several), what
    came out, one of four words, the section.
    """
    alone = f"{check}_alone" if words.study.single else ""
    test = alone if alone in words.phrases["words"]["tested"] else check
    sign = words.word("conclusion_chip", row.conclusion)
    conclusion = escaped(words.word("conclusion", row.conclusion))
    chip = Markdown(f"[{conclusion}]{{.chip .{sign}}}")
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
    """A row per series and model: ratios by years ahead, p, origins below drift, coverage."""
    study, each = words.study, ratios(words.study)
    farther = {h: rivals(study, h).set_index(["series", "model"])["ratio"] for h in FARTHER}
    rows: Rows = []
    for row in rivals(study).to_dict("records"):
        key = (row["series"], row["model"])
        origins = each[(each["series"] == key[0]) & (each["model"] == key[1])]
        rows.append([
            words.grammar.upper_first(series_name(words, key[0])),
            words.word("prediction", key[1]),
            fixed(row["ratio"]),
            fixed(row["p"], 3),
            f"{int((origins['ratio'] < 1).sum())} / {len(origins)}",
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
