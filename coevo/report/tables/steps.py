"""A number's way from the cells of the raw files to z: one table of steps, for the page and for the
workbook.
"""

import pandas as pd

from coevo.files import rows_of
from coevo.normalisation.directions import scales_of
from coevo.report.findings.data_quality import standing
from coevo.report.findings.study_tables import Study
from coevo.report.words.numbers import exact
from coevo.report.words.report_text import ReportText

BY = ["region", "year", "indicator"]


def steps(words: ReportText, regions: list[str]) -> pd.DataFrame:
    """Return a row for each region, year and indicator of the indices, in this order.

    Columns: region, year, subsystem, indicator, read_from (the raw figures behind it, each with its
    unit and cell), value, flag, low and high (the goalposts), best_low, best_high, z, weight.
    """
    study = words.study
    scales = scales_of(study.indicators)
    members = [name for name in study.indicators["indicator"] if name in scales]
    grid = pd.MultiIndex.from_product([regions, study.years, members], names=BY)
    rows = grid.to_frame(index=False)
    rows["subsystem"] = rows["indicator"].map(study.indicators.set_index("indicator")["subsystem"])
    rows["read_from"] = _read_from(words, rows).to_numpy()
    panel, scores = (study.rows(name, region=regions) for name in ("panel", "normalised"))
    rows = rows.merge(panel[[*BY, "value", "flag"]], "left", on=BY)
    rows = rows.merge(scores[[*BY, "z", "flag"]], "left", on=BY, suffixes=("", "_z"))
    flags = rows[["flag", "flag_z"]].fillna("")
    rows["flag"] = (flags["flag"] + ";" + flags["flag_z"]).str.strip(";")
    posts = study.tables["goalposts"].astype({"group": str}).replace({"group": "nan"}, "")
    groups = set(posts["group"])
    rows["group"] = [
        next(group for group in ("", str(year), region) if group in groups)
        for region, year in zip(rows["region"], rows["year"], strict=True)
    ]
    rows = rows.merge(posts[["indicator", "group", "low", "high"]], "left")
    ends = {"best_low": 0, "best_high": 1}
    for column, end in ends.items():
        rows[column] = [scales[name].best[end] for name in rows["indicator"]]
    weights = rows_of(study.tables["weights"], weighting=study.config["weighting"]["method"])
    rows["weight"] = rows["indicator"].map(weights.set_index("indicator")["weight"])
    order = ["region", "year", "subsystem", "indicator", "read_from", "value", "flag"]
    return rows[[*order, "low", "high", *ends, "z", "weight"]]


def _read_from(words: ReportText, rows: pd.DataFrame) -> pd.Series:
    """What was read for each row: of a derived indicator every figure that it rests on."""
    study, trace = words.study, words.phrases["page"]["script"]["trace"]
    found = standing(study)[[*BY, "vintage"]].merge(
        study.rows("observations", region=list(rows["region"].unique())), on=[*BY, "vintage"]
    )
    files = found["file"].str.removeprefix(f"{study.config['raw']}/")
    names = zip(files, found["sheet"].fillna(""), found["cell"], strict=True)
    units = {indicator: study.unit(indicator) for indicator in found["indicator"].unique()}
    found["text"] = [
        f"{exact(value)} {units[indicator]}".strip() + f" ({' › '.join(filter(None, place))})"
        for value, indicator, place in zip(found["value"], found["indicator"], names, strict=True)
    ]
    texts = found.set_index(BY)["text"].to_dict()
    parts = {name: read_parts(study, name) for name in rows["indicator"].unique()}
    return pd.Series(
        "; ".join(
            ("" if parts[indicator] == [indicator] else f"{study.label(part)} ")
            + texts.get((region, year, part), trace["none"])
            for part in parts[indicator]
        )
        for region, year, indicator in rows[BY].itertuples(index=False)
    )


def read_parts(study: Study, indicator: str) -> list[str]:
    """Return the indicators behind one that are read from files: itself if it is not derived."""
    return [part for part in study.underlying([indicator]) if not study.derivation(part)[0]]


def derivation_text(words: ReportText, indicator: str) -> str:
    """Return how an indicator is derived, in words; "" of one that is read from a file."""
    study, how = words.study, words.phrases["page"]["script"]["trace"]["how"]
    told = []
    for part in study.underlying([indicator]):
        name, arguments = study.derivation(part)
        if name:
            labels = dict(zip("ab", map(study.label, arguments), strict=False))
            told.append(f"{study.label(part)} = {how[name].format(**labels)}")
    return "; ".join(told)
