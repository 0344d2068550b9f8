"""What is drawn of the pooled regions, block by block: the greater part of what they take."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pandas as pd

from coevo.arrays import Array
from coevo.chunks import Tasks
from coevo.equilibria.fitted import HEADLINE_SCALE, growth_pool, has_regional_lines
from coevo.errors import Refusal
from coevo.estimation.effects import EFFECTS
from coevo.estimation.pooled import fit_pooled
from coevo.inference import relation_rule, short_panel

RELATION = "relation"


def pooled_draws(pair: pd.DataFrame, seed: int) -> Tasks:
    """Return what draws a block of panels: without interaction, and of the bias of short panels.

    The first are called `relation`, the second by the effects of the fit. pair: as for `fit_pool`.
    What figures do not allow is left out: it is refused where it would be used.
    """
    pool = growth_pool(pair)
    tasks: dict[tuple[str, Any], Callable[[], Array]] = {}
    with suppress(Refusal):
        observed = relation_rule.judged_steps(pool)
        blocks = relation_rule.null_sizes(observed, relation_rule.DRAWS, seed)
        tasks |= {(RELATION, block): draw for block, draw in blocks.items()}
    for effects in EFFECTS:
        with suppress(Refusal):
            fit = fit_pooled(pool, "x1", "x2", "trapezoid", effects, HEADLINE_SCALE)
            if has_regional_lines(fit):
                refits = short_panel.bias_refits(fit, short_panel.DRAWS, seed)
                tasks |= {(effects, block): draw for block, draw in refits.items()}
    return tasks
