"""Rows of the report's tables of indices, of the regional pattern and of the model."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from coevo.coupling.comovement import SCALES, SCOPES
from coevo.files import rows_of
from coevo.inference.signs import QUADRANTS
from coevo.regional.regional_panel import ADJUSTED, PLAIN
from coevo.report.findings import deciding as power
from coevo.report.findings import equilibrium, in_step
from coevo.report.findings.choice_robustness import sign_survival_finding
from coevo.report.findings.level_control import level_finding
from coevo.report.findings.page_one import scope_finding
from coevo.report.findings.regional_pattern import at_ends, group_means, one_row, slope, statistics
from coevo.report.findings.relation import relation_finding
from coevo.report.findings.theory_against_fit import theory_finding
from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import Body
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING, fixed, missing
from coevo.report.words.report_text import ReportText, Rows, amount
from coevo.sensitivity.choices import MAIN
from coevo.sensitivity.headline_statistics import R2

MEASURES = (PLAIN, ADJUSTED)
UNKNOWN = dict.fromkeys(("value", "p", "critical"))  # a statistic that was not computed
BOUNDED = (equilibrium.BOUNDED, "range", "")  # sets: of a fit, of single years, none


def descriptive(words: ReportText) -> list[dict[str, Any]]:
    """Every indicator used, of the subsystems or else of the populations: N, mean, standard
    deviation (n - 1), minimum and maximum.
    """
    study = words.study
    column, wanted = "indicator", study.populations
    if study.indexed:
        column, wanted = "subsystem", study.subsystems
    used = rows_of(study.indicators, **{column: wanted})["indicator"]
    values = study.tables["panel"].dropna(subset="value").groupby("indicator")["value"]
    table = values.agg(["count", "mean", "std", "min", "max"]).reindex(used)
    table["count"] = table["count"].fillna(0).astype(int)
    return list(table.reset_index().to_dict("records"))


def coordination(words: ReportText) -> Body:
    """D of every region in every year; below them the mean of the regions, if there are several.

    The note says which weights D rests on.
    """
    study = words.study
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows: Rows = [[study.name(r), *map(words.graded, D.loc[r])] for r in study.listing]
    if not study.single:
        rows.append([words.say("tables/coordination/mean"), *map(fixed, D.mean())])
    heads = [words.say("tables/coordination/head"), *map(str, study.years)]
    method = words.word("weighting", study.config["weighting"]["method"])
    note = words.say("tables/coordination/note", weighting=method)
    return Body(rows, heads, note, ids=["", *(f"D{year}" for year in study.years)])


def coverage_growth(words: ReportText) -> Body:
    """Growth of the indicators whose coverage changed, a column each: a row per year, with z and
    whether the year stands out.
    """
    table = words.study.tables["coverage_growth"]
    names = table["indicator"].unique()
    found = {(row["year"], row["indicator"]): row for row in table.to_dict("records")}
    years = sorted({year for year, _ in found})
    rows = [{"year": y, "indicators": [found.get((y, name)) for name in names]} for y in years]
    heads = words.phrases["tables"]["coverage_growth"]["columns"]
    return Body(rows, [*heads, *map(words.study.label, names)])


def pairs(words: ReportText) -> Iterator[dict[str, Any]]:
    """Correlations (`r`) by pair of subsystems, if there are several, and what is correlated; of
    those within regions and years what random pairing gives, with p.
    """
    study = words.study
    if len(study.subsystems) > 2:
        for pair, scale in product(in_step.pairs(study), SCALES):
            frame = in_step.correlation_values(study, pair, scale=scale).reindex(SCOPES)
            yield {"pair": pair, "scale": scale, "r": frame["value"], **frame.iloc[-1]}


def explained(words: ReportText) -> Body:
    """What makes ln D, by indicator system: share of T by form of C, R2 of size and of size per
    head, each from the least to the largest of all combinations.
    """
    study, head = words.study, words.phrases["tables"]["explained"]["head"]
    table = study.tables["multiverse"]
    systems = table.dropna(subset="share_T")["system"].unique()
    main = words.say(f"tables/explained/main/{scope_finding(study)['measured']}")
    heads = [head, *(main if s == MAIN else study.label(s) for s in systems)]
    lines = [
        (words.say("tables/explained/T", form=form), part, "share_T")
        for form, part in table.groupby("form", sort=False)
    ]
    for (level, _), column in zip(level_finding(study)["levels"], R2, strict=False):
        lines.append((words.say("tables/explained/level", level=level), table, column))
    rows: Rows = []
    for title, part, column in lines:
        ends = part.groupby("system")[column].agg(["min", "max"]).reindex(systems)
        rows.append([title, *(words.grammar.dash.join(map(fixed, ends.loc[s])) for s in systems)])
    return Body(rows if len(systems) else [], heads)


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


def growth_slopes(words: ReportText) -> Iterator[dict[str, Any]]:
    """Slopes of growth by both errors (`plain`, `conley`) and by the `wider`, Moran's I of
    residuals.
    """
    kinds = {"plain": "", "conley": "_conley", "moran": "_residual_moran"}
    for name in ("beta", "beta_check", "beta_given_level"):
        rows = {kind: one_row(words.study, name + end) for kind, end in kinds.items()}
        if rows["plain"] is not None:
            rows["moran"] = rows["moran"] or UNKNOWN
            yield rows | {"name": name, "wider": slope(words.study, name)}


def neighbours(words: ReportText) -> Iterator[dict[str, Any]]:
    """Rows of Moran's I of D and of D with the level taken out (`adjusted`), by year."""
    parts = {"D": PLAIN, "adjusted": ADJUSTED}
    moran = {part: statistics(words.study, "moran", of) for part, of in parts.items()}
    found = {part: rows.set_index("year").to_dict("index") for part, rows in moran.items()}
    for year in words.study.years:
        rows = {part: known.get(year, UNKNOWN) for part, known in found.items()}
        if any(row is not UNKNOWN for row in rows.values()):
            yield rows | {"year": year}


