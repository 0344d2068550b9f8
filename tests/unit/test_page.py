"""The page's data: the way from raw figures to D is that of the tables; every word is a phrase."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import couple, grade
from coevo.coupling.formulas import composite_indices, degrees
from coevo.normalisation import minmax, normalise
from coevo.report.documents.page_trace import trace
from coevo.report.documents.source import of_regions, page_data
from coevo.report.documents.source import text as source_text
from coevo.report.tables.annex import report_tables
from coevo.report.words.numbers import exact
from coevo.report.words.template_values import worded
from tests.sample import ROOT, VERSION, config, indicators, study, tables, words_of

RULES = ROOT / "workflow" / "rules"
TEMPLATE = (ROOT / "workflow" / "report" / "report.md").read_text(encoding="utf-8")
PHRASES = {language: words_of("phrases", language) for language in ("en", "zh")}


def traced(chosen) -> dict:
    """Return the trace of a study in English, as a page reads it."""
    return json.loads(json.dumps(trace(worded(chosen, PHRASES["en"]))))


def derived() -> pd.DataFrame:
    """Return the indicator table in which one indicator is made of two others."""
    frame = indicators()
    frame.loc[0, ["source_name", "derivation"]] = ["", "ratio(part, product)"]
    part = frame.iloc[[-1]].assign(indicator="part", label_en="part of it", source_name="part")
    return pd.concat([frame, part], ignore_index=True)


BANDS = {"sales": ("moderate", "300 400"), "orders": ("-", ""), "output": ("+", "")}


def computed(bands: bool = False, **coupling: object):
    """Return a study whose goalposts, z, U, C, T and D follow from the sample's panel."""
    settings, table = config(), indicators()
    settings["coupling"] = settings["coupling"] | coupling
    for name, cells in BANDS.items() if bands else ():
        table.loc[table["indicator"] == name, ["direction", "best"]] = cells
    made = tables()
    z, posts = normalise(made["panel"], table, settings["normalisation"])
    weights = made["weights"]
    states, obstacles = couple(z, weights, "entropy", settings["coupling"], (0.01, 0.99))
    chosen = study(normalised=z, goalposts=posts, coupling=states, obstacles=obstacles)
    return replace(chosen, config=settings, indicators=table)


@pytest.mark.parametrize(
    "coupling",
    [
        {}, {"bands": True}, {"form": "wang"},
        {"composite": "geometric", "contributions": [0.3, 0.7]},
    ],
)  # fmt: skip
def test_every_step_follows_from_the_one_before(coupling: dict) -> None:
    chosen = computed(**coupling)
    found = traced(chosen)
    rows = found["indicators"]
    member = np.eye(len(found["subsystems"]))[[row["subsystem"] for row in rows]]
    weights = np.array([row["weight"] for row in rows])
    settings = chosen.config["coupling"]
    for region in found["regions"]:
        of_years = [found["steps"][region][str(year)] for year in found["years"]]
        for i, row in enumerate(rows):
            x, low, high, z = (np.array([of[i][k] for of in of_years]) for k in (1, 3, 4, 5))
            again = minmax(x.astype(float), row["direction"], low[0], high[0], best=best_of(row))
            np.testing.assert_allclose(z.astype(float), again, rtol=1e-12)
        z = np.array([[line[5] for line in of] for of in of_years], dtype=float)
        U = composite_indices(z, weights, member, settings["composite"], (0.01, 0.99))
        steps = degrees(U, settings)
        states = [found["states"][region][str(year)] for year in found["years"]]
        values = np.array([row[:-1] for row in states], dtype=float)
        np.testing.assert_allclose(values, np.column_stack([U, *steps[1:]]), rtol=1e-12)
        known = chosen.rows("coupling", region=region)["grade"]
        assert list(grade(steps.D)) == known.tolist()
        if found["product"]:
            np.testing.assert_allclose((z * weights) @ member, values[:, :2], rtol=1e-12)


def best_of(row: dict) -> tuple[float, float]:
    """Return the band that the page prints of an indicator."""
    ends = [float(part) for part in row["best"].strip("[]").split(",") if part]
    return (ends[0], ends[-1]) if ends else (np.nan, np.nan)


