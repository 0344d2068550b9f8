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

import yaml

from coevo.errors import Problems, StudyError, short

LARGEST = 10_000_000  # bytes
MOST_CHARACTERS, MOST_VALUES, DEEPEST = 1_000_000, 20_000, 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
REPAIR = "; correct it, or begin again from a template: coevo new NAME"
FULL_WIDTH = 0xFEE0  # from a plain sign to its full-width form
WIDE, WIDE_COMMA = re.compile("[：，｛｝［］]"), re.compile("，")
KEY_BEHIND = re.compile(r"，\s*\w+\s*[:：]")  # {first: 2015，last: 2020}
TextRows = list[dict[str, str]]  # of a table of the configuration
TEXT_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


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
    stands twice or is no text.
    """
    text = _text(path, "UTF-8")
    if len(text) > MOST_CHARACTERS:
        raise StudyError(f"{path}: has more than {MOST_CHARACTERS:,} characters{REPAIR}")
    try:
        loader = _Loader(text, path)
        root = loader.get_single_node()
        loader.problems.check()
        config = loader.construct_document(root) if root else {}
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as problem:
        _check_signs(text, path, problem)
        why = short(" ".join(str(problem).split()), 300)
        raise StudyError(f"{path}: is not a table of keys and values: {why}") from None
    if not isinstance(config or {}, dict):
        _check_signs(text, path)
        raise StudyError(f"{path}: is not a table of keys and values{REPAIR}")
    return dict(config or {})


def key_lines(path: str | Path) -> dict[str, int]:
    """Return the line of each key of a YAML file that `read_mapping` reads, by its full name."""
    root = _Loader(_text(path, "UTF-8"), path).get_single_node()
    return dict(_lines_below(root, "")) if root else {}


def _lines_below(node: yaml.Node, prefix: str) -> Iterator[tuple[str, int]]:
    """Yield the keys in a node with their lines; items of a list are named by their number."""
    if isinstance(node, yaml.MappingNode):
        parts = [(key.value, key, value) for key, value in node.value]
    else:
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        parts = [(str(place), item, item) for place, item in enumerate(items)]
    for name, start, value in parts:
        yield f"{prefix}{name}", start.start_mark.line + 1
        yield from _lines_below(value, f"{prefix}{name}.")


def _check_signs(text: str, path: str | Path, problem: Exception | None = None) -> None:
    """Raise `StudyError` for a line that YAML stops at if full-width signs stand for its own."""
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    lines = text.splitlines()
    place = min(mark.line, len(lines) - 1) if mark else 0
    for number in (place, place - 1) if lines else ():
        if number >= 0 and (wide := WIDE.search(lines[number].partition("#")[0])):
            raise StudyError(f"{path}: line {number + 1}: {_plain_sign(wide[0])}")


def _plain_sign(wide: str) -> str:
    plain = chr(ord(wide) - FULL_WIDTH)
    return f"has {wide} where YAML has {plain}; write {plain} and a space, or put a text in quotes"


class _Loader(yaml.SafeLoader):
    """A loader that notes what YAML takes without a word, and goes neither deep nor on and on."""

    def __init__(self, text: str, path: str | Path) -> None:
        super().__init__(text)
        self.path, self.problems = path, Problems()
        self.depth = 0
        self.values = 0.0  # so far, references written out
        self.sizes: dict[yaml.Node, float] = {}  # values in a node that may be referred to

    def compose_node(self, parent: Any, index: Any) -> Any:
        before, is_reference = self.values, self.check_event(yaml.AliasEvent)
        self.depth += 1
        if self.depth > DEEPEST:
            line = parent.start_mark.line + 1
            raise StudyError(f"{self.path}: line {line}: more than {DEEPEST} levels{REPAIR}")
        node: Any = super().compose_node(parent, index)
        self.depth -= 1
        # of one that refers to itself there is no end
        self.values += self.sizes.get(node, math.inf) if is_reference else 1
        if self.values > MOST_VALUES:
            raise StudyError(
                f"{self.path}: holds more than {MOST_VALUES:,} values once its references (&, *) "
                f"are written out{REPAIR}"
            )
        if not is_reference:
            self.sizes[node] = self.values - before
            self.problems.extend(f"{self.path}: {line}" for line in _odd(node))
        return node


def _odd(node: yaml.Node) -> Iterator[str]:
    """Yield a line for each problem of a node itself."""
    if isinstance(node, yaml.MappingNode):
        lines: dict[Hashable, int] = {}
        for key, _ in node.value:
            line, name = key.start_mark.line + 1, key.value
            shown = short(name if isinstance(name, str) else "a list")
            if key.tag not in TEXT_TAGS:
                yield f"line {line}: the key {shown} is no text; put it into quotes"
            elif name in lines:
                yield f"line {line}: the key {shown} stands in line {lines[name]} too; keep one"
            elif name != "<<":
                lines[name] = line
            plain = isinstance(key, yaml.ScalarNode) and key.style is None
            if plain and (wide := WIDE.search(name)):
                yield f"line {line}: {_plain_sign(wide[0])}"
        values = [value for _, value in node.value]
        yield from _run_together(values, KEY_BEHIND) if node.flow_style else ()
    elif isinstance(node, yaml.SequenceNode):
        yield from _run_together(node.value, WIDE_COMMA) if node.flow_style else ()
    elif isinstance(node, yaml.ScalarNode) and CONTROL.search(node.value):
        yield f"line {node.start_mark.line + 1}: holds a sign that cannot be printed; delete it"


def _run_together(values: list[Any], sign: re.Pattern[str]) -> Iterator[str]:
    """Yield a line for each value without quotes that holds what were to be several."""
    for value in values:
        if isinstance(value, yaml.ScalarNode) and value.style is None and sign.search(value.value):
            yield f"line {value.start_mark.line + 1}: {_plain_sign('，')}"


def read_rows(path: str | Path, least: int = 1) -> TextRows:
    """Read a small CSV table of the configuration as dictionaries of text.

    Raises `StudyError` for a file that is not UTF-8, has fewer rows than at least, or has rows of
    another length than its head.
    """
    text = _text(path, "'CSV UTF-8'")
    try:
        lines = csv.reader(io.StringIO(text.replace("\0", " "), newline=None))
        head, *rows = [row for row in lines if row] or [[]]
    except csv.Error as problem:
        raise StudyError(f"{path}: is no table of text ({problem}); save it as CSV") from None
    if len(head) == 1 and ";" in head[0]:
        raise StudyError(f"{path}: is separated by semicolons; save it with commas")
    if len(rows) < least:
        raise StudyError(f"{path}: has no rows below its head; write one row each")
    problems = Problems()
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            problems.add(
                f"{path}: row {number} ({row[0]}) has {len(row)} fields instead of {len(head)}; "
                "put a text that contains a comma into quotes"
            )
        for column, cell in zip(head, row, strict=False):
            if "\n" in cell or CONTROL.search(cell):
                problems.add(
                    f"{path}: row {number}: {column}: holds a line break or a sign that cannot be "
                    "printed; delete it"
                )
    problems.check()
    return [dict(zip(head, row, strict=True)) for row in rows]
