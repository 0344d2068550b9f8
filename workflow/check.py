"""Read and audit a study's raw files, show what they hold, and write nothing.

    python workflow/check.py config/config.yaml [--strict]

Exit code: 0 if the study can be built, 1 if not, with all problems a line each; with --strict 2 if
it can be built and the audit has findings.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coevo.errors import command
from coevo.report.figures.fonts import unprintable
from coevo.report.words.message_words import Identifiers, message_texts
from coevo.study.check import Checked, check_lines, check_study

SHOWN = 4  # names in a message
PHRASES = Path(__file__).resolve().parent / "report/phrases.en.yaml"


def main(config: str, *options: str) -> int:
    """Print the table and the problems; return the exit code."""
    sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character
    return command(lambda: _check(config, *options))


def _check(config: str, *options: str) -> int:
    checked = check_study(config)
    message = message_texts(yaml.safe_load(PHRASES.read_text(encoding="utf-8")), Identifiers())
    print(*check_lines(checked, message), sep="\n")
    problems = [*checked.problems, *_unprintable_names(checked)]
    if problems:
        print("What is missing to run:", flush=True)
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    print(f"Ready: make study={checked.config['study']}", flush=True)
    return 2 if "--strict" in options and len(checked.findings) else 0


def _unprintable_names(checked: Checked) -> Iterator[str]:
    """Yield a line for each table whose names the fonts of the report lack."""
    config = checked.config
    labels = [f"label_{language}" for language in config["report"]["languages"]]
    named = checked.indicators[[c for c in labels if c in checked.indicators]].to_numpy().ravel()
    tables = {config["indicators"]: named, config["regions_table"]: checked.observations["name"]}
    for path, names in tables.items():
        if lacking := unprintable(dict.fromkeys(names)):
            shown = ", ".join(lacking[:SHOWN]) + (", …" if len(lacking) > SHOWN else "")
            yield (
                f"{path}: no font of the report holds the characters of {len(lacking)} names "
                f"({shown}); write these names in Latin or Chinese characters"
            )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
