"""The audit on figures whose faults are known."""

import numpy as np
import pandas as pd
import pytest

from coevo.messages import unpacked
from coevo.panel import audit
from coevo.panel.audit import audit_findings, audit_table
from coevo.report.words.message_words import message_texts
from coevo.schema import LANGUAGES, check_columns
from tests.sample import words_of
from tests.unit.cases import sections


def frame(**series):
    rows = []
    for indicator, (unit, decimals, flag, values) in series.items():
        for place, value in enumerate(values):
            row = {"region": "1", "name": "A", "year": 2016 + place, "indicator": indicator}
            row |= {"value": value, "unit": unit, "vintage": "v", "file": "f", "sheet": "s"}
            rows.append(row | {"cell": f"B{place}", "flag": flag, "half_unit": 0.5 * 10**-decimals})
    return pd.DataFrame(rows)


def with_fields(found: list) -> list:
    """A finding as it is expected, without any fields that are looked at if it has none."""
    return found if isinstance(found[-1], dict) else [*found, {}]


def table(*rows):
    columns = ["indicator", "unit", "source_name", "derivation"]
    return pd.DataFrame(rows, columns=columns)


CASES = sections("audit")
MONEY = "100 million yuan"
LEVEL = ("level", MONEY, "水平", "")


@pytest.mark.parametrize("case", CASES["figures"], ids=lambda case: case["what"])
def test_what_is_found_in_figures(case):
    vintages = [frame(**figures) for figures in case["vintages"]]
    places = ({"vintage": "vw"[n], "file": "fg"[n]} for n in range(len(vintages)))
    observations = pd.concat([v.assign(**p) for v, p in zip(vintages, places, strict=True)])
    units = {name: part[0] for figures in case["vintages"] for name, part in figures.items()}
    units |= case.get("units", {})
    derivations, sides = case.get("derivations", {}), case.get("sides", {})
    indicators = table(*((name, units[name], name, derivations.get(name, "")) for name in units))
    indicators["subsystem"] = indicators["indicator"].map(sides).fillna("")
    found = audit_findings(observations.astype({"value": float}), indicators)
    found = found[found["check"] == case.get("check", found["check"])]
    for row, (*said, fields) in zip(
        found.itertuples(), map(with_fields, case["found"]), strict=True
    ):
        assert [row.check, row.indicator, row.year, row.message] == said
        for key, value in fields.items():
            expected = pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
            assert unpacked(row.fields)[key] == expected


def test_remarks_stand_beside_findings_in_the_order_of_checks_and_indicators():
    indicators = table(LEVEL, ("part", MONEY, "部分", ""))
    observations = frame(level=(MONEY, 1, "", [10.0, 6.9]))
    remarks = pd.DataFrame(
        [
            ("set_aside", "", "g", "", "", "no_table", ""),
            ("hidden", "", "f", "s", "", "hidden_cells", '{"rows": ["5"]}'),
            ("note", "part", "f", "s", "A9", "note", '{"text": "注：甲"}'),
            ("note", "level", "f", "s", "A8", "note", '{"text": "注：乙"}'),
        ],
        columns=["check", "indicator", "file", "sheet", "cell", "message", "fields"],
    )
    found = audit_table(observations, remarks, indicators)
    check_columns("audit", found)
    assert found["check"].tolist() == ["hidden", "jump", "note", "note", "set_aside"]
    assert [unpacked(fields)["text"] for fields in found["fields"][2:4]] == ["注：乙", "注：甲"]
    assert found["year"].dropna().tolist() == [2017] and found["printed"].notna().sum() == 1
    without = audit_table(observations, remarks[:0], indicators)
    assert without["check"].tolist() == ["jump"]


