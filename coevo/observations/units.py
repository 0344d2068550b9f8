"""Units of the figures: what they measure, how large they are, and what values they allow.

A unit stands in the table `UNITS`, or is composed: money by the code of its currency, a share or a
rate of something, or a text that only has to agree with itself.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from coevo.errors import StudyError, short


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


UNITS = {
    unit.name: unit
    for unit in (
        Unit("yuan", ("元",), "money", 1, english=("RMB yuan",)),
        Unit("thousand yuan", ("千元",), "money", 1e3, english=("1 000 yuan",)),
        Unit("10 thousand yuan", ("万元",), "money", 1e4, english=("10 000 yuan",)),
        Unit("million yuan", ("百万元",), "money", 1e6, english=("1 million yuan",)),
        Unit("100 million yuan", ("亿元", "亿元人民币"), "money", 1e8,
             english=("100 million RMB", "100 million RMB yuan", "RMB 100 million")),
        Unit("trillion yuan", ("万亿元",), "money", 1e12),
        Unit("person", ("人",), "persons", 1, 0, english=("persons", "people", "inhabitants",
             "PER", "Personen", "personas", "número de personas", "pessoas", "persone",
             "personnes", "명")),
        Unit("thousand persons", ("千人",), "persons", 1e3, 0,
             english=("1 000 persons", "thousands of persons", "THS_PER", "Tsd. Pers.",
             "Tsd. Personen", "1 000 Personen")),
        Unit("10 thousand persons", ("万人",), "persons", 1e4, 0, english=("10 000 persons",)),
        Unit("million persons", ("百万人",), "persons", 1e6, 0, english=("million people",)),
        Unit("household", ("户",), "households", 1, 0,
             english=("households", "Haushalte", "hogares", "domicílios", "ménages", "戶", "世帯",
             "가구")),
        Unit("10 thousand households", ("万户",), "households", 1e4, 0,
             english=("10 000 households",)),
        Unit("count",
             ("个", "家", "件", "项", "所", "座", "辆", "台", "部", "艘", "处", "册", "篇", "次"),
             "count", 1, 0,
             english=("unit", "units", "piece", "pieces", "item", "items", "number", "NR",
             "Anzahl", "nombre", "número", "unidades", "unità", "개", "個", "戸")),
        Unit("thousand", ("千个", "千家", "千件"), "count", 1e3, 0,
             english=("thousands", "1 000s", "'000", "tausend", "milliers", "migliaia", "miles")),
        Unit("10 thousand", ("万个", "万家", "万件", "万辆", "万台", "万部", "万册"),
             "count", 1e4, 0,
             english=("10 000 units", "10 000 pieces", "10 000 items")),
        Unit("100 million items", ("亿个", "亿件"), "count", 1e8, 0),
        Unit("thousand pelts", ("千张",), "count", 1e3, 0),
        Unit("ratio", ("比值",), "ratio", 1),
        Unit("%", ("％",), "ratio", 1e-2, 0, 100,
             english=("percent", "per cent", "percentage", "PC")),
        Unit("‰", (), "ratio", 1e-3, 0, 1000, english=("per mille", "per thousand")),
        Unit("index", ("指数",), "index", 1, 0),
        Unit("per 100 persons", ("每百人",), "per person", 1e-2, 0, english=("per 100 people",)),
        Unit("per 1,000 persons", ("每千人",), "per person", 1e-3, 0,
             english=("per 1,000 people",)),
        Unit("per 10,000 persons", ("每万人",), "per person", 1e-4, 0,
             english=("per 10,000 people",)),
        Unit("per 100,000 persons", ("每十万人",), "per person", 1e-5, 0,
             english=("per 100,000 people",)),
        Unit("yuan per person", ("元/人",), "money per person", 1, english=("yuan/person",)),
        Unit("10 thousand yuan per person", ("万元/人",), "money per person", 1e4,
             english=("10 000 yuan per person", "10 000 yuan/person")),
        Unit("metre", ("米",), "length", 1, 0, english=("m", "metres", "meter", "meters")),
        Unit("km", ("公里", "千米"), "length", 1e3, 0, english=("kilometre", "kilometres")),
        Unit("10 thousand km", ("万公里",), "length", 1e7, 0, english=("10 000 km",)),
        Unit("m²", ("平方米",), "area", 1, 0, english=("m2", "sq. m", "square metres")),
        Unit("10 thousand m²", ("万平方米",), "area", 1e4, 0, english=("10 000 sq.m", "10 000 m2")),
        Unit("mu", ("亩",), "area", 1e4 / 15, 0),
        Unit("10 thousand mu", ("万亩",), "area", 1e8 / 15, 0),
        Unit("hectare", ("公顷",), "area", 1e4, 0, english=("ha", "hectares")),
        Unit("thousand hectares", ("千公顷",), "area", 1e7, 0,
             english=("1 000 hectares", "1 000 ha")),
        Unit("10 thousand hectares", ("万公顷",), "area", 1e8, 0, english=("10 000 hectares",)),
        Unit("km²", ("平方公里", "平方千米"), "area", 1e6, 0,
             english=("km2", "sq. km", "square kilometres")),
        Unit("10 thousand km²", ("万平方公里",), "area", 1e10, 0, english=("10 000 km2",)),
        Unit("m³", ("立方米",), "volume", 1, 0, english=("m3", "cu. m", "cubic metres")),
        Unit("10 thousand m³", ("万立方米",), "volume", 1e4, 0, english=("10 000 m3",)),
        Unit("100 million m³", ("亿立方米",), "volume", 1e8, 0, english=("100 million m3",)),
        Unit("kg", ("公斤", "千克"), "mass", 1, 0, english=("kilogram", "kilograms")),
        Unit("tonne", ("吨",), "mass", 1e3, 0,
             english=("t", "tonnes", "ton", "tons", "metric tons")),
        Unit("thousand tonnes", ("千吨",), "mass", 1e6, 0, english=("kt", "1 000 tons", "THS_T")),
        Unit("10 thousand tonnes", ("万吨",), "mass", 1e7, 0, english=("10 000 tons",)),
        Unit("million tonnes", ("百万吨",), "mass", 1e9, 0, english=("Mt", "million tons")),
        Unit("100 million tonnes", ("亿吨",), "mass", 1e11, 0, english=("100 million tons",)),
        Unit("kWh", ("千瓦时", "千瓦小时", "度"), "energy", 3.6e6, 0, english=("kilowatt-hours",)),
        Unit("10 thousand kWh", ("万千瓦时", "万千瓦小时"), "energy", 3.6e10, 0,
             english=("10 000 kWh",)),
        Unit("GWh", ("吉瓦时",), "energy", 3.6e12, 0),
        Unit("100 million kWh", ("亿千瓦时", "亿千瓦小时"), "energy", 3.6e14, 0,
             english=("100 million kilowatt-hours",)),
        Unit("GJ", ("吉焦",), "energy", 1e9, 0),
        Unit("TJ", ("太焦",), "energy", 1e12, 0),
        # by convention of 7,000 and 10,000 kilocalories a kilogram; not to be had from electricity
        Unit("tonne of coal equivalent", ("吨标准煤",), "primary energy", 1, 0, english=("tce",)),
        Unit("10 thousand tonnes of coal equivalent", ("万吨标准煤",), "primary energy", 1e4, 0,
             english=("10 000 tons of SCE", "10 000 tce")),
        Unit("tonne of oil equivalent", ("吨油当量",), "primary energy", 10 / 7, 0,
             english=("toe",)),
        Unit("thousand tonnes of oil equivalent", ("千吨油当量",), "primary energy", 1e4 / 7, 0,
             english=("ktoe", "KTOE")),
        Unit("years", ("岁",), "years", 1, 0, english=("years of age", "YR")),
    )
}  # fmt: skip
# every name of a unit that messages list, English or Chinese
NAMES = {name: unit for unit in UNITS.values() for name in (unit.name, *unit.names)}
FURTHER = "USD, million EUR or money of another ISO code, % of ..., per 1,000 ..., other: text"
# 亿元 (100 million yuan)
BESIDE = re.compile(r"([^A-Za-z0-9(]*[^A-Za-z0-9(\s/])[\s(/]*([A-Za-z0-9][^()]*)\)?")
# 销售额(亿元), 出荷額【百万円】
WITH_UNIT = re.compile(r"(.*\S)\s*(?:\(([^()]+(?:\([^()]*\))?)\)|[\[【]([^\[\]【】]+)[\]】])")

# size -> what stands before a currency in its Chinese name, and as files print it
SCALES = {
    "": (1.0, "", "units"),
    "thousand": (1e3, "千", "thousands ths 1000 tausend tsd. milliers milesde mil migliaia 천"),
    "10 thousand": (1e4, "万", "10thousand 10000 만"),
    "100 thousand": (1e5, "十万", "100thousand lakh lakhs"),
    "million": (
        1e6,
        "百万",
        "millions mio mio. mill mill. mn m 1million millionen millones milhões milioni 백만",
    ),
    "10 million": (1e7, "千万", "10million crore crores 천만"),
    "100 million": (1e8, "亿", "100million 100millions 억"),
    "billion": (1e9, "十亿", "billions bn mrd mrd. milliarden milliards miliardi bilhões 십억"),
    "trillion": (1e12, "万亿", "trillions tn 조"),
}
# code of ISO 4217 -> its Chinese name, and further names in the files
CURRENCIES = {
    "CNY": ("元", "yuan rmb rmbyuan 人民币元 人民币"),
    "USD": ("美元", "us$ usdollar usdollars u.s.dollar u.s.dollars dollar dollars"),
    "EUR": ("欧元", "euro euros €"),
    "GBP": ("英镑", "poundsterling poundssterling £"),
    "JPY": ("日元", "yen 円"),
    "HKD": ("港元", "港币 hk$"),
    "KRW": ("韩元", "won 원"),
    "INR": ("印度卢比", "rupees rs rs. ₹"),
    "RUB": ("卢布", "roubles rubles"),
    "AUD": ("澳元", "australiandollars a$"),
    "CAD": ("加元", "canadiandollars c$"),
    "CHF": ("瑞士法郎", "swissfrancs"),
    "SGD": ("新加坡元", "singaporedollars"),
    "TWD": ("新台币", "新台币元 新臺幣 新臺幣元 nt$"),
}
OTHER_CODES = """AED AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
BYN BZD CDF CLP COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD
HNL HTG HUF IDR ILS IQD IRR ISK JMD JOD KES KGS KHR KMF KPW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR
PLN PYG QAR RON RSD RWF SAR SBD SCR SDG SEK SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY
TTD TZS UAH UGX UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"""
CURRENCIES |= {code: ("", "") for code in OTHER_CODES.split()}
CURRENCIES |= {"BRL": ("", "reais"), "MXN": ("", "peso pesos")}
# What several countries call their money: no country is read into it where none stands beside it.
DOLLARS = "USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD"
RUPEES = "INR LKR MUR NPR PKR SCR"
PESOS = "MXN ARS CLP COP CUP DOP PHP UYU"
SHARED = {"dollar": DOLLARS, "dollars": DOLLARS, "rupees": RUPEES, "rs": RUPEES, "rs.": RUPEES}
SHARED |= {"peso": PESOS, "pesos": PESOS}
SHARED_WORD = re.compile(r"(?:dollars?|rupees|rs\.?|pesos?)(?![a-z])", re.IGNORECASE)
SCALE_WORDS = {
    word: scale
    for scale, (_, chinese, words) in SCALES.items()
    for word in (scale.replace(" ", ""), chinese, *words.split())
    if word
}
CURRENCY_WORDS = {
    word: code
    for code, (chinese, words) in CURRENCIES.items()
    for word in (code.casefold(), chinese, *words.split())
    if word
}


def _any_of(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


PRICES = r"(?:cp|(?:at)?current|constant|chained|nominal|real)?(?:(?:19|20)[0-9]{2})?(?:prices?)?"
# a precios corrientes, a preços constantes de 2018, at current prices, in jeweiligen Preisen
AT_PRICES = (
    r"(?:(?:apre[cç]i?os|(?:at|in)?(?=[a-z]+prices?)|auxprix|inpreisen|injeweiligenpreisen)"
    r"(?:corrientes|constantes|correntes|courants|constants|(?:current|constant)prices?)?"
    r"(?:de|of)?(?:(?:19|20)[0-9]{2})?)?"
)
# of a text as `_key` gives it: current prices, million euro; thousands of chained 2017 dollars
MONEY = re.compile(
    rf"{PRICES}({_any_of(SCALE_WORDS)})?(?:of|de|d'|di)?{PRICES}({_any_of(CURRENCY_WORDS)})"
    rf"(/person|/人|per(?:person|capita|head|inhabitant)|hab)?{AT_PRICES}"
)
TURNED = re.compile(rf"({_any_of(CURRENCY_WORDS)})({_any_of(SCALE_WORDS)})")  # £ million
SHARE = re.compile(r"(%|‰|per ?cent(?:age)?) of (\S.*)", re.IGNORECASE)
RATE = re.compile(r"per ([1-9][0-9]*(?:,[0-9]{3})*|thousand|million) ([^\W\d].*)", re.IGNORECASE)
PARTS = {"thousand": 1e3, "million": 1e6}
IN = re.compile(r"(?:in|en) ", re.IGNORECASE)  # before a unit: (in millions of dollars)
OTHER = re.compile(r"other: (\S.*)")
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
def _key(text: str) -> str:
    """Return a unit's name as it is compared: without spaces, commas and outer brackets."""
    bare = PARTED.sub("", text).casefold()
    return bare[1:-1] if BRACKETED.fullmatch(bare) else bare


