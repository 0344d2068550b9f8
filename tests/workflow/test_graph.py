"""The whole graph on the small study, in a folder whose name has a space and Chinese characters."""

import os
import platform
import re
import shutil
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

from coevo.command.build import BUILT_HERE, place_of_build
from tests.projects import (
    CONFIG,
    RULES,
    make_project,
    must_run,
    run,
    snapshot,
    would_run,
    write_config,
)

RAW = "data/raw/small/2026-10"
# A line of a step: how many have ended of how many, how long it took, what it did.
STEP = re.compile(r" *(\d+) of (\d+) +(?:\d+ min )?\d+ s  (.+)")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = make_project(tmp_path_factory.mktemp("work") / "数据 空格")
    (folder / "said").write_text(must_run(folder), encoding="utf-8")
    return folder


@pytest.fixture
def copy(project, tmp_path) -> Path:
    """A copy of the built project, as if built there: a test may change what it likes."""
    made = Path(shutil.copytree(project, tmp_path / "副本 copy"))
    with chdir(made):
        BUILT_HERE.write_text(place_of_build(), encoding="utf-8")
    return made


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
# Searched for: what a line has in it -> its limit. Effects have ends by the wild bootstrap by year.
ROUGH = {"_wild": 1e-4, ",x2_on_x1,": 1e-4, ",x1_on_x2,": 1e-4}


@pytest.mark.whole
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="needs another processor")
def test_another_type_of_processor_changes_digits_beyond_the_ninth(project, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "X86_V3 X86_V4 AVX512_ICL")
    other, digits = make_project(tmp_path / "older"), 0
    tables = [f"data/processed/small/{path.name}" for path in project.glob("data/**/small/*.csv")]
    must_run(other, *tables)
    for table in tables:
        lines = ((folder / table).read_text("utf-8").splitlines() for folder in (project, other))
        for one, two in zip(*lines, strict=True):
            if one != two:
                assert NUMBER.sub("#", one) == NUMBER.sub("#", two)
                rows = [np.array(NUMBER.findall(line), dtype=float) for line in (one, two)]
                limit = max([1e-9, *(ROUGH[name] for name in ROUGH if name in one)])
                np.testing.assert_allclose(*rows, rtol=limit, atol=1e-11, err_msg=f"{table} {one}")
                digits += 1
    assert digits > 100, "the settings have no effect"


def test_a_run_says_a_line_a_step_and_what_to_open(project):
    """What a step does is what its rule says of itself; Snakemake's own lines are in its log."""
    last, *lines = (project / "said").read_text(encoding="utf-8").splitlines()
    steps = [STEP.fullmatch(line).groups() for line in lines]
    total = len(RULES)
    assert [place for place, *_ in steps] == [str(1 + place) for place in range(total)]
    assert {of for _, of, _ in steps} == {str(total)}
    told = {does for *_, does in steps}
    assert len(told) == total and "Compute C, T and D, and what moves and holds them" in told
    assert max(map(len, lines)) < 80
    assert re.fullmatch(r"coevo: done in .+ s; open reports/small/report\.en\.html", last)
    (log,) = (project / ".snakemake" / "log").iterdir()
    assert f"{total + 1} of {total + 1} steps" in log.read_text(encoding="utf-8")


def test_a_second_run_has_nothing_to_do(project):
    again = run(project)
    said = r"coevo: done in \d+ s; open reports/small/report\.en\.html\n"
    assert again.stderr == "" and re.fullmatch(said, again.stdout)
    assert "Nothing to be done" in run(project, "--verbose").stderr


def change(path: Path, data: bytes | None) -> None:
    """Put other bytes in the place of a file, with its old time; or take it away."""
    old = path.stat()
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))


def tripled(table: Path) -> bytes:
    """A table whose last cell but one, a number, is three times what it was."""
    *rows, last = table.read_text(encoding="utf-8").splitlines(keepends=True)
    *cells, figure, flag = last.split(",")
    return "".join([*rows, ",".join([*cells, str(3 * float(figure)), flag])]).encode()


WHOLE = pytest.mark.whole


def rules_run(folder: Path) -> set[str]:
    """Build, and return the rules that were run."""
    said = must_run(folder, "--verbose")
    finished = set(re.findall(r"^Finished jobid.*\(Rule: (\w+)\)", said, re.MULTILINE))
    return finished - {"all", "everything"}