def test_jumps_are_those_of_a_loop_over_the_years():
    rng = np.random.default_rng(3)
    parts = []
    for vintage in ("2026-10", "2026-11"):
        for region in "123":
            values = np.where(rng.random(30) < 0.2, np.nan, rng.lognormal(0, 1, 30)).tolist()
            part = frame(level=(MONEY, 1, "", values)).assign(region=region, vintage=vintage)
            parts.append(part.sample(frac=1, random_state=1))
    observations = pd.concat(parts, ignore_index=True)
    found = audit_findings(observations, table(LEVEL)).query("check == 'jump'")
    expected = []
    for (_, region), part in observations.groupby(["vintage", "region"]):
        series = dict(zip(part["year"], part["value"], strict=True))
        for year in series:
            before, now = series.get(year - 1, np.nan), series[year]
            if before > 0 and now > 0 and not 0.7 <= now / before <= 3:
                expected.append((region, year, now, before))
    got = found[["region", "year", "printed", "computed"]].itertuples(index=False)
    assert sorted(map(tuple, got)) == sorted(expected) and len(expected) > 50


@pytest.mark.parametrize(("serious", "accept", "standings"), CASES["accepted"])
def test_what_is_serious_stands_apart_unless_the_study_accepts_it(
    monkeypatch, serious, accept, standings
):
    monkeypatch.setattr(audit, "SERIOUS_MESSAGES", frozenset(serious))
    place = {"file": "f", "sheet": "s", "cell": "A1", "message": "said", "fields": ""}
    remarks = pd.DataFrame([{"check": "note", "indicator": "", **place}])
    found = audit_table(frame(level=(MONEY, 1, "", [1.0, 4.0])), remarks, table(LEVEL), accept)
    assert found["standing"].tolist() == standings
    assert ("accept" in set(found["check"])) == (len(standings) == 3)


TEXTS = [message_texts(words_of("phrases", language)) for language in LANGUAGES]


def panel(regions="12345678"):
    """Regions over six years: money, staff and shops that grow with a region, and a share."""
    rng, parts = np.random.default_rng(2), []
    for place, region in enumerate(regions):
        grown = 100 * 1.7**place * 1.08 ** np.arange(6)
        drawn = {n: grown * rng.lognormal(0, 0.03, 6) for n in ("money", "staff", "shops")}
        share = 10 + 2 * place + rng.normal(0, 0.3, 6)
        units = {"money": (MONEY, 2), "staff": ("person", 0), "shops": ("count", 0)}
        series = {name: (*units[name], "", drawn[name].round(2).tolist()) for name in units}
        part = frame(**series, share=("%", 1, "", share.round(1).tolist()))
        parts.append(part.assign(region=region, name=region))
    return pd.concat(parts, ignore_index=True)


SIDES = {
    "money": (MONEY, "a"),
    "staff": ("person", "b"),
    "shops": ("count", "b"),
    "share": ("%", "a"),
}

WHOLES = {"shops": "staff"}


def found_in(observations, *checks, size=()):
    rows = [
        (name, unit, name, "", side, WHOLES.get(name, "")) for name, (unit, side) in SIDES.items()
    ]
    columns = ["indicator", "unit", "source_name", "derivation", "subsystem", "part_of"]
    found = audit_findings(observations, pd.DataFrame(rows, columns=columns), size)
    check_columns("audit", found)
    found = found[found["check"].isin(checks)]
    for said in zip(found["message"], found["fields"], strict=True):
        assert all(text(*said) for text in TEXTS)
    places = zip(found["message"], found["region"], found["indicator"], found["year"], strict=True)
    numbers = [unpacked(fields).get("figures") for fields in found["fields"]]
    return [(*place, number) for place, number in zip(places, numbers, strict=True)]


def scaled(times, **where):
    """Return the panel, the figures of a region, an indicator, from a year on times so much."""
    rows, chosen = panel(), True
    for column, value in where.items():
        chosen = chosen & (
            rows[column] >= value if column == "year" else rows[column].isin([*value])
        )
    half = rows["half_unit"] * np.where(chosen, min(times, 1), 1)
    return rows.assign(value=rows["value"] * np.where(chosen, times, 1), half_unit=half)