KEYS = {_key(name): unit for name, unit in NAMES.items()}
KEYS |= {_key(name): unit for unit in UNITS.values() for name in unit.english}


def _money(scale: str, code: str, per: bool) -> Unit:
    """Return the unit of money of a currency; yuan are those of `UNITS` if they are there."""
    yuan = code == "CNY"
    ending = " per person" if per else ""
    name = f"{scale} {'yuan' if yuan else code}{ending}".strip()
    if name in UNITS:
        return UNITS[name]
    factor, chinese, _ = SCALES[scale]
    names = (f"{chinese}{CURRENCIES[code][0] or code}{'/人' if per else ''}",)
    return Unit(name, names, f"money{ending}{'' if yuan else f' {code}'}", factor)


def _composed(text: str) -> Unit | None:
    """Return the unit that a text composes: money, a share or a rate of something, or None."""
    if turned := TURNED.fullmatch(_key(text)):
        return _money(SCALE_WORDS[turned[2]], CURRENCY_WORDS[turned[1]], False)
    money = MONEY.fullmatch(_key(text))
    if money and (money[2].upper() not in CURRENCIES or money[2].upper() in text):
        scale, currency, per = money.groups()  # a code is written in capitals: TRY is no try
        return _money(SCALE_WORDS.get(scale, ""), CURRENCY_WORDS[currency], bool(per))
    if share := SHARE.fullmatch(text):
        sign = "‰" if share[1] == "‰" else "%"
        return Unit(f"{sign} of {share[2]}", (), "ratio", UNITS[sign].factor)
    if rate := RATE.fullmatch(text):
        size = PARTS.get(rate[1].casefold()) or float(rate[1].replace(",", ""))
        return Unit(f"per {size:,.0f} {rate[2]}", (), f"per {rate[2].casefold()}", 1 / size)
    return None


