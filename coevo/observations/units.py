"""Units of the figures: what they measure, how large they are, and what values they allow.

A unit stands in `units.csv`, or is composed: money by the code of its currency, a share or a
rate of something, or a text that only has to agree with itself.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from coevo.errors import StudyError, short
from coevo.observations.vocabulary import csv_rows, parted


@dataclass(frozen=True)
class Unit:
    """A unit: English name, names in the files, what it measures, size in base units, range.

    `english` are further English names, as yearbooks print them beside the Chinese.
    """

    name: str
    names: tuple[str, ...]
    measures: str
    factor: float
    low: float = -inf
    high: float = inf
    english: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        """The code of the currency that it is in, "" for yuan and what is no money."""
        kind, _, code = self.measures.rpartition(" ")
        return code if kind.startswith("money") and code != "person" else ""


# A kilogram of coal is 7,000 kilocalories and one of oil 10,000 by convention: such equivalents are
# not to be had from electricity.
UNITS = {
    row["name"]: Unit(
        row["name"],
        parted(row["zh"]),
        row["measures"],
        float(row["factor"]),
        float(row["low"] or -inf),
        float(row["high"] or inf),
        parted(row["other"]),
    )
    for row in csv_rows("units")
}
# every name of a unit that messages list, English or Chinese
NAMES = {name: unit for unit in UNITS.values() for name in (unit.name, *unit.names)}
FURTHER = "USD, million EUR or money of another ISO code, % of ..., per 1,000 ..., other: text"
# 亿元 (100 million yuan)
BESIDE = re.compile(r"([^A-Za-z0-9(]*[^A-Za-z0-9(\s/])[\s(/]*([A-Za-z0-9][^()]*)\)?")
# 销售额(亿元), 出荷額【百万円】
WITH_UNIT = re.compile(r"(.*\S)\s*(?:\(([^()]+(?:\([^()]*\))?)\)|[\[【]([^\[\]【】]+)[\]】])")

_MONEY = csv_rows("money")


def _by_word(kind: str) -> dict[str, str]:
    """Return the names of a kind of rows by what files print for them."""
    return {
        word: row["name"]
        for row in _MONEY
        if row["kind"] == kind
        for word in (row["name"].replace(" ", "").casefold(), row["zh"], *parted(row["words"]))
        if word
    }


# By name: sizes, `zh` is what stands before a currency in its Chinese name; codes of ISO 4217; what
# several countries call their money: no country is read into it where none stands beside it.
SCALES, CURRENCIES, SHARED = (
    {row["name"]: row for row in _MONEY if row["kind"] == kind}
    for kind in ("scale", "currency", "shared")
)
SCALE_WORDS, CURRENCY_WORDS, SHARED_WORDS = map(_by_word, ("scale", "currency", "shared"))


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of some words, the longest that fits."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


PRICES = r"(?:cp|(?:at)?current|constant|chained|nominal|real)?(?:(?:19|20)[0-9]{2})?(?:prices?)?"
# a precios corrientes, a preços constantes de 2018, at current prices, in jeweiligen Preisen
AT_PRICES = (
    r"(?:(?:apre[cç]i?os|(?:at|in)?(?=[a-z]+prices?)|auxprix|inpreisen|injeweiligenpreisen)"
    r"(?:corrientes|constantes|correntes|courants|constants|(?:current|constant)prices?)?"
    r"(?:de|of)?(?:(?:19|20)[0-9]{2})?)?"
)
# of a text as `unit_key` gives it: current prices, million euro; thousands of chained 2017 dollars
MONEY = re.compile(
    rf"{PRICES}({any_of(SCALE_WORDS)})?(?:of|de|d'|di)?{PRICES}({any_of(CURRENCY_WORDS)})"
    rf"(/person|/人|per(?:person|capita|head|inhabitant)|hab)?{AT_PRICES}"
)
SHARED_WORD = re.compile(rf"(?:{any_of(SHARED_WORDS)})(?![a-z])", re.IGNORECASE)
TURNED = re.compile(rf"({any_of(CURRENCY_WORDS)})({any_of(SCALE_WORDS)})")  # £ million
SHARE = re.compile(r"(%|‰|per ?cent(?:age)?) of (\S.*)", re.IGNORECASE)
RATE = re.compile(r"per ([1-9][0-9]*(?:,[0-9]{3})*|thousand|million) ([^\W\d].*)", re.IGNORECASE)
PARTS = {"thousand": 1e3, "million": 1e6}
IN = re.compile(r"^(\W*)(?:in|en) ", re.IGNORECASE)  # before a unit: (in millions of dollars)
OTHER = re.compile(r"other: (\S.*)")
# Names of what is divided by people, households or another amount, whatever its unit says.
RELATIVE_NAME = re.compile(
    r"人均|户均|地均|每[百千万]"
    r"|\bper[ -](?:capita|head|person|inhabitant|hundred|thousand|million|\d)",
    re.IGNORECASE,
)
PARTED, BRACKETED = re.compile(r"[\s,_]"), re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
KNOWN = f"known: {', '.join(NAMES)}, {FURTHER}"


def named(unit: str, language: str) -> str:
    """Return what a language calls a unit; a sign such as % is the same in all languages."""
    try:
        names = unit_of(unit).names
    except StudyError:
        return unit
    if OTHER.fullmatch(unit):
        return names[0]
    plain = not any(c.isascii() and c.isalpha() for c in unit)
    return names[0] if names and language == "zh" and not plain else unit


@lru_cache(maxsize=1000)
def unit_key(text: str) -> str:
    """Return a unit's name as it is compared: without spaces, commas and outer brackets."""
    bare = PARTED.sub("", text).casefold()
    return bare[1:-1] if BRACKETED.fullmatch(bare) else bare