def test_raw_figures_are_the_observations_with_their_place() -> None:
    chosen = study()
    found, read = traced(chosen), chosen.tables["observations"]
    names = list(chosen.indicators["indicator"])[: len(found["indicators"])]
    for region in found["regions"]:
        for year in found["years"]:
            own = read[read["region"].eq(region) & read["year"].eq(year)].set_index("indicator")
            for name, (text, *_) in zip(names, found["steps"][region][str(year)], strict=True):
                row = own.loc[name]
                file = row["file"].rpartition("/")[2]
                assert text.startswith(exact(row["value"])) and file in text
                assert text.endswith(f" › {row['cell']})")


def test_of_two_vintages_the_one_that_stands_is_traced() -> None:
    older = tables()["observations"]
    newer = older.assign(vintage="2026-11", value=older["value"] * 2, cell="D9")
    chosen = study(observations=pd.concat([older, newer], ignore_index=True))
    found = traced(chosen)
    text = found["steps"]["330000"][str(found["years"][0])][0][0]
    own = older[older["region"].eq("330000") & older["indicator"].eq(indicators()["indicator"][0])]
    assert text.startswith(exact(own["value"].iloc[0] * 2)) and text.endswith("› D9)")


def test_derived_indicator_names_what_it_is_made_of() -> None:
    found = traced(replace(study(), indicators=derived()))
    first = found["indicators"][0]
    assert first["derived"].endswith("= part of it ÷ gross product")
    text = found["steps"]["330000"][str(found["years"][0])][0][0]
    assert [part.partition(" ")[0] for part in text.split("; ")] == ["part", "gross"]


def test_missing_years_and_flags_are_kept() -> None:
    made = tables()
    panel = made["panel"]
    last = panel["region"].eq("330000") & panel["year"].eq(2020)
    flagged = panel.assign(
        value=panel["value"].mask(last), flag=panel["flag"].mask(last, "missing:not_available")
    )
    coupling = made["coupling"]
    shorter = coupling[~(coupling["region"].eq("330000") & coupling["year"].eq(2019))]
    found = traced(study(panel=flagged, coupling=shorter))
    line = found["steps"]["330000"]["2020"][0]
    assert line[1] is None and line[2] == "missing"
    assert "2019" not in found["states"]["330000"] and "2020" in found["states"]["330000"]


def test_every_table_of_the_report_names_its_sheet() -> None:
    said = worded(study(), PHRASES["en"])
    sheets = page_data(said)["sheets"]
    assert sheets["coordination"] == "D by year"
    assert set(sheets) == {table.key for table in report_tables(said)}


@pytest.mark.parametrize("language", PHRASES)
def test_texts_of_a_region_are_those_of_a_study_with_it_in_focus(language: str) -> None:
    other = "310000"
    chosen = study(language=language)
    moved = replace(chosen, config=chosen.config | {"focus_region": other})
    of = {
        one.focus: dict(
            zip(chosen.regions, of_regions(worded(one, PHRASES[language])), strict=True)
        )
        for one in (chosen, moved)
    }
    assert of[chosen.focus] == of[other]
    text = of[other][other]
    assert chosen.name(other) in text and chosen.name(chosen.focus) not in text
    assert all(f"key={key}" in text for key in ("far-focus", "measures-focus"))
    filled = source_text(worded(moved, PHRASES[language]), TEMPLATE, VERSION)
    for mark in re.findall(r"\[.+?\]\{key=[\w-]+\}", text):
        assert filled.count(mark) == 2, mark  # where it stands, and among those of all regions


def test_a_page_brings_the_chinese_characters_that_it_shows() -> None:
    import base64
    import io

    from fontTools.ttLib import TTFont

    from coevo.report.figures.typesetting import chinese_face

    assert chinese_face("Zhejiang, D = 0.73 – ₁", "face") == ""
    sheet = chinese_face("浙江 D（2023年）", "face")
    assert sheet == chinese_face("（年）2023 江浙", "face") and '"face"' in sheet
    data = base64.b64decode(re.search(r"base64,([^)]+)\)", sheet)[1])
    font = TTFont(io.BytesIO(data))
    assert set("浙江年（）") == {chr(point) for point in font.getBestCmap()}
    assert "fvar" in font  # bold is bold