ALL = RULES - {"library"}  # that read figures, or what comes of them
OF_REPORT = {"export", "report"}
EDITED = {  # a file -> the rules that a run executes after an edit of it
    # code: what it makes is the same as before, so that nothing that reads it runs
    "coevo/observations/opening.py": ALL - {"changes"},
    "coevo/panel/derivations.py": ALL,
    "coevo/weighting/methods.py": ALL - {"estimate"},
    "coevo/sensitivity/headline_claims.py": ALL - {"couple", "estimate", "predict"},
    "coevo/report/figures/charts.yaml": {"library", *OF_REPORT},
    "workflow/report/phrases.en.yaml": OF_REPORT,
    "workflow/report/phrases.zh.yaml": set(),  # of no language of this study
    "config/regions/provinces.csv": {"observe", "panel", "claims", "describe", "vary", *OF_REPORT},
}
WORKING = {"coevo/observations/opening.py", "workflow/report/phrases.en.yaml"}  # of make test


@pytest.mark.parametrize(
    "edited", [one if one in WORKING else pytest.param(one, marks=WHOLE) for one in EDITED]
)
def test_an_edited_file_reruns_what_reads_it(copy, edited):
    with (copy / edited).open("ab") as file:
        file.write(b"\n")
    assert rules_run(copy) == EDITED[edited]
    assert rules_run(copy) == set()


OF_MODEL = {"estimate", "specify"}


def test_a_figure_that_the_model_does_not_use_makes_no_new_estimate(copy):
    """The tables are those of a build from nothing."""
    file = copy / RAW / "人口.csv"
    *_, last = NUMBER.finditer(file.read_text("utf-8"))
    text = file.read_text("utf-8")
    file.write_text(
        f"{text[: last.start()]}{float(last[0]) * 1.25:.1f}{text[last.end() :]}", "utf-8"
    )
    assert rules_run(copy) == ALL - OF_MODEL
    made = snapshot(copy)
    shutil.rmtree(copy / "data" / "processed")
    shutil.rmtree(copy / "reports")
    must_run(copy)
    assert snapshot(copy) == made


def test_what_is_not_as_it_was_made_or_read_is_made_anew_whatever_its_time(copy):
    data, reports, whole = copy / "data/processed/small", copy / "reports/small", snapshot(copy)
    change(data / "panel.csv", tripled(data / "panel.csv"))
    change(reports / "results.en.xlsx", b"")
    next(copy.glob("reports/small/figures/en/*.svg")).unlink()
    for name in ("remarks", "normalised", "coupling", "revisions"):
        (data / f"{name}.csv").unlink()
    must_run(copy)
    assert snapshot(copy) == whole
    raw = copy / RAW / "产值.csv"
    newer = copy / "data/raw/small/2026-11" / raw.name
    newer.parent.mkdir()
    shutil.copy2(raw, newer)
    assert "observe" in would_run(copy)
    shutil.rmtree(newer.parent)
    change(raw, raw.read_bytes().replace(b".", b"1.", 1))  # with its old time
    assert "observe" in would_run(copy)


@pytest.mark.whole
def test_another_study_and_back_reruns_nothing_and_no_key_leaks(copy):
    other = CONFIG | {"study": "other", "weighting": {"method": "equal"}}
    del other["comovement"]
    write_config(copy, other, "other")
    result = run(copy, study="other")
    # the other study has no `comovement`, so the default holds, whose indicators it does not have
    assert result.returncode != 0
    assert "comovement.size.0: 'gross_regional_product' is not in" in result.stdout + result.stderr
    write_config(copy, other | {"comovement": CONFIG["comovement"]}, "other")
    mine, others = (f"data/processed/{name}/coupling.csv" for name in ("small", "other"))
    must_run(copy, others, study="other")
    assert would_run(copy) == set()
    assert (copy / mine).read_bytes() != (copy / others).read_bytes()


LAST = f"{CONFIG['years']['last']}年"
# What `observe` refuses, all of it at once; what `panel` does; what `normalise` does: in which
# files, which pattern becomes what, and the lines that are said.
BAD_DATA = {
    "observe": (
        {
            "产值": ("浙江省,", "浙江省,很多,"),
            "人口": ("浙江省", "浙江州"),
            "销售额": ("亿元", "件件"),
        },
        [
            rf'{RAW}/产值\.csv › B\d+: "很多" is not a number or a known mark',
            rf"{RAW}/人口\.csv › A\d+: \"浙江州\" is not in the table of regions",
            rf"{RAW}/销售额\.csv › A3: unknown unit '件件'; known: ",
        ],
    ),
    "panel": (
        {"*": (LAST, "2031年")},
        [rf"years\.last: {CONFIG['years']['last']} is not covered by the files"],
    ),
    "normalise": (
        {"产值": (r"(?m),\d+\.\d+", ",5")},
        [r"output: is 5 in every region and year of the study"],
    ),
}


