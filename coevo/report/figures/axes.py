"""Axes, scales and the placing of labels."""

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from coevo.characters import WIDE, has_wide
from coevo.coupling.grade_scales import GradeScale
from coevo.report.figures.theme import GRADE_COUNT
from coevo.report.findings.grade_scale import LARGE, MIDPOINT, SMALL, colours, grade_marks, spans
from coevo.report.findings.study_tables import Study

# tips of an estimate, as `tips` reads them
ESTIMATE = ("estimate:Q estimate .4f", "low:Q low .4f", "high:Q high .4f")
BROAD = 520  # pixels from which a name stands on one line
AIR = 0.01  # of D, beyond the outermost tenths
# A wide character that a line may end with: neither an opening mark nor what
# stands before a closing one.
_END = re.compile(rf"((?![（《])[{WIDE}])(?![，。；：、）”》])")


def axis_scale(low: float, high: float) -> alt.Scale:
    """A linear scale that shows exactly [low, high]."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def grade_scale(*, text: bool = False) -> alt.Scale:
    """Fills by place on the ramp of grades, or the colour of words on them."""
    places = list(range(GRADE_COUNT))
    return alt.Scale(domain=places, range=[f"${'t' if text else 'g'}{i}" for i in places])


def tenths_around(values: pd.Series) -> tuple[float, float]:
    """Limits of a scale of D: the tenths around the values, with a little air."""
    low, high = values.min(), values.max()
    return max(0.0, low // 0.1 / 10 - AIR), min(1.0, (high // 0.1 + 1) / 10 + AIR)


def grade_ticks(table: GradeScale, limits: tuple[float, float]) -> list[float]:
    """Cuts of the grades inside the limits, and the outermost tenths."""
    tenths = [round(i / 10, 1) for i in range(11) if limits[0] <= i / 10 <= limits[1]]
    inside = [cut for cut in table.cuts if limits[0] <= cut <= limits[1]]
    return sorted({tenths[0], *inside, tenths[-1]})


def grade_bands(table: GradeScale, limits: tuple[float, float]) -> pd.DataFrame:
    """Grades (grade, low, high, at) as far as they lie inside the limits; at: the middle of it."""
    seen = [(label, max(low, limits[0]), min(high, limits[1])) for label, low, high in spans(table)]
    inside = [
        (*band, round((band[1] + band[2]) / 2, 3)) for band in seen if band[2] - band[1] > 2 * AIR
    ]
    return pd.DataFrame(inside, columns=["grade", "low", "high", "at"])


def years_axis(years: Sequence[int], *, grid: bool = False) -> alt.X:
    """Years from first to last, labelled every second year (first and last alike when odd)."""
    first, last = min(years), max(years)
    step = 1 if last - first < 6 else 2
    labels = list(range(last, first - 1, -step))[::-1]
    return alt.X(
        "year:Q",
        scale=axis_scale(first, last),
        axis=alt.Axis(
            values=labels,
            format="d",
            title=None,
            grid=grid,
            labelOverlap=True,
            labelSeparation=8,
            labelFlush=False,
        ),
    )


def above(title: str | None, **options: Any) -> alt.Axis:
    """A vertical axis whose title stands horizontally above it."""
    place = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleX": 0}
    return alt.Axis(title=title, titleY=-12, **place, **{"grid": True, **options})


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values inside [low, high], about `count` of them, zero among them if inside."""
    if not high > low:
        return [low]
    span = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(span))
    step = min((m * power for m in (1, 2, 2.5, 5, 10)), key=lambda size: abs(size - span))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, 2 - math.floor(math.log10(step)))
    return [round(i * step, decimals) for i in range(first, last + 1)]


def tick_format(values: Sequence[float]) -> str:
    """A d3 format that prints each of `values` in full, with thousands separators; as a power of
    ten where that takes too many digits.
    """
    sizes = [abs(v) for v in values if v]
    if sizes and (max(sizes) >= LARGE or max(sizes) < SMALL):
        return ".2~e"
    decimals = max((len(f"{v:.10f}".rstrip("0").split(".")[1]) for v in values), default=0)
    return f",.{decimals}f"


def percent_axis(values: Sequence[float], title: str, pattern: str) -> alt.Axis:
    """A horizontal axis of shares as per cent, as the report writes them."""
    return alt.Axis(
        values=list(values), title=title_lines(title), grid=True,
        labelExpr=f"replace('{pattern}', '{{}}', format(100 * datum.value, '.0f'))",
    )  # fmt: skip


def spread_labels(values: pd.Series, gap: float, low: float, high: float) -> pd.Series:
    """Positions of labels: the values, moved apart until neighbours are `gap` away.

    Overlapping neighbours are merged into a block centred on its members' mean, so that no label
    wanders further than it must; a block stays inside [low, high].
    """
    blocks: list[list[Any]] = []

    def centre(block: list[Any]) -> float:
        half = gap * (len(block) - 1) / 2
        return max(low + half, min(high - half, float(values[block].mean())))

    for label in values.sort_values().index:
        block = [label]
        while blocks and centre(block) - centre(blocks[-1]) < gap * len(blocks[-1] + block) / 2:
            block = blocks.pop() + block
        blocks.append(block)
    placed = {
        label: centre(block) + gap * (i - (len(block) - 1) / 2)
        for block in blocks
        for i, label in enumerate(block)
    }
    return pd.Series(placed).reindex(values.index)


