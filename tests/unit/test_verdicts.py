"""Verdicts in words, in both languages: another verdict in the tables, another sentence.

Every section has its verdicts, each with the change of the made-up tables that gives it. A world
takes one verdict of each section; in it the sentence of that verdict stands and no other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import product
from operator import getitem
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.grade_scales import GRADES
from coevo.files import as_table
from coevo.messages import packed
from coevo.report.documents.source import text
from coevo.report.findings import all_findings
from coevo.report.words.template_values import worded
from tests import populations, variants
from tests.sample import FOLDER, NAMES, stated, study, tables, unplaced, without, words_of

LANGUAGES = ("en", "zh")
FOCUS = "330000"
PROVENANCE = {"files": {"data/raw/sample/2026-10/a.xlsx": "0" * 64}, "packages": {"pandas": "3"}}
MOST, LESS, LEAST = (GRADES["ten"].labels[i] for i in (7, 6, 5))
ESTIMATORS = populations.ESTIMATORS

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Verdict:
    """A change of tables, and by language what is said in a section (its id) because of it."""

    change: Callable[[Tables], Tables]
    said: dict[str, tuple[str, str]]  # section -> English, Chinese


def same(made: Tables) -> Tables:
    return made


def put(made: Tables, name: str, rows: pd.Series, **values: object) -> Tables:
    """Return tables of which one has other values in some rows."""
    frame = made[name].astype({column: object for column in values})
    for column, value in values.items():
        frame[column] = frame[column].mask(rows, value)
    return made | {name: frame.infer_objects()}


# --- far, step, what D measures -----------------------------------------------------------


def fell(count: int) -> Callable[[Tables], Tables]:
    """D of `count` regions starts high and so falls, that of the focus region last."""

    def change(made: Tables) -> Tables:
        table = made["coupling"]
        chosen = [region for region in NAMES if region != FOCUS][:count] + [FOCUS] * (count == 4)
        first = table["region"].isin(chosen) & table["year"].eq(2015)
        return put(made, "coupling", first, D=0.95, grade=GRADES["ten"].labels[9])

    return change


FAR = [
    Verdict(same, {"opening": ("All four provinces rose", "4个省份的耦合协调度（得分）全部上升"),
                   "far": ("All four provinces rose", "4个地区的*D*全部上升")}),
    Verdict(fell(1), {"opening": ("Three of four provinces rose",
                                  "4个省份中有3个耦合协调度（得分）上升"),
                      "far": ("Three of four provinces rose", "4个地区中有3个的*D*上升")}),
    Verdict(fell(3), {"opening": ("Only one of four provinces rose",
                                  "4个省份中仅1个耦合协调度（得分）上升"),
                      "far": ("One of four provinces rose", "4个地区中有1个的*D*上升")}),
    Verdict(fell(4), {"opening": ("Not one of four provinces rose",
                                  "4个省份的耦合协调度（得分）无一上升"),
                      "far": ("No region rose", "没有任何地区的*D*上升")}),
]  # fmt: skip


def correlated(
    value: float | None, p: float = 0.09, placed: bool = True
) -> Callable[[Tables], Tables]:
    """The correlation within regions and years has a value or is not there; paired or not."""

    def change(made: Tables) -> Tables:
        table = made["comovement"]
        last = table["scope"].eq("within_regions_and_years")
        if value is None:
            return made | {"comovement": table[~last].reset_index(drop=True)}
        if not placed:
            return made | unplaced()
        logs = table["measure"].eq("placebo_p") & table["of"].eq("correlation_lnU")
        made = put(made, "comovement", last & logs, value=p)
        own = last & table["measure"].eq("correlation_lnU")
        return put(made, "comovement", own, value=value)

    return change


STEP = [
    Verdict(same, {
        "step": ("trend no link of the indices is established: *r*",
                 "剔除地区与年份均值后，两个指数的相关未能确认")}),
    Verdict(correlated(0.4, 0.01), {
        "step": ("the indices are linked more than by chance: *r*",
                 "剔除地区与年份均值后，两个指数的相关强于随机配对")}),
    Verdict(correlated(-0.4, 0.01), {
        "step": ("Beyond level and common trend the indices are linked less than by chance",
                 "剔除地区与年份均值后，两个指数的相关弱于随机配对")}),
    Verdict(correlated(-0.18, placed=False), {
        "step": ("Whether the link of the indices outlasts level and common trend is not",
                 "两个指数是否仍相关，不作判断")}),
    Verdict(correlated(None), {
        "step": ("Whether the indices are linked beyond level and common trend is not judged",
                 "剔除地区与年份均值后，两个指数是否相关，不作判断")}),
]  # fmt: skip


def shares(T: float | None) -> Callable[[Tables], Tables]:
    """T makes a share of the variance of ln D; None: ln D does not vary."""

    def change(made: Tables) -> Tables:
        table = made["level"]
        own = table["measure"].eq("variance_share")
        if T is None:
            why = table[own].assign(value=np.nan, message="constant_D")
            return made | {"level": pd.concat([table[~own], why.iloc[:1]], ignore_index=True)}
        for scope, share in (("T", T), ("C", 1 - T)):
            made = put(made, "level", own & table["scope"].eq(scope), value=share)
        return made

    return change


MEASURES = [
    Verdict(shares(0.97), {
        "measures": ("*D* follows the overall level of the systems, hardly their balance: 97.0 %",
                     "*D*主要反映*T*，几乎不反映*C*：ln *D*的方差有97.0%来自*T*")}),
    Verdict(shares(0.7), {
        "measures": ("*D* follows the overall level of the systems more than their balance: 70.0 %",
                     "*D*反映*T*多于*C*")}),
    Verdict(shares(0.05), {
        "measures": ("*D* follows the balance of the systems more than their overall level: 5.0 %",
                     "*D*反映*C*多于*T*")}),
    Verdict(shares(None), {
        "measures": ("how much balance cannot be computed: ln D does not vary",
                     "无法计算：ln D没有变动")}),
]  # fmt: skip

# --- what page one says of a headline, through every choice --------------------------------


def held(headline: str, verdict: str, agree: int = 100, message: str = "") -> Callable:
    """A headline has a verdict; `agree` of 144 combinations say it; a message refuses it."""

    def change(made: Tables) -> Tables:
        rows = made["headlines"]["headline"].eq(headline)
        return put(
            made, "headlines", rows, verdict=verdict, agree=agree, combinations=144, message=message
        )

    return change


def through(headline: str, said: dict[str, tuple[str, str]]) -> list[Verdict]:
    """A verdict for each key of the finding, and what page one says of it."""
    changes = {
        "mostly": ("depends_on_choices", 100), "partly": ("depends_on_choices", 40),
        "refused": ("cannot_be_decided", 0, "no_level"),
    }  # fmt: skip
    return [
        Verdict(held(headline, *changes.get(key, (key,))), {"opening": words} if words[0] else {})
        for key, words in said.items()
    ]


THROUGH = {
    "through_gap": through("gap_narrowed", {
        "supported": ("gap narrowed under nearly every choice", "相对差距在几乎全部设定下缩小"),
        "mostly": ("gap narrowed under most choices, not under all",
                   "相对差距在多数设定下缩小，并非全部"),
        "partly": ("whether their relative gap narrowed depends on choices",
                   "相对差距是否缩小取决于所作的设定"),
        "cannot_be_decided": ("no clear change in their gap", "相对差距无明显变化"),
        "not_supported": ("their relative gap widened", "相对差距扩大"),
        "refused": ("", ""),
    }),
    "through_score": through("level_over_balance", {
        "supported": ("The score follows the mean of the indices, hardly their balance",
                      "得分主要反映指数均值，几乎不反映协调性"),
        "mostly": ("Under most choices the score follows mean", "在多数设定下，得分反映指数均值"),
        "partly": ("Choices decide whether the score follows", "还是协调性，取决于所作的设定"),
        "not_supported": ("follows the balance of the indices more", "得分反映协调性多于指数均值"),
    }),
    "through_size": through("follows_product_per_head", {
        "supported": ("level of development explains it better", "发展水平对其解释力强于规模"),
        "partly": ("whether level or size explains more depends on the",
                   "其随发展水平还是随规模变动，取决于"),
        "not_supported": ("size explains it better", "规模对其解释力强于发展水平"),
        "refused": ("", ""),
    }),
    "through_step": through("systems_in_step", {
        "supported": ("The two move together beyond", "两个系统仍同步变动"),
        "partly": ("Whether the two move together beyond level and trend depends on the",
                   "两个系统是否同步变动取决于"),
        "cannot_be_decided": ("Nothing shows that the two move together", "未见两个系统同步变动"),
        "not_supported": ("trend the two are linked less than by chance",
                          "两个系统的相关弱于随机配对"),
        "refused": ("beyond level and common trend cannot be tested", "是否同步变动，无法检验"),
    }),
}  # fmt: skip

# --- what moves D, how sure we are of it --------------------------------------------------


def split(factor: float | None) -> Callable[[Tables], Tables]:
    def change(made: Tables) -> Tables:
        table = made["growth_split"]
        if factor is None:
            return made | {"growth_split": table.iloc[:0]}
        return made | {"growth_split": table.assign(contribution=factor * table["contribution"])}

    return change


# --- where -----------------------------------------------------------------------------------


def regional(*rows: dict[str, Any]) -> Callable[[Tables], Tables]:
    """Rows of `regional` in place of those of their statistics; without a year of both ends."""

    def change(made: Tables) -> Tables:
        table, years = made["regional"], made["coupling"]["year"]
        ends = [{"year": years.min()}, {"year": years.max()}]
        new = [
            {"of": "D", "scope": "all", "name": "all"} | end | row
            for row in rows
            for end in (ends if "year" not in row else [{}])
        ]
        frame = as_table("regional", new)
        gone = pd.Series(False, index=table.index)
        for statistic, of in {(row["statistic"], row["of"]) for row in new}:
            gone |= table["statistic"].eq(statistic) & table["of"].eq(of)
        return made | {"regional": pd.concat([table[~gone], frame], ignore_index=True)}

    return change


def spread(ratio: float, p: float) -> Callable[[Tables], Tables]:
    ends = [{"statistic": "sd_ln", "year": 2015, "value": 0.2, "n": 4}]
    ends += [{"statistic": "sd_ln", "year": 2020, "value": 0.2 * ratio, "n": 4}]
    return regional(
        *ends, {"statistic": "sd_ln_ratio", "year": 2020, "value": ratio, "p": p, "n": 4}
    )


def grew(own: float, check: float | None) -> Callable[[Tables], Tables]:
    """Slopes of growth on its start, with intervals of 0.02 on either side; None: refused."""
    known = {"beta": own, "beta_given_level": own} | (
        {} if check is None else {"beta_check": check}
    )
    rows = [
        {"statistic": name + error, "year": 2020, "value": b, "low": b - half, "high": b + half}
        for name, b in known.items()
        for error, half in (("", 0.02), ("_conley", 0.01))
    ]
    lost = [
        {"statistic": f"beta_check{error}", "year": 2020, "message": "one_group"}
        for error in ("", "_conley")
    ]
    return regional(*rows, *(lost if check is None else []))


def independent(value: float | None, p: float = 0.5) -> Callable[[Tables], Tables]:
    """Moran's I of the residuals of growth and its p; None: refused."""
    found = {"message": "no_neighbours"} if value is None else {"value": value, "p": p}
    where = {"statistic": "beta_residual_moran", "year": 2020, "expected": -0.4, "critical": 0.3}
    return regional(where | found)


