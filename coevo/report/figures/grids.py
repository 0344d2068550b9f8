"""D over regions and years, its density and ranks, and headlines over choices: tiles and cells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coevo.report.figures import LOOKS, axes, vega
from coevo.report.figures.vega import Part, tips
from coevo.report.findings.chart_needs import TILE, density_peaks
from coevo.report.findings.grade_scale import MIDPOINT, colours, grade_marks, spans
from coevo.report.findings.localised import variant_word
from coevo.report.findings.region_states import groups_of
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.choices import CHOICES
from coevo.sensitivity.headlines import CENSUS_YEAR, WITH

KEY = 6 / 8  # of the width: the key of grades, in the corner at the top left
KEY_ROWS = 2  # rows of tiles that the title and the key need
ACROSS, LOWEST, HIGHEST = 540, 40, 90  # pixels: of all columns, of a row at least and at most
NAMES, CELL, STRIP = 75, 22, 78  # pixels: of names, a cell and the ranks of the heat table
SEEN = 0.005  # of the highest density, below which it is not drawn
NAME = 20  # letters of a headline on a line
VARIANT = 122  # pixels of a variant's name, set upwards
FILL = {"color": vega.place("g", scale=axes.grade_colours())}
INK = {"color": vega.place("g", scale=axes.grade_colours(text=True))}
WIDE = {name: f"width < 330 ? '' : datum.{name}" for name in ("text", "name")}
SHORT = {"shown": "width < 330 ? slice(datum.text, 1) : datum.text"}
SMALLER = vega.computed("width < 330 ? 9.5 : 11")
APART = {"scale": {"color": "independent"}}


def states(study: Study) -> pd.DataFrame:
    """Rows (region, name, year, D, grade) with D as it is printed (text) and its colour (g)."""
    return with_grades(study, study.coupling[["region", "name", "year", "D", "grade"]])


def with_grades(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of D and grade with D as it is printed (text) and its colour (g)."""
    text = [grade_marks(D, scale=study.grades) for D in rows["D"]]
    return rows.assign(text=text, g=rows["grade"].map(colours(study.grades)))


def state_tips(words: Mapping[str, str], shown: str = ".3f") -> list[Part]:
    """What a reader sees at a D: region, year, D and grade."""
    return tips(words, "name region", "year year", f"D D {shown}", "grade grade")


def _means_of_groups(study: Study) -> pd.DataFrame:
    """Rows as `states` has them of the mean of each group, the highest of the last year first."""
    group = study.coupling["region"].map(groups_of(study))
    means = study.coupling["D"].groupby([group.rename("name"), study.coupling["year"]]).mean()
    rows = means.reset_index().sort_values(["year", "D"], ascending=False, ignore_index=True)
    return with_grades(study, rows.assign(region="", grade=study.grades.classify(rows["D"])))


def heat(study: Study, words: Mapping[str, str]) -> Part:
    """D by region and year, the value in its cell, coloured by grade, ordered by last.

    Where regions are too many for a table each, the means of groups stand below.
    """
    last, rows = study.ends[1].loc[study.farthest], states(study)
    order = list(last.sort_values("D", ascending=False)["name"])
    rows = rows[rows["region"].isin(study.farthest)]
    if len(order) < len(study.regions):
        means = _means_of_groups(study)
        rows = pd.concat([rows, means], ignore_index=True)
        order += list(dict.fromkeys(means["name"]))
    is_focus = {"test": f"datum.value == {study.name(study.focus)!r}"}
    bold = vega.either(is_focus, "bold", "normal")
    names = {"labelColor": vega.either(is_focus, "$focus", "$ink"), "labelFontWeight": bold}
    axis = {**LOOKS["rows"], **names}
    at = {
        "x": vega.place("year", scale=LOOKS["cells"], axis=LOOKS["heat_years"]),
        "y": vega.category("name", sort=order, scale=LOOKS["cells"], axis=axis),
    }
    layers = [
        vega.mark("rect", rows, {**at, **FILL, "tooltip": state_tips(words, ".4f")}),
        vega.text("shown", rows, {**at, **INK}, also=SHORT, fontSize=SMALLER),
        *_ranks(study, words, at["y"]),
    ]
    least = {"least": NAMES + STRIP + CELL * len(study.years)}
    return vega.specification(layers, 20.0 * len(order), resolve=APART, usermeta=least)


