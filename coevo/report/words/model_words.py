"""Values of the two-population model, by the names that phrases and template use."""

from collections.abc import Mapping
from typing import Any

from coevo.inference.signs import ignorance
from coevo.report.findings import Study
from coevo.report.words.amounts import Words


def population_values(study: Study, found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Short names of what the phrases say of the two populations, from the findings by section."""
    assert study.pair is not None
    up, down = study.pair
    units = list(dict.fromkeys(u for u in (study.unit(up), study.unit(down)) if u))
    return {
        "populations": [study.label(i) for i in study.populations],
        "levels": study.config.get("levels", {}),
        "first_effects": study.effects[0],
        "last_effects": study.effects[-1],
        "x1": study.label(up),
        "x2": study.label(down),
        "unit": units[0] if len(units) == 1 else "",
        "growth_at": words.growth,
        "between": words.between,
        "ignorance": ignorance,
        "alpha": 1 - study.config["interaction"]["confidence"],
        "estimate": words.estimate,
        "ends_of": words.ends,
        "slope_set": words.slope_set,
        "head": found["interaction"].get("head"),
        "head_pool": found["interaction"].get("pool", {}),
    }
