"""Problems end a script in plain lines, on the screen and in the log."""

import subprocess
import sys

import pytest

from coevo.errors import Problems, StudyError
from coevo.registry import choose

SCRIPT = """
from coevo.errors import StudyError, speak_plainly
speak_plainly({log!r})
raise {error}
"""


def run(tmp_path, error):
    log = tmp_path / "logs" / "x.log"
    code = SCRIPT.format(log=str(log), error=error)
    return log, subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_a_problem_of_the_study_is_said_without_a_traceback(tmp_path):
    log, result = run(tmp_path, "StudyError('a: b', 'c: d')")
    assert result.returncode != 0
    assert result.stderr == log.read_text() == "a: b\nc: d\n"


def test_a_mistake_of_ours_keeps_its_traceback(tmp_path):
    log, result = run(tmp_path, "KeyError('x')")
    assert "Traceback" in result.stderr and "KeyError: 'x'" in log.read_text()


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    _, result = run(tmp_path, "PermissionError(13, 'Permission denied', 'reports/a')")
    assert result.stderr.startswith("reports/a: this account may not open or change it; ask its")
    assert result.stderr.count("\n") == 1


def test_problems_are_raised_together_and_once():
    problems = Problems()
    problems.check()
    problems.add("one")
    problems.extend(["two", "one"])
    with pytest.raises(StudyError) as raised:
        problems.check()
    assert raised.value.messages == ["one", "two"]


def test_an_unknown_name_lists_the_known_ones():
    assert choose({"a": 1}, "a") == 1
    with pytest.raises(StudyError, match="unknown method 'c'; known: a, b"):
        choose({"b": 1, "a": 2}, "c")
