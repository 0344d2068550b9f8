"""Regions of several levels in one file: countries, their regions, and the parts of these.

They are told by their codes (AT, AT1, AT11; 010000, 010100), or by figures: one region is the sum
of those that stand behind it.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

CODE = re.compile(r"[A-Z0-9]{2,}")
# years, parts of a region and such regions, from which sums are no chance; of one it is the total
FEWEST_YEARS, FEWEST_PARTS, FEWEST_WHOLES = 3, 2, 2
ROUNDED = 1e-3  # by which a sum may miss the whole


def nested_levels(codes: Mapping[str, str], figures: pd.DataFrame) -> list[list[str]]:
    """Return the codes of regions by level, the widest first; of one level all.

    codes: text in the files -> code, in their order; figures: of the survey.
    """
    depths = _depths_by_code([*dict.fromkeys(codes.values())]) or _depths_by_sums(codes, figures)
    found = sorted(set(depths.values()))
    return [[code for code, depth in depths.items() if depth == level] for level in found]


def _depths_by_code(codes: Sequence[str]) -> dict[str, int]:
    """Return with how many of the others each code begins; of numbers their last zeros are left.

    Nothing unless some do, of numbers most: those that follow each other begin alike by chance.
    """
    numbers = any(map(str.isdigit, codes))
    if not all(map(CODE.fullmatch, codes)) or (numbers and len({*map(len, codes)}) > 1):
        return {}
    stems = {re.sub("00+$", "", code) if numbers else code: code for code in codes}
    depths = {
        code: sum(stem[:end] in stems for end in range(2, len(stem)))
        for stem, code in stems.items()
    }
    nested = sum(depth > 0 for depth in depths.values())
    return depths if nested >= (len(codes) / 2 if numbers else FEWEST_PARTS) else {}


def _depths_by_sums(codes: Mapping[str, str], figures: pd.DataFrame) -> dict[str, int]:
    """Return 0 for regions that are the sum of those behind them, every year, and 1 for these."""
    depths: dict[str, int] = {}
    known = figures[figures["region"].isin(list(codes))]
    for _, rows in known.groupby("name", sort=False):
        table = rows.pivot_table(index="year", columns="region", values="value", aggfunc="first")
        table = table[list(dict.fromkeys(rows["region"]))].dropna(axis="columns")
        if len(table) < FEWEST_YEARS:
            continue
        values, names = table.to_numpy(), list(table)
        for place in range(len(names)):
            sums = np.cumsum(values[:, place + 1 :], axis=1)
            same = np.isclose(sums, values[:, [place]], rtol=ROUNDED).all(axis=0)
            parts = np.flatnonzero(same)
            if len(parts) and parts[0] + 1 >= FEWEST_PARTS:
                depths[codes[names[place]]] = 0
                below = names[place + 1 : place + 2 + parts[0]]
                depths |= {codes[name]: 1 for name in below if codes[name] not in depths}
        if list(depths.values()).count(0) >= FEWEST_WHOLES:
            return {code: depths.get(code, 0) for code in codes.values()}
        depths = {}
    return {}