KEYS = {unit_key(name): unit for name, unit in NAMES.items()}
KEYS |= {unit_key(name): unit for unit in UNITS.values() for name in unit.english}


def _money(scale: str, code: str, per: bool) -> Unit:
    """Return the unit of money of a currency; yuan are those of `UNITS` if they are there."""
    yuan = code == "CNY"
    ending = " per person" if per else ""
    name = f"{scale} {'yuan' if yuan else code}{ending}".strip()
    if name in UNITS:
        return UNITS[name]
    size, money = SCALES[scale], CURRENCIES[code]["zh"] or code
    names = (f"{size['zh']}{money}{'/人' if per else ''}",)
    return Unit(name, names, f"money{ending}{'' if yuan else f' {code}'}", float(size["of"]))


def _composed(text: str) -> Unit | None:
    """Return the unit that a text composes: money, a share or a rate of something, or None."""
    if turned := TURNED.fullmatch(unit_key(text)):
        return _money(SCALE_WORDS[turned[2]], CURRENCY_WORDS[turned[1]], False)
    money = MONEY.fullmatch(unit_key(text))
    if money and (money[2].upper() not in CURRENCIES or money[2].upper() in text):
        scale, currency, per = money.groups()  # a code is written in capitals: TRY is no try
        return _money(SCALE_WORDS.get(scale, ""), CURRENCY_WORDS[currency], bool(per))
    share = SHARE.fullmatch(text)
    if share and not split_unit(text)[1]:  # percentage of households (%) is a name with its unit
        sign = "‰" if share[1] == "‰" else "%"
        return Unit(f"{sign} of {share[2]}", (), "ratio", UNITS[sign].factor)
    if rate := RATE.fullmatch(text):
        size = PARTS.get(rate[1].casefold()) or float(rate[1].replace(",", ""))
        return Unit(f"per {size:,.0f} {rate[2]}", (), f"per {rate[2].casefold()}", 1 / size)
    return None


@lru_cache(maxsize=10_000)
def _named(text: str) -> Unit | None:
    """Return the unit that a text names, perhaps in Chinese and in English, or None."""
    text = IN.sub(r"\1", text.strip())
    if unit := KEYS.get(unit_key(text)) or _composed(text):
        return unit
    both = BESIDE.fullmatch(text)
    parts = both.groups() if both else ("", "")
    chinese, english = (KEYS.get(unit_key(part)) or _composed(part) for part in parts)
    return chinese if chinese == english else None


def is_unit(text: str, units: Collection[str] = ()) -> bool:
    """Whether a text is the name of a unit; units: further ones of a study, as `unit_key` gives."""
    return _named(text) is not None or (bool(units) and unit_key(text) in units)