def wrapped_label(label: str, width: int = 28) -> str:
    """A label in as few lines of `width` letters as it needs, of about equal length.

    A wide character takes the room of two letters, and a line may end behind it.
    """
    spaced = _END.sub(r"\1 ", label)
    lines = textwrap.wrap(spaced, width, break_long_words=False)
    for narrower in range(max((len(line) for line in lines), default=1), 0, -1):
        closer = textwrap.wrap(spaced, narrower, break_long_words=False)
        if len(closer) > len(lines) or max(map(len, closer)) > narrower:
            break
        lines = closer
    return "\n".join(re.sub(rf"{_END.pattern} ", r"\1", line) for line in lines)


def title_lines(title: str, width: int = 44) -> list[str]:
    """A title of an axis on lines that a phone has room for."""
    return wrapped_label(title, width).split("\n")


def named_rows(order: Sequence[str], *, size: float = 12, **options: Any) -> alt.Y:
    """A vertical axis of names in the given order, broken where they were if room is short."""
    gap = "" if any(map(has_wide, order)) else " "
    return alt.Y(
        "row:N",
        sort=list(order),
        axis=alt.Axis(
            title=None, labelLimit=320,
            labelExpr=f"container < {BROAD} ? split(datum.label, '\\n') "
            f": replace(datum.label, /\\n/g, '{gap}')",
            labelColor="$ink", labelFontSize=size, labelLineHeight=13, **options,
        ),
    )  # fmt: skip


def zero_line(colour: str = "$ink") -> alt.Chart:
    """A solid vertical line at zero."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_rule(color=colour, strokeWidth=1)
    return mark.encode(x=alt.XDatum(0))


def midpoint_line(y: alt.Scale) -> alt.Chart:
    """A dotted line at the D that parts imbalance from coordination."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_rule(color="$ink", strokeDash=[1, 3])
    return mark.encode(y=alt.YDatum(MIDPOINT, scale=y))


def region_rows(study: Study, order: Sequence[str], **options: Any) -> alt.Y:
    """A vertical axis of regions in the given order; that in focus stands out."""
    is_focus = f"datum.value == {study.name(study.focus)!r}"
    scale = options.pop("scale", alt.Undefined)
    axis = alt.Axis(
        title=None,
        labelColor=alt.condition(is_focus, alt.value("$focus"), alt.value("$ink")),
        labelFontWeight=alt.condition(is_focus, alt.value("bold"), alt.value("normal")),
        **options,
    )
    return alt.Y("name:N", sort=list(order), scale=scale, axis=axis)


def of_picked(rows: pd.DataFrame) -> alt.Chart:
    """A chart of the rows of the region picked on the page."""
    return alt.Chart(rows).transform_filter("datum.region == region")


def region_of(study: Study) -> alt.Parameter:
    """The region picked on the page: the one in focus to begin with."""
    return alt.param(name="region", value=study.focus)


def haloed(chart: alt.Chart, colour: str, text: str, **mark: Any) -> list[alt.Chart]:
    """The words of a field twice: wide in the colour of the page under lines, then as read."""
    halo = {"color": "$bg", "stroke": "$bg", "strokeWidth": 5, "strokeJoin": "round"}
    return [chart.mark_text(**mark, **ink).encode(text=text) for ink in (halo, {"color": colour})]


def tips(words: Mapping[str, str], *shown: str) -> list[alt.Tooltip]:
    """What a reader sees at a mark: of each `<field> <name> [<format>]` the value under its name.

    A name that the words do not have as `tip_<name>` is a symbol and stands as it is.
    """
    parts = (part.split() for part in shown)
    return [
        alt.Tooltip(
            field,
            title=words.get(f"tip_{name}", name),
            format=pattern[0] if pattern else alt.Undefined,
        )
        for field, name, *pattern in parts
    ]


def states(study: Study) -> pd.DataFrame:
    """Rows (region, name, year, D, grade) with D as it is printed (text) and its colour (g)."""
    rows = study.coupling[["region", "name", "year", "D", "grade"]]
    text = [grade_marks(D, scale=study.grades) for D in rows["D"]]
    return rows.assign(text=text, g=rows["grade"].map(colours(study.grades)))


def groups_of(study: Study) -> pd.Series:
    """The group of each region in the words of the report, as far as regions have groups."""
    column = study.config["regional"]["groups"]
    if study.places is None or column not in study.places:
        return pd.Series(dtype=object)
    held = study.places[study.places["region"].isin(study.regions)].set_index("region")[column]
    held = held.dropna().loc[lambda groups: groups.ne("")]
    return held.replace(dict(study.words.get("group", {})))


def state_tips(words: Mapping[str, str], year: str = "year:Q", shown: str = ".3f") -> list[Any]:
    """What a reader sees at a D: region, year, D and grade."""
    return tips(words, "name:N region", f"{year} year", f"D:Q D {shown}", "grade:N grade")
