"""Problems end a script in plain lines, on the screen and in the log."""

import re
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


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("StudyError('a: b', 'c: d')", "a: b\nc: d\n$"),
        ("KeyError('x')", "Traceback .*\nKeyError: 'x'\n$"),  # a mistake of ours
        (
            "PermissionError(13, 'Permission denied', 'reports/a')",
            "reports/a: this account may not open or change it; ask its[^\n]*\n$",
        ),
    ],
)
def test_what_ends_a_script_is_said_in_its_log_alone(tmp_path, error, said):
    log = tmp_path / "logs" / "x.log"
    code = SCRIPT.format(log=str(log), error=error)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode != 0 and result.stderr == ""
    assert re.match(said, log.read_text(), re.DOTALL)


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
