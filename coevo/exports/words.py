"""Words of the tables for other programs, by language; LaTeX where a dollar sign stands."""

from collections.abc import Mapping
from typing import Any

from coevo.registry import choose

_ENGLISH: dict[str, Mapping[str, str]] = {
    "caption": {
        "descriptive": "Descriptive statistics of the indicators",
        "weights": "Indicator system and weights",
        "coordination": "Coupling coordination degree D by region and year",
        "states": "Indices, coupling C, coordination T, degree D and grade in the last year",
        "interaction": "Interaction of the two populations, regions pooled",
        "own": "Two-population model of {region} alone",
        "equilibria": "Equilibria of {region}",
        "general": "General model of the populations",
        "claims": "Claims of the paper and what follows here",
    },
    "head": {
        "region": "Region", "subsystem": "Subsystem", "dimension": "Dimension",
        "indicator": "Indicator", "unit": "Unit", "direction": "Direction", "mean": "Mean",
        "sd": "SD", "min": "Minimum", "max": "Maximum", "weight": "w", "grade": "Grade",
        "lags": "Lags", "relative": "U₁/U₂", "source": "Source", "set": "Range or set",
        "supply": "P(supply)", "located": "E", "claim": "Claim", "paper": "Paper",
        "computed": "Here", "verdict": "Verdict", "everyone": "Mean",
    },
    "note": {
        "descriptive": "All regions and years; filled figures count. SD: sample standard "
        "deviation.",
        "weights": "Entropy $e$; weight $w$ within the subsystem: {weighting}. Direction: $+$ the "
        "more the better.",
        "coordination": "D from 0 to 1; {weighting} weights.",
        "states": "Ordered by D. Lags: the subsystem whose index is the lower; $U_1/U_2$ is "
        "the relative development.",
        "interaction": r"$g_1 = \alpha - b_1 R(x_2)$ is the growth of $x_1$ ({x1}), "
        "$g_2 = -a_2 + d R(x_1)$ that of $x_2$ ({x2}), a year; each region’s outputs are in units "
        "of its first year. $d = b_1 b_2$. $R^2$ of what the effects leave.",
        "own": "$g_1 = a_1 - b_1 R(x_2)$ is the growth of $x_1$ ({x1}), $g_2 = -a_2 + d R(x_1)$ "
        "that of $x_2$ ({x2}), a year; outputs in their units. $d = b_1 b_2$.",
        "general": r"$g_i = r_i + \sum_j A_{{ij}} R(x_j)$: {populations}.",
        "instruments": " IV (FOD): lagged instruments in forward orthogonal deviations.",
        "clustered": " Standard errors in parentheses, clustered by region.",
        "errors": " Standard errors in parentheses.",
        "stars": " Two-sided $t$ tests of zero: {stars}.",
        "equilibria": "{unit}. A coordinate is printed only where its {level} set is bounded. "
        "P(supply): probability that all of $a_1, b_1, a_2, d$ are positive.",
    },
    "fact": {
        "region_effects": "Region effects", "year_effects": "Year effects",
        "rows": "$N$ (growth rows)", "regions": "Regions", "df": "df of $t$",
        "r_squared_equation_1": "$R^2$, growth of $x_1$",
        "r_squared_equation_2": "$R^2$, growth of $x_2$",
        "first_stage_F_b1": "First-stage $F$, $b_1$", "first_stage_F_d": "First-stage $F$, $d$",
    },
    "answer": {"True": "Yes", "False": "No"},
    "estimator": {
        "trapezoid": "Trapezoid", "lag": "Lag", "logmean": "Log mean", "spline": "Spline",
        "relative": "Relative growth", "trajectory": "Whole path", "fod_iv": "IV (FOD)",
    },
    "effects": {
        "none": "no effects", "region": "region effects", "region+year": "region and year effects",
    },
    "fit": {
        "observed": "Observed, {year}", "calibration": "Calibrated over the period",
        "given": "Given parameters", "own": "Own fit, {estimator}",
        "pooled": "Pooled, {effects}",
    },
    "set": {
        "interval": "{low} to {high}", "range": "{low} to {high}, by year",
        "interval_above": "{low} to {high}; above 0, up to {high}",
        "complement": "all but {low} to {high}",
        "complement_above": "all but {low} to {high}; above 0, from {high} on",
        "line": "whole line", "none": "—",
    },
    "located": {
        "located": "located", "not_positive": "not shown positive",
        "unlocated": "cannot be located", "stated": "stated", "identity": "identity",
    },
    "lagging": {"synchronous": "neither"},
    "column": {"flags": "indicators whose figure is filled or flagged"},
}  # fmt: skip
_CHINESE: dict[str, Mapping[str, str]] = {
    "caption": {
        "descriptive": "指标的描述性统计",
        "weights": "评价指标体系与权重",
        "coordination": "各地区历年耦合协调度 D",
        "states": "末年各子系统综合发展指数、耦合度 C、综合协调指数 T、耦合协调度 D 与协调等级",
        "interaction": "两种群相互作用的混合面板估计",
        "own": "{region}两种群模型的估计",
        "equilibria": "{region}的平衡点",
        "general": "种群一般模型的估计",
        "claims": "论文论断及其核验结论",
    },
    "head": {
        "region": "地区", "subsystem": "子系统", "dimension": "准则层", "indicator": "指标",
        "unit": "单位", "direction": "指标属性", "mean": "均值", "sd": "标准差", "min": "最小值",
        "max": "最大值", "weight": "w", "grade": "协调等级", "lags": "滞后类型",
        "relative": "U₁/U₂", "source": "来源", "set": "区间或置信集", "supply": "P（供需）",
        "located": "E", "claim": "论断", "paper": "论文", "computed": "本文", "verdict": "核验结论",
        "everyone": "均值",
    },
    "note": {
        "descriptive": "注：全部地区与年份，含插补值；标准差为样本标准差。",
        "weights": "注：$e$ 为熵值；$w$ 为子系统内权重（{weighting}）。指标属性 $+$ 为正向。",
        "coordination": "注：D 取值 0 至 1；权重：{weighting}。",
        "states": "注：按 D 排序。滞后类型指综合发展指数较低的子系统；$U_1/U_2$ 为相对发展度。",
        "interaction": r"注：$g_1 = \alpha - b_1 R(x_2)$ 为 $x_1$（{x1}）的年增长，"
        "$g_2 = -a_2 + d R(x_1)$ 为 $x_2$（{x2}）的年增长；各地区产出以其首年为 1；$d = b_1 b_2$。"
        "$R^2$ 为剔除效应后的组内拟合优度。",
        "own": "注：$g_1 = a_1 - b_1 R(x_2)$ 为 $x_1$（{x1}）的年增长，$g_2 = -a_2 + d R(x_1)$ 为 "
        "$x_2$（{x2}）的年增长；产出以原单位计；$d = b_1 b_2$。",
        "general": r"注：$g_i = r_i + \sum_j A_{{ij}} R(x_j)$；{populations}。",
        "instruments": "工具变量法以滞后项为工具，作前向正交离差。",
        "clustered": "括号内为聚类到地区的稳健标准误。",
        "errors": "括号内为标准误。",
        "stars": "系数为 0 的双侧 $t$ 检验：{stars}。",
        "equilibria": "注：{unit}。仅当 {level} 置信集有界时给出坐标。P（供需）为 "
        "$a_1, b_1, a_2, d$ 均为正的概率。",
    },
    "fact": {
        "region_effects": "地区固定效应", "year_effects": "年份固定效应",
        "rows": "观测数 $N$（增长行）", "regions": "地区数", "df": "$t$ 的自由度",
        "r_squared_equation_1": "$R^2$，$x_1$ 的增长",
        "r_squared_equation_2": "$R^2$，$x_2$ 的增长",
        "first_stage_F_b1": "第一阶段 $F$，$b_1$", "first_stage_F_d": "第一阶段 $F$，$d$",
    },
    "answer": {"True": "是", "False": "否"},
    "estimator": {
        "trapezoid": "梯形法", "lag": "滞后一期法", "logmean": "对数均值法", "spline": "样条法",
        "relative": "相对增长率法", "trajectory": "全路径拟合", "fod_iv": "工具变量",
    },
    "effects": {
        "none": "无固定效应", "region": "地区固定效应", "region+year": "地区与年份双向固定效应",
    },
    "fit": {
        "observed": "实际观测值（{year}年）", "calibration": "理论平衡点（核算校准）",
        "given": "给定参数", "own": "拟合平衡点，{estimator}", "pooled": "混合面板，{effects}",
    },
    "set": {
        "interval": "{low} 至 {high}", "range": "{low} 至 {high}（逐年）",
        "interval_above": "{low} 至 {high}；正数部分至 {high}",
        "complement": "{low} 至 {high} 之外",
        "complement_above": "{low} 至 {high} 之外；正数部分自 {high} 起",
        "line": "整条实轴", "none": "—",
    },
    "located": {
        "located": "可估计", "not_positive": "未能判定为正", "unlocated": "无法可靠估计",
        "stated": "给定", "identity": "恒等式",
    },
    "lagging": {"synchronous": "同步发展型"},
    "column": {"flags": "插补或带标记的指标"},
    "verdict": {
        "agrees": "一致",
        "does not follow from the printed levels": "与绝对量推算值不一致",
        "probable misprint": "疑为单位误植", "holds in a weaker sense": "在较弱意义下成立",
        "does not hold in the model": "模型下不成立",
        "does not hold in these data": "本数据下不成立",
        "tested, undetermined": "已检验，未能判定", "not testable here": "本数据无法检验",
        "not yet computed": "尚未计算",
    },
}  # fmt: skip
LANGUAGES: dict[str, dict[str, Mapping[str, str]]] = {"en": _ENGLISH, "zh": _CHINESE}


def words(language: str, kind: str) -> Mapping[str, str]:
    """Words of one kind in a language; empty where the language needs none."""
    return choose(LANGUAGES, language, "language of exports").get(kind, {})


def word(language: str, kind: str, key: Any) -> str:
    """One word; what has none stands as it is."""
    return words(language, kind).get(str(key), str(key))
