"""Rows of the report's tables, from tables of the study; what their cells say stands in the
layout, beside the width of their columns.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coevo.inference.slope_errors import SLOPES
from coevo.messages import unpacked
from coevo.normalisation.directions import scales_of
from coevo.panel.audit import ACCEPTED, FINDING, SERIOUS
from coevo.regional.regional_panel import ADJUSTED, PLAIN
from coevo.report.findings import equilibrium
from coevo.report.findings.choice_robustness import survival_finding
from coevo.report.findings.data_quality import audited, largest_obstacles, since, weights_finding
from coevo.report.findings.interaction import regional
from coevo.report.findings.page_one import NOT_TESTED, opening_kind
from coevo.report.findings.regional_pattern import at_ends, group_means, standings
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.findings.theory_against_fit import (
    theory_fit_finding,
    told_strengths,
    yearly_rate,
)
from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import Body, column_of
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, band, fixed, missing
from coevo.report.words.report_text import ReportText, Rows, amount
from coevo.sensitivity.choices import ROBUST
from coevo.sensitivity.claims import NOT_TESTABLE
from coevo.sensitivity.headline_claims import THROUGH_CHOICES

Row = dict[str, Any]

MEASURES = (PLAIN, ADJUSTED)
BOUNDED = (equilibrium.BOUNDED, "range", "")  # sets: of a fit, of single years, none


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


def regions(words: ReportText) -> list[Row]:
    """Every region by D of its last year, with the grade of that."""
    states = standings(words.study).join(words.study.ends[1][["grade", "year"]]).dropna(subset="D")
    states = states.sort_values("D", ascending=False).reset_index()
    return list(states.to_dict("records"))


def headlines(words: ReportText) -> list[Row]:
    """What a reader would repeat, each with what came of it."""
    return _told(words, "headline_claims")


def claims(words: ReportText) -> Body:
    """The claims of a paper, with how they were tested unless page one says so."""
    look = "short" if opening_kind(words.study) == "claims" else "columns"
    return Body(_told(words, "claims"), look=look)


def stated(words: ReportText) -> Body:
    """Claims on the results, and of a paper where the study has such."""
    own = [row | {"claim": row["said"], "paper": ""} for row in headlines(words)]
    of_paper = _told(words, "claims") if "claims" in words.study.has else []
    return Body([*own, *of_paper], words.phrases["tables"]["claims"]["columns"])


def verdicts(words: ReportText) -> Body:
    """For page one, of the claims that were tested and that it asks about: claim, how it was
    tested, in how many combinations or fits it holds, one of four words, what it hangs on, section;
    of the claims of a paper, tested or not, without those two.
    """
    if opening_kind(words.study) == "claims":
        return Body(_told(words, "claims"))
    tested = [row for row in headlines(words) if row["verdict"] != NOT_TESTABLE]
    here = [row for row in tested if row["claim"] not in LAYOUT["elsewhere"]]
    asked = [row for row in here if not row["contradicted"]]
    against = words.grammar.series([row["said"] for row in here if row["contradicted"]])
    for row in asked:
        row["tested"] = words.phrases["words"]["tested_short"].get(row["claim"], row["tested"])
        by_choices = row["computed"] in THROUGH_CHOICES
        row["hangs"] = words.message("hanging", row["fields"]) if by_choices else ""
        row["held"] = _held(words, row)
    apart = words.say("tables/verdicts/against", claims=against) if against else ""
    several = any(";" in row["held"] for row in asked if row["computed"] == "by_choices")
    parts = {
        "least": words.percent(ROBUST),
        "apart": apart,
        "counts": words.say("tables/verdicts/by_system") if several else "",
        "strengths": any(row["computed"] == "strengths_found" for row in asked),
    }
    note = words.say("tables/verdicts/note", **parts)
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
            if "system" in (stated := unpacked(row["stated"])):
                system = words.message("named_system", stated)
                row["said"] = words.grammar.noted(row["said"], system)
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
    """In how many combinations a claim holds, by indicator system, or in how many fits; the range
    of a rank; of theory both strengths.
    """
    systems = unpacked(row["fields"]).get("systems", ()) if row["computed"] == "by_choices" else ()
    if systems:
        told = [str(words.message("held_by_choices", counts)) for counts in systems]
        if len({counts["n"] for counts in systems}) == 1:  # told once, with the last
            told[:-1] = [f"{counts['agree']:.0f}" for counts in systems[:-1]]
        return "; ".join(told)
    if row["computed"] in (*THROUGH_CHOICES, "strengths_found"):
        return str(words.message(f"held_{row['computed']}", row["fields"]))
    counted = LAYOUT["fits"].get(row["claim"])
    counts = survival_finding(words.study)[counted].get("") if counted else None
    shown = counts and counts["specifications"]
    return str(words.say("tables/verdicts/fits", counts=counts)) if shown else NOTHING


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


def coordination(words: ReportText) -> Body:
    """D of every region in every year; below them the mean of the regions, if there are several.

    The note says which weights D rests on.
    """
    study = words.study
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows: Rows = [[study.name(r), *map(words.graded, D.loc[r])] for r in study.listing]
    if not study.single:
        mean = study.compared.groupby("year")["D"].mean()[study.years]
        rows.append([words.say("tables/coordination/mean"), *map(fixed, mean)])
    heads = [words.say("tables/coordination/head"), *map(str, study.years)]
    method = words.word("weighting", study.config["weighting"]["method"])
    note = words.say("tables/coordination/note", weighting=method)
    return Body(rows, heads, note, ids=["", *(f"D{year}" for year in study.years)])


def pattern(words: ReportText) -> Body:
    """Statistics of D and of D with the level taken out, each in the first and in the last year: by
    the layout of each line the statistic, and its value, its p or its `share` of the whole index.
    """
    study, say = words.study, words.say
    years = (study.years[0], study.years[-1])
    heads = [words.phrases["tables"]["pattern"]["head"]]
    heads += (say(f"tables/pattern/of/{of}", year=year) for of in MEASURES for year in years)
    means = {(of, name): ends for of in MEASURES for name, *ends in group_means(study, of)}
    rows: Rows = []
    for name, *_ in group_means(study):
        both = [fixed(v) for of in MEASURES for v in means.get((of, name), (None, None))]
        rows.append([say("tables/pattern/rows/mean", group=words.word("group", name)), *both])
    for line, (statistic, cell) in LAYOUT["pattern"].items():
        whole = statistic.partition("_")[0]
        shown = words.jinja.compile_expression(cell)
        ends = [
            pair
            for of in MEASURES
            for pair in zip(at_ends(study, statistic, of), at_ends(study, whole, of), strict=True)
        ]
        cells = [NOTHING if row is None else shown(whole=of, **row) for row, of in ends]
        if any(cell != NOTHING for cell in cells):
            rows.append([say(f"tables/pattern/rows/{line}"), *cells])
    return Body(rows, heads)


def _at(words: ReportText, row: Any) -> list[Any]:
    """Both coordinates, in grey where the set is unbounded, each with its set or range."""
    cells: list[Any] = []
    for x in ("x1", "x2"):
        value, bounded = amount(row[x]), row[f"{x}_set"] in BOUNDED
        grey = value != NOTHING and not bounded
        cells += [Markdown(f"[{value}]{{.grey}}") if grey else value, words.set_words(row, x)]
    return cells


def _theory_rows(words: ReportText) -> Iterator[list[Any]]:
    """Theoretical points, each with growth of both outputs there by the region's own fit."""
    for point in theory_fit_finding(words.study)["points"]:
        years = "range" if not missing(point["x1_low"]) else ""
        point = point | {"x1_set": years, "x2_set": years}
        title = words.say(f"theory_fit/titles/{point['source']}", point=point)
        grown = [words.grammar.percent(yearly_rate(point[f"G{i}"]), 1) for i in (1, 2)]
        yield [title, *_at(words, point), *grown, "", ""]


