"""How many claims of a paper come to each verdict."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import axis_scale, named_rows
from coevo.report.figures.theme import specification
from coevo.report.findings.page_one import ON_FIGURES
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.claim_evidence import CONCLUSIONS

ROOM = 1.4  # of the longest bar, for the words of a short one at its end
ROW = 34.0  # pixels of a bar's row


def claim_counts(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Claims of the paper by verdict, those on printed figures first, then the others."""
    claims = study.tables["claims"]
    kinds = {True: words["claims_printed"], False: words["claims_other"]}
    verdicts = {key: words[f"claims_{key}"] for key in dict.fromkeys(CONCLUSIONS.values())}
    rows = pd.DataFrame(
        {
            "row": claims["conclusion"].map(verdicts),
            "kind": claims["check"].isin(ON_FIGURES).map(kinds),
        }
    )
    counts = rows.groupby(["row", "kind"], as_index=False).size()
    counts["colour"] = counts["kind"].map({kinds[True]: "$ink", kinds[False]: "$faint"})
    counts["ink"] = counts["kind"].map({kinds[True]: "$bg", kinds[False]: "$ink"})
    counts["order"] = counts["kind"].map({kinds[True]: 0, kinds[False]: 1})
    counts = counts.sort_values(["row", "order"], ignore_index=True)
    counts["end"] = counts.groupby("row")["size"].cumsum()
    counts["start"] = counts["end"] - counts["size"]
    counts["text"] = counts["kind"] + " " + counts["size"].astype(str)
    most = float(counts["end"].max())
    x = alt.X("start:Q", scale=axis_scale(0, ROOM * most), axis=None)
    base = alt.Chart(counts).encode(y=named_rows(list(verdicts.values())))
    bars = base.mark_bar(height=22, stroke="$bg").encode(
        x=x, x2="end:Q", color=alt.Color("colour:N", scale=None)
    )
    told = base.mark_text(align="left", dx=5, fontSize=11).encode(
        x=x, text="text:N", color=alt.Color("ink:N", scale=None)
    )
    return specification(alt.layer(bars, told), ROW * len(verdicts))