@pytest.mark.parametrize(("times", "where", "expected"), CASES["scales"])
def test_figures_off_by_a_power_of_ten_are_one_finding_a_block(times, where, expected):
    found = found_in(scaled(times, **where), "scale")
    assert found == ([tuple(expected)] if expected else [])


@pytest.mark.parametrize(("where", "region", "indicator", "figures"), CASES["restated"])
def test_a_newer_vintage_in_another_unit(where, region, indicator, figures):
    newer = scaled(1e4, **where).query("indicator != 'share'").assign(vintage="w")
    both = pd.concat([panel(), newer], ignore_index=True)
    assert found_in(both, "scale") == [("scale_restated", region, indicator, 2016, figures)]
    others = newer[newer["year"] == 2021]  # only the newest year, in another unit
    if not where:
        rows = pd.concat([panel().query("year < 2021"), others], ignore_index=True)
        assert found_in(rows, "scale") == [("scale_of_past", "1", "money", 2021, 24)]


def put(rows, values, **where):
    chosen = np.all([rows[column].isin([*value]) for column, value in where.items()], axis=0)
    rows.loc[chosen, "value"] = values
    return rows


@pytest.mark.parametrize(("of", "to", "expected"), CASES["copies"])
def test_a_region_or_a_year_that_is_a_copy(of, to, expected):
    rows = panel()
    source = np.all([rows[column].isin([*value]) for column, value in of.items()], axis=0)
    assert found_in(put(rows, rows.loc[source, "value"].to_numpy(), **to), "copy") == [
        tuple(expected)
    ]


def test_a_series_that_is_another_times_a_constant():
    rows = panel()
    money = rows.loc[(rows["indicator"] == "money") & (rows["region"] == "6"), "value"]
    rows = put(rows, (3.21 * money).round(0).to_numpy(), region="6", indicator=["staff"])
    assert found_in(rows, "same_figures") == [("proportional", "6", "staff", 2016, 6)]
    none = put(panel(), 0.0, region="6", indicator=["staff"])  # no series of zeros is
    assert found_in(none, "same_figures") == []
    assert found_in(panel(), "same_figures", "copy", "total_as_region", "places", "sign") == []


def test_a_total_among_regions_and_a_region_of_zeros_and_two_negatives():
    rows = panel()
    sums = rows[rows["region"] != "4"].groupby(["indicator", "year"], sort=False)["value"].sum()
    names = ["money", "staff", "shops"]
    typed = put(rows, sums.loc[names].to_numpy(), region="4", indicator=names)
    assert found_in(typed, "total_as_region") == [("sum_of_the_others", "4", "money", 2016, 18)]
    none = put(panel(), 0.0, region="4")
    assert found_in(none, "sign") == [("zeros_of_region", "4", "money", 2016, 24)]
    ended = put(panel(), 0.0, region="4", indicator=["staff"], year=[2019, 2020])
    assert found_in(ended, "sign") == [("zeros_of_region", "4", "staff", 2019, 2)]
    below = put(panel(), -400.0, region="4", indicator=["staff"], year=[2017, 2020])
    assert found_in(below, "sign") == [("negatives_few", "4", "staff", 2017, 2)]
    signed = below["indicator"].eq("staff") & below["year"].isin([2018, 2019])  # as are the others
    assert found_in(below.assign(value=below["value"].mask(signed, -400.0)), "sign") == []


def test_a_part_above_its_whole_and_one_that_equals_it():
    rows = panel()
    staff = rows.loc[rows["indicator"] == "staff", "value"]
    half = put(rows, (0.5 * staff).round(2).to_numpy(), indicator=["shops"])
    assert found_in(half, "part") == []
    above = put(half.copy(), 1e5, indicator=["shops"], region="4", year=[2018, 2019])
    assert found_in(above, "part") == [("part_above_whole", "4", "shops", 2018, 2)]
    equal = put(half, staff.to_numpy(), indicator=["shops"])
    assert found_in(equal, "part") == [("equals_whole", "1", "shops", 2016, 48)]
    assert found_in(equal, "same_figures") == [("same_in_system", "1", "shops", 2016, 48)]