def local(*clusters: str) -> Callable[[Tables], Tables]:
    """Quadrants of the first regions; the others have none."""
    places = [*clusters, *[""] * (len(NAMES) - len(clusters))]
    parts = zip(NAMES.items(), places, strict=True)
    rows = [
        {"statistic": "local_moran", "scope": region, "name": name, "value": 0.5, "cluster": place}
        for (region, name), place in parts
    ]
    return regional(*rows)


def alike(plain: tuple[float, float], level: tuple[float, float] | None) -> Any:
    """Moran's I and its p, of D and of D with the level taken out; None: refused."""
    least = {"expected": -0.125, "critical": 0.35, "n": 9}
    rows = [{"statistic": "moran", "value": plain[0], "p": plain[1], **least}]
    lost = {"of": "level_adjusted", "statistic": "moran", "message": "no_level", "year": None}
    kept = {} if level is None else {"value": level[0], "p": level[1], **least}
    return regional(*rows, lost if level is None else lost | kept | {"year": 2020, "message": ""})


GAP = [
    Verdict(spread(0.7, 0.01), {"where": ("The gap between regions narrowed", "地区相对差距缩小")}),
    Verdict(spread(1.4, 0.01), {"where": ("The gap between regions widened", "地区相对差距扩大")}),
    Verdict(spread(0.9, 0.2), {"where": ("shows no clear change", "地区差距无明显变化")}),
    Verdict(regional({"statistic": "sd_ln_ratio", "year": 2020, "message": "no_variation"}), {
        "where": ("narrowed cannot be said: D does not vary", "是否缩小，无法判断：D无变异")}),
]  # fmt: skip
CAUGHT = [
    Verdict(grew(-0.06, -0.05), {"where": ("Persistent errors of measurement could look",
                                            "尚不能排除持续性测量误差的影响")}),
    Verdict(grew(-0.06, -0.01), {"where": (
        "alone it is −0.010 (−0.030 to 0.010) and may be zero",
        "系数为−0.010（−0.030至0.010），不能排除为零")}),
    Verdict(grew(-0.06, None), {"where": ("Without growth of the first year it could not",
                                          "无法以剔除首年增长的方式检验")}),
    Verdict(grew(0.06, 0.05), {"where": ("After 2016 alone it is 0.050 (0.030 to 0.070).",
                                          "起点较高的地区增长较快")}),
    Verdict(grew(0.01, 0.01), {"where": ("does not clearly depend", "增长与起点无明显关系")}),
    Verdict(regional({"statistic": "beta", "year": 2020, "message": "zero_D",
                      "fields": packed({"cases": 1})}), {
        "where": ("faster cannot be said: D is 0, and has no", "无法判断：1个地区的D为0")}),
]  # fmt: skip
NEIGHBOURS = [
    Verdict(same, {"where": ("alike cannot be said: fewer than four regions have figures",
                             "相邻地区是否相近，无法判断：有数据的地区仅2个")}),
    Verdict(alike((0.4, 0.01), (0.25, 0.01)), {"where": (
        "taken out, neighbours are alike: Moran’s *I* is 0.25",
        "剔除发展水平后，相邻地区彼此相近：莫兰指数为0.25")}),
    Verdict(alike((0.4, 0.01), (0.1, 0.3)), {"where": (
        "taken out, no likeness of neighbours is shown: Moran’s *I* is 0.10, *p* = 0.300. "
        "Significant would be 0.35 or more. Years in which it is: none of one",
        "剔除发展水平后，未检出空间相关：莫兰指数为0.10，*p* = 0.300。达到0.35方为显著")}),
    Verdict(alike((-0.4, 0.01), (0.12, 0.3)), {"where": (
        "Neighbours differ: Moran’s", "彼此相异：莫兰指数为−0.40")}),
    Verdict(alike((0.15, 0.3), (0.3, 0.01)), {"where": (
        "No likeness of neighbours is shown", "未检出空间相关：莫兰指数为0.15")}),
    Verdict(alike((0.4, 0.0001), None), {"where": ("said: the study has no product per head",
                                                   "无法判断：研究中没有人均生产总值")}),
]  # fmt: skip

