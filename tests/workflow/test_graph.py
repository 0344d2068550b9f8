"""The whole graph on a small study, in a folder whose name has a space and Chinese characters."""

import os
import platform
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import yaml

from coevo.errors import FULL
from coevo.files import RECORDS

ROOT = Path(__file__).resolve().parents[2]
REGIONS = {"110000": "北京市", "320000": "江苏省", "330000": "浙江省", "440000": "广东省"}
YEARS = range(2016, 2023)
INDICATORS = """\
indicator,subsystem,dimension,direction,unit,label_en,label_zh,source_name,derivation
shops,east,,+,count,shops,网店,网店,
sales,east,,+,100 million yuan,sales,销售额,销售额,
plants,west,,+,count,plants,工厂,工厂,
output,west,,+,100 million yuan,output,产值,产值,
people,,,,10 thousand persons,people,人口,人口,
"""
CONFIG = {
    "study": "small",
    "title": {"en": "Do shops and plants develop in step?"},
    "raw": "data/raw/small",
    "indicators": "config/indicators/small.csv",
    "subsystems": {"east": {"en": "shops"}, "west": {"en": "plants"}},
    "focus_region": "330000",
    "years": {"first": 2016, "last": 2022},
    "interaction": {"upstream": "output", "downstream": "sales"},
    "comovement": {"size": ["output", "people"]},
    "report": {"languages": ["en"], "formats": ["html"]},
}
UNITS = {"网店": "个", "销售额": "亿元", "工厂": "个", "产值": "亿元", "人口": "万人"}


def write_raw(folder: Path, name: str, values) -> Path:
    head = ["地区", *(f"{year}年" for year in YEARS)]
    rows = [[f"各地区{name}"], [f"指标：{name}"], [f"单位：{UNITS[name]}"], head]
    rows += [[region, *row] for region, row in zip(REGIONS.values(), values, strict=True)]
    rows += [["数据来源：样例"]]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return path


def figures(name: str):
    rng = np.random.default_rng(sorted(UNITS).index(name))
    growth = rng.normal(0.08, 0.05, (len(REGIONS), len(YEARS))).cumsum(axis=1)
    return np.round(np.exp(growth) * rng.uniform(50, 500, (len(REGIONS), 1)), 1)


