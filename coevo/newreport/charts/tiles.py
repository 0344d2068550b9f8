"""D of every region in a year: as tiles of a map, or as dots by group where there are no tiles."""

import pandas as pd

from coevo.files import rows_of
from coevo.messages import has_wide
from coevo.newreport.charts import parts
from coevo.newreport.charts.degrees import grade_ticks, tenths_around
from coevo.newreport.charts.parts import DOT, FOCUS, Part, calculated, expression, layer, mark
from coevo.newreport.grades import colours, grade_marks, spans
from coevo.newreport.language import Language
from coevo.newreport.sections.gap import groups_of
from coevo.newreport.study import Study

TILE = ["tile_row", "tile_column"]  # columns of a table of regions with tiles
KEY_WIDTH = 6 / 8  # of the width: the key of grades, in the corner at the top left
KEY_ROWS = 2  # rows of tiles that the title and the key need
ACROSS, LOWEST, HIGHEST = 540, 40, 90  # pixels: of all columns, of a row at least and at most
TILES_ON_PAPER, DOTS_ON_PAPER = 0.55, 0.66  # of the height on the page


def tiled(study: Study) -> bool:
    """Return whether every region has a tile."""
    places = study.places
    if places is None or not {*TILE} <= {*places}:
        return False
    return {*study.regions} <= {*places.dropna(subset=TILE)["region"]}


def _states(study: Study) -> pd.DataFrame:
    """Rows (region, name, year, D, grade) with D as it is printed (text) and its colour (g)."""
    rows = study.coupling[["region", "name", "year", "D", "grade"]]
    text = [grade_marks(D, scale=study.grades) for D in rows["D"]]
    return rows.assign(text=text, g=rows["grade"].map(colours(study.grades))).round({"D": 4})


def named_rows(order: list[str]) -> Part:
    """Return a vertical axis of names in an order, on one line from 520 pixels on."""
    gap = "" if any(map(has_wide, order)) else " "
    whole = f"replace(datum.label, /\\n/g, '{gap}')"
    label = f"container < 520 ? split(datum.label, '\\n') : {whole}"
    looks = {"labelFontSize": 12, "labelLineHeight": 13, "labelLimit": 320, "labelColor": "$ink"}
    return parts.text("row", sort=order, axis={"title": None, "labelExpr": label, **looks})


def dots(study: Study, language: Language) -> Part:
    """Return D of every region in the last year, a dot each, the highest group first."""
    rows = rows_of(_states(study), year=study.years[-1])
    rows = rows.assign(row=rows["region"].map(groups_of(study)).astype(object).fillna(""))
    order = list(rows.groupby("row")["D"].mean().sort_values(ascending=False).index)
    limits, in_focus = tenths_around(rows["D"]), rows["region"] == study.focus
    x = parts.spanning("D", *limits, parts.below("D", grade_ticks(study.grades, limits)))
    at = {"x": x, "y": named_rows(order), "tooltip": parts.tips(language, parts.STATE)}
    name = mark("text", dy=-12, color=FOCUS, fontWeight="bold")
    layers = [
        layer("others", DOT | {"size": 34, "color": "$muted", "opacity": 0.5}, at),
        layer("focus", DOT | {"size": 95, "color": FOCUS}, at),
        layer("focus", name, at | {"text": parts.text("name")}),
    ]
    drawn, height = {"others": rows[~in_focus], "focus": rows[in_focus]}, 40.0 * len(order) + 10
    paper = (parts.WIDTH, height * DOTS_ON_PAPER)
    return parts.chart(drawn, layers, height=height, paper=paper, data="others focus")


def tiles(study: Study, language: Language) -> Part:
    """Return D of every region in the year of a slider, which begins with the last."""
    years, every, unknown = study.years, _places(study), language.term("charts", "not_in_data")
    rows = _states(study).merge(every.drop(columns=["name", "known"]), on="region")
    full = rows["region"].value_counts().reindex(every["region"]).eq(len(years)).to_numpy()
    down, wide = int(every["row"].max()), int(every["column"].max())
    absent = pd.DataFrame({"x": [0.0], "text": [unknown]})[: int(not every["known"].all())]
    drawn = {"rows": rows, "empty": every[~full].assign(state=unknown), "absent": absent}
    layers = [_map_layer(study, language, wide, down), _key_layer(down)]
    height = down * min(HIGHEST, max(LOWEST, ACROSS / wide))
    spec = parts.chart(
        drawn | _key(study), layers, height=height, data="empty rows",
        paper=(parts.WIDTH, height * TILES_ON_PAPER), params={"year": years[-1]},
        screen={"ratio": 0.84, "highest": 620},
        resolve={"scale": {"x": "independent", "color": "independent"}},
    )  # fmt: skip
    name = language.term("charts", "tip_year")
    slider = {"input": "range", "min": years[0], "max": years[-1], "step": 1, "name": name}
    spec["params"][0]["bind"] = slider
    return spec