RESIDUALS = [  # as many as of growth, which the last does not have
    Verdict(independent(0.1), {"where": ("residuals, no likeness of neighbours is shown",
                                         "就回归残差而言，未检出空间相关")}),
    Verdict(independent(0.6, 0.01), {"where": ("residuals, neighbours are alike: Moran’s *I* is "
                                               "0.60", "就回归残差而言，相邻地区彼此相近")}),
    Verdict(independent(-0.9, 0.01), {"where": ("of the residuals, neighbours differ",
                                                "就回归残差而言，相邻地区彼此相异")}),
    Verdict(independent(None), {"where": (
        "neighbours are alike cannot be said: the region table names no",
        "就回归残差而言，相邻地区是否相近，无法判断：地区表未列出")}),
    Verdict(independent(-0.9, 0.01), {"where": ("of the residuals, neighbours differ",
                                                "就回归残差而言，相邻地区彼此相异")}),
    Verdict(same, {}),
]  # fmt: skip
LOCAL = [
    Verdict(local(), {"where": ("no single region stands out", "没有任何地区的局部莫兰")}),
    Verdict(local("low_high", "low_low"), {"where": (
        f"{next(iter(NAMES.values()))} (low among high) and", "（低-高）")}),
]  # fmt: skip
GROWTH = [
    Verdict(same, {"measures": ("Its largest parts are", "贡献最大的是")}),
    Verdict(split(0.0), {"measures": ("in 2020 is what it was in 2015", "的ln *D*与2015年相同")}),
    Verdict(split(None), {"measures": ("No step of *D* of Zhejiang",
                                      "浙江的*D*没有任何相邻两年间的变动可供分解")}),
]  # fmt: skip


def graded(*grades: str, main: int = 0) -> Callable[[Tables], Tables]:
    """The combinations of choices give these grades; the study's own is the one at `main`."""

    def change(made: Tables) -> Tables:
        table = made["multiverse"].head(len(grades))
        own = [i == main for i in range(len(grades))]
        return made | {"multiverse": table.assign(focus_grade=grades, main=own)}

    return change


def ungraded(made: Tables) -> Tables:
    nothing = {"focus_grade": "", "focus_D": np.nan, "focus_rank": np.nan}
    return made | {"multiverse": made["multiverse"].assign(**nothing)}


ROBUST = [
    Verdict(graded(*[MOST] * 96, *[LESS] * 4), {"robustness": (
        f"all of 100 combinations give Zhejiang this study’s grade: 96 give {MOST}",
        "100种设定组合几乎全部使浙江的等级与本研究相同：96种判为中级协调")}),
    Verdict(graded(*[MOST] * 96, *[LESS] * 4, main=99), {"robustness": (
        "Nearly all of 100 combinations give Zhejiang another grade",
        "100种设定组合几乎全部使浙江的等级不同于本研究：96种判为中级协调")}),
    Verdict(graded(*[MOST] * 70, *[LESS] * 30), {"robustness": (
        "Most, not nearly all, of 100 combinations give Zhejiang this study’s grade: 70",
        "多数（但并非几乎全部）使浙江的等级与本研究相同：70种判为中级协调")}),
    Verdict(graded(*[MOST] * 70, *[LESS] * 30, main=99), {"robustness": (
        "Most, not nearly all, of 100 combinations give Zhejiang another grade than",
        "多数（但并非几乎全部）使浙江的等级不同于本研究：70种判为中级协调")}),
    Verdict(graded(*[MOST] * 50, *[LESS] * 46, *[LEAST] * 4), {"robustness": (
        "No single grade of Zhejiang is robust: of 100 combinations of choices 50 give",
        "浙江的协调等级不稳健：100种设定组合中，50种判为中级协调")}),
    Verdict(ungraded, {"robustness": (
        "is robust is not computed",
        "等级是否稳健，未予计算")}),
]  # fmt: skip


