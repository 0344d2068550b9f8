"""What is to be known of each indicator: role, making, places, vintages, gaps, doubts."""

from collections.abc import Iterator
from typing import Any

from coevo.normalisation.directions import scales_of
from coevo.panel.derivations import breaks_in_coverage
from coevo.report.findings.data_quality import audited, groups, standing
from coevo.report.findings.study_tables import Study

PLACE, DOUBT = ["indicator", "vintage", "file", "sheet"], ["indicator", "check", "standing"]
ENDS = {"first_cell": "first", "last_cell": "last"}
Lines = list[dict[str, Any]]
NOTHING: Lines = [{"is": "nothing"}]


def pages_by_indicator(study: Study) -> Iterator[tuple[str, dict[str, Lines]]]:
    """Yield every indicator of a subsystem, and every population that is read from figures, each
    with what the lines of its page tell; `is` tells kinds of lines apart.

    `role`; `made`: derivations that lead to it, its own first; `cells`: each sheet in which it is
    read, how many figures, the first and the last cell by region and year, and the `use` of the
    vintage; `done`: cells of the panel by flag; `audit`: counts of doubts by kind and standing.
    """
    table = study.indicators.set_index("indicator").fillna({"dimension": ""})
    scales, broken = scales_of(study.indicators), breaks_in_coverage(study.indicators)
    stand = standing(study)[PLACE[:2]].drop_duplicates().assign(use="used")
    members = table.index[table["subsystem"].isin(study.subsystems)]
    doubts = audited(study)
    others = [one for one in study.populations if one in table.index]
    for indicator in dict.fromkeys([*members, *others]):
        under, panel = study.underlying([indicator]), study.rows("panel", indicator=indicator)
        role: Lines = []
        if indicator in members:
            system = table.loc[indicator, ["subsystem", "dimension"]]
            role = [{"is": "system", "direction": scales[indicator].direction, **system}]
        if indicator in others:
            role.append({"is": "population", "place": others.index(indicator) + 1})
        read = study.rows("observations", indicator=under).dropna(subset="value")
        cells = read.groupby(PLACE, sort=False)["cell"].agg(**ENDS, n="size")
        cells = cells.reset_index().merge(stand, how="left").fillna({"use": "unused"})
        flags = panel["flag"].fillna("").str.split(":").str[0]
        done: Lines = [
            {"is": "flag", "flag": flag, "groups": groups(study, rows)}
            for flag, rows in panel[flags != ""].groupby(flags)
        ]
        done += [{"is": "changed", "years": broken[indicator]}] if broken.get(indicator) else []
        counts = doubts[doubts["indicator"].isin(under)].groupby(DOUBT, sort=False)
        audit = counts.size().rename("n").reset_index()
        yield (
            indicator,
            {
                "role": role,
                "made": [{"is": "line", "part": i} for i in under if study.derivation(i)[0]],
                "cells": cells.assign(**{"is": "place"}).to_dict("records"),
                "done": done or NOTHING,
                "audit": audit.assign(**{"is": "doubt"}).to_dict("records") or NOTHING,
            },
        )
