"""D of regions: as lines over the years with labels at the right end, as dots and tiles of a year;
and headlines over choices as cells.
"""

from collections.abc import Mapping

import pandas as pd

from coevo.files import rows_of
from coevo.messages import room
from coevo.report.figures import FIGURES, axes
from coevo.report.figures.vega import LAYERS, PADDING, Part, specification
from coevo.report.findings.chart_needs import TILE
from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.grade_scale import colours, grade_marks, spans
from coevo.report.findings.regional_pattern import groups_of
from coevo.report.findings.study_tables import KEY, Study, variant_word
from coevo.sensitivity.choices import CHOICES
from coevo.sensitivity.headlines import CENSUS_YEAR, WITH

KEY_WIDTH = 6 / 8  # of the width: the key of grades, in the corner at the top left
KEY_ROWS = 2  # rows of tiles that the title and the key need
ACROSS, LOWEST, HIGHEST = 540, 40, 90  # pixels: of all columns, of a row at least and at most
NAME = 20  # letters of a headline on a line
DEGREES = "opening_degrees"
LABEL_PIXELS = 15.0  # height that a label needs
HEAVIER = 0.3  # pixels by which a bold letter is wider than what the drawing program measures


def states(study: Study) -> pd.DataFrame:
    """Rows (region, name, year, D, grade) with D as it is printed (text) and its colour (g)."""
    rows = study.coupling[["region", "name", "year", "D", "grade"]]
    text = [grade_marks(D, scale=study.grades) for D in rows["D"]]
    return rows.assign(text=text, g=rows["grade"].map(colours(study.grades)))


def headline_choices(study: Study, words: Mapping[str, str]) -> Part:
    """Share of the combinations that say a headline, by variant of each choice; framed: the choice
    that decides, bold: the study's own variants.
    """
    keys, order = ["headline", "pair"], [*CHOICES, CENSUS_YEAR]
    heads, main = study.rows("headlines", system=""), study.tables["multiverse"].iloc[0]
    called = [_headline(study, words, *of) for of in heads[keys].itertuples(index=False)]
    heads = heads[[*keys, "deciding_choice"]].assign(row=called)
    rows = study.rows("headline_variants", system="", enters=True).merge(heads, on=keys)
    rows = rows.sort_values("choice", key=lambda names: names.map(order.index), kind="stable")
    variants = zip(rows["choice"], rows["variant"], strict=True)
    share = (rows["agree"] / rows["combinations"]).round(4)
    rows = rows.assign(
        column=[f"{choice}|{variant_word(words, choice, name)}" for choice, name in variants],
        own=rows["variant"] == [main.get(choice, WITH) for choice in rows["choice"]],
        name=("choice_" + rows["choice"]).map(words),
        share=share,
        text=(100 * share).map("{:.0f}".format),
        g=(10 * share).astype(int).clip(upper=9),
    )
    deciding = rows[rows["choice"] == rows["deciding_choice"]]
    drawn = {"rows": rows, "deciding": deciding, "choices": rows.drop_duplicates("choice")}
    return specification(
        "headline_choices", study, words, drawn,
        columns=list(rows["column"].unique()),
        own=list(rows.loc[rows["own"], "column"].unique()),
        y=axes.named_rows(called),
        height=26.0 * rows["row"].nunique(),
    )  # fmt: skip


def _headline(study: Study, words: Mapping[str, str], name: str, pair: str) -> str:
    """What a headline is called; that of a further pair is called as its systems."""
    called = " · ".join(map(study.label, pair.split("~"))) if pair else words[f"headline_{name}"]
    return axes.wrapped_label(called.format(region=study.name(study.focus)), NAME)