def driven(*rows: tuple[str, float, float]) -> Callable[[Tables], Tables]:
    def change(made: Tables) -> Tables:
        table = pd.DataFrame(rows, columns=["choice", "first_order", "total"])
        return made | {"sensitivity": table.assign(outcome="focus_D")}

    return change


DRIVES = [
    Verdict(driven(("form", 0.6, 0.7), ("range", 0.004, 0.01)), {"robustness": (
        "One choice dominates: of the variance of *D*, form of C explains 60 %",
        "有一项设定起主导作用：单独计，在*D*的方差中，C的形式占60%")}),
    Verdict(driven(("form", 0.3, 0.4), ("weighting", 0.45, 0.5)), {"robustness": (
        "No single choice dominates: of the variance of *D*, weighting explains 45 %",
        "无单一设定主导：单独计，在*D*的方差中，赋权方法占45%")}),
    Verdict(driven(), {"robustness": ("No choice changes this *D*", "各项设定均不改变这一*D*")}),
]  # fmt: skip

# --- two populations ----------------------------------------------------------------------

ENDS = {  # intervals of b1 and d
    "supply": ((0.1, 0.3), (0.1, 0.3)),
    "neither": ((-0.1, 0.3), (-0.2, 0.2)),
    "one": ((0.1, 0.3), (-0.2, 0.2)),
    "other": ((0.1, 0.3), (-0.3, -0.1)),
}


def slopes(effects: str, pattern: str) -> Callable[[Tables], Tables]:
    def change(made: Tables) -> Tables:
        table = made["parameters"]
        for parameter, (low, high) in zip(("b1", "d"), ENDS[pattern], strict=True):
            rows = table["effects"].eq(effects) & table["parameter"].eq(parameter)
            if effects == "none":
                rows &= table["scope"].eq(FOCUS)
            made = put(made, "parameters", rows, low=low, high=high)
        return made

    return change


def shaken(made: Tables) -> Tables:
    """Both slopes are positive with region effects, but not by the bootstrap by year."""
    made, table = slopes("region", "supply")(made), made["slope_tests"]
    return put(made, "slope_tests", table["errors"].eq("year_wild"), p=0.3)


FIRST = [
    Verdict(slopes("region", "supply"), {}),
    Verdict(slopes("region", "neither"), {}),
    Verdict(slopes("region", "one"), {}),
    Verdict(slopes("region", "other"), {}),
    Verdict(shaken, {}),
]  # fmt: skip
UNDECIDED = (
    "Whether output of plants and sales of shops interact is undetermined",
    "产值与销售额是否相互作用，未能判定",
)
THEN = [
    Verdict(slopes("region+year", "neither"), {}),
    Verdict(slopes("region+year", "supply"), {}),
    Verdict(slopes("region+year", "one"), {}),
    Verdict(slopes("region+year", "other"), {}),
]  # fmt: skip
FOUND = [  # of the same tables
    Verdict(same, {"populations": pair}) for pair in (
    UNDECIDED,
    ("The growth of output of plants and sales of shops shows the signs of a",
     "产值与销售额的增长呈现供需（捕食型）关系的符号"),
    UNDECIDED,
    ("goes with the other output, but without the signs of a supply relation",
     "增长各随对方产出而变，但符号不同于供需关系"),
)]  # fmt: skip


def judged(**chosen: Any) -> Callable[[Tables], Tables]:
    return lambda made: made | populations.fit_tables(NAMES, **chosen)


WHICH = "No relation is named"
RELATION = [
    Verdict(judged(weak="yes", strong="no"), {"populations": (
        f"{WHICH}: the instruments of the general model, which would have to confirm it, are weak",
        "未能判定属于何种关系：一般模型的工具变量偏弱，第一阶段*F*最小为1.6")}),
    Verdict(judged(strength=20.0, weak="no", strong="undecidable"), {"populations": (
        f"{WHICH}: two estimators that should agree give different signs",
        "未能判定属于何种关系：应当一致的两种估计方法给出了不同的符号")}),
    Verdict(judged(strength=20.0, A12=(0.01, 0.02), A21=(0.3, 0.4)), {"populations": (
        f"{WHICH}: the effects are no larger than regions without interaction would give",
        "未能判定属于何种关系：效应不大于不存在任何相互作用的地区所能给出的结果")}),
    Verdict(judged(relation="competition", strength=20.0, weak="yes", strong="yes"),
            {"populations": ("Two estimators agree on the signs of competition",
                             "两种估计方法所得符号一致，与竞争相符")}),
    Verdict(judged(relation="predator_prey", direction="x2_preys_on_x1", strength=20.0,
                   weak="no", strong="no"),
            {"populations": ("Two estimators agree on the signs of a predator–prey",
                             "两种估计方法所得符号一致，与供需（捕食型）关系相符")}),
]  # fmt: skip
FEEDBACK = [  # of the same tables
    Verdict(same, {"populations": pair}) for pair in (
    ("Feedback: yes in the weak form (each output speeds the other), no in the strong",
     "反馈的弱形式（两类产出相互促进）成立，强形式（且强于自我抑制）不成立"),
    ("Feedback: no in the weak form (each output speeds the other), undecidable in the strong",
     "反馈的弱形式（两类产出相互促进）不成立，强形式（且强于自我抑制）未能判定"),
    ("Whether feedback exceeds competition cannot be decided",
     "反馈是否强于竞争，同样无法判定"),
    ("Feedback: yes in the weak form (each output speeds the other), yes in the strong",
     "反馈的弱形式（两类产出相互促进）成立，强形式（且强于自我抑制）成立"),
    ("Feedback: no in the weak form (each output speeds the other), no in the strong",
     "反馈的弱形式（两类产出相互促进）不成立，强形式（且强于自我抑制）不成立"),
)]  # fmt: skip


def surviving(
    supply: tuple[str, ...], one_less: bool = False, broken: tuple[str, ...] = ()
) -> Callable[[Tables], Tables]:
    def change(made: Tables) -> Tables:
        table = populations.specifications(4, supply=supply, broken=broken)
        if one_less:
            own = table["pair"].eq("main") & table["roles"].eq("given") & table["quantity"].eq("b1")
            own &= table["estimator"].eq("lag") & table["effects"].eq("region")
            table["low"] = table["low"].mask(own, -1.0)
        counts = populations.specification_counts(table)
        return made | {"specifications": table, "specification_counts": counts}

    return change


SURVIVAL = [
    Verdict(surviving(("region",)), {"populations": (
        "mean growth, the pattern shows in 3 of 3 fits", "此时3个估计均呈供需形态")}),
    Verdict(surviving(("region",), one_less=True), {"populations": (
        "mean growth, the pattern shows in 2 of 3 fits", "此时3个估计中有2个呈供需形态")}),
]  # fmt: skip


