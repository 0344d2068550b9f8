"""Which choice of methods decides which headline: shares of combinations as cells."""

import pandas as pd

from coevo.newreport.charts import parts
from coevo.newreport.charts.labels import wrapped_label
from coevo.newreport.charts.parts import Part, calculated, layer, mark
from coevo.newreport.charts.tiles import named_rows
from coevo.newreport.language import Language
from coevo.newreport.sections.choices import LEAST_SHARE
from coevo.newreport.study import Study, chart_words, variant_word
from coevo.sensitivity.choices import CHOICES, MAIN
from coevo.sensitivity.headlines import CENSUS_YEAR, WITH

ORDER = [*CHOICES, CENSUS_YEAR]
SYSTEM = CHOICES[0]
HEADLINE = ["headline", "pair"]
SHIFT = 0.1  # of the combinations, from which the variants of a choice differ
NAME = 20  # letters of a headline on a line
ON_PAPER = 0.6  # of the height
TIPS = "row headline, name choice, agree agree, combinations combinations"


def variants(study: Study) -> pd.DataFrame:
    """Return the share of combinations in which each headline holds, by variant of each choice.

    Shares are those of the study's own indicators, never pooled over indicator systems; only the
    variants of the choice `system` compare these. A headline has the variants of a choice by which
    its share moves by `SHIFT` or more, or at all if this choice decides it (`decides`).
    """
    table, heads = study.table("headline_variants"), study.table("headlines")
    own = MAIN if heads["system"].eq(MAIN).any() else ""
    of_system, entering = table["choice"].eq(SYSTEM), table["enters"].eq(True)
    within = table["system"].eq(own) & ~of_system | table["system"].eq("") & of_system
    rows = table[within & entering & table["combinations"].gt(0)]
    rows = rows.assign(share=(rows["agree"] / rows["combinations"]).astype(float).round(4))
    # The choice that decides with the study's own indicators comes before that of indicators.
    asked = heads[heads["share"] >= LEAST_SHARE]
    by_system = asked["system"].eq("") & asked["deciding_choice"].eq(SYSTEM)
    decided = pd.concat([asked[by_system], asked[asked["system"] == own]])
    deciding = decided.set_index(HEADLINE)["deciding_choice"].to_dict()
    rows["decides"] = [
        deciding.get(tuple(key)) == choice
        for *key, choice in rows[[*HEADLINE, "choice"]].itertuples(index=False)
    ]
    shares = rows.groupby([*HEADLINE, "choice"])["share"]
    shift = shares.transform("max") - shares.transform("min")
    rows = rows[(shift >= SHIFT) | rows["decides"] & (shift > 0)]
    return rows.sort_values("choice", key=lambda names: names.map(ORDER.index), kind="stable")


def headline_variants(study: Study, language: Language) -> Part:
    """Return a cell for each headline and variant that matters to it.

    Framed is the choice that decides a headline; bold are the study's own variants.
    """
    rows, main = variants(study), study.tables["multiverse"].iloc[0]
    order = study.rows("headlines", system="")[HEADLINE].merge(rows[HEADLINE].drop_duplicates())
    calls = [headline_label(language, *key) for key in order.itertuples(index=False)]
    called = dict(zip(order.itertuples(index=False, name=None), calls, strict=True))
    rows = rows.assign(
        row=[called[key] for key in rows[HEADLINE].itertuples(index=False, name=None)],
        column=rows["choice"] + "/" + rows["variant"],
        own=rows["variant"] == rows["choice"].map(lambda choice: main.get(choice, WITH)),
        name=("choice_" + rows["choice"]).map(language.terms["charts"]),
        text=(100 * rows["share"]).map("{:.0f}".format),
        g=(10 * rows["share"]).astype(int).clip(upper=9),
    )
    words = chart_words(study, {"words": language.terms, "charts": language.terms["charts"]})
    columns = rows.drop_duplicates("column").set_index("column")
    variant = zip(columns["choice"], columns["variant"], strict=True)
    labels = dict(zip(columns.index, [variant_word(words, *of) for of in variant], strict=True))
    choices, height = rows.drop_duplicates("choice"), 26.0 * len(calls)
    return parts.chart(
        {"rows": rows, "deciding": rows[rows["decides"]], "choices": choices},
        _layers(language, list(labels), calls),
        height=height, paper=(parts.WIDTH, height * ON_PAPER), screen={"narrow": 1.15},
        params={"labels": labels, "own": columns["own"].to_dict()},
        resolve={"scale": {"color": "independent"}},
    )  # fmt: skip


def headline_label(language: Language, headline: str, pair: str) -> str:
    """Return what a headline is called; that of a further pair is called as its systems."""
    study = language.study
    named = language.term("charts", f"headline_{headline}").format(region=study.name(study.focus))
    return wrapped_label(" · ".join(map(study.label, pair.split("~"))) if pair else named, NAME)


def _layers(language: Language, columns: list[str], calls: list[str]) -> list[Part]:
    bold = {"condition": {"test": "own[datum.value]", "value": "bold"}, "value": "normal"}
    upright = {"orient": "top", "labelAngle": -90, "labelLimit": 130, "labelFontSize": 12}
    labels = {"labelExpr": "labels[datum.value]", "labelFontWeight": bold, "labelColor": "$ink"}
    axis = {"title": None, **upright, **labels}
    x = parts.text("column", sort=columns, scale=parts.CELLS, axis=axis)
    at = {"x": x, "y": named_rows(calls)}
    cell = at | {"color": parts.on_ramp("g"), "tooltip": parts.tips(language, TIPS)}
    share = at | {"color": parts.on_ramp("t"), "text": parts.text("text")}
    frame = mark("rect", filled=False, stroke="$ink", strokeWidth=1.4)
    name = mark("text", align="left", dx=-9, color="$muted", fontSize=9.5)
    above = {"x": x, "y": {"value": -138}, "text": parts.text("name")}
    few = "width < 330 ? '' : datum."
    return [
        layer("rows", mark("rect"), cell),
        layer("deciding", frame, at),
        layer("rows", mark("text", fontSize=11.5), share, calculated("text", few + "text")),
        layer("choices", name, above, calculated("name", few + "name")),
    ]
