"""What the relation rule says where the relation is known: rotifers that eat algae, in chemostats.

    OMP_NUM_THREADS=1 python -m benchmarks.relation_control [--write]

The studies `chemostats` (ten units) and `chemostats-free` (without the two that were forced from
outside): x1 algae, x2 rotifers, so that A12 < 0 < A21 (Blasius and others 2020, Nature 577, 226).

--write puts into docs/simulation/relation_control.csv, by study and effect: the estimate by
`fod_iv`, t by both estimators, the critical value (empty where the rule
refuses), whether the effect is `seen`, and the relation
that is named, `refused` where no family of panels without interaction looks like the figures. The
grid of days and the rule were fixed beforehand, and the rule was run once.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.common import ROOT, SIMULATION, Row, simulation
from coevo.equilibria.output_series import pair_values
from coevo.errors import Refusal
from coevo.inference.relation_rule import DRAWS, cross_signs, observed_effects, relation
from coevo.study.readiness import check_study
from coevo.study_data import StudyData

TABLE = SIMULATION / "relation_control.csv"
STUDIES = ("chemostats", "chemostats-free")
EFFECTS = ("A12", "A21")


def pair_of(study: str) -> pd.DataFrame:
    """Return the two outputs of a study that ships, from its raw files."""
    checked = check_study(str(ROOT / "config" / f"{study}.yaml"))
    tables = {} if checked.panel is None else {"panel": checked.panel}
    data = StudyData(checked.config, checked.indicators, tables)
    return pair_values(data, checked.config["interaction"])


def rows(study: str, pair: pd.DataFrame, draws: int = DRAWS) -> Iterator[Row]:
    """Yield a row of each effect; pair: as for `relation`; draws: panels of a null."""
    effects, _ = observed_effects(pair)
    critical, name = np.full(2, np.nan), "refused"
    try:
        found = relation(pair, draws)
        critical, name = found.critical, found.name
    except Refusal as refusal:
        if refusal.key != "no_null_left":
            raise
    seen = np.isfinite(cross_signs(effects, critical))
    for i, effect in enumerate(EFFECTS):
        yield {
            "study": study, "effect": effect, "value": effects.A[0, i],
            "t_fod_iv": effects.t[0, i], "t_lag": effects.t[1, i],
            "critical": critical[i], "seen": bool(seen[i]), "relation": name,
        }  # fmt: skip


def made(most: int) -> list[Row]:
    return [row for study in STUDIES for row in rows(study, pair_of(study), min(DRAWS, most))]


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
