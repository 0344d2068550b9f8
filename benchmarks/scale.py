"""What a study of many regions costs: CPU time and memory of every rule, on made-up counties.

    python benchmarks/scale.py --regions 2800 --years 20 --indicators 10 --cores 2

The panel is drawn by seed: levels of regions, shocks common to all, walks of their own, neighbours
on a grid, and an earlier vintage of some series that the later one restates. The study is written
into a folder of its own and built by the workflow; each script says at its end what it took.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "benchmarks" / "counties.yaml"
LAST = 2024
UNITS = {"count": "个", "100 million yuan": "亿元", "10 thousand persons": "万人"}
GROUPS = ("northeast", "east", "central", "west")
REVISION = 0.01  # deviation of the log of restated figures
# Read by Python at the start of every script of the workflow; children are pandoc and the like.
SPY = """
import atexit, json, os, re, resource, sys
def say():
    found = re.search(r"scripts.\\w+\\.(\\w+)\\.py$", sys.argv[0] if sys.argv else "")
    if found:
        own, theirs = (resource.getrusage(who) for who in
                       (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        # ru_maxrss of the process itself counts what it was forked from
        peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
        said = {"rule": found[1], "mb": max(peak, theirs.ru_maxrss) / 1024,
                "cpu": sum(r.ru_utime + r.ru_stime for r in (own, theirs))}
        with open(os.environ["COEVO_SPY"] + "/" + str(os.getpid()) + ".json", "w") as file:
            json.dump(said, file)
atexit.register(say)
"""


def county_panel(
    regions: int, years: int, indicators: int, seed: int = 1
) -> dict[str, npt.NDArray[np.float64]]:
    """Return series (regions, years), positive, by name: `indicators` of them in two halves (a1,
    a2, ... and b1, b2, ...), product and people.

        ln x = level of the region + shock common to all + walk of its own
    """
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 0.6, (regions, 1))
    common = np.cumsum(rng.normal(0.08, 0.03, years))
    half = indicators // 2
    names = [f"a{i + 1}" for i in range(indicators - half)] + [f"b{i + 1}" for i in range(half)]
    return {
        name: np.exp(6 + level + common + np.cumsum(rng.normal(0, 0.05, (regions, years)), axis=1))
        for name in [*names, "product", "people"]
    }


def _unit(name: str) -> str:
    if name == "people":
        return "10 thousand persons"
    return "100 million yuan" if name in ("a1", "b1", "product") else "count"


def _neighbours(place: int, regions: int) -> list[int]:
    """Return the neighbours of a place on a grid about as wide as it is high."""
    width = math.isqrt(regions - 1) + 1
    row, column = divmod(place, width)
    around = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    found = [r * width + c for r, c in around if r >= 0 and 0 <= c < width]
    return [other for other in found if other < regions]


def write_study(
    folder: Path, regions: int, years: int, indicators: int, seed: int = 1, **keys: object
) -> Path:
    """Write a study of made-up counties into a folder; return its config.

    keys: of the config, in place of those given here.
    """
    series = county_panel(regions, years, indicators, seed)
    rng = np.random.default_rng([seed, 1])
    first = LAST - years + 1
    names = [f"县{r:04d}" for r in range(regions)]
    codes = [str(100_000 + r) for r in range(regions)]
    for part in ("config", "raw/2025-10", "raw/2026-10"):
        (folder / part).mkdir(parents=True, exist_ok=True)

    def put(name: str, values: npt.NDArray[np.float64], vintage: str) -> None:
        head = f"各地区{name}\n指标：{name}\n单位：{UNITS[_unit(name)]}\n"
        columns = [f"{first + t}年" for t in range(values.shape[1])]
        table = pd.DataFrame(values, pd.Index(names, name="地区"), columns)
        digits = 0 if _unit(name) == "count" else 2
        text = head + table.to_csv(float_format=f"%.{digits}f", lineterminator="\n")
        (folder / "raw" / vintage / f"{name}.csv").write_text(text, "utf-8")

    for name, values in series.items():
        put(name, values, "2026-10")
        if name in ("b1", "people"):
            revised = np.exp(rng.normal(0, REVISION, values[:, :-1].shape))
            put(name, values[:, :-1] * revised, "2025-10")
    head = "indicator,subsystem,dimension,direction,unit,label_en,label_zh,source_name,derivation\n"
    system = {"a": "shops", "b": "plants"}
    rows = [
        f"{n},{system.get(n[0], '') if n[1:].isdecimal() else ''},,+,{_unit(n)},{n},{n},{n},\n"
        for n in series
    ]
    (folder / "config" / "indicators.csv").write_text(head + "".join(rows), "utf-8")
    places = pd.DataFrame({
        "region": codes, "name_en": [f"County {r:04d}" for r in range(regions)], "name_zh": names,
        "nbs_region": [GROUPS[r % 4] for r in range(regions)],
        "neighbours": [" ".join(codes[n] for n in _neighbours(r, regions)) for r in range(regions)],
    })  # fmt: skip
    places.to_csv(folder / "config" / "regions.csv", index=False, lineterminator="\n")
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    config |= {"focus_region": codes[3], "years": {"first": first, "last": LAST}}
    file = folder / "config" / "config.yaml"
    file.write_text(yaml.safe_dump(config | keys, allow_unicode=True, sort_keys=False), "utf-8")
    return file


def build(folder: Path, cores: int) -> tuple[pd.DataFrame, float]:
    """Build the study in a folder; return what each rule costs, the dearest first (cpu: seconds of
    its jobs, mb: the most memory of one), and the seconds on the clock.
    """
    spy = folder / "spy"
    spy.mkdir(exist_ok=True)
    (spy / "sitecustomize.py").write_text(SPY, "utf-8")
    words = [sys.executable, "-m", "coevo", "build", "--cores", str(cores)]
    more = {"COEVO_SPY": str(spy), "PYTHONPATH": os.pathsep.join([str(spy), str(ROOT)])}
    started = time.monotonic()
    with (folder / "log.txt").open("w") as log:
        code = subprocess.call(words, cwd=folder, env=os.environ | more, stdout=log, stderr=log)
    taken = time.monotonic() - started
    said = pd.DataFrame(json.loads(file.read_text()) for file in spy.glob("*.json"))
    rules = said.groupby("rule").agg({"cpu": "sum", "mb": "max"}).sort_values("cpu")[::-1]
    if code:
        print(rules.to_string())
        sys.exit((folder / "log.txt").read_text()[-3000:])
    return rules, taken


def main() -> None:
    """Measure, and print."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, usual in (("regions", 310), ("years", 20), ("indicators", 10), ("cores", 2)):
        words.add_argument(f"--{name}", type=int, default=usual)
    words.add_argument("--keep", help="folder in which the study is left")
    said = words.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(said.keep or temporary).resolve()
        write_study(folder, said.regions, said.years, said.indicators)
        rules, taken = build(folder, said.cores)
        page = (folder / "reports" / "counties" / "report.en.html").stat().st_size / 1e6
    rules.loc["all"] = rules["cpu"].sum(), rules["mb"].max()
    print(rules.to_string(float_format=lambda value: f"{value:.1f}"))
    print(f"{taken:.1f} s on {said.cores} cores; page {page:.1f} MB")


if __name__ == "__main__":
    main()