def is_relative(unit: str, names: Iterable[str] = ()) -> bool:
    """Whether figures in a unit of the indicator table are shares or rates, as a name may say too.

    人均道路面积 in m² is an area per head.
    """
    measures = unit_of(unit).measures
    by_unit = measures == UNITS["ratio"].measures or "per " in measures
    return by_unit or any(map(RELATIVE_NAME.search, names))


def sharers(text: str) -> list[str]:
    """Return the codes of the currencies that a printed unit may mean, if countries share its word.

    `millions of dollars` without a country; none for `US dollars`.
    """
    if not SHARED_WORD.search(text):
        return []
    key = unit_key(IN.sub(r"\1", text.strip()))
    turned, money = TURNED.fullmatch(key), MONEY.fullmatch(key)
    word = turned[1] if turned else money[2] if money else ""
    return SHARED[SHARED_WORDS[word]]["of"].split() if word in SHARED_WORDS else []


def of_currency(text: str, code: str) -> str:
    """Return a printed unit with this currency in place of a word that its country shares."""
    return SHARED_WORD.sub(code, text) if code in sharers(text) else text


def find_unit(text: str) -> Unit:
    """Return the unit written as `text`; `StudyError` if there is none.

    English or Chinese, or both beside each other if they say the same; spaces do not count.
    Money of several countries without one beside it is none.
    """
    if shared := sharers(text):
        raise StudyError(
            f"'{short(text)}' does not say of which country it is; give the indicator a unit in "
            f"{', '.join(shared[:3])} or another, or name it under units_read_as in the config"
        )
    unit = _named(text)
    if unit is None:
        told = "name the one that it is to be read as under units_read_as in the config"
        raise StudyError(f"unknown unit '{short(text)}'; {KNOWN}; {told}")
    return unit


def meant_unit(text: str, wanted: Unit, read_as: str | None) -> tuple[Unit, Unit]:
    """Return the unit that a printed one is, or is to be read as, and the one that it says.

    wanted: the unit of its indicator, which it may spell in its own way.
    """
    if read_as is None:
        free = wanted.measures == wanted.name and unit_key(text) in map(unit_key, wanted.names)
        unit = wanted if free else find_unit(of_currency(text, wanted.currency))
        return unit, unit
    meant = unit_of(read_as)
    named = of_currency(text, meant.currency)
    return meant, find_unit(named) if is_unit(named) and not sharers(named) else meant


@lru_cache(maxsize=1000)
def unit_of(name: str) -> Unit:
    """Return the unit that an indicator table calls so; `StudyError` if there is none.

    A name of `UNITS`, or a composed one in its own spelling: `million USD`, `% of GDP`,
    `per 1,000 beds`, `other: points`, of which the last agrees with itself alone.
    """
    if name in UNITS:
        return UNITS[name]
    if other := OTHER.fullmatch(name):
        return Unit(name, (other[1],), name, 1)
    unit = NAMES.get(name) or _composed(name)
    if unit is None or unit.name != name:
        known = f"did you mean {unit.name}?" if unit else f"known: {', '.join(UNITS)}, {FURTHER}"
        raise StudyError(f"unknown unit '{short(name)}'; {known}")
    return unit


def read_unit(name: str) -> Unit:
    """Return the unit that the config reads another as, by its name here or in the files: 亿元."""
    return NAMES.get(name) or unit_of(name)


def split_unit(text: str, units: Collection[str] = ()) -> tuple[str, str]:
    """Split `销售额(亿元)` into name and unit; the unit is "" if the brackets hold none."""
    text = text.strip()
    match = WITH_UNIT.fullmatch(text) if text.endswith((")", "]", "】")) else None
    unit = (match[2] or match[3]) if match else ""
    return (match[1], unit) if match and is_unit(unit, units) else (text, "")


def conversion(old: Unit, new: Unit) -> float:
    """Return the factor that turns figures in `old` into figures in `new`.

    `StudyError` if the two measure different things.
    """
    if old.measures != new.measures:
        raise StudyError(
            f"figures in '{old.name}' ({old.measures}) cannot become '{new.name}' ({new.measures})"
        )
    return old.factor / new.factor