def group_dots(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region in the last year, a dot each, by group, the highest group first."""
    rows = rows_of(states(study), year=study.years[-1])
    groups = rows["region"].map(groups_of(study)).astype(object)
    rows = rows.assign(row=groups.fillna(""))
    order = rows.groupby("row")["D"].mean().sort_values(ascending=False)
    names = list(order.index)
    rows, in_focus = rows.round({"D": 4}), rows["region"] == study.focus
    limits = axes.tenths_around(rows["D"])
    across = axes.axis("D", axes.grade_ticks(study.grades, limits))
    x, y = axes.spanning("D", *limits, across), axes.named_rows(names)
    drawn = {"others": rows[~in_focus], "focus": rows[in_focus]}
    return specification("dots", study, words, drawn, x=x, y=y, height=40.0 * len(names) + 10)


def _tiles(study: Study) -> pd.DataFrame:
    """Every tile (region, row, column, short, name, known); known: the region is in the data.

    Rows and columns begin with 1; below the key, if its corner is not free.
    """
    assert study.places is not None
    table = study.places.dropna(subset=TILE)
    row, column = (table[name].astype(int) - table[name].min() + 1 for name in TILE)
    corner = (row <= KEY_ROWS) & (column / column.max() <= KEY_WIDTH + 1 / 8)
    return table[["region"]].assign(
        row=row + KEY_ROWS * int(corner.any()),
        column=column,
        short=table["abbreviation" if "abbreviation" in table else "region"],
        name=table[f"name_{study.language}"],
        known=table["region"].isin(study.regions),
    )


def tiles(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region in the year of a slider, which begins with the last."""
    years, every = study.years, _tiles(study)
    rows = states(study).merge(every.drop(columns=["name", "known"]), on="region")
    rows = rows.round({"D": 4})
    down, wide = int(every["row"].max()), int(every["column"].max())
    full = rows["region"].value_counts().reindex(every["region"]).eq(len(years)).to_numpy()
    table, hue = spans(study.grades), colours(study.grades)
    key = [
        (KEY_WIDTH * low, KEY_WIDTH * high, hue[label], f"{high:.2g}") for label, low, high in table
    ]
    strip = pd.DataFrame(key, columns=["x", "x2", "g", "cut"])
    ends = pd.DataFrame({"x": [0.0, KEY_WIDTH], "text": [table[0][0], table[-1][0]]})
    absent = pd.DataFrame({"x": [0.0], "text": [words["not_in_data"]]})
    drawn = {
        "rows": rows,
        "empty": every[~full].assign(state=words["not_in_data"]),
        "strip": strip,
        "cuts": strip.iloc[:-1],
        "lowest": ends[:1],
        "highest": ends[1:],
        "absent": absent[: int(not every["known"].all())],
    }
    return specification(
        "tiles", study, words, drawn,
        columns=[*range(1, wide + 1)],
        rows_down=[*range(1, down + 1)],
        wide=wide,
        down=down,
        first=years[0],
        last=years[-1],
        height=down * min(HIGHEST, max(LOWEST, ACROSS / wide)),
    )  # fmt: skip


def _apart(labels: pd.DataFrame, limits: tuple[float, float]) -> pd.DataFrame:
    """Labels (value, text, colour, bold) at places (at) that keep their distance, also on paper,
    where the chart is lower.
    """
    height = LAYERS[DEGREES]["height"] * FIGURES[DEGREES].paper
    gap = LABEL_PIXELS / height * (limits[1] - limits[0])
    spread = labels.groupby("region")["value"].transform(axes.spread_labels, gap, *limits)
    return labels.drop(columns="value").assign(at=spread.round(4))


def opening_degrees(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region and year, with that picked and the mean."""
    limits = axes.tenths_around(study.coupling["D"])
    lines = rows_of(study.coupling, region=study.drawn)[[*KEY, "D", "grade"]]
    breaks = pd.DataFrame({"year": shown_breaks(study), "text": words["coverage"]})
    at_end = list(breaks["year"][:1]) == study.years[-1:]
    labels = _degree_labels(study, words, limits[0] if at_end else None)
    longest = max(map(room, labels["text"]))
    drawn = {
        "lines": lines,
        "labels": _apart(labels, limits),
        "breaks": breaks,
        "coverage": breaks[: int(not at_end)],
    }
    if not study.single:
        drawn["mean"] = study.compared.groupby("year", as_index=False)["D"].mean()
    return specification(
        DEGREES, study, words, drawn,
        x=axes.years_axis(study.years),
        y=axes.spanning("D", *limits, axes.above("D", axes.grade_ticks(study.grades, limits))),
        padding=PADDING | {"right": PADDING["right"] + HEAVIER * longest},
    )  # fmt: skip


def _degree_labels(study: Study, words: Mapping[str, str], foot: float | None) -> pd.DataFrame:
    """By region that may be picked (`region`) the labels of the two highest, of itself, of the two
    lowest and of the mean; at the `foot`, if there is one, that of the years of changed coverage.
    """
    last = study.ends[1]
    order = list(last.sort_values("D", ascending=False).index)
    named = {
        row.Index: f"{row.name} {grade_marks(row.D, scale=study.grades)}"
        + ("" if row.year == study.years[-1] else f" ({row.year:.0f})")
        for row in last[["name", "D", "year"]].itertuples()
    }
    looks = (False, "$muted"), (True, "$focus")
    rows = [
        (named[one], last.at[one, "D"], *looks[one == picked], picked)
        for picked in study.drawn
        for one in dict.fromkeys([*order[:2], picked, *order[-2:]])
    ]
    if not study.single:
        present = last.loc[study.compared["region"].unique(), "D"]
        value = grade_marks(present.mean(), scale=study.grades)
        text = words["mean_of"].format(count=len(present), value=value)
        rows += [(text, present.mean(), True, "$ink", picked) for picked in study.drawn]
    if foot is not None:
        rows += [(words["coverage"], foot, False, "$muted", picked) for picked in study.drawn]
    return pd.DataFrame(rows, columns=["text", "value", "bold", "colour", "region"])
