"""The figures of this study: made up, nine regions that grow at random, drawn by seed.

python .test/make_up.py .test/data/raw/small/2026-10
"""

import sys
from pathlib import Path

import numpy as np

REGIONS = {  # and their sizes
    "北京市": 0.75, "内蒙古自治区": 0.55, "上海市": 0.7, "江苏省": 0.95, "浙江省": 1.0,
    "安徽省": 0.5, "福建省": 0.6, "江西省": 0.45, "甘肃省": 0.4,
}  # fmt: skip
YEARS = range(2012, 2021)
# indicator -> its figure of the largest region in the first year, its unit, its yearly growth
DRAWN = {
    "产值": (900, "亿元", 0.07),
    "销售额": (400, "亿元", 0.12),
    "工资额": (200, "亿元", 0.08),
    "生产总值": (2000, "亿元", 0.07),
    "人口": (5000, "万人", 0.005),
}
SPREAD = 0.03  # of yearly growth around its mean
ORDERED = 0.8, 1.8  # orders over sales; in Beijing they exceed what plants make
MISSING = "人口", 1, 3  # a cell without a figure: of the second region in the fourth year
DOUBLED = "人口", 0, 2  # one that the audit doubts: of the first region in the third year


def figures(name: str, seed: int) -> np.ndarray:
    """Return the figures of an indicator, of regions by years."""
    rng = np.random.default_rng(seed)
    start, _, growth = DRAWN[name]
    steps = growth + SPREAD * rng.standard_normal((len(REGIONS), len(YEARS)))
    level = start * np.array([*REGIONS.values()]) * np.exp(0.1 * rng.standard_normal(len(REGIONS)))
    return level[:, None] * np.exp(steps.cumsum(axis=1))


def table(name: str, unit: str, values: np.ndarray) -> str:
    """Return a table as the yearbook site writes it."""
    cells = [[f"{value:.1f}" for value in row] for row in values]
    for (wrong, region, year), cell in ((MISSING, ""), (DOUBLED, "{:.1f}")):
        if name == wrong:
            cells[region][year] = cell.format(2 * values[region, year])
    rows = [[f"各地区{name}"], [f"指标：{name}"], [f"单位：{unit}"]]
    rows += [["地区", *(f"{year}年" for year in YEARS)]]
    rows += [[region, *row] for region, row in zip(REGIONS, cells, strict=True)]
    rows += [["数据来源：虚构"]]
    return "".join(",".join(row) + "\n" for row in rows)


def tables() -> dict[str, str]:
    """Return every table by the name of its indicator."""
    made = {name: figures(name, seed) for seed, name in enumerate(DRAWN)}
    units = {name: unit for name, (_, unit, _) in DRAWN.items()}
    low, high = ORDERED
    share = np.where(np.array([*REGIONS]) == "北京市", high, low)
    noise = np.random.default_rng(len(DRAWN)).uniform(0.9, 1.1, made["销售额"].shape)
    made["订单额"], units["订单额"] = made["销售额"] * share[:, None] * noise, "亿元"
    return {name: table(name, units[name], values) for name, values in made.items()}


if __name__ == "__main__":
    for name, text in tables().items():
        Path(sys.argv[1], f"{name}.csv").write_text(text, encoding="utf-8")
