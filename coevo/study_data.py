"""A study as the analyses take it: its configuration, and the tables that they look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from coevo.arrays import Config
from coevo.files import as_table, read_optional, read_table, rows_of
from coevo.records import begin_job
from coevo.schema import BUILT, table_names

TABLES = frozenset(table_names(*BUILT, "internal", "input"))


@dataclass(frozen=True, eq=False)  # compared and hashed by identity
class StudyTables:
    """What analyses and report know of a study: its configuration after defaults, indicator table,
    tables by name, and the regions that are known, with their tiles if any (config/regions).
    """

    config: Config
    indicators: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    places: pd.DataFrame | None = None

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; without rows where the study does not have it."""
        return self.tables[name] if name in self.tables else as_table(name, [])

    def rows(self, table: str, **wanted: object) -> pd.DataFrame:
        """Return the rows of a table whose columns (`scope`, `effects`, `model`) hold what is
        wanted; none where the study does not have the table.
        """
        return rows_of(self.table(table), **wanted)

    @property
    def focus(self) -> str:
        """The region in focus."""
        return str(self.config["focus_region"])

    @property
    def pair(self) -> tuple[str, ...]:
        """Names of the upstream and the downstream output, none without a model part."""
        model = self.config["interaction"]
        return (model["upstream"], model["downstream"]) if model else ()

    @property
    def estimator(self) -> str:
        """The main estimator of the model, "" without a model part."""
        return str((self.config["interaction"] or {}).get("estimator", ""))

    @property
    def focus_fit(self) -> dict[str, str]:
        """What names, in every table, the fit of the region in focus from its own growth."""
        return {"scope": self.focus, "effects": "none", "estimator": self.estimator}

    @property
    def pooled_fit(self) -> dict[str, str]:
        """What names, in every table, the pooled fit with region and year effects."""
        return {"scope": "pooled", "effects": "region+year", "estimator": self.estimator}

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of each indicator."""
        return dict(self.indicators[["indicator", "unit"]].to_numpy())


@dataclass(frozen=True, eq=False)
class StudyData(StudyTables):
    """A study as it is built, or as a release keeps it; an analysis says what it needs of both.

    kept: goalposts of the reference of that name; systems: tables of other indicator systems by
    name; coevo, name: of a release; years: those that a claim is about, None where it names none.
    """

    kept: pd.DataFrame | None = None
    systems: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    coevo: str = ""
    name: str = ""
    years: tuple[int, int] | None = None

    @property
    def size(self) -> str:
        """The first indicator of size, "" without any."""
        return str(next(iter(self.config["comovement"]["size"]), ""))

    @property
    def seed(self) -> int:
        """The seed of every draw."""
        return int(self.config["robustness"]["seed"])


def load_study(job: Any) -> StudyData:
    """Begin the job of a rule, and return the study that it is given.

    job: `snakemake` in a script. Its inputs that are tables are read by their names, `kept` as
    goalposts, `systems` as indicator tables of the names that the params give; params also have
    the keys of `config` that the rule depends on. Raises `StudyError` where a table is not as it
    should be.
    """
    begin_job(job.log[0], job.input, job.params.get("config"))
    tables = {name: read_table(path, name) for name, path in job.input.items() if name in TABLES}
    others = zip(job.params.get("systems", ()), job.input.get("systems", ()), strict=True)
    return StudyData(
        job.params.get("config", {}),
        tables.pop("indicators", pd.DataFrame()),
        tables,
        tables.pop("regions", None),
        read_optional(job.input.get("kept"), "goalposts"),
        {name: read_table(path, "indicators") for name, path in others},
        job.params.get("coevo", ""),
    )
