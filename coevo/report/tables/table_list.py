"""The tables of a study by name: what each holds, and which of them a study has."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

# name of the table (and of its file under data/processed) -> what it holds, with units
TABLES = {
    "observations": "Figures as read, in the unit of the indicator table; with file, sheet, cell",
    "audit": "What in the figures does not fit together; printed and computed in `unit`",
    "revisions": "Figures restated between vintages",
    "panel": "Figures by region, year and indicator; filled gaps and missing figures are flagged",
    "goalposts": "Minimum and maximum of each indicator, in its unit",
    "normalised": "Normalised indicators z, without unit",
    "weights": "Weights within each subsystem, by method; entropy e; without unit",
    "coupling": "Composite indices U, C, T, D (0 to 1), grade, stage, relative development",
    "obstacles": "Share of each indicator in what keeps a region from the top, 0 to 1",
    "comovement": "Correlations of the two indices, of D with size, and random pairings",
    "robustness": "D under other choices, against the main specification",
    "growth_split": "What each indicator adds to ln(D / D of the year before), region by region",
    "diagnostics": "Guards: weights, correlations, removal of indicators, limits and flags",
    "multiverse": "D under every combination of choices, the main one first",
    "sensitivity": "Share of the variance of D over the combinations that each choice drives",
    "uncertainty": "Range of D and of ranks under draws of weights and of figures, 5 to 95 %",
    "grade_shares": "Share of the draws that gives each grade",
    "parameters": "Parameters of the two-population model; rates per year; original units for one "
    "region, scaled units for pooled fits",
    "fits": "How well each regression fits: rows, R2, F, residuals; an equation a row",
    "equilibria": "Equilibria in the units of the two outputs, with their sets",
    "relations": "What fits rest on and what they say together: diagnostics, relation, feedback",
    "specifications": "Interaction and E under other estimators, roles, pairs, vintages and years; "
    "b1, d per unit of first-year output",
    "claims": "Statements of the paper and what follows",
    "changes": "What differs from the latest release; figures in the unit of their indicator",
}
CHINESE = {
    "observations": "读入的原始数值（单位同指标表），注明文件、工作表与单元格",
    "audit": "数据核查：数值之间不相符之处；原载数值与推算数值的单位见 unit 列",
    "revisions": "不同数据版本之间的数据修订",
    "panel": "面板数据：按地区、年份与指标；插补值与缺失值带有标记",
    "goalposts": "各指标的上下限阈值，单位同指标",
    "normalised": "标准化后的指标值z，无量纲",
    "weights": "各方法在子系统内的指标权重；信息熵e；无量纲",
    "coupling": "子系统综合发展指数U、耦合度C、综合协调指数T、耦合协调度D（0至1），"
    "协调等级、耦合阶段、相对发展度",
    "obstacles": "各指标的障碍度，0至1",
    "comovement": "两指数的相关系数、D与规模的相关，以及随机配对的安慰剂检验",
    "robustness": "稳健性检验：其他设定下的D，与主设定对照",
    "growth_split": "各地区耦合协调度增长的贡献分解：各指标对ln(D/上年D)的贡献",
    "diagnostics": "诊断：权重集中度、相关、剔除指标、界限与标记",
    "multiverse": "多设定组合分析：各设定组合下的D，首行为主设定",
    "sensitivity": "全局敏感性分析：各设定对D的方差的贡献占比",
    "uncertainty": "权重与数值抽样下D与位次的90%不确定区间（5%～95%分位）",
    "grade_shares": "抽样中各协调等级所占的比例",
    "parameters": "两种群模型的参数；速率以年计；单个地区为原单位，混合估计为缩放后的单位",
    "fits": "各回归方程的拟合情况：样本数、R²、F检验、残差检验，每个方程一行",
    "equilibria": "平衡点及其置信集，单位为两种群产出的单位",
    "relations": "估计的依据与综合判断：诊断、种群关系、反馈",
    "specifications": "其他估计方法、角色、产出组合、数据版本与年份下的相互作用与平衡点；"
    "b1、d按首年产出计",
    "claims": "论文的论断与核验结论",
    "changes": "与最近一次发布版的差异；数值单位同指标",
}


def tables_of(config: Mapping[str, Any]) -> list[str]:
    """Return the tables that a study has by its configuration, `changes` aside, in order.

    `changes` compares a study with a release of it, and so is no part of its state.
    """
    optional = {
        "parameters": config["interaction"],
        "fits": config["interaction"],
        "equilibria": config["interaction"],
        "relations": config["interaction"],
        "specifications": config["interaction"],
        "claims": config["claims"],
        "changes": None,
    }
    return [name for name in TABLES if optional.get(name, True)]


def describe(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the table of contents: table, rows, what it holds in English and in Chinese."""
    rows = [
        (name, len(tables[name]), text, CHINESE[name])
        for name, text in TABLES.items()
        if name in tables
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "contents", "contents_zh"])
