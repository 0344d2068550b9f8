"""Configs that a study must refuse, or build: by name, and by seed.

`hostile` mixes mistakes of every kind (attacks.yaml) into a sound config; what comes out is always
the same for a seed and number.
"""

import random
from copy import deepcopy
from typing import Any

import yaml

from benchmarks.common import ROOT

Config = dict[str, Any]

DATA = yaml.safe_load((ROOT / "benchmarks" / "attacks.yaml").read_text(encoding="utf-8"))
VALUES: dict[str, list[Any]] = DATA["values"]  # what is changed -> to what
VALUES["study"].insert(0, "x" * 300)
VALUES["title"].insert(0, {"en": "x" * 10**5})
VALUES["names"].insert(0, {"k" * 10_000: {"en": "x"}})
VALUES["nobody_knows"].append("x" * 10**5)
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


def texts(config: Config) -> dict[str, str]:
    """Return configs that are odd as a text, by name."""
    plain = _text(config)
    many = "".join(f"  m{n}: suppressed\n" for n in range(30_000))
    made = {
        "bomb": BOMB + plain,
        "brackets": plain + "names: " + "[" * 5000 + "]" * 5000 + "\n",
        "open brackets": plain + "[" * 5000,
        "key twice below": plain.replace("first:", "last: 2022\n  first:", 1),
        "tabs": plain.replace("  ", "\t"),
        "digits": plain + "robustness: {seed: " + "9" * 5000 + "}\n",
        "long": plain + "# " + "x" * 2_000_000 + "\n",
        "many": plain + "missing_marks:\n" + many,
    }
    return {
        name: made[name] if text is None else text.replace("{plain}", plain)
        for name, text in DATA["texts"].items()
    }


def hostile(config: Config, seed: int, number: int) -> tuple[str, str]:
    """Return what was done to a sound config, and the text of it."""
    rng = random.Random(f"{seed}-{number}")
    if rng.random() < 0.3:
        return rng.choice(list(texts(config).items()))
    done = []
    for key in rng.sample(list(VALUES), rng.choice([1, 1, 1, 2, 4])):
        place = rng.randrange(len(VALUES[key]))
        config = changed(config, key, VALUES[key][place])
        done.append(f"{key} {place}")
    return ", ".join(done), _text(config)