def write_config(folder: Path, config: dict, name: str = "small") -> None:
    text = yaml.safe_dump(config, allow_unicode=True)
    (folder / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")


def make_project(folder: Path) -> Path:
    """Copy the workflow, without its studies, and give it a small study of its own."""
    folder.mkdir(parents=True)
    for part in ("coevo", "workflow", "profiles"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    for part in ("Snakefile", "environment.yml", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / part, folder / part)
    (folder / "config" / "indicators").mkdir(parents=True)
    shutil.copytree(ROOT / "config" / "regions", folder / "config" / "regions")
    write_config(folder, CONFIG)
    (folder / "config" / "indicators" / "small.csv").write_text(INDICATORS, encoding="utf-8")
    for name in UNITS:
        write_raw(folder / "data" / "raw" / "small" / "2026-10", name, figures(name))
    return folder


def command(config="config/small.yaml", *options):
    return [sys.executable, "workflow/once.py", config, "--cores", "2", *options]


def run(folder: Path, *options, config="config/small.yaml"):
    return subprocess.run(
        command(config, *options), cwd=folder, capture_output=True, text=True, encoding="utf-8"
    )


def would_run(folder: Path, config="config/small.yaml") -> set[str]:
    """Names of the rules that a run would execute now."""
    result = run(folder, "--dry-run", config=config)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    stats = said.partition("Job stats:")[2].partition("total")[0]
    return set(re.findall(r"^(\w+) +\d+$", stats, re.MULTILINE)) - {"all"}


def snapshot(folder: Path) -> dict[str, str]:
    built = [*folder.glob("data/processed/**/*"), *folder.glob("reports/**/*")]
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in built
        if path.is_file() and path.name != ".snakemake_timestamp" and path.parent.name != RECORDS
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = make_project(tmp_path_factory.mktemp("work") / "数据 空格")
    result = run(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    (folder / "said").write_text(result.stderr + result.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def copy(project, tmp_path):
    """A copy of the built project, with its times: a test may change what it likes."""
    return Path(shutil.copytree(project, tmp_path / "副本 copy"))


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
# What finds the constants of this model stops at a loss that falls by less than 2e-9.
ROUGH = "damped_trend"


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="needs another processor")
def test_another_type_of_processor_changes_digits_beyond_the_ninth(project, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "X86_V3 X86_V4 AVX512_ICL")
    other, digits = make_project(tmp_path / "older"), 0
    tables = [f"data/processed/small/{path.name}" for path in project.glob("data/**/small/*.csv")]
    result = run(other, *tables)
    assert result.returncode == 0, result.stderr
    for table in tables:
        lines = ((folder / table).read_text("utf-8").splitlines() for folder in (project, other))
        for one, two in zip(*lines, strict=True):
            if one != two:
                assert NUMBER.sub("#", one) == NUMBER.sub("#", two)
                rows = [np.array(NUMBER.findall(line), dtype=float) for line in (one, two)]
                limit = 1e-5 if ROUGH in one else 1e-9
                np.testing.assert_allclose(*rows, rtol=limit, atol=1e-11, err_msg=f"{table} {one}")
                digits += 1
    assert digits > 100, "the settings have no effect"


# A line of a step: how many have ended of how many, how long it took, what it did.
STEP = re.compile(r" *(\d+) of (\d+) +(?:\d+ min )?\d+ s  (.+)")
RULES = "".join(path.read_text("utf-8") for path in sorted(ROOT.glob("workflow/rules/*.smk")))
# what figures change: every rule but those of chunks, and that of a study with a release
ALL_RULES = {name for name in re.findall(r"^ *rule (\w+):", RULES, re.M) if "_part" not in name}
ALL_RULES -= {"changes"}


def test_everything_is_built(project):
    for name in ("report.en.html", "results.en.xlsx"):
        assert (project / "reports" / "small" / name).stat().st_size > 1000
    assert list((project / "reports" / "small" / "tables").glob("*.csv"))
    assert list((project / "reports" / "small" / "figures" / "en").glob("*.svg"))


def test_a_run_says_a_line_a_step_and_what_to_open(project):
    """What a step does is what its rule says of itself; Snakemake's own lines are in its log."""
    *lines, last = (project / "said").read_text(encoding="utf-8").splitlines()
    steps = [STEP.fullmatch(line).groups() for line in lines if not line.endswith(" …")]
    total = len(ALL_RULES)
    assert [place for place, *_ in steps] == [str(1 + place) for place in range(total)]
    assert {of for _, of, _ in steps} == {str(total)}
    assert all(f'"""{does}.' in RULES for _, _, does in steps)
    assert re.fullmatch(r"coevo: done in .+ s; open reports/small/report\.en\.html", last)
    (log,) = (project / ".snakemake" / "log").iterdir()
    assert f"{total + 1} of {total + 1} steps" in log.read_text(encoding="utf-8")


def test_a_second_run_has_nothing_to_do(project):
    assert would_run(project) == set()
    again = run(project)
    assert (again.stderr, again.stdout) == ("", "coevo: open reports/small/report.en.html\n")
    assert "Nothing to be done" in run(project, "--verbose").stderr


def test_an_edited_module_reruns_what_imports_it_and_nothing_before(copy):
    module = copy / "coevo" / "weighting" / "methods.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert would_run(copy) == ALL_RULES - {"observe", "panel", "normalise"}


def test_a_raw_file_replaced_by_an_older_one_is_noticed(copy):
    path = write_raw(copy / "data/raw/small/2026-10", "产值", figures("产值") + 1)
    os.utime(path, (1, 1))
    assert would_run(copy) == ALL_RULES


def test_an_added_and_a_removed_raw_file_are_noticed(copy):
    folder = copy / "data" / "raw" / "small"
    added = write_raw(folder / "2026-11", "产值", figures("产值"))
    os.utime(added, (1, 1))
    assert would_run(copy) == ALL_RULES
    shutil.rmtree(added.parent)
    assert would_run(copy) == set()
    (folder / "2026-10" / "人口.csv").unlink()
    assert would_run(copy) == ALL_RULES


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


AFTER_PANEL = ALL_RULES - {"observe"}


def test_what_is_not_as_it_was_made_or_read_is_made_anew(copy):
    """Whatever its time; and each alone, by what a run would do."""
    data, reports = copy / "data/processed/small", copy / "reports/small"
    regions = copy / "config/regions/provinces.csv"
    for path, other, rules in (
        (data / "panel.csv", tripled(data / "panel.csv"), AFTER_PANEL),
        (data / RECORDS / "claims", None, {"claims", "report"}),
        (reports / "report.en.html", b"", {"report"}),
        (regions, regions.read_bytes() + b"\n", ALL_RULES),
    ):
        old, times = path.read_bytes(), path.stat()
        change(path, other)
        assert would_run(copy) == rules, path
        path.write_bytes(old)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    shutil.rmtree(data)
    assert would_run(copy) == ALL_RULES


def test_edited_and_deleted_tables_end_in_the_bytes_of_a_build_in_peace(copy):
    whole, data = snapshot(copy), copy / "data/processed/small"
    change(data / "panel.csv", tripled(data / "panel.csv"))
    change(copy / "reports/small/results.en.xlsx", b"")
    next(copy.glob("reports/small/figures/en/*.svg")).unlink()
    for name in ("remarks", "normalised", "coupling", "revisions"):
        (data / f"{name}.csv").unlink()
    result = run(copy, "--quiet", "all")
    assert (result.returncode, snapshot(copy)) == (0, whole)
    assert would_run(copy) == set()


def test_another_study_and_back_reruns_nothing_and_no_key_leaks(copy):
    other = {key: value for key, value in CONFIG.items() if key != "comovement"}
    write_config(copy, {**other, "study": "other", "weighting": {"method": "equal"}}, "other")
    result = run(copy, config="config/other.yaml")
    # the other study has no `comovement`, so the default holds, whose indicators it does not have
    assert result.returncode != 0
    assert "comovement.size.0: 'gross_regional_product' is not in" in result.stdout + result.stderr
    write_config(copy, {**CONFIG, "study": "other", "weighting": {"method": "equal"}}, "other")
    mine, others = (f"data/processed/{name}/coupling.csv" for name in ("small", "other"))
    assert run(copy, others, config="config/other.yaml").returncode == 0
    assert would_run(copy) == set()
    assert (copy / mine).read_bytes() != (copy / others).read_bytes()


def broken(folder: Path, **changes) -> None:
    """Change the text of some raw files, named by their indicator."""
    for name, change in changes.items():
        path = folder / "data" / "raw" / "small" / "2026-10" / f"{name}.csv"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def years_later(text: str) -> str:
    return text.replace("2022年", "2031年")


# What `observe` refuses, all of it at once; what `panel` does; what `normalise` does.
BAD_DATA = [
    (
        {
            "产值": lambda text: text.replace("浙江省,", "浙江省,很多,", 1),
            "人口": lambda text: text.replace("浙江省", "浙江州"),
            "网店": lambda text: text.replace("个", "件件"),
            "工厂": lambda text: text.replace("2022年", "2021年"),
        },
        [
            r'data/raw/small/2026-10/产值\.csv › B7: "很多" is not a number or a known mark',
            r"data/raw/small/2026-10/人口\.csv › A7: \"浙江州\" is not in the table of regions",
            r"data/raw/small/2026-10/网店\.csv › A3: unknown unit '件件'; known: ",
            r"data/raw/small/2026-10/工厂\.csv › G5: 4 figures differ from .* there H5 = ",
        ],
    ),
    (
        dict.fromkeys(UNITS, years_later),
        [r"years\.last: 2022 is not covered by the files"],
    ),
    (
        {"产值": lambda text: re.sub(r"(?m)^(.{2,3}省|北京市),.*$", r"\1,5,5,5,5,5,5,5", text)},
        [r"output: is 5 in every region and year of the study"],
    ),
]


@pytest.mark.parametrize(("changes", "lines"), BAD_DATA, ids=["observe", "panel", "normalise"])
def test_bad_data_ends_with_our_lines_and_leaves_nothing_half_written(copy, changes, lines):
    before = snapshot(copy)
    broken(copy, **changes)
    result = run(copy)
    assert result.returncode != 0 and "Traceback" not in result.stderr
    told = result.stderr.splitlines()
    steps = [line for line in told if STEP.fullmatch(line)]
    last = told[len(steps) :]
    assert told[: len(steps)] == steps and " stopped: " in steps[-1]
    for line in lines:
        assert any(re.match(line, said) for said in last), result.stderr
    assert len(last) == len(set(last))
    assert all(re.match(r"data/raw|years\.|\w+: is 5 in", said) for said in last)
    after = snapshot(copy)
    assert not [path for path in copy.glob("data/processed/**/.*") if path.is_file()]
    made = {path for path in after if after[path] != before.get(path)}
    assert {Path(path).stem for path in made if not Path(path).stem.startswith("prediction")} <= {
        "observations", "audit", "revisions", "panel"
    }  # fmt: skip
    assert all(path.startswith("data/processed/small/") for path in made)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        (
            {"weighting": {"method": "entrpy"}, "wieghts": 1},
            [
                "small.yaml: weighting.method: unknown method 'entrpy'",
                "small.yaml: wieghts: unknown key 'wieghts'; known: ",
            ],
        ),
        ({"raw": "data/raw/none"}, ["small.yaml: raw: there is no folder data/raw/none"]),
    ],
)
def test_a_bad_config_is_refused_when_the_workflow_is_read(copy, changes, lines):
    write_config(copy, {**CONFIG, **changes})
    result = run(copy)
    assert result.returncode != 0
    said = (result.stdout + result.stderr).rstrip().splitlines()[-len(lines) :]
    assert all(line in text for line, text in zip(lines, sorted(said), strict=True)), said


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


def test_a_config_that_is_not_there(project):
    result = run(project, config="config/nothing.yaml")
    assert result.returncode == 1
    assert result.stderr == "coevo: there is no config/nothing.yaml; studies: small\n"


def test_a_folder_of_the_program_that_snakemake_cannot_carry_is_named(copy):
    place = copy.rename(copy.with_name("a {x} b"))
    result = run(place)
    assert result.returncode == 1
    assert (
        result.stderr == f"{place}: has a line break or one of {{ }} < > in its name; rename it\n"
    )


OF_THE_PROGRAM = [
    *("coevo/tables.csv", "coevo/refusals.csv", "config/regions/cities.csv"),
    *("workflow/schemas/config.schema.yaml", "workflow/rules/coupling.smk"),
    *("workflow/scripts/couple.py", "workflow/report/page.html"),
]


def test_a_file_of_the_program_that_is_gone_is_named_with_how_to_get_it_back(copy):
    for name in OF_THE_PROGRAM:
        kept = (copy / name).rename(copy / "kept")
        result = run(copy)
        assert result.returncode == 1 and "Traceback" not in result.stderr
        last = f"{name}: is part of the program and is gone; get it back: git -C '{copy}' checkout"
        assert result.stderr.splitlines()[-1].startswith(last), result.stderr
        kept.rename(copy / name)


NO_ROOM = """
import errno, logging, os, sys, types
sys.path.insert(0, "workflow")
import once
from snakemake.exceptions import print_exception
from snakemake.logging import logger

def main(arguments):
    logger.addHandler(logging.StreamHandler())
    logging.getLogger().addHandler(logging.FileHandler("/dev/full"))
    logging.getLogger().warning("a line")
    print_exception(OSError(errno.ENOSPC, "No space left on device"))

sys.modules["snakemake.cli"] = types.SimpleNamespace(main=main)
once.within(os.pipe()[0])
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_snakemake_says_of_a_full_disk_what_we_say():
    """Its log once printed a traceback for every line, and its lock another."""
    words = [sys.executable, "-c", NO_ROOM]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, f"coevo: {FULL}\n")
