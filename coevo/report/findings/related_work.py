"""Which lines on the literature apply to a study, and what a detector's q is worth there."""

from typing import Any

from scipy.special import betainc, betaincinv

from coevo.report.findings.study_tables import Study

STRATA = 5  # as many as papers mostly take
SEEN = 0.31  # a q as papers print it
LINES = {
    "joint": "joint", "use": "indexed", "mean": "indexed", "errors": "indexed", "forms": "indexed",
    "choices": "indexed", "prey": "modelled", "reversed": "modelled",
}  # fmt: skip


def related_finding(study: Study) -> dict[str, Any]:
    """What a study says of other works.

    `lines`: keys of single lines; `paper`: whether claims of Qian are checked; `drivers`, of
    indices of several regions: `uncensored` where no D is 0 or 1; `chance`: mean and 95 % point of
    q, and p of the q `SEEN`, without any association; `simulated`: what other methods find then.
    """
    has = study.has | ({"joint"} if study.config["claims"] == "qian" else set())
    told: dict[str, Any] = {"lines": [line for line, need in LINES.items() if need in has]}
    told |= {"paper": "joint" in has, "drivers": ""}
    if {"indexed", "several"} <= has:
        D, regions = study.coupling["D"].dropna(), len(study.regions)
        told["drivers"] = "uncensored" if ((D > 0) & (D < 1)).all() else "censored"
        if regions > 2 * STRATA:
            told["chance"] = chance_of_q(regions)
        if "chance" in study.tables:
            told["simulated"] = study.table("chance").set_index("case").to_dict("index")
    return told


def chance_of_q(regions: int, strata: int = STRATA, seen: float = SEEN) -> dict[str, float]:
    """Return mean, 95 % point (`high`) and p of a q seen, of strata that have nothing to do with D.

    q is then eta squared: Beta((strata - 1) / 2, (regions - strata) / 2).
    """
    a, b = (strata - 1) / 2, (regions - strata) / 2
    return {
        "regions": regions, "strata": strata, "seen": seen, "mean": a / (a + b),
        "high": float(betaincinv(a, b, 0.95)), "p": float(1 - betainc(a, b, seen)),
    }  # fmt: skip
