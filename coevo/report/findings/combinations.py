"""What other choices would have made of D. Read from `robustness`."""

from typing import Any

from coevo.report.findings.study_tables import Study


def combinations_finding(study: Study) -> dict[str, Any]:
    """The main specification and its variants, each as a row of `robustness`.

    `range`: the variant by the range [0, 1], or None; `vintages`: those by another policy for
    vintages, if a series has figures of several.
    """
    table = study.tables["robustness"]
    rows = {varied: part.to_dict("records") for varied, part in table.groupby("varied")}
    return {
        "main": rows["main"][0],
        "range": next(iter(rows.get("range", [])), None),
        "vintages": rows.get("vintage", []),
    }