def _ranks(study: Study, words: Mapping[str, str], y: Part) -> list[Part]:
    """Beside the cells the rank of the last year, and its range over all choices."""
    spans = study.tables["rank_ranges"].set_index("region")[["rank_low", "rank_high"]]
    last = study.ends[1].loc[study.farthest, ["name", "year", "rank"]]
    rows = last[last["year"] == study.years[-1]].join(spans, how="inner").drop(columns="year")
    if rows.empty:
        return []
    rows["colour"] = np.where(rows.index == study.focus, "$focus", "$ink")
    end = max(int(rows["rank_high"].max()), 2)
    low, high, rank = (
        vega.pixels(f"width + 14 + {STRIP - 20} * (datum.{name} - 1) / {end - 1}")
        for name in ("rank_low", "rank_high", "rank")
    )
    shown = ("name region", "rank rank", "rank_low rank_low", "rank_high rank_high")
    at: Part = {"y": y, "color": vega.paint(), "tooltip": vega.tips(words, *shown)}
    heads = pd.DataFrame({"rank": [1, (1 + end) / 2, end], "text": ["1", words["rank"], str(end)]})
    over = {"x": rank, "y": vega.pixels(-9)}
    return [
        vega.mark("rule", rows, {**at, "x": low, "x2": high}, strokeWidth=1.2),
        vega.mark("point", rows, {**at, "x": rank}, filled=True, size=34, opacity=1),
        vega.text("text", heads, over, color="$muted", fontSize=11),
    ]


def headline_choices(study: Study, words: Mapping[str, str]) -> Part:
    """Share of the combinations that say a headline, by variant of each choice; framed: the choice
    that decides, bold: the study's own variants.
    """
    keys, order = ["headline", "pair"], [*CHOICES, CENSUS_YEAR]
    heads, main = study.tables["headlines"], study.tables["multiverse"].iloc[0]
    called = [_headline(study, words, *of) for of in heads[keys].itertuples(index=False)]
    heads = heads[[*keys, "deciding_choice"]].assign(row=called)
    rows = study.tables["headline_variants"].merge(heads, on=keys)
    rows = rows.sort_values("choice", key=lambda names: names.map(order.index), kind="stable")
    variants, share = zip(rows["choice"], rows["variant"], strict=True), rows["agree"]
    share = (share / rows["combinations"]).round(4)
    rows = rows.assign(
        column=[f"{choice}|{variant_word(words, choice, name)}" for choice, name in variants],
        own=rows["variant"] == [main.get(choice, WITH) for choice in rows["choice"]],
        name=("choice_" + rows["choice"]).map(words),
        share=share,
        text=(100 * share).map("{:.0f}".format),
        g=(10 * share).astype(int).clip(upper=9),
    )
    own = list(rows.loc[rows["own"], "column"].unique())
    bold = vega.either({"test": f"indexof({own}, datum.value) >= 0"}, "bold", "normal")
    axis = {**LOOKS["variants"], "labelFontWeight": bold}
    columns = list(rows["column"].unique())
    at = {
        "x": vega.category("column", sort=columns, scale=LOOKS["cells"], axis=axis),
        "y": axes.named_rows(called),
    }
    shown = ("row headline", "name choice", "agree agree", "combinations combinations")
    hover = {**at, **FILL, "tooltip": vega.tips(words, *shown)}
    choices, over = rows.drop_duplicates("choice"), {"x": at["x"], "y": vega.pixels(-VARIANT)}
    layers = [
        vega.mark("rect", rows, hover),
        vega.mark("rect", rows[rows["choice"] == rows["deciding_choice"]], at, **LOOKS["decides"]),
        vega.text("text", rows, {**at, **INK}, also=WIDE, fontSize=10.5),
        vega.text("name", choices, over, also=WIDE, align="left", dx=-9, fontSize=10),
    ]
    return vega.specification(layers, 26.0 * rows["row"].nunique(), resolve=APART)


def _headline(study: Study, words: Mapping[str, str], name: str, pair: str) -> str:
    """What a headline is called; that of a further pair is called as its systems."""
    called = " · ".join(map(study.label, pair.split("~"))) if pair else words[f"headline_{name}"]
    return axes.wrapped_label(called.format(region=study.name(study.focus)), NAME)


