"""The keys of a configuration: what each means, its default and what it allows, in one place.

From these models `workflow/describe.py` writes the schema in workflow/schemas and the tables of
keys in config/README.md. This module imports pydantic, so only a function that reads a
configuration imports it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from coevo.schema import RATIO
from coevo.study.config_types import (
    AS_WRITTEN,
    UNIQUE,
    FilePath,
    Language,
    NameIn,
    NotNegative,
    Number,
    Part,
    Positive,
    Region,
    Regions,
    Share,
    Words,
    if_given,
    unit_by,
)

LEAST_PARTS = 2  # of an entry under `accept`: a whole check cannot be accepted


class Aside(Part):
    """What of the raw files is not read.

    Attributes
    ----------
    files
        Files, by their names below the vintage folder: `[notes.xlsx]`.
    sheets
        Sheets, by file and name: `["plants.xlsx › Notes"]`.
    """

    files: list[str] = []
    sheets: list[str] = []


class Accepted(Part):
    """A finding of the audit that is meant.

    Attributes
    ----------
    check
        Which check found it.
    indicator
        Indicator of the finding, where it has one.
    region
        Region of the finding, where it has one.
    year
        Year of the finding, where it has one.
    file
        File of a finding on a table.
    cell
        Cell in that file.
    """

    check: str
    indicator: str | None = if_given()
    region: Region | None = if_given()
    year: int | None = if_given()
    file: str | None = if_given()
    cell: str | None = if_given()

    @model_validator(mode="after")
    def _names_a_place(self) -> Accepted:
        if len(self.model_fields_set) < LEAST_PARTS:
            raise ValueError("names no place; copy the line that `coevo check` prints")
        return self


class Without(Part):
    """All regions but some.

    Attributes
    ----------
    without
        Codes of the regions to leave out.
    """

    without: Regions


class Years(Part):
    """A first and a last year.

    Attributes
    ----------
    first
        First year. The files must cover it for every indicator that is read.
    last
        Last year. The files must cover it for every indicator that is read.
    """

    first: Annotated[int, Field(ge=0, le=9999)]
    last: Annotated[int, Field(ge=0, le=9999)]


class Period(Part):
    """What stands in place of years, with a word for a step in each language.

    Attributes
    ----------
    grid
        Time from one step to the next: step n is the time n × `grid`.
    within
        How far from a step the sample may be that stands for it; at most half of `grid`.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Language, Annotated[str, Field(min_length=1, max_length=40)]]

    grid: Positive = 1
    within: NotNegative = 0.5


class Panel(Part):
    """How gaps in the figures are treated.

    Attributes
    ----------
    gaps
        How gaps inside a series are filled (methods, 1).
    max_gap
        Longest gap that is filled, in years.
    """

    gaps: Annotated[str, NameIn("coevo.panel:GAPS")] = "linear"
    max_gap: Annotated[int, Field(ge=0)] = 1


class Normalisation(Part):
    r"""How indicators are made comparable.

    Attributes
    ----------
    method
        Min-max, $z = lo + (hi - lo)(x - \min)/(\max - \min)$, mirrored for direction `-`; or
        vector, $z = x/\lVert x \rVert$, for `coupling.composite: topsis` (methods, 2).
    reference
        Over which figures minimum and maximum are taken; `ratio` divides by the best figure and has
        a true zero (methods, 2).
    range
        $lo$ and $hi$, 0 ≤ lo < hi ≤ 1. Without it `[0.01, 0.99]`, and `[0, 1]` under `ratio`.
    beyond
        Whether figures beyond the goalposts are moved to them and flagged, or refused.
    base
        Base period of the reference `base`: `{first: 2015, last: 2017}`.
    goalposts
        CSV file of the reference `goalposts`, such as that of a release, with the columns
        indicator, low, high. If it has its `sha256`, that must fit.
    """

    method: Annotated[
        str, NameIn("coevo.normalisation:METHODS", "coevo.normalisation:REFUSED_METHODS")
    ] = "minmax"
    reference: Annotated[str, NameIn("coevo.normalisation:REFERENCES")] = "panel"
    range: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    beyond: Literal["cap", "error"] = "cap"
    base: Years | None = None
    goalposts: FilePath | None = None

    @model_validator(mode="after")
    def _range_follows_reference(self) -> Normalisation:
        if self.range is None:
            self.range = [0.0, 1.0] if self.reference == RATIO else [0.01, 0.99]
        return self


