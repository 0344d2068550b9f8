"""Which regions a study covers, and which of those that are known it leaves out."""

from collections.abc import Iterable
from typing import Any

from coevo.report.findings.study_tables import Study

FEW = 5  # regions left out that a line can name


def all_provinces(regions: Iterable[str]) -> bool:
    """Whether all regions are provincial units, by their codes."""
    return all(region.endswith("0000") for region in regions)


def scope_finding(study: Study) -> dict[str, Any]:
    """`covered`: `one` region or `many`, of `units` `provinces` or `regions`; `absent`: codes and
    `names` of known units that the study lacks, empty where they are many or unknown. `model_of`:
    `outputs` of an economy that stand for populations (`levels`), or `species`.
    """
    known = {} if study.places is None else dict(
        zip(study.places["region"], study.places[f"name_{study.language}"], strict=True)
    )  # fmt: skip
    absent = sorted(set(known) - set(study.regions))
    absent = absent if len(absent) <= FEW and not study.single else []
    return {
        "covered": "one" if study.single else "many",
        "units": "provinces" if all_provinces(study.regions) else "regions",
        "model_of": "outputs" if study.config.get("levels") else "species",
        "absent": " ".join(absent),
        "names": [known[region] for region in absent],
    }
