"""The audit on figures whose faults are known."""

import numpy as np
import pandas as pd
import pytest

from coevo.messages import unpacked
from coevo.panel import audit
from coevo.panel.audit import audit_findings, audit_table
from coevo.report.words.message_words import message_texts
from coevo.schema import check_columns
from coevo.study.configuration import LANGUAGES
from tests.sample import words_of


def frame(**series):
    rows = []
    for indicator, (unit, decimals, flag, values) in series.items():
        for place, value in enumerate(values):
            row = {"region": "1", "name": "A", "year": 2016 + place, "indicator": indicator}
            row |= {"value": value, "unit": unit, "vintage": "v", "file": "f", "sheet": "s"}
            rows.append(row | {"cell": f"B{place}", "flag": flag, "half_unit": 0.5 * 10**-decimals})
    return pd.DataFrame(rows)


def table(*rows):
    columns = ["indicator", "unit", "source_name", "derivation"]
    return pd.DataFrame(rows, columns=columns)


MONEY = "100 million yuan"
LEVEL = ("level", MONEY, "水平", "")


def test_printed_growth_is_a_finding_only_if_no_unrounded_levels_give_it():
    observations = frame(
        level=(MONEY, 1, "", [10.0, 13.0, 16.0]),
        rate=("%", 1, "", [5.0, 30.9, 24.1]),  # 13.05 / 9.95 gives 31.2; 16.05 / 12.95 gives 23.9
    )
    found = audit_findings(observations, table(LEVEL, ("rate", "%", "增长率", "growth(level)")))
    assert found["check"].tolist() == ["growth", "not_checkable"]
    growth = found.iloc[0]
    assert (growth["year"], growth["printed"]) == (2018, 24.1)
    fields = unpacked(growth["fields"])
    assert growth["message"] == "levels_differ" and fields["decimals"] == 1
    ends = [100 * (15.95 / 13.05 - 1), 100 * (16.05 / 12.95 - 1)]
    assert [fields["low"], fields["high"]] == pytest.approx(ends)
    assert growth["computed"] == pytest.approx(100 * (16 / 13 - 1))
    assert found.iloc[1]["year"] == 2016


def test_printed_totals_and_sums():
    observations = frame(
        level=(MONEY, 1, "", [1.0, 2.0]),
        part=(MONEY, 1, "", [1.0, 1.0]),
        all=(MONEY, 1, "", [2.0, 3.2]),
        total=(MONEY, 1, "", [float("nan"), 3.1]),
    )
    indicators = table(
        LEVEL,
        ("part", MONEY, "部分", ""),
        ("all", MONEY, "合计", "sum(level, part)"),
        ("total", MONEY, "累计", "total(level)"),
    )
    found = audit_findings(observations, indicators)
    assert found[["check", "year"]].to_numpy().tolist() == [["sum", 2017]]  # 3.1 is within digits


def test_jumps_need_consecutive_years():
    observations = frame(level=(MONEY, 1, "", [10.0, 6.9, 7.0, 21.1, float("nan"), 1.0]))
    found = audit_findings(observations, table(LEVEL))
    assert found[["check", "year"]].to_numpy().tolist() == [["jump", 2017], ["jump", 2019]]
    assert found["message"].tolist() == ["jump_fall", "jump_rise"]
    fall = {"old": 10.0, "year": 2016, "new": 6.9, "unit": MONEY, "ratio": 6.9 / 10.0}
    assert unpacked(found["fields"].iloc[0]) == fall
    assert unpacked(found["fields"].iloc[1])["ratio"] == pytest.approx(21.1 / 7)


def test_values_outside_their_unit_but_growth_may_be_negative():
    observations = frame(
        share=("%", 1, "", [101.0, 90.0]),
        staff=("person", 0, "", [-1.0, 1.0]),
        level=(MONEY, 1, "", [10.0, 9.0]),
        rate=("%", 1, "", [float("nan"), -10.0]),
    )
    indicators = table(
        ("share", "%", "比重", ""),
        ("staff", "person", "人员", ""),
        LEVEL,
        ("rate", "%", "增长率", "growth(level)"),
    )
    found = audit_findings(observations, indicators)
    assert found[["check", "indicator"]].to_numpy().tolist() == [
        ["range", "share"],
        ["range", "staff"],
    ]


