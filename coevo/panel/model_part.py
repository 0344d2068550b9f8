"""What of the figures the two-population model reads: a part of the panel, and of observations.

Rules of the model read these parts alone, so that other figures may change without a new estimate.
"""

from collections.abc import Iterator

import pandas as pd

from coevo.arrays import Config
from coevo.files import rows_of
from coevo.panel.derivations import read_series
from coevo.study_data import StudyData


def model_tables(study: StudyData, panel: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of the panel, and of the observations, that the model is estimated from.

    Parameters
    ----------
    study
        With observations; its configuration with the keys interaction, robustness, subsystems.
    panel
        The panel of the study.
    """
    indicators = study.indicators.set_index("indicator")
    outputs = set(_outputs(study.config))
    members = indicators.index[
        indicators["subsystem"].isin(outputs & {*study.config["subsystems"]})
    ]
    wanted = [*indicators.index[indicators.index.isin(outputs)], *members]
    series, derived = read_series(study.indicators, wanted)
    names = [*series, *derived]
    return {
        "model_panel": rows_of(panel, indicator=names),
        "model_observations": rows_of(study.table("observations"), indicator=names),
    }


def _outputs(config: Config) -> Iterator[str]:
    """Yield the outputs of the model, those of its calibration, and those that vary it."""
    model, varied = config["interaction"], config["robustness"]
    if model:
        yield from (model["upstream"], model["downstream"], *model.get("others", ()))
        calibration = model.get("calibration") or {}
        yield from (calibration[side] for side in ("purchases", "sales") if side in calibration)
        for pair in (varied["deflated"] or {}, *varied["pairs"].values()):
            yield from pair.values()
