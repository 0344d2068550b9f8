"""Attacks by seed: damaged files, hostile configs, kills, edits and plants, in one command.

    python benchmarks/attacks.py --files 10000 --configs 300 --kills 50 --edits 20 --plants 500

Files are read as benchmarks/corrupted_files.py does. A config goes through check and build, which
must agree: both build, or both refuse it in lines without a traceback. A run that is killed
at any moment, or whose Snakemake alone is, leaves no process behind and ends, run again, in the
bytes of a run that was left in peace. After made files were edited, with their old time or not,
emptied, swapped or deleted, release ends in these bytes too, and keeps them. Prints a table,
with --write into docs/benchmarks.md; the exit code is 1 if anything went wrong. Needs Linux.
"""

import argparse
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.common import BENCHMARKS, held, markdown, put
from benchmarks.corrupted_files import LARGE, corrupted, large, offenders, read_all
from benchmarks.hostile_configs import hostile
from benchmarks.plants import PLANTS, outcomes
from coevo.files import RECORDS, sha256_of
from tests.projects import CONFIG, make_project, snapshot

# What a config is built for: every rule before the report.
TABLES = ("robustness", "uncertainty", "relations", "diagnostics", "comovement", "audit")
TARGETS = [f"data/processed/small/{name}.csv" for name in TABLES]
PATIENCE = 20  # seconds of CPU that a check may take; a config is refused in one
HUNG = 600  # seconds after which a check counts as hung on a machine that others use too
ROWS = ["damaged files", "large files", "hostile configs", "kills", "edits of tables"]
ROWS += [f"plants: {kind}" for kind in PLANTS]


class Result(NamedTuple):
    """A row of the table: what was done how often, what came out, and what went wrong."""

    attack: str
    number: int
    outcome: str
    wrong: list[str]


def words_of(command: str, *words: str) -> tuple[str, ...]:
    """Return the words that give a command for the small study of a folder."""
    return (sys.executable, "-m", "coevo", command, "--study", "small", *words)


def call(folder: Path, command: str, *words: str, wait: float | None = None):
    """Give a command for the small study of a folder."""
    return subprocess.run(
        words_of(command, *words),
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=wait,
    )


def build(folder: Path, *words: str):
    return call(folder, "build", "--cores", "1", "--", *words)


def in_peace(folder: Path) -> tuple[float, dict[str, str]]:
    """Return the seconds and the bytes of a run that is left in peace."""
    start = time.perf_counter()
    build(folder)
    return time.perf_counter() - start, snapshot(folder)


def _spent() -> float:
    """Return the CPU seconds of the processes that have been called and have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def files(number: int, seed: int) -> list[Result]:
    """Damaged files, and large ones that are sound in form: each a table or a typed error, within
    the limits of time and memory."""
    results = []
    for name, make, many in (
        ("damaged files", partial(corrupted, seed), number), ("large files", large, len(LARGE)),
    ):  # fmt: skip
        outcomes = read_all(make, range(many))
        bad = [f"file {o.number} ({o.kind}): {o.outcome}" for o in offenders(outcomes)]
        slowest, peak = max(o.seconds for o in outcomes), max(o.megabytes for o in outcomes)
        tables = [o.outcome for o in outcomes].count("table")
        said = f"{tables:,} read, {many - tables:,} refused; slowest {slowest:.1f} s, {peak:.0f} MB"
        results.append(Result(name, many, said, bad))
    return results


def configs(number: int, seed: int, folder: Path) -> Result:
    """Hostile configs: check and build agree, and neither says more than some lines."""
    bad, built, slowest = [], 0, 0.0
    for place in range(number):
        what, text = hostile(CONFIG, seed, place)
        (folder / "config" / "small.yaml").write_text(text, encoding="utf-8")
        start, config = _spent(), f"config {place} ({what})"
        try:
            check = call(folder, "check", wait=HUNG)
        except subprocess.TimeoutExpired:
            bad.append(f"{config}: check hangs")
            continue
        slowest = max(slowest, seconds := _spent() - start)
        if seconds > PATIENCE:
            bad.append(f"{config}: check takes {seconds:.0f} s")
        make = build(folder, *(TARGETS if check.returncode == 0 else ["--dry-run"]))
        said = check.stderr + make.stderr
        built += make.returncode == 0
        last = said.strip().splitlines()[-1:]
        if bool(check.returncode) != bool(make.returncode):
            bad.append(f"{config}: check {check.returncode}, make {make.returncode}: {last}")
        if "Traceback" in said or "mistake of the program" in said:
            bad.append(f"{config}: traceback: {last}")
        if check.returncode and (not check.stderr.strip() or len(check.stderr) > 20_000):
            bad.append(f"{config}: {len(check.stderr)} characters said")
    said = f"{built:,} built, {number - built:,} refused by both; slowest check {slowest:.1f} s"
    return Result("hostile configs", number, said, bad)


def _processes(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder, other than this one."""
    return [
        one for one in psutil.process_iter(["cwd", "status"])
        if (one.info["cwd"] or "").startswith(str(folder)) and one.pid != os.getpid()
        and one.info["status"] != psutil.STATUS_ZOMBIE
    ]  # fmt: skip


def _empty(folder: Path) -> None:
    for part in ("data/processed", "reports", "logs", ".snakemake"):
        shutil.rmtree(folder / part, ignore_errors=True)


def _snakemake(run: int) -> int:
    """Return the process that is Snakemake in a run, or the run where it has not come to that."""
    return [run, *(child.pid for child in psutil.Process(run).children())][-1]