@lru_cache(maxsize=10_000)
def _named(text: str) -> Unit | None:
    """Return the unit that a text names, perhaps in Chinese and in English, or None."""
    text = IN.sub("", text.strip())
    if unit := KEYS.get(_key(text)) or _composed(text):
        return unit
    both = BESIDE.fullmatch(text)
    chinese, english = (
        (KEYS.get(_key(part)) or _composed(part) for part in both.groups())
        if both
        else (None, None)
    )
    return chinese if chinese == english else None


def is_unit(text: str, own: Collection[str] = ()) -> bool:
    """Whether a text is the name of a unit; `own`: further ones of a study, as `unit_key` gives."""
    return _named(text) is not None or (bool(own) and _key(text) in own)


def unit_key(text: str) -> str:
    """Return the name of a unit of a study's own as it is compared."""
    return _key(text)


def sharers(text: str) -> list[str]:
    """Return the codes of the currencies that a printed unit may mean, if countries share its word.

    `millions of dollars` without a country; none for `US dollars`.
    """
    if not SHARED_WORD.search(text):
        return []
    key = _key(IN.sub("", text.strip()))
    turned, money = TURNED.fullmatch(key), MONEY.fullmatch(key)
    word = turned[1] if turned else money[2] if money else ""
    return SHARED.get(word, "").split()


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
        raise StudyError(
            f"unknown unit '{short(text)}'; {KNOWN}; name the one "
            "that it is to be read as under units_read_as in the config"
        )
    return unit


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
    unit = _composed(name)
    if unit is None or unit.name != name:
        meant = f"; did you mean {unit.name}?" if unit else ""
        raise StudyError(
            f"unknown unit '{short(name)}'; known: {', '.join(UNITS)}, {FURTHER}{meant}"
        )
    return unit


def split_unit(text: str, own: Collection[str] = ()) -> tuple[str, str]:
    """Split `销售额(亿元)` into name and unit; the unit is "" if the brackets hold none."""
    text = text.strip()
    match = WITH_UNIT.fullmatch(text) if text.endswith((")", "]", "】")) else None
    unit = (match[2] or match[3]) if match else ""
    return (match[1], unit) if match and is_unit(unit, own) else (text, "")


def conversion(old: Unit, new: Unit) -> float:
    """Return the factor that turns figures in `old` into figures in `new`.

    `StudyError` if the two measure different things.
    """
    if old.measures != new.measures:
        raise StudyError(
            f"figures in '{old.name}' ({old.measures}) cannot become '{new.name}' ({new.measures})"
        )
    return old.factor / new.factor
