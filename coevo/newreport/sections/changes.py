"""What changed since the latest release. Read from the table `changes` alone."""

from dataclasses import dataclass, field
from typing import Any

from coevo.arrays import Row
from coevo.files import rows_of
from coevo.history.changes import ROUNDING
from coevo.newreport.study import Study

KINDS = (
    "figure_restated", "figure_withdrawn", "figure_added", "figure_filled",
    "year_added", "year_removed", "region_added", "region_removed",
)  # fmt: skip


@dataclass(frozen=True)
class ChangeFacts:
    """How today's results differ from those of the latest release.

    verdict: `none` without a release, `unchanged` where all numbers are as they were, else
    `changed`. counts: of figures by kind of change; names: years or regions that came or went, by
    kind; n: of D; mean: of D then and now; grades: how many differ; focus: the row of its last
    year; effect, rewritten: the largest change of D by figures (at the goalposts of the release)
    and by goalposts, weights or settings; None where the release has other indicators.
    """

    verdict: str = "none"
    release: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[Any]] = field(default_factory=dict)
    n: int = 0
    mean: tuple[float, float] = (0.0, 0.0)
    grades: int = 0
    focus: Row | None = None
    effect: float | None = None
    rewritten: float | None = None


def facts(study: Study) -> ChangeFacts:
    """Return what changed since the release that the study is held against."""
    if "changes" not in study.tables:
        return ChangeFacts()
    table, D = study.tables["changes"], study.rows("changes", change="D")
    rest = table[~table["change"].isin(["release", "D"])]
    still = (D["new"] - D["old"]).abs().le(ROUNDING).all()
    same_indicators = len(D) > 0 and bool(D["frozen"].notna().all())
    of_focus = rows_of(D, scope=study.focus).sort_values("year").to_dict("records")
    names: dict[str, list[Any]] = {}
    for kind in KINDS[4:]:
        rows = study.rows("changes", change=kind)
        values = rows["year"].astype(int) if kind.startswith("year") else rows["name"]
        names[kind] = list(dict.fromkeys(values))
    release = study.rows("changes", change="release").set_index("quantity")
    return ChangeFacts(
        verdict="unchanged" if still and rest.empty else "changed",
        release=str(release.at["name", "old_words"]),
        counts={kind: int((table["change"] == kind).sum()) for kind in KINDS[:4]},
        names=names,
        n=len(D),
        mean=(float(D["old"].mean()), float(D["new"].mean())),
        grades=int((D["old_words"] != D["new_words"]).sum()),
        focus=of_focus[-1] if of_focus else None,
        effect=float((D["frozen"] - D["old"]).abs().max()) if same_indicators else None,
        rewritten=float((D["new"] - D["frozen"]).abs().max()) if same_indicators else None,
    )