def kills(number: int, seed: int, folder: Path) -> Result:
    """Runs killed at any moment, several one after another, then one that ends.

    The last before that one is killed as a memory killer does: its Snakemake alone.
    """
    took, whole = in_peace(folder)
    rng, bad, slowest = random.Random(f"kills {seed}"), [], 0.0
    for place in range(number):
        if place % 5 == 0:
            _empty(folder)
        process = subprocess.Popen(
            words_of("build", "--cores", "2"), cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(rng.uniform(0, took))
        last = place % 5 == 4 or place == number - 1
        if process.poll() is None and last:
            os.kill(_snakemake(process.pid), signal.SIGKILL)
        else:
            process.send_signal(rng.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        begin = time.perf_counter()
        process.wait()
        while (left := _processes(folder)) and time.perf_counter() - begin < PATIENCE:
            time.sleep(0.05)
        slowest = max(slowest, time.perf_counter() - begin)
        if left:
            bad.append(f"kill {place}: {len(left)} processes go on")
        if last:
            again = build(folder)
            if again.returncode or snapshot(folder) != whole:
                bad.append(f"kill {place}: the run after it ends in other bytes")
    said = f"{len(whole):,} files the same after each five; gone within {slowest:.1f} s"
    return Result("kills", number, said, bad)


def _tamper(path: Path, other: Path, rng: random.Random) -> str:
    """Do to a file what a hand could: change a figure in it, empty, swap or delete it."""
    kind = rng.choice(["edited", "edited with its old time", "emptied", "swapped", "deleted"])
    data, old = path.read_bytes(), path.stat()
    figures = [*re.finditer(rb"[1-9]", data)]
    if kind == "deleted":
        path.unlink()
    elif kind == "swapped":
        path.write_bytes(other.read_bytes())
        other.write_bytes(data)
    else:
        place = rng.choice(figures).start() if figures else 0
        path.write_bytes(b"" if kind == "emptied" else data[:place] + b"7.5" + data[place + 1 :])
    if kind == "edited with its old time":
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    return f"{path.name} {kind}"


def edits(number: int, seed: int, folder: Path) -> Result:
    """Made files, or records of them, tampered with: the release after it keeps the right bytes."""
    (_, whole), data = in_peace(folder), folder / "data" / "processed" / "small"
    releases = folder / "reports" / "small" / "releases"
    tables = sorted(path for path in data.iterdir() if path.is_file())
    groups = [tables, tables + sorted((data / RECORDS).iterdir()), [folder / p for p in whole]]
    rng, bad, count = random.Random(f"edits {seed}"), [], Counter[str]()
    for place in range(number):
        several = rng.sample(rng.choice(groups), 4)
        what = [_tamper(*pair, rng) for pair in (several[:2], several[2:])]
        count.update(text.partition(" ")[2] for text in what)
        done = call(folder, "release", f"e{place}", "--cores", "2")
        kept = {path.name: sha256_of(path) for path in releases.glob("*/*.csv")}
        shutil.rmtree(releases, ignore_errors=True)
        if done.returncode or snapshot(folder) != whole:
            bad.append(f"edit {place} ({'; '.join(what)}): other bytes: {done.stderr[-300:]}")
        elif any(whole.get(f"data/processed/small/{name}", digest) != digest
                 for name, digest in kept.items()) or len(kept) < 2:  # fmt: skip
            bad.append(f"edit {place} ({'; '.join(what)}): a release of other bytes")
    said = ", ".join(f"{n} {kind}" for kind, n in sorted(count.items()))
    return Result("edits of tables", number, f"{said}; the right bytes kept after each two", bad)


def plants(number: int, seed: int) -> list[Result]:
    """Wrong figures in real ones, by kind: found, marked by another finding, missed.

    Wrong is a kind of which less than 95 % is found.
    """
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, said in outcomes(number, seed):
        counted[kind][said] += 1
    results = []
    for kind, counts in counted.items():
        total, found = counts.total(), counts["found"]
        bad = [] if found >= 0.95 * total else [f"{kind}: {total - found} missed"]
        said = f"{found} found, {counts['marked']} marked, {counts['missed']} missed"
        results.append(Result(f"plants: {kind}", total, said, bad))
    return results


def table(results: list[Result], seed: int, before: str = "") -> str:
    """Return the results as a table of Markdown; of attacks that were not run, the rows before."""
    cells = (line.strip("| ").split(" | ") for line in before.splitlines())
    rows = {row[0]: row for row in cells}
    rows |= {
        r.attack: [r.attack, f"{seed}", f"{r.number:,}", r.outcome, f"{len(r.wrong):,}"]
        for r in results
    }
    head = ["attack", "seed", "number", "outcome", "wrong"]
    return markdown(head, (rows[name] for name in ROWS if name in rows))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("files", "configs", "kills", "edits", "plants"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="the table, into docs")
    given = parser.parse_args()
    results = files(given.files, given.seed) if given.files else []
    for attack in (configs, kills, edits):
        if number := getattr(given, attack.__name__):
            with tempfile.TemporaryDirectory(prefix="coevo-attacks-") as scratch:
                folder = make_project(Path(scratch).resolve() / "study")
                results.append(attack(number, given.seed, folder))
            print(*results[-1][:3], len(results[-1].wrong), "wrong", flush=True)
    results += plants(given.plants, given.seed) if given.plants else []
    print(table(results, given.seed))
    wrong = [line for result in results for line in result.wrong]
    print(*wrong[:100], sep="\n")
    if given.write:
        put(BENCHMARKS, "attacks", table(results, given.seed, held(BENCHMARKS, "attacks")))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
