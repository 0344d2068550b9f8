"""What the study cannot carry: at most five limits, the decisive first."""

from coevo.newreport.sections import data, equilibrium, interaction
from coevo.newreport.study import Study
from coevo.observations.units import unit_of
from coevo.panel.derivations import DERIVATIONS

MOST, MOST_NOTES = 5, 3
# Indicators that a reader must know something about; the texts say what.
NOTED = (
    "secondary_value_added", "hightech_exports", "industry_share", "industry_value_added",
    "product_per_employee", "mobile_phones_per_100", "hare_pelts", "manufacturing_employment",
    "above_scale_assets", "ecommerce_sales", "online_retail_export", "ecommerce_purchases",
)  # fmt: skip


def facts(study: Study) -> list[str]:
    """Return the keys of the limits: `doubtful` figures, notes on indicators by their id, then
    `years`, `shock`, `extrapolation`, `roles`, `prices`, `states` and `centre`.
    """
    doubtful = ["doubtful"] if data.facts(study).serious else []
    return [*doubtful, *[*notes(study)[:MOST_NOTES], *_of_any_study(study)][:MOST]]


def further_notes(study: Study) -> list[str]:
    """Return the indicators with a note for which the limits have no room."""
    return notes(study)[MOST_NOTES:]


def notes(study: Study) -> list[str]:
    """Return the indicators that the study reads and that the texts have a note on."""
    read = set(study.tables["observations"]["indicator"])
    return [name for name in NOTED if name in read]


def _of_any_study(study: Study) -> list[str]:
    modelled = bool(study.pair)
    fit = equilibrium.facts(study) if modelled else None
    signs = interaction.facts(study) if modelled else None
    table = study.indicators.set_index("indicator")
    systems = table.index[table["subsystem"].fillna("") != ""]
    under = study.underlying([*systems, *study.pair])
    units = table["unit"].reindex(under).dropna()
    money = units.map(lambda unit: unit_of(unit).measures.startswith("money")).any()
    ways = {name for name, _ in map(study.derivation, under) if name}
    applies = {
        "years": signs is not None and signs.verdict == "none",
        "shock": modelled and not study.pooled,
        "extrapolation": fit is not None and fit.beyond,
        "roles": modelled,
        "prices": money and not any(DERIVATIONS[name].chained for name in ways),
        "states": not study.config["period"],  # samples are states
        "centre": fit is not None and fit.main.get("kind") == "centre",
    }
    return [key for key, holds in applies.items() if holds]