@pytest.mark.parametrize(
    "step",
    ["observe", *(pytest.param(step, marks=WHOLE) for step in ("panel", "normalise"))],
)
def test_bad_data_ends_with_our_lines_and_leaves_nothing_half_written(copy, step):
    changes, lines = BAD_DATA[step]
    before = snapshot(copy)
    for name, (pattern, text) in changes.items():
        for path in (copy / RAW).glob(f"{name}.csv"):
            path.write_text(re.sub(pattern, text, path.read_text("utf-8")), encoding="utf-8")
    result = run(copy)
    assert result.returncode != 0 and "Traceback" not in result.stderr
    told = result.stderr.splitlines()
    steps = [line for line in told if STEP.fullmatch(line) or line.startswith("stopped: ")]
    last = told[len(steps) :]
    assert told[: len(steps)] == steps and steps[-1].startswith("stopped: ")
    for line in lines:
        assert any(re.match(line, said) for said in last), result.stderr
    assert len(last) == len(set(last))
    assert all(re.match(r"data/raw|years\.|\w+: is 5 in", said) for said in last)
    after = snapshot(copy)
    assert not [path for path in copy.glob("data/processed/**/.*") if path.is_file()]
    made = {path for path in after if after[path] != before.get(path)}
    tables = {Path(path).stem for path in made}
    assert not tables & {"normalised", "coupling", "multiverse", "headline_claims", "report.en"}
    if step != "normalise":  # what comes of the panel alone
        assert tables <= {"observations", "audit", "revisions"}
    assert all(path.startswith("data/processed/small/") for path in made)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        (
            {"weighting": {"method": "entrpy"}, "wieghts": 1},
            [
                r"small.yaml: line \d+: weighting.method: unknown method 'entrpy'",
                r"small.yaml: line \d+: wieghts: unknown key 'wieghts'; known: ",
            ],
        ),
        ({"raw": "data/raw/none"}, [r".*: line \d+: raw: there is no folder data/raw/none"]),
    ],
)
def test_a_bad_config_is_refused_when_the_workflow_is_read(copy, changes, lines):
    write_config(copy, CONFIG | changes)
    result = run(copy)
    assert result.returncode != 0
    said = (result.stdout + result.stderr).rstrip().splitlines()[-len(lines) :]
    assert all(map(re.match, lines, sorted(said, key=lambda line: line.split(": ")[2]))), said


def test_what_snakemake_refuses_is_told(project):
    refused = run(project, "nothing")
    assert refused.returncode == 1 and "No rule to produce nothing" in refused.stderr
    refused = run(project, "--nothing")
    assert refused.returncode == 2 and "unrecognized arguments: --nothing" in refused.stderr


def test_a_script_that_is_killed_is_told(copy):
    script = copy / "workflow" / "scripts" / "panel.py"
    text = script.read_text(encoding="utf-8")
    script.write_text("import os\nos.kill(os.getpid(), 9)\n" + text, encoding="utf-8")
    killed = run(copy, "--forcerun", "panel")
    assert killed.returncode == 1 and "Traceback" not in killed.stderr
    assert killed.stderr.splitlines()[-1].startswith("coevo: panel: ended too early; if no line")


def test_a_folder_of_the_program_that_snakemake_cannot_carry_is_named(copy):
    place = copy.rename(copy.with_name("a {x} b"))
    result = run(place)
    assert result.returncode == 1
    assert (
        result.stderr == f"{place}: has a line break or one of {{ }} < > in its name; rename it\n"
    )


OF_THE_PROGRAM = [
    *("coevo/tables.csv", "coevo/refusals.csv", "config/regions/cities.csv"),
    "workflow/report/page.html",
]


@pytest.mark.whole
def test_a_file_of_the_program_that_is_gone_is_named_with_how_to_get_it_back(copy):
    for name in OF_THE_PROGRAM:
        kept = (copy / name).rename(copy / "kept")
        result = run(copy)
        assert result.returncode == 1 and "Traceback" not in result.stderr
        last = f"{name}: is part of the program and is gone; get it back: git -C '{copy}' checkout"
        assert result.stderr.splitlines()[-1].startswith(last), result.stderr
        kept.rename(copy / name)
