"""What a run shows: a line a step, in a pipe and on a terminal."""

import io
import logging
import re
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from coevo.command import runner
from tests.sample import ROOT


class Steps(runner.Steps):
    """Shows on a text in place of a terminal; its clock is set by hand."""

    def watch(self) -> None:
        pass

    _watch = watch


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(runner, "time", clock)
    return clock


@pytest.fixture
def begin(monkeypatch, clock):
    """Two steps: one of a single job, one of two; the first job of each is at work."""
    monkeypatch.setenv(runner.TERMINAL, "1")

    def begun(stream: io.StringIO, jobs: bool = True) -> Steps:
        monkeypatch.setattr(runner.os, "fdopen", lambda *_, **__: stream)
        shown = Steps(SimpleNamespace(dryrun=False), None)
        if jobs:
            tell(shown, LogEvent.RUN_INFO, stats={"panel": 1, "vary_part": 2, "all": 1, "total": 4})
            begins(shown, 1, "panel", "Audit the figures.")
            begins(shown, 2, "vary_part", "Vary.\n\nMore.")
        return shown

    return begun


def tell(shown: Steps, event: LogEvent, text: str = "", **about) -> None:
    shown.emit(logging.makeLogRecord({"event": event, "msg": text, **about}))


def begins(shown: Steps, job: int, rule: str, does: str) -> None:
    tell(shown, LogEvent.JOB_INFO, jobid=job, rule_name=rule, rule_msg=does)


def ends(shown: Steps, job: int) -> None:
    tell(shown, LogEvent.JOB_FINISHED, job_id=job)


def test_a_pipe_gets_a_line_a_step_and_one_after_a_silence(clock, begin, capsys):
    out = io.StringIO()
    shown = begin(out)
    clock.now = 3.2
    shown.tick()
    ends(shown, 1)
    for job in (3, 9):  # the second part, and the target, which is no step
        begins(shown, job, "vary_part" if job == 3 else "all", "Vary")
    ends(shown, 2)
    clock.now = 64
    shown.tick()
    clock.now = 125
    ends(shown, 3)
    ends(shown, 9)
    shown.close()
    assert out.getvalue().splitlines() == [
        "1 of 2        3 s  Audit the figures",
        "1 of 2  1 min 4 s  Vary (1 of 2) …",
        "2 of 2  2 min 5 s  Vary",
    ]
    assert capsys.readouterr().err == ""


def test_what_no_log_tells_of_is_told(begin, capsys):
    """A script that ended without a word, and what a cluster says of a job."""
    out = io.StringIO()
    shown = begin(out)
    tell(shown, LogEvent.ERROR, "At least one job did not complete successfully.")
    ends(shown, 2)
    cluster = {"rule_name": "vary_part", "rule_msg": "time is over", "log": ["slurm.log"]}
    tell(shown, LogEvent.JOB_ERROR, **cluster)
    tell(shown, LogEvent.JOB_ERROR, rule_name="panel", rule_msg="", log=[])
    shown.close()
    assert out.getvalue() == "0 of 2        0 s  stopped: Audit the figures\n"
    assert capsys.readouterr().err.splitlines() == [
        "coevo: vary_part: time is over (slurm.log)",
        f"coevo: panel: {runner.LOST}",
    ]


def test_an_error_of_snakemake_s_own_is_told_without_its_traceback(begin, capsys):
    shown = begin(io.StringIO(), jobs=False)
    tell(shown, LogEvent.ERROR, "MissingRuleException:\nNo rule to produce x")
    tell(shown, LogEvent.ERROR, "Traceback (most recent call last):\n  ...\nOSError: no room")
    shown.close()
    said = capsys.readouterr().err
    assert said == "MissingRuleException:\nNo rule to produce x\nOSError: no room"


def test_every_rule_says_in_a_short_line_what_it_does():
    """So that it stands in a terminal of 80 columns, behind the number and the time."""
    rules = "".join(path.read_text("utf-8") for path in ROOT.glob("workflow/rules/*.smk"))
    said = re.findall(r"^ *rule (\w+):\n +\"\"\"(.*?\.)(?:\"\"\")?$", rules, re.MULTILINE)
    assert len(said) == len(re.findall(r"^ *rule \w+:", rules, re.MULTILINE)) > 15
    assert [text for _, text in said if len(text) > 61] == []


def test_nobody_reads_on(begin):
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    shown = begin(Closed())
    ends(shown, 1)
    shown.close()
