"""Slopes of the pooled fits that rest on one region. Read from `panel` and `slope_tests`."""

from functools import lru_cache

from coevo.arrays import Row
from coevo.estimation.pooled import CARRIES
from coevo.inference.slope_errors import BY_REGION_WILD
from coevo.report.findings.study_tables import Study


@lru_cache(maxsize=8)
def carried_slopes(study: Study) -> dict[str, Row]:
    """Slopes that rest on one region, which are not interpreted; none without pooled fits.

    Of such a slope most of the regressor's variation, in units of the first year and net of both
    effects, is that of one region. By slope: its name, the `output` it multiplies, the region's
    `name`, its `share`, and `p` of the slope by the wild bootstrap by region.
    """
    found: dict[str, Row] = {}
    for output, slope in (("x1", "d"), ("x2", "b1")) if study.pooled else ():
        x = study.series(study.outputs[output]).unstack("year").sort_index(axis=1)
        x = x.div(x.bfill(axis=1).iloc[:, 0], axis=0)
        x = (x + x.shift(axis=1)) / 2
        left = x.sub(x.mean(axis=1), axis=0)
        squares = ((left - left.mean()) ** 2).sum(axis=1)
        region, share = squares.idxmax(), float(squares.max() / squares.sum())
        fit = study.pooled_fit | {"errors": BY_REGION_WILD, "parameter": slope}
        p = study.rows("slope_tests", **fit)["p"]
        if share > CARRIES and len(p):
            of_region = {"name": study.name(region), "share": share, "p": float(p.iloc[0])}
            found[slope] = {"slope": slope, "output": output, **of_region}
    return found