# --- equilibria ---------------------------------------------------------------------------


def sets(x1: str, x2: str, low: float = 100.0, located: bool = False) -> Callable:
    """The focus region's own fit has sets of these kinds, from `low` to 987 where bounded."""

    def change(made: Tables) -> Tables:
        table = made["equilibria"]
        own = table["source"].eq("fit") & table["effects"].eq("none") & table["scope"].eq(FOCUS)
        ends = {f"{x}_{end}": value for x in ("x1", "x2") for end, value in
                (("low", low), ("high", 987.0))}  # fmt: skip
        kinds = {"x1_set": x1, "x2_set": x2}
        return put(made, "equilibria", own, **kinds, **ends, x1=654.0, located=located)

    return change


def unfitted(made: Tables) -> Tables:
    """The focus region has no fit of its own, for a reason that the code gives."""
    fits, fields = made["equilibria"], packed({"rows": 2, "coefficients": 2})
    refusals = [
        populations.refused(FOCUS, e, message="too_few_rows", fields=fields) for e in ESTIMATORS
    ]
    left = ("parameters", "relations", "checks")
    return made | {
        "equilibria": fits[(fits["scope"] != FOCUS) | (fits["source"] != "fit")],
        "refusals": pd.concat(refusals, ignore_index=True),
        **{table: without(made[table], scope=FOCUS) for table in left},
    }


UNBOUNDED = (
    "outputs of Zhejiang cannot be located from its own growth",
    "仅凭浙江自身的增长，无法可靠估计两类产出的平衡点",
)
EQUILIBRIUM = [
    Verdict(sets("complement", "line"), {"equilibria": UNBOUNDED}),
    Verdict(sets("line", "interval"), {"equilibria": UNBOUNDED}),
    Verdict(sets("interval", "line"), {"equilibria": UNBOUNDED}),
    Verdict(sets("interval", "interval", low=-50.0), {"equilibria": (
        "No positive equilibrium of Zhejiang is located", "未能可靠估计正的平衡点")}),
    Verdict(sets("interval", "interval", located=True), {"equilibria": (
        "The fitted equilibrium of Zhejiang is located", "浙江的拟合平衡点得到可靠估计")}),
    Verdict(unfitted, {"equilibria": (
        "No equilibrium of Zhejiang is estimated from its own growth:",
        "未能由浙江自身的增长估计平衡点：")}),
]  # fmt: skip
WHERE_IT_LIES = [  # of the same tables
    Verdict(same, {"equilibria": pair}) for pair in (
    *[("exclude one interval each at most", "各自至多排除一个区间")] * 3,
    ("are bounded, but not above zero", "并不全在0以上"),
    ("From five growth rates E lies at 654 and", "个增长率观测，E为654与"),
    ("2 rows cannot", "2个观测不足以确定2个系数及其标准误"),
)]  # fmt: skip


def pointless(message: str) -> Callable[[Tables], Tables]:
    def change(made: Tables) -> Tables:
        rows = without(made["theory"], scope=[FOCUS, "mean"])
        row = populations.refused(FOCUS, "", quantity="theory", message=message)
        return made | {"theory": rows, "refusals": row}

    return change


def given(made: Tables) -> Tables:
    return made | {"theory": stated(50.0, 200.0)["theory"]}


def told(own: str, mean: str = "not_contradicted", **changed: float) -> Callable[[Tables], Tables]:
    """Theory against fit with the verdict of the region in focus, and of the mean."""

    def change(made: Tables) -> Tables:
        table = made["theory"].assign(**changed)
        verdicts = table["verdict"].mask(table["scope"].eq(FOCUS), own)
        return made | {
            "theory": table.assign(verdict=verdicts.mask(table["scope"].eq("mean"), mean))
        }

    return change


THEORY = [
    Verdict(same, {}),
    Verdict(given, {"equilibria": (
        "Given parameters put E at 50.0 and 200",
        "由给定（而非估计）的参数，E为50.0与200")}),
    Verdict(pointless("calibration_never_holds"), {"equilibria": (
        "Theory gives Zhejiang no equilibrium to compare with the fit",
        "浙江没有可与拟合相比较的理论均衡点")}),
    Verdict(told("contradicted"), {"equilibria": (
        "the fitted equations of Zhejiang still grow, where theory says that they rest",
        "按浙江的拟合方程推算，在理论均衡点处增长率仍为正，而按理论应为零")}),
    Verdict(told("cannot_say", "cannot_say"), {"equilibria": (
        "The theoretical equilibrium of Zhejiang lies where nothing was observed",
        "浙江的理论均衡点落在观测范围之外")}),
    Verdict(told("not_contradicted"), {"equilibria": (
        "Whether the fitted equations of Zhejiang rest at the theoretical equilibrium cannot",
        "理论均衡点是否为浙江拟合方程的均衡点，无法判断")}),
    Verdict(told("contradicted", G1=-0.05, G2=-0.1), {"equilibria": (
        "the fitted equations of Zhejiang still shrink",
        "在理论均衡点处增长率仍为负，而按理论应为零")}),
]  # fmt: skip

# Relations come first, since others add rows to them.
SECTIONS = {
    "gap": GAP, "caught": CAUGHT, "neighbours": NEIGHBOURS, "residuals": RESIDUALS, "local": LOCAL,
    **THROUGH, "relation": RELATION, "feedback": FEEDBACK, "far": FAR, "step": STEP,
    "measures": MEASURES, "growth": GROWTH, "robustness": ROBUST, "drives": DRIVES, "first": FIRST,
    "then": THEN, "found": FOUND, "survival": SURVIVAL, "theory": THEORY,
    "equilibrium": EQUILIBRIUM, "lies": WHERE_IT_LIES,
}  # fmt: skip
WORLDS = max(map(len, SECTIONS.values()))


TEMPLATE = (FOLDER / "report.md").read_text(encoding="utf-8")


def written(language: str, made: Tables, count: int = 4) -> dict[str, str]:
    """Return the report of tables by section, each on one line and without escapes."""
    chosen = study(count, language=language, **made)
    said = worded(chosen, words_of("phrases", language))
    source = text(said, TEMPLATE, PROVENANCE).replace("\\", "")
    opening, *parts = re.split(r"^# .*\{#([\w-]+)\}$", source, flags=re.MULTILINE)
    return {"opening": opening} | dict(zip(parts[::2], parts[1::2], strict=True))