def test_a_unit_read_as_another_names_the_figure_that_confirms_it():
    observations = pd.concat(
        [
            frame(level=("trillion yuan", 1, "unit_read_as", [5.0, 6.0])),
            frame(text=(MONEY, 1, "", [float("nan"), 6.0])),
        ]
    )
    found = audit_findings(observations, table(LEVEL, ("text", MONEY, "正文", "equal(level)")))
    assert found["check"].tolist() == ["unit"]
    assert found["year"].tolist() == [2017]
    assert found["message"].tolist() == ["unit_misprint"]
    assert unpacked(found["fields"].iloc[0]) == {
        "unit": "trillion yuan", "value": 6.0, "read_as": MONEY, "file": "f", "sheet": "s",
        "cell": "B1",
    }  # fmt: skip


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


def test_printed_figures_are_held_against_the_levels_of_their_own_vintage():
    old = frame(level=(MONEY, 1, "", [10.0, 13.0]), rate=("%", 1, "", [5.0, 30.0]))
    new = frame(level=(MONEY, 1, "", [10.0, 15.0])).assign(vintage="w", file="g")
    found = audit_findings(
        pd.concat([old, new], ignore_index=True),
        table(LEVEL, ("rate", "%", "增长率", "growth(level)")),
    )
    assert found["check"].tolist() == ["not_checkable"]  # 2016; 30.0 follows from 10.0 and 13.0
    alone = frame(rate=("%", 1, "", [5.0, 30.0])).assign(vintage="w", file="g")
    apart = audit_findings(
        pd.concat([frame(level=(MONEY, 1, "", [10.0, 15.0])), alone], ignore_index=True),
        table(LEVEL, ("rate", "%", "增长率", "growth(level)")),
    )
    assert apart["check"].tolist() == ["not_checkable", "not_checkable"]
    assert set(apart["message"]) == {"no_such_figures"}
    assert unpacked(apart["fields"].iloc[0]) == {"indicators": ["level"]}


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


def test_a_zero_in_place_of_a_missing_figure_and_a_single_negative_one_are_findings():
    none = float("nan")
    observations = frame(
        level=(MONEY, 1, "", [2400.0, 2464.6, 0.0, 2600.0]),
        shops=("count", 0, "", [0.0, 3.0, 0.0, 8.0]),  # small numbers may well be none
        trade=(MONEY, 1, "", [5.0, -3.0, 4.0, none]),
        balance=(MONEY, 1, "", [5.0, -3.0, -4.0, 6.0]),
        rise=(MONEY, 1, "", [0.0, 0.0, 80.0, 90.0]),  # begins at nothing
        gap=(MONEY, 1, "", [none, 0.0, none, 80.0]),
        rate=("%", 1, "", [5.0, 0.0, -3.0, 4.0]),
    )
    names = "level shops trade balance rise gap".split()
    units = [MONEY, "count", MONEY, MONEY, MONEY, MONEY]
    rows = [(name, unit, name, "") for name, unit in zip(names, units, strict=True)]
    found = audit_findings(observations, table(*rows, ("rate", "%", "r", "growth(level)")))
    odd = found[found["check"] == "sign"]
    assert odd[["indicator", "year", "message"]].to_numpy().tolist() == [
        ["level", 2018, "zero_alone"],
        ["trade", 2017, "negative_alone"],
        ["gap", 2017, "zero_alone"],
    ]
    fields = {"value": 0.0, "near": 2464.6, "year": 2017, "unit": MONEY}
    assert unpacked(odd["fields"].iloc[0]) == fields


def test_the_same_figures_in_two_subsystems_are_a_finding():
    values = [10.0, 11.0, 12.0, 13.0, 14.0]
    observations = frame(
        one=(MONEY, 1, "", values),
        two=("10 thousand yuan", 1, "", [1e4 * value for value in values]),
        three=(MONEY, 1, "", [*values[:-1], 14.1]),
        beside=(MONEY, 1, "", values),
        alike=(MONEY, 1, "", [1.0] * 5),
        likewise=(MONEY, 1, "", [1.0] * 5),
    )
    sides = dict(one="a", two="b", three="b", beside="a", alike="a", likewise="b")
    units = dict.fromkeys(sides, MONEY) | {"two": "10 thousand yuan"}
    indicators = table(*[(name, units[name], name, "") for name in sides])
    assert audit_findings(observations, indicators).empty
    found = audit_findings(observations, indicators.assign(subsystem=list(sides.values())))
    assert found[["check", "indicator"]].to_numpy().tolist() == [
        ["same_figures", "two"],
        ["same_figures", "beside"],
    ]
    fields = {"other": "one", "figures": 5, "value": 1e5, "unit": units["two"]}
    assert unpacked(found["fields"].iloc[0]) == fields


GIVEN = [{"check": "jump", "indicator": "level", "region": "1", "year": 2017}]


