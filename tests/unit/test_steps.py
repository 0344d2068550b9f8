"""What a run shows: a line a step, in a pipe and on a terminal."""

import io
import json
import re
import sys

import pytest

from tests.sample import ROOT

sys.path.insert(0, str(ROOT / "workflow"))
import steps


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(steps, "time", Clock())
    return steps.time


def told(event: str, **about) -> str:
    return steps.MARK + json.dumps({"event": event, **about}) + "\n"


def begun(stream: io.StringIO) -> steps.Progress:
    """Two steps: one of a single job, one of two; the first job of each is at work."""
    shown = steps.Progress(stream)
    numbers = {"panel": 1, "vary_part": 2, "all": 1, "total": 4}
    for line in (
        "Using a profile\n",
        told("begins"),
        told("jobs", numbers=numbers),
        told("job", job=1, rule="panel", does="Audit the figures"),
        told("job", job=2, rule="vary_part", does="Vary"),
    ):
        shown.read(line)
    return shown


def test_a_pipe_gets_a_line_a_step_and_one_after_a_silence(clock):
    out = io.StringIO()
    shown = begun(out)
    clock.now = 3.2
    shown.tick()
    shown.read(told("done", job=1))
    for job in (3, 9):  # the second part, and the target, which is no step
        shown.read(told("job", job=job, rule="vary_part" if job == 3 else "all", does="Vary"))
    shown.read(told("done", job=2))
    clock.now = 64
    shown.tick()
    clock.now = 125
    shown.read(told("done", job=3))
    shown.read(told("done", job=9))
    shown.end()
    assert out.getvalue().splitlines() == [
        "1 of 2        3 s  Audit the figures",
        "1 of 2  1 min 4 s  Vary (1 of 2) …",
        "2 of 2  2 min 5 s  Vary",
    ]
    assert shown.took() == "2 min 5 s" and shown.problems() == ""


def test_a_terminal_shows_what_is_at_work_in_its_last_line(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    out = Screen()
    steps.Progress(out).tick()
    assert out.getvalue().endswith("\rThe study is read …")
    out = Screen()
    shown = begun(out)
    clock.now = 1
    shown.tick()
    shown.read(told("done", job=1))
    shown.tick()
    shown.clear()
    wiped = "\r" + " " * 29 + "\r"
    assert out.getvalue().split(wiped) == [
        "",
        "0 of 2        1 s  Audit the ",
        "1 of 2        1 s  Audit the figures\n",
        "1 of 2        1 s  Vary (0 of",
        "",
    ]
    assert "\x1b" not in out.getvalue()


def test_what_no_log_tells_of_is_told(clock):
    """A script that ended without a word, what it printed, what a cluster says of a job."""
    out = io.StringIO()
    shown = begun(out)
    shown.read(told("error", text="At least one job did not complete successfully."))
    shown.read("no room" + told("done", job=2))  # a script that ends within a line
    shown.read(told("lost", rule="panel", why="time is over (slurm.log)"))
    shown.end()
    assert out.getvalue() == "0 of 2        0 s  stopped: Audit the figures\n"
    assert shown.problems() == "no room\ncoevo: panel: time is over (slurm.log)\n"
    assert begun(out).problems().splitlines() == [
        f"coevo: panel: {steps.LOST}",
        f"coevo: vary_part: {steps.LOST}",
    ]


def test_an_error_of_snakemake_s_own_and_what_comes_before_it_are_told():
    shown = steps.Progress(io.StringIO())
    shown.read("snakemake: error: unrecognized arguments: --such\n")
    assert shown.problems() == "snakemake: error: unrecognized arguments: --such\n"
    shown.read(told("begins"))
    shown.read(told("error", text="MissingRuleException:\nNo rule to produce x"))
    assert shown.problems() == "MissingRuleException:\nNo rule to produce x\n"
    assert shown.took() == ""


def test_every_rule_says_in_a_short_line_what_it_does():
    """So that it stands in a terminal of 80 columns, behind the number and the time."""
    rules = "".join(path.read_text("utf-8") for path in ROOT.glob("workflow/rules/*.smk"))
    said = re.findall(r"^ *rule (\w+):\n +\"\"\"(.*?\.)(?:\"\"\")?$", rules, re.MULTILINE)
    assert len(said) == len(re.findall(r"^ *rule \w+:", rules, re.MULTILINE)) > 15
    assert [text for _, text in said if len(text) > 61] == []


def test_nobody_reads_on(clock):
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    shown = begun(Closed())
    shown.read(told("done", job=1))
    shown.end()