def test_product_per_head_that_no_region_of_the_world_has():
    size = ("money", "staff")
    people = panel()
    people.loc[people["indicator"] == "staff", "value"] *= 1e3  # 10 thousand yuan a head
    assert found_in(people, "per_head", size=size) == []
    assert found_in(panel(), "per_head", size=size) == [
        ("per_head_outside", "1", "money", 2016, 48)
    ]


def test_a_sheet_of_which_every_second_year_is_lower():
    rows = panel()
    rows.loc[(rows["indicator"] == "staff") & (rows["year"] % 2 == 0), "value"] *= 0.75
    assert found_in(rows, "alternates") == [("alternates", "1", "staff", 2018, 16)]


def test_two_names_that_are_swapped_in_one_sheet():
    rows = panel()
    names = rows["region"].replace({"2": "6", "6": "2"})
    swapped = rows.assign(region=rows["region"].mask(rows["indicator"] == "staff", names))
    assert found_in(swapped, "places") == [("names_swapped", "2", "staff", 2016, 6)]


@pytest.mark.parametrize(("regions", "found"), [("cfaibhdelgjkpmno", 1), ("cfaibhde", 0)])
def test_a_sheet_whose_figures_stand_a_row_below_their_names(regions, found):
    """Of fewer than fifteen regions nothing is said: there it happens by chance."""
    rows = panel(sorted(regions))
    rows["cell"] = "B" + rows["region"].map(lambda name: str(regions.index(name)))
    next_name = dict(zip(regions, regions[1:] + regions[0], strict=True))
    own = rows["indicator"] == "staff"
    down = rows.assign(region=rows["region"].mask(own, rows["region"].replace(next_name)))
    told = [(message, name) for message, _, name, *_ in found_in(down, "places")]
    assert told.count(("sheet_shifted", "staff")) == found


def test_two_regions_that_changed_places():
    newer = panel().assign(vintage="w")
    newer["region"] = newer["region"].replace({"2": "6", "6": "2"})
    both = pd.concat([panel(), newer], ignore_index=True)
    assert found_in(both, "places") == [("places_changed", "2", "money", 2016, 24)]
    late = panel()
    late["region"] = late["region"].where(
        late["year"] < 2019, late["region"].replace({"2": "6", "6": "2"})
    )
    assert found_in(late, "places") == [("places_changed_from", "2", "money", 2019, 4)]


@pytest.mark.parametrize(("years", "expected"), CASES["years"])
def test_years_out_of_order_or_a_century_off(years, expected):
    rows = panel()
    rows["cell"] = ["ABCDEF"[year - 2016] + "7" for year in rows["year"]]
    rows["year"] = rows["year"].map(dict(zip(range(2016, 2022), years, strict=True)))
    found = {(message, year) for message, _, _, year, _ in found_in(rows, "places")}
    assert found == ({tuple(expected)} if expected else set())


def test_a_newer_vintage_with_fewer_regions_is_found_and_a_supplement_is_not():
    one = frame(level=(MONEY, 1, "", [10.0, 13.0]))
    old = pd.concat([one.assign(region=region) for region in "12345"])

    def lost(*regions):
        new = old[old["region"].isin(regions)].assign(vintage="w")
        found = audit_findings(pd.concat([old, new]), table(LEVEL))
        found = found[found["message"] == "fewer_regions"]
        return [(r.region, r.year, unpacked(r.fields)["regions"]) for r in found.itertuples()]

    assert lost(*"1234") == [("5", 2016, ["5"])] and lost(*"123") == [("4", 2016, ["4", "5"])]
    assert lost(*"12") == [("3", 2016, ["3", "4", "5"])]  # the first: as a file that was cut off
    assert lost(*"12345") == lost(*"45") == lost("1") == []