def group_dots(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region in the last year, a dot each, by group, the highest group first."""
    rows = states(study)
    rows = rows[rows["year"] == study.years[-1]]
    row = groups_of(study).reindex(rows["region"]).astype(object).fillna("").to_numpy()
    rows = rows.assign(row=row)
    order = rows.groupby("row")["D"].mean().sort_values(ascending=False)
    return _dots(study, words, rows, list(order.index))


def _dots(study: Study, words: Mapping[str, str], rows: pd.DataFrame, order: list[str]) -> Part:
    """A dot for each of the states, by `row`, that of the region in focus with its name."""
    rows = rows.round({"D": 4})
    limits = axes.tenths_around(rows["D"])
    D_axis = axes.axis("D", axes.grade_ticks(study.grades, limits))
    at = {
        "x": vega.amount("D", scale=axes.axis_scale(*limits), axis=D_axis),
        "y": axes.named_rows(order),
    }
    hover, focus = {**at, "tooltip": state_tips(words)}, rows["region"] == study.focus
    layers = [
        vega.mark("point", rows[~focus], hover, filled=True, size=34, color="$muted", opacity=0.5),
        vega.mark("point", rows[focus], hover, filled=True, size=95, color="$focus", opacity=1),
        vega.text("name", rows[focus], at, dy=-12, color="$focus", fontWeight="bold"),
    ]
    return vega.specification(layers, 40.0 * len(order) + 10)


def density(study: Study, words: Mapping[str, str]) -> Part:
    """Density of D over the regions in the first and the last year; of few regions their dots."""
    ends, table = [study.years[0], study.years[-1]], study.tables["density"]
    rows = states(study)
    rows = rows[rows["year"].isin(ends)].assign(row=rows["year"].astype(str))
    if not density_peaks(study):
        return _dots(study, words, rows, [str(year) for year in ends])
    top = table["density"].max()
    lines = table[table["year"].isin(ends) & (table["density"] > SEEN * top)].round(4)
    limits = (float(lines["D"].min()), float(lines["D"].max()))
    x_axis = axes.axis("D", axes.grade_ticks(study.grades, limits))
    x = vega.amount("D", scale=axes.axis_scale(*limits), axis=x_axis)
    at = {"x": x, "y": vega.amount("density", scale=axes.axis_scale(0, 1.12 * top), axis=None)}
    focus = rows[rows["region"] == study.focus].round({"D": 4})
    layers = [axes.line_at("x", MIDPOINT, color="$ink", strokeDash=[1, 3])]
    looks = (("before", {"align": "right", "dx": -8}), ("now", {"align": "left", "dx": 8}))
    for year, (look, beside) in zip(ends, looks, strict=True):
        line = lines[lines["year"] == year]
        peak = line.loc[[line["density"].idxmax()]]
        own = focus[focus["year"] == year]
        own = own.assign(density=np.interp(own["D"], line["D"], line["density"]).round(4))
        hover = {**at, "tooltip": state_tips(words)}
        layers += [
            vega.mark("line", line, at, **LOOKS[look]),
            vega.mark("point", own, hover, **LOOKS["observed"]),
            *vega.haloed("year", peak, at, "$ink", dy=-9, fontWeight="bold", **beside),
        ]
    layers += vega.haloed("name", own, at, "$focus", align="left", dx=8, dy=-6)
    return vega.specification(layers, 250.0)


def _size(low: int, high: int, divisor: float, sign: str = "") -> Part:
    """Pixels that grow with the plot, between two ends."""
    return vega.computed(f"{sign}min({high}, max({low}, width / {divisor:g}))")


def _tiles(study: Study) -> pd.DataFrame:
    """Every tile (region, row, column, short, name, known); known: the region is in the data.

    Rows and columns begin with 1; below the key, if its corner is not free.
    """
    assert study.places is not None
    table = study.places.dropna(subset=TILE)
    row, column = (table[name].astype(int) - table[name].min() + 1 for name in TILE)
    corner = (row <= KEY_ROWS) & (column / column.max() <= KEY + 1 / 8)
    return pd.DataFrame(
        {
            "region": table["region"],
            "row": row + KEY_ROWS * int(corner.any()),
            "column": column,
            "short": table["abbreviation" if "abbreviation" in table else "region"],
            "name": table[f"name_{study.language}"],
            "known": table["region"].isin(study.regions),
        }
    )


def tiles(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region in the year of a slider, which begins with the last."""
    years, every = study.years, _tiles(study)
    rows = states(study).merge(every.drop(columns=["name", "known"]), on="region")
    rows = rows.round({"D": 4})
    down, wide = int(every["row"].max()), int(every["column"].max())
    at = {
        axis_name: vega.place(
            field, scale={**LOOKS["cells"], "domain": [*range(1, count + 1)]}, axis=None
        )
        for axis_name, field, count in (("x", "column", wide), ("y", "row", down))
    }
    full = rows["region"].value_counts().reindex(every["region"]).eq(len(years)).to_numpy()
    empty = every[~full].assign(state=words["not_in_data"])
    now, in_focus = "datum.year == year", f"datum.region == '{study.focus}'"
    unknown = {**at, "tooltip": vega.tips(words, "name region", "state value")}
    filled = {**at, **FILL, "tooltip": state_tips(words, ".4f")}
    ring: Part = {"stroke": "$focus", "strokeWidth": 2.8}
    size: Part = {"fontSize": _size(10, 15, 5.25 * wide)}
    name: Part = {**size, "fontWeight": "bold", "dy": _size(6, 10, 7.5 * wide, "-")}
    value: Part = {**size, "dy": _size(6, 10, 7.5 * wide)}
    corner = {"x": vega.pixels(0), "y": vega.pixels(0)}
    head: Part = {"align": "left", "baseline": "top", "fontSize": _size(16, 24, 26)}
    layers = [
        vega.mark("rect", empty, unknown, fill=None, **LOOKS["absent"]),
        vega.text("short", empty, at, color="$muted", **size),
        vega.mark("rect", rows, filled, tests=(now,), strokeWidth=1, stroke="$bg"),
        vega.mark("rect", rows, at, tests=(now, in_focus), fill=None, **ring),
        vega.text("short", rows, {**at, **INK}, tests=(now,), **name),
        vega.text("shown", rows, {**at, **INK}, tests=(now,), also=SHORT, **value),
        vega.text("shown", None, corner, also={"shown": "'' + year"}, fontWeight="bold", **head),
    ]
    bind = {"min": years[0], "max": years[-1], "step": 1, "name": words["tip_year"]}
    slider = {"name": "year", "value": years[-1], "bind": {"input": "range", **bind}}
    parts: list[Part] = [
        {"layer": layers, "resolve": APART},
        {"layer": _key(study, words, 1 / down, absent=not every["known"].all())},
    ]
    apart = {"scale": {"x": "independent", "color": "independent"}}
    height = down * min(HIGHEST, max(LOWEST, ACROSS / wide))
    return vega.specification(parts, height, [slider], resolve=apart)


def _key(study: Study, words: Mapping[str, str], row: float, *, absent: bool) -> list[Part]:
    """The grades as a strip with their cuts, the names of the outermost; the empty tile.

    row: the height of a row of tiles, as a share of the whole.
    """
    table, hue = spans(study.grades), colours(study.grades)
    rows = [(KEY * low, KEY * high, hue[label], f"{high:.2g}") for label, low, high in table]
    strip = pd.DataFrame(rows, columns=["x", "x2", "g", "cut"])
    grid = {"scale": {"domain": [0, 1]}, "axis": None}
    top, bottom, line = (vega.pixels(f"height * {share * row:.4g}") for share in (0.92, 1.16, 1.8))
    x, cuts = {"x": vega.amount("x", **grid)}, {"x": vega.amount("x2", **grid), "y": bottom}
    bar = {**x, "x2": {"field": "x2"}, "y": top, "y2": bottom, **FILL}
    small: Part = {"fontSize": _size(10, 12, 36), "color": "$muted"}
    ends = (("left", 0.0, table[0][0]), ("right", KEY, table[-1][0]))
    layers = [
        vega.mark("rect", strip, bar, stroke="$rule", strokeWidth=0.5),
        vega.text("cut", strip.iloc[:-1], cuts, baseline="top", **small),
    ]
    for align, end, label in ends:
        named = pd.DataFrame({"x": [end], "text": [label]})
        look: Part = {"align": align, "baseline": "bottom", **small}
        layers.append(vega.text("text", named, {**x, "y": top}, **look))
    if absent:
        empty, at = pd.DataFrame({"x": [0.0], "text": [words["not_in_data"]]}), {**x, "y": line}
        layers += [
            vega.mark("point", empty, at, shape="square", size=110, xOffset=6, **LOOKS["absent"]),
            vega.text("text", empty, at, align="left", dx=17, **small),
        ]
    return layers
