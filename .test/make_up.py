"""The figures of this study: made up, four regions that grow at random, drawn by seed.

python .test/make_up.py .test/data/raw/small/2026-10
"""

import sys
from pathlib import Path

import numpy as np

REGIONS = ("北京市", "江苏省", "浙江省", "广东省")
YEARS = range(2016, 2023)
UNITS = {"网店": "个", "销售额": "亿元", "工厂": "个", "产值": "亿元", "人口": "万人"}


def table(name: str, seed: int) -> str:
    """Return a table as the yearbook site writes it, of yearly growth of 8 % on average."""
    rng = np.random.default_rng(seed)
    growth = rng.normal(0.08, 0.05, (len(REGIONS), len(YEARS))).cumsum(axis=1)
    values = np.round(np.exp(growth) * rng.uniform(50, 500, (len(REGIONS), 1)), 1)
    rows = [[f"各地区{name}"], [f"指标：{name}"], [f"单位：{UNITS[name]}"]]
    rows += [["地区", *(f"{year}年" for year in YEARS)]]
    rows += [[region, *map(str, row)] for region, row in zip(REGIONS, values, strict=True)]
    rows += [["数据来源：虚构"]]
    return "".join(",".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    for place, name in enumerate(sorted(UNITS)):
        Path(sys.argv[1], f"{name}.csv").write_text(table(name, place), encoding="utf-8")
