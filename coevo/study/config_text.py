"""Files of the configuration: the keys and values of a config, the rows of a small table.

A config is read as a table and as nothing else. YAML allows more than a person means: a key twice,
of which the first is lost without a word; a reference that is copied until the memory is full;
brackets without end; a number that is none.
"""

import csv
import io
import math
import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

from coevo.errors import Problems, StudyError, short

LARGEST = 10_000_000  # bytes
MOST_CHARACTERS, MOST_VALUES, DEEPEST = 1_000_000, 20_000, 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
REPAIR = "; correct it, or begin again from a template: make new study=NAME"


def _text(path: str | Path, save_as: str) -> str:
    """Return the text of a file; `StudyError` if it is too long, no UTF-8 or cannot be opened."""
    try:
        if Path(path).stat().st_size > LARGEST:
            raise StudyError(f"{path}: has more than {LARGEST:,} bytes; is it the right file?")
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StudyError(f"{path}: is not UTF-8 text; save it as {save_as}") from None
    except OSError as problem:
        why = problem.strerror or problem
        raise StudyError(f"{path}: cannot be opened ({why}); see that it can be read") from None


def read_mapping(path: str | Path) -> dict[str, Any]:
    """Return the keys and values of a YAML file.

    Raises `StudyError` with a line for each problem, with the number of its line: no UTF-8, no
    YAML, no table; too long, too deep, too many values once references are written out; a key that
    stands twice or is no text; a number that is not finite.
    """
    import yaml

    text = _text(path, "UTF-8")
    if len(text) > MOST_CHARACTERS:
        raise StudyError(f"{path}: has more than {MOST_CHARACTERS:,} characters{REPAIR}")
    try:
        _check_depth(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            _check_nodes(root, path)
        found = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        why = short(" ".join(str(problem).split()), 300)
        raise StudyError(f"{path}: is not a table of keys and values: {why}") from None
    except (ValueError, TypeError, OverflowError, RecursionError) as problem:
        why = short(problem, 300)
        raise StudyError(f"{path}: is not a table of keys and values: {why}") from None
    if not isinstance(found or {}, dict):
        raise StudyError(f"{path}: is not a table of keys and values{REPAIR}")
    return dict(found or {})


def _check_depth(text: str, path: str | Path) -> None:
    """Refuse brackets in brackets before anything follows them down."""
    import yaml

    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or number > 3 * MOST_VALUES:
            what = f"more than {DEEPEST} levels" if depth > DEEPEST else "very many values"
            line = event.start_mark.line + 1  # type: ignore[union-attr]
            raise StudyError(f"{path}: line {line}: {what}{REPAIR}")


def _check_nodes(root: Any, path: str | Path) -> None:
    """Refuse what the loader would take without a word: see `read_mapping`."""
    import yaml

    sizes: dict[int, float] = {}  # of each node, written out; infinite while it is counted
    problems = Problems()

    def size(node: Any) -> float:
        if id(node) not in sizes:
            sizes[id(node)] = math.inf
            for line in _odd(node):
                problems.add(f"{path}: {line}")
            inner = node.value if isinstance(node, yaml.CollectionNode) else []
            parts = [
                part for pair in inner for part in (pair if isinstance(pair, tuple) else [pair])
            ]
            sizes[id(node)] = 1 + sum(size(part) for part in parts)
        return sizes[id(node)]

    if size(root) > MOST_VALUES:
        raise StudyError(
            f"{path}: holds more than {MOST_VALUES:,} values once its references (&, *) are "
            f"written out{REPAIR}"
        )
    problems.check()


def _odd(node: Any) -> Iterator[str]:
    """Yield a line for each problem of a node itself."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        lines: dict[Hashable, int] = {}
        for key, _ in node.value:
            line, name = key.start_mark.line + 1, key.value
            shown = short(name if isinstance(name, str) else "a list")
            if key.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"):
                yield f"line {line}: the key {shown} is no text; put it into quotes"
            elif name in lines:
                yield f"line {line}: the key {shown} stands in line {lines[name]} too; keep one"
            elif name != "<<":
                lines[name] = line
    elif isinstance(node, yaml.ScalarNode) and CONTROL.search(node.value):
        yield f"line {node.start_mark.line + 1}: holds a sign that cannot be printed; delete it"
    elif node.tag == "tag:yaml.org,2002:float":
        said = node.value.replace("_", "").lower()
        if said.lstrip("+-") in (".inf", ".nan") or (
            ":" not in said and not math.isfinite(float(said))
        ):
            line = node.start_mark.line + 1
            yield f"line {line}: {short(node.value)} is not a finite number; write one"


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Read a small CSV table of the configuration as dictionaries of text.

    Raises `StudyError` for a file that is not UTF-8, has no rows, or has rows of another length
    than its head.
    """
    text = _text(path, "'CSV UTF-8'")
    try:
        lines = csv.reader(io.StringIO(text.replace("\0", " "), newline=None))
        head, *rows = [row for row in lines if row] or [[]]
    except csv.Error as problem:
        raise StudyError(f"{path}: is no table of text ({problem}); save it as CSV") from None
    if len(head) == 1 and ";" in head[0]:
        raise StudyError(f"{path}: is separated by semicolons; save it with commas")
    if not rows:
        raise StudyError(f"{path}: has no rows below its head; write one row each")
    problems = Problems()
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            problems.add(
                f"{path}: row {number} ({row[0]}) has {len(row)} fields instead of {len(head)}; "
                "put a text that contains a comma into quotes"
            )
    problems.check()
    return [dict(zip(head, row, strict=True)) for row in rows]
