"""What is to be known of each indicator: role, making, cells, vintages, gaps, doubts."""

from collections.abc import Iterator
from typing import Any

from coevo.normalisation.directions import scales_of
from coevo.panel.derivations import breaks_in_coverage
from coevo.report.findings.data_quality import audited, groups, standing
from coevo.report.findings.study_tables import Study

Lines = list[dict[str, Any]]


def indicator_pages(study: Study) -> Iterator[tuple[str, dict[str, Lines]]]:
    """Yield every indicator of a subsystem, and every population that is read from figures, each
    with what the lines of its page tell; `is` tells kinds of lines apart.

    `role`; `made`: derivations that lead to it, its own first; `cells`: places of what is read for
    it; `done`: cells of the panel by flag; `audit`: counts of doubts by kind and standing.
    """
    table = study.indicators.set_index("indicator").fillna({"dimension": ""})
    scales = scales_of(study.indicators)
    members = table.index[table["subsystem"].isin(study.subsystems)]
    others = [one for one in study.populations if one in table.index]
    doubts, broken = audited(study), breaks_in_coverage(study.indicators)
    for indicator in dict.fromkeys([*members, *others]):
        under, panel = study.underlying([indicator]), study.rows("panel", indicator=indicator)
        flags = panel["flag"].fillna("").str.split(":").str[0]
        done = [{"is": "flag", "flag": f, "groups": groups(study, panel[flags == f])}
                for f in flags.unique() if f]  # fmt: skip
        if years := broken.get(indicator):
            done.append({"is": "changed", "years": years})
        kinds = ["indicator", "check", "standing"]
        counts = doubts[doubts["indicator"].isin(under)].groupby(kinds, sort=False).size()
        role = [{"is": "population", "place": n} for n, o in enumerate(others, 1) if o == indicator]
        if indicator in members:
            place = table.loc[indicator, ["subsystem", "dimension"]].to_dict()
            direction = scales[indicator].direction
            role.insert(0, {"is": "system", "direction": direction, **place})
        made = [(part, study.derivation(part)) for part in under]
        audit = [
            {"is": "doubt", "indicator": part, "check": check, "standing": status, "n": n}
            for (part, check, status), n in counts.items()
        ]
        yield (
            indicator,
            {
                "role": role,
                "made": [{"is": "line", "part": part, "of": of} for part, of in made if of[0]],
                "cells": [place for part in under for place in _places(study, part)],
                "done": done or [{"is": "nothing"}],
                "audit": audit or [{"is": "nothing"}],
            },
        )


def _places(study: Study, indicator: str) -> Iterator[dict[str, Any]]:
    """Yield each sheet in which figures of an indicator are read: how many, the first and the last
    cell by region and year, and the `use` of its vintage.
    """
    used, rows = standing(study), study.rows("observations", indicator=indicator)
    vintages = set(used.loc[used["indicator"] == indicator, "vintage"])
    by = ["vintage", "file", "sheet"]
    for (vintage, file, sheet), found in rows.dropna(subset="value").groupby(by, sort=False):
        place = {"is": "place", "part": indicator, "vintage": vintage, "file": file, "sheet": sheet}
        ends = {"first_cell": found["cell"].iloc[0], "last_cell": found["cell"].iloc[-1]}
        yield place | ends | {"n": len(found), "use": "used" if vintage in vintages else "unused"}