class Combination(Part):
    """Weightings that are combined.

    Attributes
    ----------
    methods
        At least two methods, none of which combines others: `[entropy, ahp]`.
    shares
        Share of each method, for `linear` alone; they sum to 1. Without it all count alike.
    """

    methods: Annotated[
        list[Annotated[str, NameIn("coevo.weighting:PARTS")]], Field(min_length=2), UNIQUE
    ]
    shares: list[NotNegative] | None = if_given()


class Weighting(Part):
    """How indicators are weighted within a subsystem.

    Attributes
    ----------
    method
        The study's weights (methods, 2). `weights.csv` holds those of every method that has what it
        needs.
    given
        Weight of each indicator, for the method `given`; divided by their sum within a subsystem:
        `{rd_to_product: 0.4, …}`.
    judgements
        Pairwise comparisons for the method `ahp`, a square table per subsystem in the order of the
        indicator table: `{cluster: [[1, 3], [0.333, 1]], …}`.
    combine
        What `linear`, `multiplicative`, `geometric` and `game` combine.
    """

    method: Annotated[str, NameIn("coevo.weighting:WEIGHTINGS")] = "entropy"
    given: dict[str, NotNegative] | None = None
    judgements: dict[str, list[list[Positive]]] | None = None
    combine: Combination | None = None


class Coupling(Part):
    r"""How subsystems are combined.

    Attributes
    ----------
    composite
        Index of a subsystem: $\sum_j w_j z_j$, $\prod_j z_j^{w_j}$, or closeness to the best case
        (methods, 3).
    preset
        `spssau` rescales indices to [0.01, 0.99] before C, as that software does; D is then not
        comparable between studies.
    k
        Exponent of the form `k`; 1/2 gives the standard form.
    form
        Formula of the coupling degree, by default $C = n (\prod_s U_s)^{1/n} / \sum_s U_s$; `k` is
        for two subsystems (methods, 3).
    contributions
        `equal`, or $a_s$ in $T = \sum_s a_s U_s$: one number per subsystem, which sum to 1.
    grades
        Table of grades of $D = \sqrt{C T}$.
    """

    composite: Annotated[str, NameIn("coevo.coupling.formulas:COMPOSITES")] = "linear"
    preset: Annotated[str, NameIn("coevo.coupling.formulas:PRESETS")] | None = None
    k: Positive = 2
    form: Annotated[
        str, NameIn("coevo.coupling.formulas:FORMS", "coevo.coupling.formulas:REFUSED_FORMS")
    ] = "standard"
    contributions: Literal["equal"] | Annotated[list[NotNegative], Field(min_length=2)] = "equal"
    grades: Annotated[str, NameIn("coevo.coupling.grade_scales:GRADES")] = "ten"


class PurchaseShares(Part):
    """Accounting calibration from shares.

    Attributes
    ----------
    share
        Purchases over sales, for downstream outputs that are sales in money.
    """

    share: Annotated[list[Share], Field(min_length=1), UNIQUE]


class Purchases(Part):
    """Accounting calibration from figures.

    Attributes
    ----------
    purchases
        Purchases P of the downstream system, an indicator.
    sales
        Sales S of the downstream system, an indicator; without it, its output.
    """

    purchases: str
    sales: str | None = if_given()


class Parameters(Part):
    """Given parameters, the same for every region.

    Attributes
    ----------
    a1
        Per year.
    b1
        Per year and unit of x2.
    a2
        Per year.
    b2
        Unit of x2 per unit of x1.
    """

    a1: Number
    b1: Number
    a2: Number
    b2: Number


class Pair(Part):
    """Two outputs.

    Attributes
    ----------
    upstream
        What $x_1$ is, the prey, which sells: an indicator, in its own unit, or a subsystem, then
        its index $U$.
    downstream
        What $x_2$ is, the predator, which buys: an indicator or a subsystem.
    """

    upstream: str
    downstream: str


