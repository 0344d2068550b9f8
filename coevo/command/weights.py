"""Say which method, and which common mistake, gives the weights that a paper prints.

The file has the name of an indicator and its weight in each row, as shares or per cent. The raw
files of the study are read as `check` does; nothing is written.
"""

from argparse import Namespace

from coevo.errors import StudyError
from coevo.printed_weights import weight_lines
from coevo.study.readiness import check_study


def main(chosen: Namespace) -> int:
    """Print the variants and the verdict; return the exit code."""
    if not chosen.file:
        raise StudyError("weights: name the table, as in: coevo weights paper.csv")
    print(*weight_lines(check_study(chosen.config), chosen.file), sep="\n", flush=True)
    return 0