def _places(study: Study) -> pd.DataFrame:
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


def _key(study: Study) -> dict[str, pd.DataFrame]:
    """The grades as a strip with their cuts, and the names of the outermost."""
    table, hue = spans(study.grades), colours(study.grades)
    strip = pd.DataFrame(table, columns=["grade", "x", "x2"])
    strip["g"], strip["cut"] = strip["grade"].map(hue), strip["x2"].map("{:.2g}".format)
    strip[["x", "x2"]] *= KEY_WIDTH
    ends = pd.DataFrame({"x": [0.0, KEY_WIDTH], "text": [table[0][0], table[-1][0]]})
    return {"strip": strip, "cuts": strip.iloc[:-1], "lowest": ends[:1], "highest": ends[1:]}


def _map_layer(study: Study, language: Language, wide: int, down: int) -> Part:
    """Tiles with the short name of their region and D; the region in focus is framed."""

    def place(field: str, count: int) -> Part:
        scale = parts.CELLS | {"domain": list(range(1, count + 1))}
        return {"field": field, "type": "ordinal", "scale": scale, "axis": None}

    tile = {"x": place("column", wide), "y": place("row", down)}
    state = parts.tips(language, parts.STATE.replace(".3f", ".4f"))
    fill = tile | {"color": parts.on_ramp("g"), "tooltip": state}
    short, shown = ({"text": parts.text(field)} for field in ("short", "shown"))
    words = tile | {"color": parts.on_ramp("t")}
    unknown = tile | {"tooltip": parts.tips(language, "name region, state value")}
    name = mark("text", fontSize=expression(f"min(15, max(11, width / (5.25 * {wide})))"))
    lift = f"min(10, max(6, width / (7.5 * {wide})))"
    upper = name | {"fontWeight": "bold", "dy": expression(f"-{lift}")}
    lower = name | {"dy": expression(lift)}
    frame = mark("rect", fill=None, stroke=FOCUS, strokeWidth=2.8)
    size = expression(f"min(24, max(16, width / 26), max(11, 0.92 * height / {down} - 12))")
    title = mark("text", align="left", baseline="top", fontWeight="bold", fontSize=size)
    now, focus = "datum.year == year", {"field": "region", "equal": study.focus}
    degree = f"width < 34 * {wide} ? slice(datum.text, 1) : datum.text"
    corner = {"x": {"value": 0}, "y": {"value": 0}, **shown}
    layers = [
        layer("empty", mark("rect", fill=None, **parts.ABSENT), unknown),
        layer("empty", name | {"color": "$muted"}, tile | short),
        layer("rows", mark("rect", strokeWidth=1, stroke="$bg"), fill, {"filter": now}),
        layer("rows", frame, tile, {"filter": {"and": [now, focus]}}),
        layer("rows", upper, words | short, {"filter": now}),
        layer("rows", lower, words | shown, {"filter": now}, calculated("shown", degree)),
        layer("", title, corner, calculated("shown", "'' + year")),
    ]
    return {"layer": layers, "resolve": {"scale": {"color": "independent"}}}


def _key_layer(down: int) -> Part:
    """The grades as a strip with their cuts, the names of the outermost, and the empty tile."""
    top, bottom, line = (
        {"value": expression(f"{share} * height / {down}")} for share in (0.92, 1.16, 1.8)
    )
    small = mark("text", fontSize=expression("min(12, max(11, width / 36))"), color="$muted")
    left, right = ({"align": side, "baseline": "bottom"} for side in ("left", "right"))
    x, words = parts.number("x", scale={"domain": [0, 1]}, axis=None), {"text": parts.text("text")}
    strip = {"x": x, "x2": {"field": "x2"}, "y": top, "y2": bottom, "color": parts.on_ramp("g")}
    cut = {"x": x | {"field": "x2"}, "y": bottom, "text": parts.text("cut")}
    end, absent = {"x": x, "y": top, **words}, {"x": x, "y": line}
    empty = mark("point", shape="square", size=110, xOffset=6, **parts.ABSENT)
    layers = [
        layer("strip", mark("rect", stroke="$rule", strokeWidth=0.5), strip),
        layer("cuts", small | {"baseline": "top", "dy": 2}, cut),
        layer("lowest", small | left, end),
        layer("highest", small | right, end),
        layer("absent", empty, absent),
        layer("absent", small | {"align": "left", "dx": 17}, absent | words),
    ]
    return {"layer": layers}
