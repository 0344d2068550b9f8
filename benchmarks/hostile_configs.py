"""Configs that a study must refuse, or build: by name, and by seed.

`NAMED` are those that once went wrong, each with the beginning of what is said. `hostile` mixes
mistakes of every kind into a sound config; what comes out is always the same for a seed and number.
"""

import random
from copy import deepcopy
from typing import Any

import yaml

Config = dict[str, Any]

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


def _text(config: Config) -> str:
    return yaml.safe_dump(config, allow_unicode=True, sort_keys=False)


def changed(config: Config, path: str, value: Any) -> Config:
    """Return a config with the key at a path, `panel.gaps`, changed."""
    made = deepcopy(config)
    *parts, last = path.split(".")
    inside = made
    for part in parts:
        inside = inside.setdefault(part, {})
    inside[last] = value
    return made


INF, NAN = float("inf"), float("nan")
# what is changed -> to what
VALUES: dict[str, tuple[Any, ...]] = {
    "study": ("x" * 300, "a/b", "../small", "small\n", "", None, 1, ["small"]),
    "raw": ("data/raw/none", "", None, "config/small.yaml", "/", "data/raw\0small"),
    "vintage": ("2030-01", "latest\n", None, 2026),
    "indicators": ("config/small.yaml", "data", "", None, "config/regions/china.csv"),
    "focus_region": (330000, "999999", "", None),
    "regions": ([], "some", ["330000", "330000"], ["999999"], [330000]),
    "years": ({"first": 2016.0, "last": 2022}, {"first": 2022, "last": 2016}, {"first": 2016}),
    "years.first": (2016.5, "2016", None, INF, 1500, 10**30),
    "panel.max_gap": (-1, 1.5, NAN, "one"),
    "panel.gaps": ("spline", None, 1),
    "normalisation.range": ([0, INF], [0.9, 0.1], [NAN, 1], [0], [0, 2]),
    "normalisation.reference": ("goalposts", "base", "none"),
    "normalisation.goalposts": ("config/indicators/small.csv", "none.csv", "config/small.yaml"),
    "normalisation.method": ("vector", "zscore", None),
    "weighting.method": ("given", "ahp", "linear", "magic", None),
    "weighting.given": ({"shops": NAN}, {"shops": -1}, {"nobody": 1.0}),
    "coupling.k": (INF, NAN, 0, -1, "two"),
    "coupling.form": ("k", "magic", 1),
    "coupling.contributions": ([NAN, NAN], [0.5, 0.6], [1.0], [INF, -INF], "unequal"),
    "coupling.grades": ("none", None),
    "interaction.confidence": (NAN, 1.0, 0.5, "0.95", INF),
    "interaction.upstream": ("sales", "nobody", None, ["output"]),
    "interaction.split": (2016, 3000, 2019.0, NAN),
    "interaction.equivalence": (INF, -1, NAN),
    "robustness.draws": (10**6, 10**12, 99, 2000.0, INF),
    "robustness.revision": (NAN, INF, -1, 2),
    "robustness.seed": (-1, 1.0, "one"),
    "robustness.systems": (
        {"main": "config/indicators/small.csv"},
        {"other": "config/small.yaml"},
        {"other": "data"},
        {"x": "none.csv"},
        {"panel": "config/indicators/small.csv"},  # sound, and once the name of an input
        {"keys": "config/indicators/small.csv"},
        {"a b/ü*": "config/indicators/small.csv"},
    ),
    "robustness.drop": ([1990], [2016, 2016], [2017.0], "2017"),
    "missing_marks": ({9999: "not_available"}, {"…": "nothing"}, {"1": "not_available"}),
    "units_read_as": ({"亿元": "acre"}, {1: "%"}),
    "claims": ("none", "../x", 1),
    "report.languages": (["de"], [], "en", ["en", "en"]),
    "report.formats": (["exe"], [], None),
    "title": (
        {"en": "x" * 10**5},
        {"fr": "x"},
        "x",
        {"en": "<script>alert(1)</script> $x$ {{ y }}"},
    ),
    "names": ({"k" * 10_000: {"en": "x"}}, {"x": {"en": ["x"]}}),
    "nobody_knows": (1, {"a": {"b": "c"}}, "x" * 10**5),
}


def texts(config: Config) -> dict[str, str]:
    """Return configs that are odd as a text, by name."""
    plain = _text(config)
    return {
        "bomb": BOMB + plain,
        "brackets": plain + "names: " + "[" * 5000 + "]" * 5000 + "\n",
        "open brackets": plain + "[" * 5000,
        "key twice": plain + "study: other\n",
        "key twice below": plain.replace("first:", "last: 2022\n  first:", 1),
        "reference to itself": "names: &n\n  x: *n\n" + plain,
        "python": plain + "levels: !!python/object/apply:os.system [id]\n",
        "two documents": plain + "---\n" + plain,
        "tabs": plain.replace("  ", "\t"),
        "list": "- a\n- b\n",
        "word": "study\n",
        "nothing": "",
        "key of truth": plain + "no: 1\n",
        "key of list": plain + "? [a, b]\n: 1\n",
        "infinite": plain + "coupling: {k: .inf}\n",
        "none at all": plain + "coupling: {k: .nan}\n",
        "huge": plain + "coupling: {k: 1.0e+999}\n",
        "digits": plain + "robustness: {seed: " + "9" * 5000 + "}\n",
        "long": plain + "# " + "x" * 2_000_000 + "\n",
        "many": plain
        + "missing_marks:\n"
        + "".join(f"  m{n}: suppressed\n" for n in range(30_000)),
        "control": plain + "title: {en: \x07}\n",
        "escape": plain + 'levels: {ecosystem: {en: "\\e[2J"}}\n',
    }


def hostile(config: Config, seed: int, number: int) -> tuple[str, str]:
    """Return what was done to a sound config, and the text of it."""
    rng = random.Random(f"{seed}-{number}")
    if rng.random() < 0.3:
        name, text = rng.choice(list(texts(config).items()))
        return name, text
    done = []
    for key in rng.sample(list(VALUES), rng.choice([1, 1, 1, 2, 4])):
        place = rng.randrange(len(VALUES[key]))
        config = changed(config, key, VALUES[key][place])
        done.append(f"{key} {place}")
    text = _text(config)
    if rng.random() < 0.15:
        lines = text.splitlines(True)
        place = rng.randrange(len(lines))
        change = rng.choice(["drop", "twice", "cut"])
        lines[place : place + 1] = {
            "drop": [],
            "twice": [lines[place]] * 2,
            "cut": [lines[place][: len(lines[place]) // 2] + "\n"],
        }[change]
        text = "".join(lines)
        done.append(f"{change} line {place}")
    return ", ".join(done), text
