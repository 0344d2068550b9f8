"""The README of a deposit, by the template of the Social Science Data Editors: its tables."""

import ast
import html
import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from coevo.arrays import Config
from coevo.errors import PROGRAM
from coevo.files import read_table
from coevo.package.deposit import TOLD, files_in
from coevo.package.wheel import project
from coevo.records import costs_of, read_record
from coevo.report.figures.drawing import CHARTS
from coevo.report.tables import LAYOUT
from coevo.report.tables.annex import TABLES
from coevo.study.new_study import RAW, TABLE

NAME = re.compile(r"[\w.-]+")  # of a package, where a dependency begins
# In a report as a page: the heads of exhibits, and the charts and tables by their names.
EXHIBIT = re.compile(
    r'<div id="(?P<table>table-\w+)"|data-chart="(?P<chart>\w+)"'
    r'|(?:<figcaption>|"title">)\s*<strong>(?P<number>[^<]+?)\.?</strong>\s*(?P<title>.*?)'
    r'(?=<span class="sub"|</figcaption>|</span></caption>)',
    re.DOTALL,
)
TAG = re.compile(r"<[^>]*>")


def table_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return rows of a table in Markdown."""
    cells = ([str(cell).replace("|", r"\|").replace("\n", " ") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def steps(records: Iterable[Path], study: str) -> list[dict[str, Any]]:
    """Return each job of the last build: its rule, what it made, and what it took if that is known.

    records: of the jobs.
    """
    found = []
    for record in sorted(records, key=lambda path: path.stat().st_mtime):
        costs = costs_of(Path("logs", study, f"{record.name}.log"))
        took = json.loads(costs.read_text(encoding="utf-8")) if costs.is_file() else {}
        made = list(read_record(record)[1])
        found.append({"job": record.name, "rule": record.name.split(".")[0], "made": made} | took)
    return found


def program_rows(jobs: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rule: its program, what it does, what it makes."""
    made: dict[str, dict[str, None]] = {}
    for job in jobs:  # of data/processed/<study>/… and reports/<study>/… the part behind the study
        places = (Path(file).parts for file in job["made"])
        names = (parts[3 if parts[0] == "data" else 2] for parts in places)
        made.setdefault(job["rule"], {}).update(dict.fromkeys(names))
    for rule, inside in made.items():
        script = PROGRAM / "workflow" / "scripts" / f"{rule}.py"
        does = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
        yield rule, f"`{script.name}`", does.splitlines()[0], ", ".join(f"`{n}`" for n in inside)


def exhibit_rows(
    page: str, figures: Iterable[str], tables: Iterable[str], language: str
) -> list[tuple[str, ...]]:
    """Return a row for each figure and table of a report in its order: the program and line that
    make it, what it is read from, its files.

    page: the report as a web page, "" without one; figures, tables: those that the study has.
    """
    known, found = _titles(page), []
    makers: dict[str, Any] = {**CHARTS, **{f"table-{name}": TABLES[name] for name in TABLES}}
    files = {name: f"`figures/{language}/{name}.svg`, `.png`" for name in figures}
    files |= {name: f"`report.{language}.html`" for name in known if name in CHARTS.keys() - files}
    files |= {f"table-{n}": f"`latex/{n}.{language}.tex`, `stata/table_{n}.dta`" for n in tables}
    for rule, of_rule in LAYOUT["read_from"].items():
        for table, exhibits in of_rule.items():
            for exhibit in filter(files.__contains__, exhibits):
                name = exhibit.removeprefix("table-").replace("_", " ")
                number, title = known.get(exhibit, ("", name))
                made = inspect.unwrap(getattr(makers[exhibit], "func", makers[exhibit]))
                place = f"`{made.__module__.replace('.', '/')}.py`"
                line = f"{place}, {made.__code__.co_firstlineno}"
                row = (number or "in files", title, line, rule, f"`{table}.csv`", files[exhibit])
                found.append(([*known].index(exhibit) if number else len(known), row))
    return [row for _, row in sorted(found)]


