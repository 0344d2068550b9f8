"""The way of a number from the cells of raw files to D: a table of steps, and its page."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from coevo.coupling.formulas import COMPOSITES, FORMS, contribution_shares
from coevo.files import rows_of
from coevo.newreport.language import Language
from coevo.newreport.markup import subscript
from coevo.newreport.numbers import NOTHING, exact, fixed, missing
from coevo.newreport.sections.data import standing
from coevo.newreport.study import SUBSYSTEM_PREFIX, Study
from coevo.normalisation import scaled_panel
from coevo.normalisation.directions import directions_under, scales_of
from coevo.schema import column_rows

BY = ["region", "year", "indicator"]
MOST = 30_000  # figures (regions x years x indicators) that a page holds


def steps(study: Study, language: Language, regions: Sequence[str]) -> pd.DataFrame:
    """Return a row for each region, year and indicator of the indices, in this order.

    Columns: region, year, subsystem, indicator, read_from (the raw figures behind it, each with its
    unit and cell), where and raw (cells and figures apart), value, flag, low and high (the limits),
    best_low, best_high, z, weight.
    """
    scales = scales_of(study.indicators)
    members = [name for name in study.indicators["indicator"] if name in scales]
    rows = pd.MultiIndex.from_product([regions, study.years, members], names=BY).to_frame(False)
    of = study.indicators.set_index("indicator")["subsystem"]
    rows["subsystem"] = rows["indicator"].map(of)
    rows = rows.join(_readings(study, language, rows))
    panel, scores = (study.rows(name, region=list(regions)) for name in ("panel", "normalised"))
    rows = rows.merge(panel[[*BY, "value", "flag"]], "left", on=BY)
    rows = rows.merge(scores[[*BY, "z", "flag"]], "left", on=BY, suffixes=("", "_z"))
    flags = rows[["flag", "flag_z"]].fillna("")
    rows["flag"] = (flags["flag"] + ";" + flags["flag_z"]).str.strip(";")
    limits = study.tables["goalposts"].astype({"group": str}).replace({"group": "nan"}, "")
    groups = set(limits["group"])
    rows["group"] = [
        next(group for group in ("", str(year), region) if group in groups)
        for region, year in zip(rows["region"], rows["year"], strict=True)
    ]
    rows = rows.merge(limits[["indicator", "group", "low", "high"]], "left")
    for place, column in enumerate(("best_low", "best_high")):
        rows[column] = [scales[name].best[place] for name in rows["indicator"]]
    weights = rows_of(study.tables["weights"], weighting=study.config["weighting"]["method"])
    rows["weight"] = rows["indicator"].map(weights.set_index("indicator")["weight"])
    first = ["region", "year", "subsystem", "indicator", "read_from", "where", "raw"]
    return rows[[*first, "value", "flag", "low", "high", "best_low", "best_high", "z", "weight"]]


def _readings(study: Study, language: Language, rows: pd.DataFrame) -> pd.DataFrame:
    """What was read for each row, of a derived indicator each figure behind it, and where."""
    found = standing(study)[[*BY, "vintage"]].merge(
        study.rows("observations", region=list(rows["region"].unique())), on=[*BY, "vintage"]
    )
    figures: dict[Any, tuple[str, str]] = {}
    for row in found.to_dict("records"):
        file = row["file"].removeprefix(f"{study.config['raw']}/")
        place = [part for part in (file, row["sheet"], row["cell"]) if not missing(part) and part]
        figure = f"{exact(row['value'])} {study.unit(row['indicator'])}".strip()
        figures[row["region"], row["year"], row["indicator"]] = figure, " › ".join(place)
    nothing = language.terms["script"]["trace"]["none"], ""
    semicolon, lines = language.grammar["semicolon"], []
    for region, year, indicator in rows[BY].itertuples(index=False):
        parts = read_parts(study, indicator)
        labels = ["" if part == indicator else f"{study.label(part)} " for part in parts]
        found_here = [figures.get((region, year, part), nothing) for part in parts]
        raw = [label + figure for label, (figure, _) in zip(labels, found_here, strict=True)]
        where = [place for _, place in found_here]
        read = [f"{a} ({b})" if b else a for a, b in zip(raw, where, strict=True)]
        places = semicolon.join(dict.fromkeys(filter(None, where)))
        lines.append(("; ".join(read), places, semicolon.join(raw)))
    return pd.DataFrame(lines, rows.index, columns=["read_from", "where", "raw"])


def read_parts(study: Study, indicator: str) -> list[str]:
    """Return the indicators behind one that are read from files: itself if it is not derived."""
    return [part for part in study.underlying([indicator]) if not study.derivation(part)[0]]


def derivations(study: Study, language: Language, indicators: Sequence[str]) -> list[str]:
    """Return how each derived indicator is derived, and those behind it, in words."""
    how = language.terms["script"]["trace"]["how"]
    texts = []
    for name in study.underlying(indicators):
        derivation, arguments = study.derivation(name)
        if derivation:
            labels = dict(zip("ab", map(study.label, arguments), strict=False))
            texts.append(f"{study.heading(name)} = {how[derivation].format(**labels)}")
    return texts


def page_trace(study: Study, language: Language) -> dict[str, Any]:
    """Return what leads from raw figures to D, for the HTML page.

    `heads`: of the columns; `regions`, `years`; `whole`: whether all regions are traced; `rows`: by
    region and year a list of texts for each indicator; `sums`: likewise label and text of U, C, T,
    D and the grade; `formulas`: of these, and how indicators are derived.
    """
    words, scales = language.terms["script"]["trace"], scales_of(study.indicators)
    whole = len(study.regions) * len(study.years) * len(scales) <= MOST
    regions = study.regions if whole else [study.focus]
    labels = {name: _label(language, name) for name in scales}
    rows: dict[str, dict[int, list[list[str]]]] = {region: {} for region in regions}
    for row in steps(study, language, regions).to_dict("records"):
        cells = _cells(language, labels[row["indicator"]], row)
        rows[row["region"]].setdefault(row["year"], []).append(cells)
    sums: dict[str, dict[int, list[list[str]]]] = {region: {} for region in regions}
    names = {f"{SUBSYSTEM_PREFIX}{name}": study.label(name) for name in study.subsystems}
    for row in study.rows("coupling", region=regions).to_dict("records"):
        of = [
            [words["index"].format(subsystem=label), fixed(row[U], 4)] for U, label in names.items()
        ]
        of += [[name, fixed(row[name], 4)] for name in "CTD"]
        sums[row["region"]][row["year"]] = [*of, [words["grade"], str(row["grade"])]]
    where = column_rows("steps")["read_from"].words[study.language]
    heads = [words["indicator"], language.upper_first(where), words["raw"]]
    return {
        "heads": [*heads, words["value"], words["posts"], "z", "w"],
        "regions": list(regions),
        "years": study.years,
        "rows": rows,
        "sums": sums,
        "formulas": [*derivations(study, language, list(scales)), *_formulas(study, language)],
        "whole": whole,
    }


def _label(language: Language, indicator: str) -> str:
    """The label of an indicator with its unit, and what is best where more is not."""
    words, study = language.terms["script"]["trace"], language.study
    scale = scales_of(study.indicators)[indicator]
    label = language.with_unit(indicator)
    if scale.direction == "-":
        return f"{label} {words['negative']}"
    ends = [exact(end) for end in dict.fromkeys(scale.best) if not missing(end)]
    return f"{label} {words['best'].format(best=' – '.join(ends))}" if ends else label


def _cells(language: Language, label: str, row: dict[Any, Any]) -> list[str]:
    value = f"{_significant(row['value'], 6)} {flag_words(language, row['flag'])}".strip()
    ends = [_significant(row[end], 4) for end in ("low", "high")]
    limits = NOTHING if missing(row["low"]) else " – ".join(ends)
    numbers = [fixed(row["z"], 4), fixed(row["weight"], 4)]
    return [label, row["where"] or NOTHING, row["raw"], value, limits, *numbers]


def _significant(value: Any, digits: int) -> str:
    """A number with as many significant digits at most, but never a power of ten."""
    if missing(value):
        return NOTHING
    whole = abs(value) >= 10**digits
    return fixed(value, 0) if whole else exact(value, digits)


def flag_words(language: Language, flags: str) -> str:
    """Return the flags of a figure in words."""
    known = language.terms["missing"] | language.terms["script"]["trace"]["flags"]
    names = [flag.split(":")[0] for flag in flags.split(";")]
    return str(language.grammar["comma"].join(known.get(name, name) for name in names))


def _formulas(study: Study, language: Language) -> list[str]:
    """The formulas of z, U, C, T and D, as the configuration chooses them."""
    coupling, settings = study.config["coupling"], study.config["normalisation"]
    ends = scaled_panel(settings)
    start = "" if ends is None else f"{ends[0]:g} + {ends[1] - ends[0]:g} "
    used = {scale.direction for scale in scales_of(study.indicators).values()}
    ways = directions_under(settings["reference"])
    z = {name: f"z = {start}{way.symbols}" for name, way in ways.items() if name in used}
    if list(z) != ["+"]:
        z = {k: language.brackets(text, language.term("better", k)) for k, text in z.items()}
    U = COMPOSITES[coupling["composite"]].symbols
    if coupling["preset"]:
        U = f"{U}; {language.terms['script']['trace']['preset']}"
    shares = contribution_shares(coupling["contributions"], len(study.subsystems))
    T = " + ".join(f"{share:.4g} U{subscript(i)}" for i, share in enumerate(shares, 1))
    C = FORMS[coupling["form"]].symbols.format(k=coupling["k"])
    return [*z.values(), U, C, f"T = {T}", "D = √(C T)"]