def line(part: str) -> str:
    return " ".join(part.split())


@cache
def world(number: int, language: str) -> dict[str, str]:
    """Return the report of a world by section: of each list of verdicts the one of that number."""
    made = tables()
    for verdicts in SECTIONS.values():
        made = verdicts[number % len(verdicts)].change(made)
    return written(language, made)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(WORLDS))
@pytest.mark.parametrize("section", SECTIONS)
def test_a_verdict_has_its_sentence_and_no_other(section: str, number: int, language: str) -> None:
    report, verdicts = world(number, language), SECTIONS[section]
    place, mine = LANGUAGES.index(language), verdicts[number % len(verdicts)]
    for part, said in mine.said.items():
        assert said[place] in line(report[part]), part
    for other in verdicts:
        for part, said in other.said.items():
            if said != mine.said.get(part):
                assert said[place] not in line(report[part]), part


# --- both signs, and none ------------------------------------------------------------------


def ended(D: float) -> Callable[[Tables], Tables]:
    """D of the focus region is 0.5 in the first year, and in the last one as given."""

    def change(made: Tables) -> Tables:
        table = made["coupling"]
        own = table["region"].eq(FOCUS)
        made = put(made, "coupling", own & table["year"].eq(2015), D=0.5)
        return put(made, "coupling", own & table["year"].eq(2020), D=D)

    return change


def spread_of_D(last: float) -> Callable[[Tables], Tables]:
    ends = {2015: 0.1, 2020: last}
    return regional(*({"statistic": "sd", "year": y, "value": v} for y, v in ends.items()))


# The value that chooses between opposite phrases, by the three changes that lower, keep and raise
# it; the phrases, of which none says a direction that is not listed here.
DIRECTIONS = {
    "far.focus.move": (
        [ended(0.4), ended(0.5), ended(0.6)], ("fell", "stayed", "rose"),
        "far/move opening/move figures/coordination/title"),
    "where.verdict": (
        [spread(0.7, 0.01), spread(1.0, 1.0), spread(1.4, 0.01)],
        ("narrowed", "unclear", "widened"), "where/finding"),
    "where.spread": (
        [spread_of_D(0.09), spread_of_D(0.1), spread_of_D(0.11)], ("fell", "none", "rose"),
        "where/spread"),
    "where.growth.verdict": (
        [grew(-0.06, -0.05), grew(0.0, 0.0), grew(0.06, 0.05)],
        ("caught_up", "unclear", "fell_behind"), "where/caption where/slope"),
    "where.neighbours.verdict": (
        [alike((-0.6, 0.01), None), alike((-0.125, 1.0), None), alike((0.4, 0.01), None)],
        ("unlike", "unrelated", "alike"), "where/near"),
    "where.level.verdict": (
        [alike((0.1, 0.3), (v, p)) for v, p in ((-0.6, 0.01), (-0.125, 1.0), (0.4, 0.01))],
        ("unlike", "unrelated", "alike"), "where/near"),
    "where.residuals.verdict": (
        [independent(-0.9, 0.01), independent(-0.4, 1.0), independent(0.6, 0.01)],
        ("unlike", "unrelated", "alike"), "where/near"),
    "growth.verdict": (
        [split(-1.0), split(0.0), split(1.0)], ("fell", "stayed", "rose"),
        "growth figures/growth_split/title"),
    "step.verdict": (
        [correlated(-0.4, 0.01), correlated(0.05, 1.0), correlated(0.4, 0.01)],
        ("opposite", "none", "beyond"), "step/caption step/finding"),
}  # fmt: skip
OPPOSITE = {(verdicts[0], verdicts[2]) for _, verdicts, _ in DIRECTIONS.values()}
COUNTS = {"opening/rose", "far/finding"}  # how many rose, not which way


def opposed(part: Any, place: str = "") -> set[str]:
    """Return the places of phrases that hold one of two opposite keys."""
    if not isinstance(part, dict):
        return set()
    below = {key: f"{place}/{key}".removeprefix("/") for key in part}
    here = {place} if any(set(pair) & set(part) for pair in OPPOSITE) else set()
    return here.union(*(opposed(part[key], below[key]) for key in part))


@pytest.mark.parametrize("sign", [-1, 0, 1])
@pytest.mark.parametrize("value", DIRECTIONS)
def test_a_direction_is_that_of_its_sign(value: str, sign: int) -> None:
    changes, verdicts, places = DIRECTIONS[value]
    found = all_findings(study(**changes[sign + 1](tables())))
    assert reduce(getitem, value.split("."), found) == verdicts[sign + 1]
    for language, place in product(LANGUAGES, places.split()):
        phrases = reduce(getitem, place.split("/"), words_of("phrases", language))
        assert len({phrases[key] for key in verdicts}) == 3, place


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_with_a_direction_is_tried_with_both_signs(language: str) -> None:
    words = words_of("phrases", language)
    every = opposed({key: words[key] for key in set(words) - {"charts", "words", "messages"}})
    tried = {place for *_, places in DIRECTIONS.values() for place in places.split()}
    assert every - {"opening", "coverage", "methods"} - COUNTS == tried


# --- one region ---------------------------------------------------------------------------


def alone(first: float) -> Callable[[Tables], Tables]:
    """D of the only region starts at `first`; it ends at 0.87."""

    def change(made: Tables) -> Tables:
        table = made["coupling"]
        D = table["D"].mask(table["year"].eq(2015), first or table["D"].iloc[-1])
        return made | {"coupling": table.assign(D=D)}

    return change


ALONE = {
    "move": [
        Verdict(alone(0.6), {"opening": ("score of Zhejiang rose", "浙江的耦合协调度（得分）上升"),
                             "far": ("*D* of Zhejiang rose from", "升至")}),
        Verdict(alone(0.95), {"opening": ("score of Zhejiang fell", "浙江的耦合协调度（得分）下降"),
                              "far": ("*D* of Zhejiang fell from", "降至")}),
        Verdict(alone(0), {"opening": ("score of Zhejiang did not change",
                                       "浙江的耦合协调度（得分）未变"),
                           "far": ("*D* of Zhejiang stayed at", "持平于")}),
    ],
}  # fmt: skip