@pytest.mark.parametrize(
    ("serious", "accept", "standings"),
    [
        ((), (), ["finding", "remark"]),
        (("jump_rise",), (), ["serious", "remark"]),
        (("jump_rise", "said"), (), ["serious", "serious"]),  # a remark on a table may be serious
        (("jump_rise",), GIVEN, ["accepted", "remark"]),
        (("said",), [{"check": "note", "file": "f", "cell": "A1"}], ["finding", "accepted"]),
        # never a whole check; what fits nothing is said
        (("jump_rise",), [{"check": "jump", "year": 2017}], ["remark", "serious", "remark"]),
        ((), [GIVEN[0] | {"year": 2018}], ["remark", "finding", "remark"]),
    ],
)
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


def panel():
    """Eight regions, six years: money, staff and shops that grow with a region, and a share."""
    rng, parts = np.random.default_rng(2), []
    for place, region in enumerate("12345678"):
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


def found_in(observations, *checks):
    rows = [(name, unit, name, "", side) for name, (unit, side) in SIDES.items()]
    columns = ["indicator", "unit", "source_name", "derivation", "subsystem"]
    found = audit_findings(observations, pd.DataFrame(rows, columns=columns))
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


@pytest.mark.parametrize(
    ("times", "where", "expected"),
    [
        (10, {"region": "3", "indicator": ["money"], "year": 2020},
         ("scale_of_past", "3", "money", 2020, 2)),
        (100, {"indicator": ["staff"], "year": 2021}, ("scale_of_past", "1", "staff", 2021, 8)),
        (1e4, {"region": "3", "year": 2020}, ("scale_of_past", "3", "money", 2020, 8)),
        (10, {"year": 2020}, ("scale_of_past", "1", "money", 2020, 64)),
        (10, {"region": "5", "indicator": ["shops"]},
         ("tenfold_of_regions", "5", "shops", 2016, 6)),
        (100, {"region": "5", "indicator": ["shops"]}, ("scale_of_regions", "5", "shops", 2016, 6)),
        (0.01, {"region": "1357", "indicator": ["share"]},
         ("shares_for_percentages", "1", "share", 2016, 24)),
        (0.01, {"indicator": ["share"]}, ("percentages_below_one", "1", "share", 2016, 48)),
        (1, {}, None),
    ],
)  # fmt: skip
def test_figures_off_by_a_power_of_ten_are_one_finding_a_block(times, where, expected):
    found = found_in(scaled(times, **where), "scale")
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("where", "region", "indicator", "figures"),
    [
        ({}, "1", "money", 144),
        ({"indicator": ["staff"]}, "1", "staff", 48),
        ({"region": "4", "indicator": ["staff"]}, "4", "staff", 6),
    ],
)
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


@pytest.mark.parametrize(
    ("of", "to", "expected"),
    [
        ({"region": "2"}, {"region": "5"}, ("region_copied", "5", "money", 2016, 24)),
        ({"region": "2", "indicator": ["shops"]}, {"region": "5", "indicator": ["shops"]},
         ("region_copied", "5", "shops", 2016, 6)),
        ({"year": [2018]}, {"year": [2019]}, ("year_copied", "1", "money", 2019, 32)),
        ({"year": [2018], "indicator": ["money"]}, {"year": [2019], "indicator": ["money"]},
         ("year_copied", "1", "money", 2019, 8)),
    ],
)  # fmt: skip
def test_a_region_or_a_year_that_is_a_copy(of, to, expected):
    rows = panel()
    source = np.all([rows[column].isin([*value]) for column, value in of.items()], axis=0)
    assert found_in(put(rows, rows.loc[source, "value"].to_numpy(), **to), "copy") == [expected]


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


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([2016, 2017, 1918, 2019, 2020, 2021], ("year_of_another_century", 1918)),
        ([1916, 2017, 2018, 2019, 2020, 2021], ("year_of_another_century", 1916)),
        ([2016, 2017, 2018, 2020, 2019, 2021], ("year_out_of_order", 2020)),
        ([2021, 2020, 2019, 2018, 2017, 2016], None),
        ([2018, 2016, 2021, 2017, 2020, 2019], None),  # in no order
        ([1890, 1990, 2000, 2010, 2020, 2021], None),
    ],
)
def test_years_out_of_order_or_a_century_off(years, expected):
    rows = panel()
    rows["cell"] = ["ABCDEF"[year - 2016] + "7" for year in rows["year"]]
    rows["year"] = rows["year"].map(dict(zip(range(2016, 2022), years, strict=True)))
    found = {(message, year) for message, _, _, year, _ in found_in(rows, "places")}
    assert found == ({expected} if expected else set())


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
