"""What I take from the study, as JSON: numbers and verdicts of its tables and of its workbook.

python read.py [FOLDER]   the folder in which it was built
"""

import json
import sys
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

STUDY = "shops-and-plants"
# quantity | table | column (*: how many rows) | which row
TABLES = """\
D | coupling | D | region=R3; year=2023
C | coupling | C | region=R3; year=2023
T | coupling | T | region=R3; year=2023
U of plants | coupling | U_plants | region=R8; year=2016
grade | coupling | grade | region=R3; year=2023
what lags | coupling | lagging | region=R2; year=2023
z | normalised | z | region=R5; year=2020; indicator=idle_plants
z by own goalposts | normalised | z | region=R3; year=2023; indicator=online_firms
weight | weights | weight | weighting=entropy; indicator=online_firms
weight by CRITIC | weights | weight | weighting=critic; indicator=idle_plants
figure | observations | value | region=R3; year=2021; indicator=plant_output; vintage=2024-10
its cell | observations | cell | region=R3; year=2021; indicator=plant_output; vintage=2024-10
its revision | revisions | relative_change | region=R3; year=2021; indicator=plant_output
gap filled | panel | value | region=R3; year=2018; indicator=online_firms
gaps filled | panel | * | flag=filled
constant prices | panel | value | region=R3; year=2023; indicator=online_sales_real
jumps | audit | * | check=jump
unit | audit | message | check=unit; year=2015
obstacle | obstacles | obstacle | region=R3; year=2023; indicator=online_sales_per_head
own a1 | parameters | estimate | scope=R3; effects=none; estimator=trapezoid; parameter=a1
b1 | parameters | estimate | effects=region; estimator=trapezoid; scaling=first; parameter=b1
error of b1 | parameters | se | effects=region; estimator=trapezoid; scaling=first; parameter=b1
d, low | parameters | low | effects=region+year; estimator=lag; scaling=first; parameter=d
A21 | parameters | estimate | effects=region; model=general; estimator=trapezoid; parameter=A21
R2 | fits | r2 | scope=R3; model=classic; estimator=trapezoid; equation=2
E, x1 | equilibria | x1 | scope=R3; effects=none; model=classic; estimator=trapezoid
E, saddle | equilibria | p_saddle | scope=R3; effects=none; model=classic; estimator=trapezoid
E pooled, set | equilibria | x2_set | scope=R3; effects=region; model=classic; estimator=trapezoid
calibrated x1 | equilibria | x1 | source=calibration; scope=R3; year=2019
calibrated x2 | equilibria | x2 | source=calibration; scope=R3; year=2019
calibrated x1, period | equilibria | x1 | source=calibration; scope=R3; year=
calibration refused | refusals | message | scope=R4; year=2018
mean group b1 | relations | value | quantity=mean_group_b1; effects=region
feedback less competition | relations | value | quantity=feedback_difference; period=
relation | verdicts | verdict | scope=pooled; estimator=fod_iv; question=relation
feedback | verdicts | verdict | scope=pooled; question=feedback_weak; period=2015-2019
first-stage F | checks | value | scope=pooled; check=first_stage_F_b1
limit of g_F | checks | limit | scope=R3; estimator=lag; check=g_F_x1
p, Driscoll-Kraay | slope_tests | p | effects=region; parameter=b1; errors=driscoll_kraay
p by year | slope_tests | p | effects=region; estimator=trapezoid; parameter=b1; errors=year_wild
r | comovement | value | scope=within_regions_and_years; measure=correlation_lnU
r by chance | comovement | value | measure=placebo_low; scope=levels; terciles=product
share of T | level | value | measure=variance_share; scope=T
gap | regional | value | of=D; scope=all; statistic=sd_ln; year=2023
p of likeness | regional | p | of=D; scope=all; statistic=moran; year=2023
gap less level | regional | value | of=level_adjusted; scope=all; statistic=sd_ln; year=2023
stays lowest | mobility | probability | from=1; to=1; lag_class=
other coverage | coverage_breaks | D | region=R3; year=2023; variant=anew
mean D, geometric | robustness | D_mean | variant=geometric
mean D, range | robustness | D_mean | varied=range; variant=[0, 1]
mean D, absolute | robustness | D_mean | varied=system
combinations | multiverse | * |
mean D, own choices | multiverse | D_mean | main=True
share of the form | sensitivity | first_order | choice=form; outcome=focus_D
share of the reference | sensitivity | first_order | choice=reference; outcome=focus_D
lowest D | uncertainty | low | region=R3; year=2023; source=figures
d, deflated | specifications | value | pair=deflated; roles=given; estimator=fod_iv; quantity=d
D foretold | predictions | forecast | scope=R3; series=D; model=theta; origin=2021; horizon=2
error to drift | prediction_errors | ratio | series=x1; model=own; origin=2019; horizon=1
against drift | prediction_verdicts | verdict | series=x1; model=own; horizon=1
ratio to drift | prediction_verdicts | ratio | series=x1; model=own; horizon=1
likeness | regional | cluster | of=D; scope=R3; statistic=local_moran; year=2023
E located | headline_claims | conclusion | claim=equilibrium_located
rise | headline_claims | conclusion | claim=rise_of_focus
rise, how told | headline_claims | computed | claim=rise_of_focus
"""
# quantity | sheet | head of the column | which row
SHEETS = """\
Summary, D | Summary | D | region=R3
Summary, grade | Summary | grade of D 2023 | region=Calder
D by year | D by year | 2020 | Region=Mean
state | State of each region | Type | Region=Birchley
sigma | Regional pattern | D, 2015 | Statistic=standard deviation of ln D (sigma)
calibrated, as printed | Equilibria compared | x₁ | Source=calibrated, period
own E | Equilibria compared | Verdict | Source=own growth, trapezoid
N | Pooled model | (8) | =N (growth rows)
supply | Ecological relations | Probability | Relation=supply (predator–prey)
supply counted | Supply pattern by case | Region effects | Case=the two outputs
error by year | Tests by kind of error | b₁, region effects | Errors=wild bootstrap by year
forecast | Forecast errors | One year (interval) | Series=Online sales; Model=theta
instruments | Pooled model | (8) | =First-stage F, b1
symbol | parameters | estimate | scope=R3; estimator=trapezoid; parameter=b1
main row | robustness | D_mean | varied=as in this study
how tested | Claims in short | How tested | Claim=The equilibrium of Calder can be located
claim | Claims on results | Verdict | Claim=The equilibrium of Calder can be located
D in the sheet | coupling | D | region=R3; year=2023
geometric in the sheet | robustness | D_mean | variant=geometric
"""


