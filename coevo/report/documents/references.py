"""What a report cites, by what the study uses, and the works as the language has them."""

from collections.abc import Mapping
from typing import Any

import yaml

from coevo.report.findings import Study
from coevo.report.words.methods_text import KINDS, chosen

# Works in workflow/report/references.yaml by what cites them: a method as kind/name, an indicator.
CITED = {
    "indices": ("qian", "wang2021"),
    "weighting/entropy": ("shannon1948",),
    "weighting/critic": ("diakoulaki1995",),
    "weighting/ahp": ("saaty1980",),
    "composite/topsis": ("hwang1981",),
    "form/fan": ("fan2024",),
    "preset/spssau": ("spssau",),
    "grades/ten": ("liao1999",),
    "indicator/hare_pelts": ("carpenter2018",),
    "regions": ("theil1967", "dagum1997", "cliff1981", "morgan1939"),
    "prediction": (
        "hyndman2008",
        "assimakopoulos2000",
        "hyndman2003",
        "deng1989",
        "lei2018",
    ),
    "pair": ("lotka1925", "volterra1926", "fieller1954"),
    "pooled": ("cameron2008", "cameron2015", "driscoll1998", "arellano1995"),
}


def cited(study: Study) -> list[str]:
    """Works that this study uses: for its indices, by method, and with a pair."""
    keys = [f"{kind}/{chosen(study, kind)}" for kind in KINDS] if study.indexed else []
    keys = ["indices", *keys] if study.indexed else keys
    keys += [f"indicator/{name}" for name in study.indicators["indicator"]]
    keys += ["regions"] if study.indexed and not study.single else []
    keys += ["prediction"] if len(study.tables["prediction_verdicts"]) else []
    keys += ["pair"] if study.pair else []
    keys += ["pooled"] if study.pair and study.pooled else []
    return [work for key in keys for work in CITED.get(key, ())]


def bibliography(source: str, language: str) -> list[dict[str, Any]]:
    """CSL-JSON of the works in `source`; a work in `language` has its fields in that language."""
    return [_work(entry, language) for entry in yaml.safe_load(source)["references"]]


def _work(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One work: a year becomes CSL's date, fields by language those of the language asked for."""
    fields = {name: value for name, value in entry.items() if not isinstance(value, Mapping)}
    fields |= entry.get(language, {})
    dated = {"issued": {"date-parts": [[fields["issued"]]]}} if "issued" in fields else {}
    return fields | dated