def strengths(words: ReportText) -> list[Row]:
    """Strengths of both effects, of the panel and the region in focus, with what they rest on."""
    return list(told_strengths(words.study).to_dict("records"))


def equilibria(words: ReportText) -> Iterator[list[Any]]:
    """Observed states, theoretical points with growth there, and fitted equilibria of the focus."""
    study, say, last = words.study, words.say, equilibrium.last_observed(words.study)
    means = (mean for mean in equilibrium.observed_means(study) if not mean["whole"])
    states = [(say("titles/observed", year=last["year"]), last)]
    states += ((say("titles/mean", period=mean["period"]), mean) for mean in means)
    for state, at in states:
        yield [state, amount(at["x1"]), "", amount(at["x2"]), "", "", "", "", ""]
    yield from _theory_rows(words)
    for title, fits in (
        ("own", equilibrium.fits(study).head(1)),
        ("general", equilibrium.general_fit(study)),
        ("pooled", equilibrium.pooled_fits(study)),
    ):
        for _, row in fits.iterrows():
            named = {kind: words.word(kind, row[kind]) for kind in ("estimator", "effects")}
            chip = say(f"chips/{equilibrium.located_verdict(row)}")
            named_title = say(f"titles/{title}", **named)
            yield [named_title, *_at(words, row), "", "", words.signs(row), chip]
