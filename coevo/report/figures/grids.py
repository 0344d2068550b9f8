"""D over regions, and headlines over choices: tiles and cells."""

from collections.abc import Mapping

import pandas as pd

from coevo.files import rows_of
from coevo.report.figures import axes
from coevo.report.figures.vega import Part, specification
from coevo.report.findings.chart_needs import TILE
from coevo.report.findings.grade_scale import colours, grade_marks, spans
from coevo.report.findings.region_standings import groups_of
from coevo.report.findings.study_tables import Study, variant_word
from coevo.sensitivity.choices import CHOICES
from coevo.sensitivity.headlines import CENSUS_YEAR, WITH

KEY = 6 / 8  # of the width: the key of grades, in the corner at the top left
KEY_ROWS = 2  # rows of tiles that the title and the key need
ACROSS, LOWEST, HIGHEST = 540, 40, 90  # pixels: of all columns, of a row at least and at most
NAME = 20  # letters of a headline on a line


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
    x, y = axes.D_across(study.grades, limits), axes.named_rows(names)
    drawn = {"others": rows[~in_focus], "focus": rows[in_focus]}
    return specification("dots", study, words, drawn, x=x, y=y, height=40.0 * len(names) + 10)


def _tiles(study: Study) -> pd.DataFrame:
    """Every tile (region, row, column, short, name, known); known: the region is in the data.

    Rows and columns begin with 1; below the key, if its corner is not free.
    """
    assert study.places is not None
    table = study.places.dropna(subset=TILE)
    row, column = (table[name].astype(int) - table[name].min() + 1 for name in TILE)
    corner = (row <= KEY_ROWS) & (column / column.max() <= KEY + 1 / 8)
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
    key = [(KEY * low, KEY * high, hue[label], f"{high:.2g}") for label, low, high in table]
    strip = pd.DataFrame(key, columns=["x", "x2", "g", "cut"])
    ends = pd.DataFrame({"x": [0.0, KEY], "text": [table[0][0], table[-1][0]]})
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