def _titles(page: str) -> dict[str, tuple[str, str]]:
    """Return number and title of each chart and table of a page by its name."""
    titles: dict[str, tuple[str, str]] = {}
    table, head = "", ("", "")
    for found in EXHIBIT.finditer(page):
        if found["title"] is not None:
            head = (found["number"], html.unescape(TAG.sub("", found["title"])).strip())
            titles |= {table: head} if table else {}
            table = ""
        elif found["chart"]:
            titles.setdefault(found["chart"], head)
        else:
            table = found["table"]
    return titles


def _read(folder: Path, study: str) -> dict[str, tuple[str, int]]:
    """Return by raw file which indicators were read from it, and how many figures."""
    observations = read_table(folder / "data" / "processed" / study / "observations.csv")
    labels = read_table(folder / TABLE, "indicators").set_index("indicator").filter(like="label_")
    named = observations.assign(label=observations["indicator"].map(labels.iloc[:, 0]))
    return {str(f): ("; ".join(r["label"].unique()), len(r)) for f, r in named.groupby("file")}


def words(
    folder: Path, config: Config, raw: Sequence[Mapping[str, str]],
    resources: Sequence[Mapping[str, Any]], jobs: Sequence[Mapping[str, Any]],
) -> dict[str, object]:  # fmt: skip
    """Return what the template says of the study in a folder.

    raw: rows of its table of sources; resources: of the data package; jobs: as `steps` has them.
    """
    study, languages = config["study"], config["report"]["languages"]
    language = "en" if "en" in languages else languages[0]
    reports = folder / "reports" / study
    left = [row for row in raw if row["pass_on"] != "yes"]
    figures = sorted(file.stem for file in reports.glob(f"figures/{language}/*.svg"))
    printed = [file.name.split(".")[0] for file in sorted(reports.glob(f"latex/*.{language}.tex"))]
    page = reports / f"report.{language}.html"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    read, places = _read(folder, study), [f"{RAW}/{row['file']}" for row in raw]
    provided = ("no" if row in left else "yes" for row in raw)
    data = [(f"`{p}`", *read.get(p, ("", 0)), n) for p, n in zip(places, provided, strict=True)]
    data += [(f"`{r['path']}`", r["title"], r["rows"], "yes") for r in resources]
    packages = [NAME.findall(name)[0] for name in project()["project"]["dependencies"]]
    known = [job for job in jobs if "seconds" in job]
    size = sum(file.stat().st_size for file in files_in(folder).values())
    return {
        "study": study,
        "packages": ", ".join(f"{name} {version_of(name)}" for name in packages),
        "seed": config["robustness"]["seed"],
        "language": language,
        "tables": len(list((folder / "data" / "processed" / study).glob("*.csv"))),
        "shown": len(figures) + len(printed),
        "numbers": len(json.loads((reports / "numbers.json").read_text("utf-8"))["numbers"]),
        "time": f"{sum(job['seconds'] for job in known):.0f} seconds",
        "memory": f"{max((job['megabytes'] for job in known), default=0)} MB",
        "machines": "; ".join(dict.fromkeys(f"{j['date']} on {j['machine']}" for j in known)),
        "pythons": ", ".join(sorted({job["python"] for job in known})),
        "size": f"{size / 1e6:.0f} MB",
        "steps": table_rows((j["job"], j["seconds"], j["megabytes"]) for j in known),
        "programs": table_rows(program_rows(jobs)),
        "exhibits": table_rows(exhibit_rows(text, figures, printed, language)),
        "rights": table_rows(
            (f"`{RAW}/{r['file']}`", *(r[name] for name in TOLD), r["sha256"]) for r in raw
        ),
        "datasets": table_rows(data),
        "files": len(raw),
        "left": left,
        "sources": dict.fromkeys((row["source"], row["accessed"]) for row in raw),
    }
