"""The audit on figures whose faults are known."""

import pandas as pd
import pytest

from coevo.messages import unpacked
from coevo.panel import audit
from coevo.panel.audit import audit_findings, audit_table
from coevo.schema import check_columns


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
    import numpy as np

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
    monkeypatch.setattr(audit, "SERIOUS", frozenset(serious))
    place = {"file": "f", "sheet": "s", "cell": "A1", "message": "said", "fields": ""}
    remarks = pd.DataFrame([{"check": "note", "indicator": "", **place}])
    found = audit_table(frame(level=(MONEY, 1, "", [1.0, 4.0])), remarks, table(LEVEL), accept)
    assert found["standing"].tolist() == standings
    assert ("accept" in set(found["check"])) == (len(standings) == 3)
