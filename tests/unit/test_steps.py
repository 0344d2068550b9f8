"""What a run shows: a line a step, and why one failed."""

import io
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from coevo.command import runner
from tests.sample import ROOT


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(runner, "time", clock)
    return clock


@pytest.fixture
def shown(clock):
    """Two steps of three are at work."""
    steps = runner.Steps(SimpleNamespace(dryrun=False), None)
    tell(steps, LogEvent.RUN_INFO, stats={"panel": 1, "vary_part": 2, "all": 1, "total": 4})
    begins(steps, 1, "panel", "Audit the figures.")
    begins(steps, 2, "vary_part", "Vary.\n\nMore.")
    return steps


def tell(steps: runner.Steps, event: LogEvent, text: str = "", **about) -> None:
    steps.emit(logging.makeLogRecord({"event": event, "msg": text, **about}))


def begins(steps: runner.Steps, job: int, rule: str, does: str) -> None:
    tell(steps, LogEvent.JOB_INFO, jobid=job, rule_name=rule, rule_msg=does)


def ends(steps: runner.Steps, job: int, done: int, total: int = 4) -> None:
    tell(steps, LogEvent.JOB_FINISHED, job_id=job)
    tell(steps, LogEvent.PROGRESS, done=done, total=total)


def test_each_job_has_a_line_with_its_place_and_its_time(clock, shown, capsys):
    """Once Snakemake knows that a job is not to run, its number of jobs is smaller."""
    clock.now = 3.2
    ends(shown, 1, 1)
    clock.now = 125
    ends(shown, 2, 2, 3)
    begins(shown, 9, "all", "")
    ends(shown, 9, 3, 3)
    shown.close()
    assert capsys.readouterr().err.splitlines() == [
        "  1 of 3        3 s  Audit the figures",
        "  2 of 2  2 min 5 s  Vary",
    ]


def test_why_a_job_failed_is_told_once_from_its_log(shown, capsys, tmp_path):
    """What a script says, its own mistake, a script that ended without a word, a cluster's word."""
    said, mistake, silent = (str(tmp_path / name) for name in ("said.log", "a.log", "no.log"))
    Path(said).write_text("x.csv: wrong\ny.csv: wrong\n", encoding="utf-8")
    Path(mistake).write_text("Traceback (most recent call last):\n", encoding="utf-8")
    tell(shown, LogEvent.ERROR, "At least one job did not complete successfully.")
    ends(shown, 2, 1)
    capsys.readouterr()
    for log, rule, message in (
        (said, "panel", ""), (said, "panel", ""), (mistake, "vary", ""), (silent, "panel", ""),
        (silent, "vary_part", "time is over"),
    ):  # fmt: skip
        tell(shown, LogEvent.JOB_ERROR, rule_name=rule, rule_msg=message, log=[log])
    shown.close()
    assert capsys.readouterr().err.splitlines() == [
        "stopped: Audit the figures",
        "x.csv: wrong",
        "y.csv: wrong",
        f"coevo: vary: {runner.MISTAKE} {mistake}",
        f"coevo: panel: {runner.LOST}",
        "coevo: vary_part: time is over",
    ]


def test_an_error_of_snakemake_s_own_is_told_without_its_traceback(clock, capsys):
    steps = runner.Steps(SimpleNamespace(dryrun=False), None)
    tell(steps, LogEvent.ERROR, "MissingRuleException:\nNo rule to produce x")
    tell(steps, LogEvent.ERROR, "Traceback (most recent call last):\n  ...\nOSError: no room")
    steps.close()
    said = capsys.readouterr().err
    assert said == "MissingRuleException:\nNo rule to produce x\nOSError: no room\n"


def test_every_rule_says_in_a_short_line_what_it_does():
    """So that it stands in a terminal of 80 columns, behind the number and the time."""
    rules = "".join(path.read_text("utf-8") for path in ROOT.glob("workflow/rules/*.smk"))
    head = r"^ *(?:rule|checkpoint) (\w+):"
    said = re.findall(head + r"\n +\"\"\"(.*?\.)(?:\"\"\")?$", rules, re.MULTILINE)
    assert len(said) == len(re.findall(head, rules, re.MULTILINE)) > 10
    assert [text for _, text in said if len(text) > 61] == []


def test_nobody_reads_on(shown, monkeypatch):
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(runner.sys, "stderr", Closed())
    ends(shown, 1, 1)
    shown.close()