def _at(words: ReportText, row: Any) -> list[Any]:
    """Both coordinates, in grey where the set is unbounded, each with its set or range."""
    cells: list[Any] = []
    for x in ("x1", "x2"):
        value, bounded = amount(row[x]), row[f"{x}_set"] in BOUNDED
        grey = value != NOTHING and not bounded
        cells += [Markdown(f"[{value}]{{.grey}}") if grey else value, words.set_words(row, x)]
    return cells


def _theory_rows(words: ReportText) -> Iterator[list[Any]]:
    """Theoretical points, each with growth of both outputs there by the region's own fit, its
    intervals, joint p and the verdict.
    """
    for point in theory_finding(words.study).get("points", ()):
        years = "range" if not missing(point["x1_low"]) else ""
        point = point | {"x1_set": years, "x2_set": years}
        title = words.say(f"theory_fit/titles/{point['source']}", point=point)
        p = point["p_joint"]
        grown: list[str] = [words.growth(point, i) for i in (1, 2)]
        grown.append(NOTHING if missing(p) else words.say("theory_fit/joint", p=p))
        yield [title, *_at(words, point), *grown, words.say(f"chips/{point['verdict']}")]


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


def signs(words: ReportText) -> Body:
    """In how many fits of each case the supply pattern shows, of how many, and p by chance."""
    survival, study, say = sign_survival_finding(words.study), words.study, words.say
    kind = "effects_pooled" if study.pooled else "effects"
    cases = [
        (say(f"survival/cases/{key}", fits=words.word(kind, effects)), survival[key][effects])
        for effects in study.effects
        for key in ("all", "without_growth")
        if survival[key]
    ]
    for key in ("swapped", "deflated"):
        cases += [(say(f"survival/cases/{key}"), by[""]) for by in [survival[key]] if by]
    for pair, by in survival["pairs"].items():
        cases.append((say("survival/cases/pair", name=study.pair_label(pair)), by[""]))
    rows = [counts | {"name": name} for name, counts in cases if counts["specifications"]]
    return Body(rows, note=say(f"interaction/chance/{survival['chance']}"))


def ecological(words: ReportText) -> list[dict[str, Any]]:
    """Relations by the signs of A12 and A21, and the probability of these."""
    probability = relation_finding(words.study).get("quadrants", {})
    return [{"signs": signs, "p": probability.get(signs)} for signs in QUADRANTS]


def deciding(words: ReportText) -> Body:
    """Share of panels in which a relation is named, by size of the effects, and what finds it in
    four of five: the share with half the noise, years, regions. Last the equilibrium in focus.
    """
    rows, every = [], words.study.rows("power")
    for effect, part in every.groupby("effect", sort=False):
        sizes, quiet = power.own_setting(part).set_index("size")["power"], part[part["noise"] < 1]
        single = effect == power.EQUILIBRIUM
        if single:
            own = part["years"] == len(words.study.years)
            sizes = part[own].assign(size=power.ESTIMATES).set_index("size")["power"]
        shares = sizes.reindex(power.SIZES).to_dict()
        found = {"effect": effect, "single": single, "quiet": next(iter(quiet["power"]), None)}
        found["most"] = {name: int(part[name].max()) for name in ("years", "regions")}
        for name in ("least_years", "least_regions"):
            found[name] = next(iter(part[name].dropna()), None)
        rows.append(shares | found)
    return Body(rows, note=words.say("tables/deciding/note"))