@cache
def lonely(number: int, language: str) -> dict[str, str]:
    made = tables(1)
    for verdicts in ALONE.values():
        made = verdicts[number % len(verdicts)].change(made)
    return written(language, made, count=1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("section", ALONE)
def test_one_region_has_sentences_of_its_own(section: str, number: int, language: str) -> None:
    report, verdicts = lonely(number, language), ALONE[section]
    place, mine = LANGUAGES.index(language), verdicts[number % len(verdicts)]
    for verdict in verdicts:
        for part, said in verdict.said.items():
            assert (said[place] in line(report[part])) == (verdict is mine), (part, said)
    step = ("One region cannot tell whether its indices", "仅凭一个地区，无法区分其指数")
    assert step[place] in line(report["step"])
    assert "regions" not in report and "where" not in report


# --- nothing is printed whose number is missing -------------------------------------------

BROKEN = re.compile(
    r"\b(?:nan|NaN|None|NaT|undefined|Undefined)\b|\(\s*\)|（\s*）|[，。；：、]{2}|[,;:]\s*[,;:.)]"
    r"|\.\.|[，。；：、（]\s*[,.;）]|,\s+,|<<|>>|<%|%>|\( | \)|  \."
)
DASH = re.compile(r"(?<![\d区食])—(?![\d年被])")  # years, region-years and predator-prey have one


def prose(part: str) -> str:
    """Return the sentences of a section: no tables, addresses, facts, images; formulas as F."""
    skipped = re.compile(r"\s*(?:\||:::|\$\$|!\[|- \[|#)")
    lines = [text.lstrip(": ") for text in part.split("\n") if not skipped.match(text)]
    whole = re.sub(r"\$[^$]*\$|`[^`]*`|(?<=\])\([^)]*\)", "F", "\n".join(lines))
    return line(re.sub(r"\{[.#][^{}]*\}", "", whole))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(WORLDS + 4))
def test_no_sentence_lacks_its_number(number: int, language: str) -> None:
    report = world(number, language) if number < WORLDS else lonely(number - WORLDS, language)
    assert len(report) > 10
    for name, part in report.items():
        if name in ("provenance", "references"):
            continue
        found = BROKEN.search(prose(part)) or DASH.search(prose(part))
        assert not found, (name, prose(part)[max(0, found.start() - 60) : found.end() + 20])


@pytest.mark.parametrize("number", range(WORLDS + 4))
def test_both_languages_print_the_same_decimals(number: int) -> None:
    """A sentence may turn the order of its numbers round, but neither drops nor changes one."""
    every = world if number < WORLDS else lonely
    english, chinese = (every(number % WORLDS, language) for language in LANGUAGES)
    assert list(english) == list(chinese)
    for name in english:
        said = [
            sorted(re.findall(r"−?\d[\d,]*\.\d+", prose(report[name])))
            for report in (english, chinese)
        ]
        assert said[0] == said[1], name


# --- page one -----------------------------------------------------------------------------


def concluded(conclusion: str) -> Callable[[Tables], Tables]:
    """The claim of a supply relation comes to a conclusion."""

    def change(made: Tables) -> Tables:
        stated = packed({"outputs": ["output", "sales"]})
        row = {"claim": "supply_relation", "stated": stated, "computed": "not_modelled"}
        row |= {"verdict": "undetermined", "conclusion": conclusion}
        table = without(made["headline_claims"], claim="supply_relation")
        table = pd.concat([table, as_table("headline_claims", [row] if conclusion else [])])
        return made | {"headline_claims": table.reset_index(drop=True)}

    return change


