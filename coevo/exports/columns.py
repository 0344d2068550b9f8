"""What the columns of the tables hold, in words, by language."""

from collections.abc import Mapping

from coevo.registry import choose

_ENGLISH = {
    "region": "Code of the region", "name": "Region", "year": "Year", "indicator": "Indicator",
    "flags": "Indicators whose figure is filled or flagged", "C": "Coupling degree C",
    "T": "Coordination index T", "D": "Coupling coordination degree D", "grade": "Grade of D",
    "stage": "Stage of coupling", "relative_development": "Relative development U1/U2",
    "lagging": "Subsystem that lags", "weighting": "Method of weighting",
    "subsystem": "Subsystem", "weight": "Weight within the subsystem", "entropy": "Entropy e",
    "obstacle": "Obstacle degree, 0 to 1", "scope": "Code of the region, or pooled",
    "effects": "Effects", "model": "Form of the model", "estimator": "Estimator",
    "scaling": "Scaling of the outputs", "parameter": "Parameter", "estimate": "Estimate",
    "se": "Standard error", "df": "Degrees of freedom of t", "low": "Lower end of the interval",
    "high": "Upper end of the interval", "source": "Source of the equilibrium",
    "x1": "Equilibrium of x1", "x1_low": "Lower end of the set of x1",
    "x1_high": "Upper end of the set of x1", "x1_set": "Kind of the set of x1",
    "x2": "Equilibrium of x2", "x2_low": "Lower end of the set of x2",
    "x2_high": "Upper end of the set of x2", "x2_set": "Kind of the set of x2",
    "kind": "Kind of the equilibrium", "located": "Equilibrium located",
    "p_predator_prey": "Probability of supply (predator-prey) signs",
    "p_reversed": "Probability of reversed signs", "p_saddle": "Probability of a saddle",
    "observed_x1": "Observed x1", "observed_x2": "Observed x2", "pair": "Pair of outputs",
    "vintage": "Policy on vintages", "dropped": "Years left out", "roles": "Roles of the outputs",
    "quantity": "Quantity", "value": "Value", "set": "Kind of the set",
    "relation": "Relation or remark", "U": "Composite index U, {label}",
}  # fmt: skip
_CHINESE = {
    "region": "地区代码", "name": "地区", "year": "年份", "indicator": "指标",
    "flags": "插补或带标记的指标", "C": "耦合度 C", "T": "综合协调指数 T", "D": "耦合协调度 D",
    "grade": "协调等级", "stage": "耦合阶段", "relative_development": "相对发展度 U1/U2",
    "lagging": "滞后的子系统", "weighting": "赋权方法", "subsystem": "子系统",
    "weight": "子系统内权重", "entropy": "熵值 e", "obstacle": "障碍度（0 至 1）",
    "scope": "地区代码，或 pooled（混合）", "effects": "固定效应", "model": "模型形式",
    "estimator": "估计方法", "scaling": "产出的标度", "parameter": "参数", "estimate": "估计值",
    "se": "标准误", "df": "t 的自由度", "low": "区间下限", "high": "区间上限",
    "source": "平衡点来源", "x1": "x1 的平衡点", "x1_low": "x1 置信集下限",
    "x1_high": "x1 置信集上限", "x1_set": "x1 置信集类型", "x2": "x2 的平衡点",
    "x2_low": "x2 置信集下限", "x2_high": "x2 置信集上限", "x2_set": "x2 置信集类型",
    "kind": "平衡点类型", "located": "平衡点可估计", "p_predator_prey": "供需（捕食型）符号概率",
    "p_reversed": "相反符号概率", "p_saddle": "鞍点概率", "observed_x1": "x1 观测值",
    "observed_x2": "x2 观测值", "pair": "产出对", "vintage": "数据版本规则",
    "dropped": "剔除的年份", "roles": "产出的角色", "quantity": "量", "value": "数值",
    "set": "置信集类型", "relation": "关系或说明", "U": "子系统综合发展指数 U，{label}",
}  # fmt: skip
LANGUAGES: dict[str, Mapping[str, str]] = {"en": _ENGLISH, "zh": _CHINESE}


def column_words(language: str) -> Mapping[str, str]:
    """What columns hold by name, `U` with a place for the label of its subsystem."""
    return choose(LANGUAGES, language, "language of exports")
