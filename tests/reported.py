"""What a report says of each quantity: in its sentences, its tables and its figures, by key."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from coevo.files import rows_of
from coevo.messages import THIN
from coevo.report.documents.source import text
from coevo.report.figures.drawing import CHARTS, data_behind
from coevo.report.findings import Study
from coevo.report.findings.equilibrium import general_fit, last_observed
from coevo.report.findings.study_tables import chart_words
from coevo.report.tables.annex import report_tables
from coevo.report.tables.report_table import as_frame, readable
from coevo.report.words.report_text import amount
from coevo.report.words.template_values import worded
from coevo.sensitivity.choices import MAIN
from tests.sample import templates, words_of


def sentences(study: Study) -> dict[str, float]:
    """The numbers that the sentences of a report print, by their way in the findings."""
    words = worded(study, words_of("phrases", study.language))
    said = text(words, templates()["report.md"], "1")
    return {
        key.replace(".", "/"): number.value / (100 if number.unit else 1)
        for key, number in words.numbers.all_of(said).items()
    }


def tables(study: Study) -> dict[tuple[str, str, str], float]:
    """The numbers of the tables of a report, by table, row and column."""
    return {
        (table.key, str(row.iloc[0]), str(column)): float(value)
        for table in report_tables(_words(study))
        for _, row in as_frame(table).iterrows()
        for column, value in row.items()
        if isinstance(value, float)
    }


def figure(study: Study, chart: str) -> Any:
    """The data of a figure as drawn."""
    words = chart_words(study, words_of("phrases", study.language))
    return data_behind(chart, CHARTS[chart](study, words))


def differing(places: Mapping[str, float], tolerance: float = 1e-9) -> Iterator[str]:
    """Places in which a quantity has another value than in the first of them."""
    (first, value), *others = places.items()
    for place, other in others:
        if not abs(other - value) <= tolerance * max(1, abs(value)):
            yield f"{place} {other!r}, {first} {value!r}"


def quantities(study: Study) -> dict[str, dict[str, float]]:
    """Each quantity with its places in the report, the result table that it comes from first."""
    said, cells = sentences(study), tables(study)
    (first, last), focus = (study.years[0], study.years[-1]), study.focus
    name, own = study.name(focus), study.coupling.query("region == @focus").set_index("year")
    grid, found = study.coupling.pivot(index="region", columns="year", values="D"), {}
    drawn = {chart: figure(study, chart) for chart in ("opening_degrees",)}

    say = _words(study).say
    mean = say("tables/coordination/mean")

    def place(quantity: str, value: Any, *keys: Any) -> None:
        places = {"results": float(value)}
        for key in keys:
            at = cells if isinstance(key, tuple) else said
            if key in at:
                places[str(key)] = at[key]
        found[quantity] = places

    for end, (year, ids) in enumerate(((first, "D_first"), (last, "D"))):
        keys = [f"far/focus/D/{end}", ("summary", focus, ids), ("coordination", name, f"D{year}")]
        place(f"D of the focus, {year}", own.at[year, "D"], *keys)
        for chart, data in drawn.items():
            row = data[(data["region"] == focus) & (data["year"].astype(float) == year)]
            found[f"D of the focus, {year}"][chart] = float(row["D"].iloc[0])
        place(f"mean of D, {year}", grid[year].mean(), f"far/mean/{end}",
              ("coordination", mean, f"D{year}"))  # fmt: skip
        place(f"sigma, {year}", np.log(grid[year]).std(), f"where/sd_ln/{end}")
    for part in ("C", "T"):
        place(part, own.at[last, part], ("summary", focus, part))
    ends = own.loc[[first, last]]
    for part in ("C", "T"):
        rise = np.log(ends[part]).diff().iloc[-1] / 2
        place(f"what {part} adds to ln D", rise, f"measures/rise/{part}")
    place("rise of ln D", np.log(ends["D"]).diff().iloc[-1], "measures/rise/lnD")
    keys = ["far/focus/rank/1", "far/rank", ("summary", focus, "rank")]
    place("rank of the focus", grid[last].rank(ascending=False)[focus], *keys)
    levels = study.tables["level"]
    explained = levels[levels["measure"] == "R2"].dropna(subset="level").query("level != ''")
    for number, row in enumerate(explained.itertuples()):
        place(f"what {row.level} explains of D", row.value, f"measures/levels/{number}/1")
    read = study.tables["observations"]["value"].notna().sum()
    place("figures read", read, "data/observations")
    calibrated = study.rows("equilibria", source="calibration").dropna(subset="year")
    place("years of a calibration", len(calibrated), "theory_fit/of")
    failed = calibrated["kind"].eq("fails").sum()
    place("years in which it fails", failed, "theory_fit/failed")
    shared = study.rows("strengths", scope="panel", effects="region+year")
    for row in rows_of(shared, estimator=study.estimator).itertuples():
        for end in ("strength", "low", "high"):
            key = f"theory_fit/{row.effect}/{end}"
            place(f"{end} of the interaction, {row.effect}", getattr(row, end), key)
    tried = study.tables["multiverse"].query("not repeated and focus_grade != ''")
    place("combinations", len(tried), "robustness/combined/0")
    tried = tried[tried["system"] == MAIN]
    place("combinations of the study's own indicators", len(tried), "robustness/n")
    for end, value in enumerate((tried["focus_D"].min(), tried["focus_D"].max())):
        place(f"D of the focus by choices, end {end}", value, f"robustness/D/{end}")
    steps = last - first
    place("growth of D", (ends["D"].iloc[-1] / ends["D"].iloc[0]) ** (1 / steps) - 1,
          "far/growth")  # fmt: skip
    measured = study.tables["comovement"].query("measure == 'correlation_lnU'")
    printed = measured[measured["scope"] != "within_regions"]
    for scope, rows in printed.groupby("scope"):
        place(f"correlation, {scope}", rows["value"].iloc[0], f"r/{scope}")
    for quantity, places in (*_equilibria(study, said), *_slopes(study, cells)):
        found[quantity] = places
    return found


def _equilibria(study: Study, said: Mapping[str, float]) -> Iterator[tuple[str, dict[str, float]]]:
    """Observed, calibrated and fitted points of the region in focus, as whole as they are printed.

    In the results, the table, the plane and, of the calibrated one, the sentence.
    """
    words, rows = _words(study), study.rows("equilibria", scope=study.focus)
    (table,) = (one for one in report_tables(words) if one.key == "equilibria")
    plane, last = figure(study, "phase"), last_observed(study)
    fits = rows[(rows["source"] == "fit") & (rows["model"] == "classic")]
    fits = fits[fits["estimator"] == study.estimator].sort_values("effects", kind="stable")
    theory = study.rows("theory", scope=study.focus, effects="none", estimator=study.estimator)
    titles = {
        words.say(f"theory_fit/titles/{row['source']}", point=row): row
        for row in theory.to_dict("records")
    }
    points = {words.say("titles/observed", year=last["year"]): last}
    points |= titles
    points |= {words.say("titles/general"): row for _, row in general_fit(study).iterrows()}
    fitted = [row for row in table.rows if row[0] not in points and row[1] != ""]
    printed = {row[0]: row for row in table.rows}
    points |= {row[0]: fit for row, (_, fit) in zip(fitted, fits.iterrows(), strict=True)}
    for title, point in points.items():
        for place, x in ((1, "x1"), (3, "x2")):
            found = {"results": _amount(point[x]), "table": _number(printed[title][place])}
            if title in titles:
                found["sentence"] = _amount(said[f"theory_fit/sources/purchases/0/{x}"])
                found["phase"] = _amount(plane.loc[plane["kind"] == "theory", x].iloc[0])
            yield f"{x} {title}", found


def _slopes(study: Study, cells: Mapping[Any, float]) -> Iterator[tuple[str, dict[str, float]]]:
    """b1 and d of the region in focus."""
    main = study.rows("parameters", model="classic", estimator=study.estimator)
    for name, output in zip(("b1", "d"), reversed(study.pair), strict=True):
        own = rows_of(main, scope=study.focus, effects="none", parameter=name)
        first = study.series(output).loc[study.focus].iloc[0]
        summary = cells["summary", study.focus, name]
        yield f"own {name}", {"results": own["estimate"].iloc[0] * first, "summary": summary}


def _amount(value: float) -> float:
    return _number(amount(value))


def _number(cell: str) -> float:
    """The number that a cell prints: without its look, spaces between thousands, true minus."""
    return float(readable(cell).replace(THIN, "").replace("−", "-"))


@lru_cache(maxsize=2)
def _words(study: Study) -> Any:
    return worded(study, words_of("phrases", study.language))