class Interaction(Pair):
    """The two populations and how their model is estimated.

    Attributes
    ----------
    estimator
        Main estimator; the others are computed and shown beside it (methods, 5).
    confidence
        Level of intervals and sets.
    others
        Further populations $x_3, x_4, …$ of the general model, indicators or subsystems; the
        classic form has the pair alone.
    split
        A year. Feedback is also estimated from the years up to it and from those from it on
        (methods, 6).
    equivalence
        Bound, in scaled units (first year = 1), within which the interval of an effect must lie for
        the effect to count as zero. Without it no relation with a zero is named (methods, 5).
    calibration
        Where the theoretical equilibrium comes from: `auto`, `null`, `{purchases, sales}`,
        `{share: numbers above 0 and up to 1}`, or `{a1, b1, a2, b2}`; see below (methods, 6).
    """

    estimator: Annotated[
        str,
        NameIn("coevo.estimation.growth:ESTIMATORS", "coevo.estimation.growth:REFUSED_ESTIMATORS"),
    ] = "trapezoid"
    confidence: Annotated[float, Field(gt=0.5, lt=1, allow_inf_nan=False), AS_WRITTEN] = 0.95
    others: Annotated[list[str], UNIQUE] = []
    split: int | None = None
    equivalence: Positive | None = None
    calibration: Literal["auto"] | PurchaseShares | Purchases | Parameters | None = "auto"


class Comovement(Part):
    """What D is held against.

    Attributes
    ----------
    size
        Indicators of size, `[]` for none. The ratio of the first two is size per head, the level of
        development that D is held against first and by which the placebo pairs regions (methods,
        3).
    """

    size: list[str] = ["gross_regional_product", "resident_population"]


class Regional(Part):
    """The regional pattern.

    Attributes
    ----------
    groups
        Column of the table of regions that groups regions, for means, Theil and Dagum. Every region
        needs a group, and two groups at least must differ, or these statistics are missing.
    """

    groups: str = "nbs_region"


class Robustness(Part):
    """Other choices, and draws.

    Attributes
    ----------
    draws
        Number of draws of weights and of figures.
    revision
        Relative size of a revision (standard deviation) where no figure of an indicator was
        restated.
    systems
        Other indicator systems to hold D against, from the same figures: a name and an indicator
        table each, `{absolute: config/indicators/provinces-scale.csv}`. Every indicator of their
        subsystems must be in the study's own table.
    pairs
        Other outputs to hold the two populations against, a name and two outputs each, in every
        specification (methods, 5).
    deflated
        The two outputs at constant prices, in every specification (methods, 5).
    drop
        Years that are left out of the two-population model, one at a time: `[2020]`.
    seed
        Seed of every random number.
    """

    draws: Annotated[int, Field(ge=100, le=20_000)] = 2000
    revision: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), AS_WRITTEN] = 0.02
    systems: Annotated[dict[str, FilePath], Field(max_length=20)] = {}
    pairs: Annotated[dict[str, Pair], Field(max_length=20)] = {}
    deflated: Pair | None = None
    drop: Annotated[list[int], UNIQUE] = []
    seed: Annotated[int, Field(ge=0)] = 1


class Report(Part):
    """What is written.

    Attributes
    ----------
    languages
        Languages of the reports; for one alone `[zh]`.
    formats
        Formats of the reports.
    """

    languages: Annotated[
        list[Annotated[str, NameIn("coevo.schema:LANGUAGES")]], Field(min_length=1), UNIQUE
    ] = ["en", "zh"]
    formats: Annotated[
        list[Annotated[str, NameIn("coevo.report.documents:FORMATS")]], Field(min_length=1), UNIQUE
    ] = ["html", "pdf", "docx"]