def asked(lines):
    for line in lines.splitlines():
        quantity, place, column, row = (part.strip() for part in line.split("|"))
        yield quantity, place, column, dict(pair.split("=") for pair in row.split("; ") if pair)


def read_csv(name, *_):
    path = folder / "data" / "processed" / STUDY / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def read_sheet(name, column, row):
    """The head is the first line that holds all that is asked for."""
    sheet = book[name].iter_rows(values_only=True)
    lines = [["" if cell is None else str(cell) for cell in line] for line in sheet]
    head = next((i for i, line in enumerate(lines) if {column, *row} <= {*line}), 0)
    return pd.DataFrame(lines[head + 1 :], columns=lines[head])


def value(table, column, row):
    """A number or a word; how many rows; or nothing, where the row or the column is not there."""
    if not {*row} <= {*table}:
        return None
    for key, wanted in row.items():
        table = table[table[key] == wanted]
    if column == "*":
        return len(table)
    if column not in table or len(table) != 1:
        return None
    text = table[column].item()
    try:
        return float(text)
    except ValueError:
        return text


folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
book = load_workbook(folder / "reports" / STUDY / "results.en.xlsx", data_only=True)
taken = {}
for read, lines in ((read_csv, TABLES), (read_sheet, SHEETS)):
    for quantity, place, column, row in asked(lines):
        taken[quantity] = value(read(place, column, row), column, row)
print(json.dumps(taken, indent=1, ensure_ascii=False))
