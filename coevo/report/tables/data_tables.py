"""Rows of the report's tables, from tables of the study; what their cells say stands in the
layout, beside the width of their columns.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from coevo.inference.slope_errors import SLOPES
from coevo.normalisation.directions import scales_of
from coevo.panel.audit import ACCEPTED, FINDING, SERIOUS
from coevo.report.findings.choice_robustness import sign_survival_finding
from coevo.report.findings.data_quality import audited, largest_obstacles, since, weights_finding
from coevo.report.findings.interaction import regional
from coevo.report.findings.page_one import NOT_TESTED, opening_kind
from coevo.report.findings.predicted import rivals
from coevo.report.findings.region_standings import standings
from coevo.report.findings.since_release import SHOWN, figures_since
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables import LAYOUT
from coevo.report.tables.columns import column_of
from coevo.report.tables.report_table import Body
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, band, missing
from coevo.report.words.report_text import ReportText
from coevo.sensitivity.choices import ROBUST
from coevo.sensitivity.claims import NOT_TESTABLE

FARTHER = (2, 3)  # years ahead that the table of predictions shows, beside the one that is judged
Row = dict[str, Any]


def indicators(words: ReportText) -> Iterator[Row]:
    """Every indicator with its weight; whether it is the `first` of its subsystem, its `best` band,
    its `direction`, and since when it is measured as it is (`since`).
    """
    study, scales = words.study, scales_of(words.study.indicators)
    rows = weights_finding(study)["rows"]
    rows = rows.assign(first=~rows["subsystem"].duplicated())
    for row in rows.to_dict("records"):
        scale, held = scales[row["indicator"]], since(study, row["indicator"])
        row |= {"best": band(*scale.best), "direction": scale.direction.replace("-", "−")}
        year = held.pop("first")
        said = [words.say(f"measured/since/{key}", years=of) for key, of in held.items() if of]
        yield row | {"since": words.grammar.series([year, *said]) if said else year}


def weights(words: ReportText) -> Body:
    """Every indicator with its weight, `least` and `most` of it by the other methods; the share
    between regions if there are several; values of the focus.
    """
    study, phrases = words.study, words.phrases["tables"]["weights"]
    ends = [study.years[0], study.years[-1]]
    heads = [*phrases["columns"], *(words.grammar.dated(study.name(study.focus), y) for y in ends)]
    every = study.tables["weights"]
    others = every[every["weighting"] != study.config["weighting"]["method"]]
    others = others.groupby("indicator")["weight"].agg(least="min", most="max")
    named = study.indicators.set_index("indicator")["dimension"]
    rows = weights_finding(study)["rows"].join(others, on="indicator")
    rows = rows.drop(columns="dimension", errors="ignore").join(named, on="indicator")
    rows = rows.assign(between=np.nan) if study.single else rows
    values = study.of_focus("panel").pivot(index="indicator", columns="year", values="value")
    figures = values.reindex(rows["indicator"], columns=ends).to_numpy().tolist()
    return Body(rows.assign(figures=figures).to_dict("records"), heads)


def audit(words: ReportText) -> Iterator[Row]:
    """Findings by check and indicator, the serious ones first and those that the study accepts
    last: how many (`n`), and one of them with its `place` and in words.
    """
    findings = audited(words.study)
    order = findings["standing"].map([SERIOUS, FINDING, ACCEPTED].index).sort_values(kind="stable")
    kinds = findings.loc[order.index].groupby(["standing", "check", "indicator"], sort=False)
    for _, part in kinds:
        row = part.iloc[0].to_dict()
        row |= {"n": len(part), "place": row["name"] or row["file"]}
        if not missing(row["year"]):
            row["place"] = words.grammar.dated(row["place"], row["year"])
        yield row | {"said": words.message(row["message"], row["fields"])}


def states(words: ReportText) -> Body:
    """U of every subsystem, C, T, D, type and relative development of every region in its last
    year, which is named where it is not the last of the study.
    """
    study, last = words.study, words.study.ends[1].sort_values("D", ascending=False)
    head, *rest = words.phrases["tables"]["states"]["columns"]
    labels = [words.grammar.series(["U", study.label(s)], "clause") for s in study.subsystems]
    indices = last[[SUBSYSTEM_PREFIX + s for s in study.subsystems]].to_numpy().tolist()
    heads, note = [head, *labels, *rest], words.say("tables/states/note")
    return Body(last.assign(indices=indices).to_dict("records"), heads, note)


def regions(words: ReportText) -> list[Row]:
    """Every region by D of its last year, with the grade of that."""
    states = standings(words.study).join(words.study.ends[1]["grade"]).dropna(subset="D")
    states = states.sort_values("D", ascending=False).reset_index()
    return list(states.to_dict("records"))


def headlines(words: ReportText) -> list[Row]:
    """What a reader would repeat, each with what came of it."""
    return _told(words, "headline_claims")


def claims(words: ReportText) -> Body:
    """The claims of a paper, with how they were tested unless page one says so."""
    look = "short" if opening_kind(words.study) == "claims" else "columns"
    return Body(_told(words, "claims"), look=look)


def verdicts(words: ReportText) -> Body:
    """For page one, of the claims that it asks about: claim, how it was tested, in how many
    combinations or fits it holds, one of five words, what it hangs on, section; of the claims of a
    paper without those two.
    """
    if opening_kind(words.study) == "claims":
        return Body(_told(words, "claims"))
    asked = [row for row in headlines(words) if row["claim"] not in LAYOUT["elsewhere"]]
    for row in asked:
        short = {} if row["verdict"] == NOT_TESTABLE else words.phrases["words"]["tested_short"]
        row["tested"] = short.get(row["claim"], row["tested"])
        by_choices = row["computed"] == "by_choices"
        row["hangs"] = words.message("hanging", row["fields"]) if by_choices else ""
        row["held"] = _held(words, row)
    note = words.say("tables/verdicts/note", least=words.percent(ROBUST))
    return Body(asked, note=note, look="held")


def _told(words: ReportText, table: str) -> list[Row]:
    """Claims with what is said of them: `said`, how each was tested (with one region, what is left
    of that, if it needs several), what came `out`, one of five words (`chip`), the section.

    Of a paper without those that no figure of the files can be held against; `paper`: its words,
    else its printed figures, nothing where no file has them.
    """
    study, known = words.study, words.phrases["words"]["tested"]
    rows: list[Row] = study.tables[table].query("computed != 'no_figures'").to_dict("records")
    for row in rows:
        check = str(row.setdefault("check", row["claim"]))
        if "stated" in row:
            row["said"] = words.grammar.upper_first(words.message(row["claim"], row["stated"]))
        elif not row["paper"] and row["printed_message"]:
            row["paper"] = words.message(row["printed_message"], row["printed_fields"])
        alone = f"{check}_alone"
        row["tested"] = words.word("tested", alone if study.single and alone in known else check)
        row["out"] = words.message(row["computed"], row["fields"])
        verdict = NOT_TESTED if row["verdict"] == NOT_TESTABLE else row["conclusion"]
        sign, conclusion = (words.word(kind, verdict) for kind in ("conclusion_chip", "conclusion"))
        row["chip"] = Markdown(f"[{escaped(conclusion)}]{{.chip .{sign}}}")
        place = LAYOUT["sections"].get(check, "")
        needed = LAYOUT["needs"].get(place)
        there = place and (needed is None or getattr(study, needed))
        link = f"[{words.say(f'headings/{place}')}](#{place})"
        row["section"] = Markdown(link) if there else ""
    return rows


def _held(words: ReportText, row: Row) -> str:
    """In how many combinations a claim holds, or in how many fits; of theory p of its fits."""
    if row["computed"] in ("by_choices", "growth_at_theory"):
        return str(words.message(f"held_{row['computed']}", row["fields"]))
    counted = LAYOUT["fits"].get(row["claim"])
    counts = sign_survival_finding(words.study)[counted].get("") if counted else None
    shown = counts and counts["specifications"]
    return str(words.say("tables/verdicts/fits", counts=counts)) if shown else NOTHING


def prediction(words: ReportText) -> list[Row]:
    """A row per series and model with its ratios by years ahead."""
    by = ["series", "model"]
    ratios = {f"ratio_{h}": rivals(words.study, h).set_index(by)["ratio"] for h in FARTHER}
    return list(rivals(words.study).join(pd.DataFrame(ratios), on=by).to_dict("records"))


def restated(words: ReportText) -> list[Row]:
    """The figures with the largest effect on D, in the order of the table, with their `change`."""
    rows = figures_since(words.study)
    effects = (rows["D_frozen"] - rows["D_old"]).abs().fillna(0)
    largest = effects.sort_values(ascending=False, kind="stable").index[:SHOWN]
    rows = rows.assign(share=rows["new"] / rows["old"].replace(0, np.nan) - 1)
    return list(rows.loc[sorted(largest)].to_dict("records"))


def summary(words: ReportText) -> Body:
    """Of every region what `standings` says, grade, indices, largest obstacle, outputs, slopes.

    A head that is dated carries the year; the words are those of `tables.csv`. What a region lacks
    is empty; a column that all lack is left out.
    """
    study, dated = words.study, words.grammar.dated
    years, labels = {"first": study.years[0], "last": study.years[-1]}, study.config["subsystems"]
    codes = pd.Index(study.listing)
    frame = pd.DataFrame({"region": codes, "name": map(study.name, codes)}, codes)
    frame = frame.join(_of_indices(words)) if study.indexed else frame
    for x, id in study.outputs.items():
        frame[x] = study.series(id).xs(study.years[-1], level="year")
    for name in SLOPES if study.pair else ():
        frame[name] = regional(study, name).set_index("scope")["estimate"]
    heads, held = list[str](), list[list[Any]]()
    for column in map(str, frame):
        table, year, shown = LAYOUT["summary"].get(column, ["coupling", "last", "value|fixed"])
        head = column_of(table, column, labels, study.language, words.nouns).head
        if output := study.outputs.get(column):
            label = dated(study.heading(output), study.years[-1])
            head = words.grammar.measured(label, study.unit(output) or NOTHING)
        heads.append(dated(head, years[year]) if year else head)
        cell = words.jinja.compile_expression(shown)
        held.append(["" if missing(value) else cell(value=value) for value in frame[column]])
    return Body(list(map(list, zip(*held, strict=True))), heads, ids=list(map(str, frame)))


def _of_indices(words: ReportText) -> pd.DataFrame:
    """What of the summary rests on the indices, by region."""
    study = words.study
    indices = [SUBSYSTEM_PREFIX + name for name in study.subsystems]
    last = study.ends[1][["grade", "lagging", "C", "T", *indices]]
    return standings(study).join(last).assign(obstacle=largest_obstacles(study))