class StudyConfig(Part):
    """The configuration of a study.

    Attributes
    ----------
    study
        Name of the study and of its folders `data/processed/<study>`, `reports/<study>`,
        `logs/<study>`: letters, digits and hyphens, and the name of the file (`config.yaml` may
        hold any).
    title
        The question that the report answers.
    subsystems
        Label of each subsystem. Name every subsystem of the indicator table, in the same order;
        none for a study without indices, whose table has no subsystems:
        `{ecommerce: {en: e-commerce, zh: 电子商务}}`.
    names
        What an id is called that the study made up, such as another indicator system; the id
        `region`: what reports call a region: `{region: {en: chemostat, zh: 恒化器}}`.
    regions_table
        Path of the table of [regions](#regions): their codes and names.
    regions
        `all`, a list of codes in quotes, or `{without: [codes]}`. Of `all` each must have figures.
    focus_region
        Code of the region that the report looks at and that claims are about; one of `regions`.
    years
        First and last year of the study, at least five years; from 1900 to 2100 unless `period`
        says what stands in place of years.
    period
        What stands in place of years, where the files hold samples at
        [times](#times-in-place-of-years): `{en: day, zh: 日, grid: 1, within: 0.5}`. The word of
        each language is what its reports call a step, and heads the column of times in the files.
    sources
        Who published the figures, under figures of the report; without it the names of the files.
    raw
        Folder that holds one folder of raw files per vintage (`YYYY-MM`).
    vintage
        `latest`, or the name of a vintage folder, which hides all later ones (methods, 1).
    vintage_policy
        Which figure stands where several vintages have one: `single` keeps each series whole from
        one vintage, `overlay` takes the newest of each cell, `splice` links older years to the
        newest level (methods, 1).
    units_read_as
        A unit as the files print it, or the name of an indicator for which they print none, and the
        [unit](#units) that it is read as: `{"Population, total": person}`. The audit shows each
        use.
    decimal_mark
        What separates the decimals of numbers that files hold as text (`1.234`), where a file does
        not show it.
    missing_marks
        Further marks for missing figures, and their type.
    aside
        What of the raw files is not read; `coevo new` names here what it set aside.
    accept
        Findings of the audit that are meant, each by `check` and all that it has of `indicator`,
        `region`, `year`, or else by `file` and `cell`: never a whole check. `coevo check` prints
        them ready to copy. Reports print them, and no longer as doubts.
    indicators
        Path of the [indicator table](#indicator-table).
    panel
        How gaps are treated.
    normalisation
        How indicators are made comparable.
    weighting
        How indicators are weighted within a subsystem.
    coupling
        How subsystems are combined.
    interaction
        The two populations and how their model is estimated; `null` for no such model. `coevo
        check` names the indicators that could be its outputs: in money or counts, every figure
        positive, three rows of growth in a region.
    comovement
        What D is held against.
    regional
        The regional pattern.
    claims
        Set of [claims](#claims) to check, a file `config/claims/<name>.csv`.
    robustness
        Other choices, and draws.
    chunks
        Parts in which the longest rules are computed side by side, on more cores or on a cluster;
        no result depends on it.
    report
        What is written.
    """

    study: str
    title: Words = {}
    subsystems: dict[str, Words] = {}
    names: dict[str, Words] = {}
    regions_table: FilePath = "config/regions/provinces.csv"
    regions: Literal["all"] | Regions | Without = "all"
    focus_region: Region = "330000"
    years: Years
    period: Period | None = None
    sources: Words = {}
    raw: FilePath
    vintage: str = "latest"
    vintage_policy: Annotated[str, NameIn("coevo.panel.vintages:POLICIES")] = "single"
    units_read_as: dict[str, Annotated[str, unit_by("read_unit")]] = {}
    decimal_mark: Literal[".", ",", ""] = ""
    missing_marks: dict[str, Annotated[str, NameIn("coevo.observations.cells:MISSING_TYPES")]] = {}
    aside: Aside = Aside()
    accept: Annotated[list[Accepted], Field(max_length=1000)] = []
    indicators: FilePath
    panel: Panel = Panel()
    normalisation: Normalisation = Normalisation()
    weighting: Weighting = Weighting()
    coupling: Coupling = Coupling()
    interaction: Interaction | None = None
    comovement: Comovement = Comovement()
    regional: Regional = Regional()
    claims: FilePath | None = None
    robustness: Robustness = Robustness()
    chunks: Annotated[int, Field(ge=1, le=1000)] = 1
    report: Report = Report()
