"""Do the signs of the interaction survive other choices? Read from `specification_counts`."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.report.findings.fit_tables import reason
from coevo.report.findings.study_tables import Study

MAIN, DEFLATED = "main", "deflated"


@lru_cache(maxsize=8)
def sign_survival_finding(study: Study) -> dict[str, Any]:
    """In how many specifications b1 and d lie above zero, as in a supply relation, by effects.

    `all` of the study's pair, `swapped`, `without_growth`, `deflated` and each of `pairs`;
    `intervals` that exclude zero; `located`: fits whose sets of E of the region in focus are
    bounded and positive; empty where there are none. Each by effects, "" for any: `agree`,
    `specifications` and `p` by chance, with `chance` whether there is one: `told` or `refused`. Of
    all: `told`, `some` or `refused` with the reason (`why`), or `none` without fits; `draws`.
    """
    if study.pair is None:
        return {}
    table = study.tables["specification_counts"]
    found = {key: _by_effects(rows, study) for key, rows in table.groupby(["count", "pair"])}
    pairs = {pair: by for (count, pair), by in found.items() if count == "supply" and pair != MAIN}
    refused = table[table["p"].isna()]
    some = "refused" if len(refused) == len(table) else "some" if len(refused) else "told"
    return {
        "all": found.get(("supply", MAIN)) or _by_effects(table.head(0), study),
        "swapped": found.get(("swapped", MAIN), {}),
        "without_growth": found.get(("without_growth", MAIN), {}),
        "intervals": found.get(("clear", MAIN), {}),
        "located": found.get(("located", ""), {}),
        "deflated": pairs.pop(DEFLATED, {}),
        "pairs": pairs,
        "chance": some if len(table) else "none",
        "draws": table["draws"].max(),
        "why": reason(refused),
    }


def _by_effects(rows: pd.DataFrame, study: Study) -> dict[str, dict[str, Any]]:
    found = rows.set_index("effects").reindex(["", *study.effects])
    counts = found[["agree", "specifications"]].fillna(0).astype(int)
    chance = found["p"].notna().map({True: "told", False: "refused"})
    return dict(counts.assign(p=found["p"], chance=chance).to_dict("index"))
