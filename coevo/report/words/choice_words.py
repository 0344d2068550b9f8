"""Values about other choices: which ends D has, what was removed, filled, drawn and flagged."""

from typing import Any

from coevo.coupling import diagnostics
from coevo.coupling.grade_scales import MARGIN
from coevo.panel.audit import FALL, RISE
from coevo.report.findings import Study
from coevo.report.findings.choice_robustness import heaviest_removal, most_filled
from coevo.report.words.numbers import fixed
from coevo.sensitivity.uncertainty import KAPPA


def choice_values(study: Study) -> dict[str, Any]:
    """Values that phrases about choices speak of by name; the audit's alone without indices."""
    jump = {"rise": RISE, "fall": 1 - FALL}
    if not study.indexed:
        return {"jump": jump}
    last = study.ends[1].sort_values("D", ascending=False)
    return {
        "coupling": study.config["coupling"],
        "vector": study.config["normalisation"]["method"] == "vector",
        "highest": (last["name"].iloc[0], last["D"].iloc[0]),
        "lowest": (last["name"].iloc[-1], last["D"].iloc[-1]),
        "kappa": {source: fixed(value, 0) for source, value in KAPPA.items()},
        "draws": study.config["robustness"]["draws"],
        "guard_limits": {
            name.lower(): getattr(diagnostics, name) for name in ("HEAVY", "DOUBLED", "INFLATED")
        },
        "margin": MARGIN,
        "jump": jump,
        "removal": heaviest_removal(study),
        "most_filled": most_filled(study),
        "several_pairs": len(study.subsystems) > 2 and not study.single,
    }