def together(*changes: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    def change(made: Tables) -> Tables:
        for one in changes:
            made = one(made)
        return made

    return change


NOTHING_YET = together(judged(weak="yes", strong="no"), concluded(""))  # no relation is named
THIRD = {
    "undecided": (together(NOTHING_YET, concluded("cannot_be_decided")), (
        "Six years cannot say whether one drives the other; their equilibrium cannot be located.",
        "仅凭6年数据，无法判断一方是否带动另一方；二者的平衡点无法可靠估计。")),
    "located": (together(NOTHING_YET, sets("interval", "interval", located=True)), (
        "whether one drives the other; the model locates their equilibrium.",
        "无法判断一方是否带动另一方；模型可以可靠估计二者的平衡点。")),
    "not estimated": (together(NOTHING_YET, unfitted), (
        "one drives the other; their equilibrium is not estimated.",
        "一方是否带动另一方；二者的平衡点未作估计。")),
    "supply": (together(NOTHING_YET, slopes("region+year", "supply")), (
        "The outputs grow as in a supply relation, where one depends on the other; their "
        "equilibrium cannot be located.",
        "两类产出的增长呈供需关系，一方依存于另一方；二者的平衡点无法可靠估计。")),
    "other": (together(NOTHING_YET, slopes("region+year", "other")), (
        "Each output’s growth goes with the other, but without the signs of a supply relation;",
        "两类产出的增长各随对方产出而变，但符号不同于供需关系；")),
    "named": (judged(relation="competition", strength=20.0, weak="yes", strong="yes"), (
        "The two outputs show the signs of competition;", "两类产出的符号与竞争相符；")),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", THIRD)
def test_the_last_sentence_of_page_one_follows_its_verdicts(case: str, language: str) -> None:
    place = LANGUAGES.index(language)
    opening = line(written(language, THIRD[case][0](tables()))["opening"])
    for name, (_, said) in THIRD.items():
        assert (said[place] in opening) == (name == case), name


OPEN = {  # what might change the result
    "years": (together(NOTHING_YET, sets("line", "line")), "a longer series", "更长的时间序列"),
    "choices": (
        graded(*[MOST] * 50, *[LESS] * 50),
        "other methods (grade and rank)",
        "其他测算方法",
    ),
    "coverage": (same, "unchanged coverage", "前后一致的统计口径"),
    "regions": (same, "figures of other regions", "其他地区的数据"),
}
SETTLED = together(
    slopes("region+year", "supply"), sets("interval", "interval", located=True),
    graded(*[MOST] * 96, *[LESS] * 4),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["years", "choices", "regions"])
def test_page_one_says_what_might_change_the_result(case: str, language: str) -> None:
    change, *said = OPEN[case]
    count = 1 if case == "regions" else 4
    opening = line(written(language, change(tables(count)), count=count)["opening"])
    assert said[LANGUAGES.index(language)] in opening
    settled = line(written(language, SETTLED(tables()))["opening"])
    for _, *others in OPEN.values():
        assert others[LANGUAGES.index(language)] not in settled


@pytest.mark.parametrize(("pattern", "overlooked"), [("neither", True), ("supply", False)])
def test_a_relation_may_be_overlooked_only_where_none_was_found(
    pattern: str, overlooked: bool
) -> None:
    made = together(NOTHING_YET, slopes("region+year", pattern))(tables())
    assert ("years" in all_findings(study(**made))["limits"]) is overlooked


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_names_no_level_of_development_where_none_was_computed(language: str) -> None:
    made = tables() | unplaced()
    level = made["level"]
    parts = level[~level["measure"].str.contains("D$|lnD|R2") | level["scope"].eq("T")]
    refused = as_table("level", [{"measure": "R2", "message": "no_size", "n": 0}])
    made |= {"level": pd.concat([parts, refused], ignore_index=True)}
    made = held("follows_product_per_head", "cannot_be_decided", message="no_level")(made)
    opening = line(written(language, made)["opening"])
    place = LANGUAGES.index(language)
    assert ("The score follows the mean", "得分主要反映指数均值")[place] in opening
    assert ("level of development", "反映发展水平")[place] not in opening


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("p", "told"), [(0.3, True), (0.01, False)])
def test_page_one_says_where_chance_gives_the_counts(p: float, told: bool, language: str) -> None:
    made = held("systems_in_step", "depends_on_choices", 40)(tables())
    known = made["headline_variants"]["p"].notna()
    made = put(made, "headline_variants", known, p=p)
    made = put(made, "headlines", made["headlines"]["p"].notna(), p=p)
    said = {"en": "chance alone gives such counts", "zh": "随机配对亦可得到"}[language]
    assert (said in line(written(language, made)["opening"])) is told


def without_tables(opening: str) -> str:
    """Return page one as a reader counts it: no table of claims, no marks, no attributes."""
    kept = [text for text in opening.split("\n") if not text.startswith(("|", ":::", ":"))]
    text = re.sub(r"\(figures/[^)]*\)\{[^}]*\}|\{[^}]*\}|[*!\[\]]", " ", "\n".join(kept))
    return line(text)


@pytest.mark.parametrize("number", range(WORLDS + 4))
def test_page_one_can_be_read_in_a_minute(number: int) -> None:
    """Four paragraphs of at most 60 words, sentences of 40, no symbols; 330 words, 30 numerals."""
    every, at = (world, number) if number < WORLDS else (lonely, number - WORLDS)
    for language in LANGUAGES:
        opening = every(at, language)["opening"]
        text = without_tables(opening)
        assert len(re.findall(r"\w+", text)) <= 330 and len(text) <= 2500
        assert len(re.findall(r"\d[\d.,]*", text)) <= 30
        said = opening.partition("::: finding\n")[2].partition("\n:::")[0]
        assert not re.search(r"\*[A-Z]\*|[₁₂=<>√]|\bE\b", said), said
        if language == "en":
            parts = [line(part) for part in said.split("\n\n") if part.strip()]
            assert len(parts) == 4
            assert all(len(part.split()) <= 60 for part in parts), parts
            assert all(len(one.split()) <= 40 for part in parts for one in part.split(". "))


COVERED = {2016: "jump", 2017: "not_shown", 2018: "usual", 2019: "usual", 2020: "shown"}
BREAKS = {  # what "How far" says of a break that shows, and of one that does not
    "shown": {
        "en": (
            "In the census year 2020, when",
            "2017, also named, does not stand out",
            "Growth in 2016",
        ),
        "zh": ("在2020年普查年口径下", "2017年同列为口径变动年份", "2016年增速亦明显偏离"),
    },
    "not_shown": {
        "en": ("in 2017 and 2020; growth shows no such year", "all the same"),
        "zh": ("2017年、2020年列有变动，但增速与其他年份无异", "仍以相邻年份"),
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seen", BREAKS)
def test_only_a_break_that_shows_is_called_one(seen: str, language: str) -> None:
    told = {y: seen if v == "shown" else v for y, v in COVERED.items() if v != "jump"}
    made = {
        **tables(),
        "coverage_breaks": variants.coverage(tables()["coupling"], [0.08, 0.08]),
        "coverage_growth": variants.coverage_growth("orders", COVERED if seen == "shown" else told),
    }
    chosen = study(language=language, **made)
    named = chosen.indicators["indicator"].eq("orders")
    table = chosen.indicators.assign(coverage_breaks=np.where(named, "census 2017 2020", ""))
    marked = replace(chosen, indicators=table)
    source = text(worded(marked, words_of("phrases", language)), TEMPLATE, PROVENANCE)
    opening, *parts = re.split(r"^# .*\{#([\w-]+)\}$", source, flags=re.MULTILINE)
    far = dict(zip(parts[::2], parts[1::2], strict=True))["far"]
    for said in BREAKS[seen][language]:
        assert said in line(far)
    basis = {"en": "changed in the census year 2020", "zh": "2020年普查年口径有变动"}[language]
    assert (basis in line(opening)) == (seen == "shown")
    assert "2017" not in line(opening)
    for part in map(prose, far.split("\n\n")):
        assert length(part, language) <= LENGTHS[language][1], part
        assert all(len(numbers(one)) <= 3 for one in SENTENCE.split(part)), part


# --- the main part ------------------------------------------------------------------------

MAIN = ("far", "where", "measures", "step", "populations", "equilibria", "robustness", "limits")
SENTENCE = re.compile(r"(?<=\.)\s+(?=\S)|(?<=。)")
LENGTHS = {"en": (25, 60), "zh": (50, 150)}  # of a finding and of a paragraph
NUMBER = re.compile(r"(?<![A-Za-z0-9_.])−?\d[\d,\u202f]*(?:\.\d+)?")


def numbers(sentence: str) -> list[str]:
    """Return the numbers of a sentence, without years."""
    return [n for n in NUMBER.findall(sentence) if not re.fullmatch(r"(?:19|20)\d\d", n)]


def length(part: str, language: str) -> int:
    """Return the words of an English text, the characters of a Chinese one, without citations."""
    text = re.sub(r"\[@[^\]]*\]", "", part)
    return len(text.split()) if language == "en" else len(re.sub(r"\s", "", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(WORLDS + 4))
def test_the_main_part_can_be_read_in_ten_minutes(number: int, language: str) -> None:
    """A section opens with 25 words, a paragraph has 60, a sentence three numbers at most."""
    every, at = (world, number) if number < WORLDS else (lonely, number - WORLDS)
    report, (short, long) = every(at, language), LENGTHS[language]
    for name in [name for name in MAIN if name in report]:
        paragraphs = [prose(part) for part in report[name].split("\n\n")]
        paragraphs = [part for part in paragraphs if len(part) > 3]
        for part in paragraphs:
            assert all(len(numbers(one)) <= 3 for one in SENTENCE.split(part)), (name, part)
            assert name == "limits" or length(part, language) <= long, (name, part)
        assert name == "limits" or length(paragraphs[0], language) <= short, (name, paragraphs[0])
