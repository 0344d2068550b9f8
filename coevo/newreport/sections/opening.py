"""Page one: what the study covers, and what it reads."""

from dataclasses import dataclass, field

from coevo.equilibria.possible_outputs import model_outputs, proposed_pair
from coevo.newreport.sections.rise import FEW_NAMES
from coevo.newreport.study import Study
from coevo.observations.units import is_relative


@dataclass(frozen=True)
class OpeningFacts:
    """What a study covers.

    kind: `claims` where a study of one region asks whether the claims of a paper hold, `indices` of
    any other with indices, `model` without. absent: names of known regions that the study lacks, by
    code, if few. indicators: how many make the indices, of which `relative` are ratios or
    per head; measured: `relative`, `absolute` or `mixed`. sources: who published the figures, or
    the names of the raw files. model: `fitted`, `possible` with two `outputs` of the study, or
    `lacking`.
    """

    kind: str
    absent: dict[str, str] = field(default_factory=dict)
    indicators: int = 0
    relative: int = 0
    measured: str = ""
    sources: list[str] = field(default_factory=list)
    model: str = "fitted"
    outputs: tuple[str, ...] = ()


def facts(study: Study) -> OpeningFacts:
    """Return what page one tells of the study itself."""
    used = study.indicators[study.indicators["subsystem"].isin(study.subsystems)]
    names = used.reindex(columns=["label_en", "label_zh", "source_name"]).fillna("").to_numpy()
    relative = sum(is_relative(unit, said) for unit, said in zip(used["unit"], names, strict=True))
    absolute = len(used) - relative
    pair = {} if study.pair else _proposed(study)
    return OpeningFacts(
        kind=kind_of(study),
        absent=_absent(study),
        indicators=len(used),
        relative=relative,
        measured="absolute" if not relative else "mixed" if absolute else "relative",
        sources=_sources(study),
        model="fitted" if study.pair else "possible" if pair else "lacking",
        outputs=tuple(pair.values()),
    )


def kind_of(study: Study) -> str:
    """Return what the report is about: `claims`, `indices` or `model`."""
    if not study.indexed:
        return "model"
    return "claims" if study.single and len(study.table("claims")) else "indices"


def _absent(study: Study) -> dict[str, str]:
    if study.places is None or study.single:
        return {}
    known = study.places.set_index("region")[f"name_{study.language}"].sort_index()
    absent = known[~known.index.isin(study.regions)]
    return dict(absent.astype(str)) if len(absent) <= FEW_NAMES else {}


def _sources(study: Study) -> list[str]:
    if study.language in study.config["sources"]:
        return [str(study.config["sources"][study.language])]
    return sorted({str(path).rsplit("/", 1)[-1] for path in study.tables["observations"]["file"]})


def _proposed(study: Study) -> dict[str, str]:
    found = proposed_pair(model_outputs(study.indicators, study.tables["panel"]))
    return dict(found or {})
