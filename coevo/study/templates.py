"""Templates of `workflow` by Jinja: what a study begins with, stands around it, and what is said.

Their delimiters are those of the report: `<< value >>`, `<% if ... %>`.
"""

import errno
import json
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coevo.errors import PROGRAM
from coevo.package.wheel import python_versions, version, wheel_name

Filters = Mapping[str, Callable[..., Any]]


def filled(template: str, filters: Filters | None = None, /, **values: Any) -> str:
    """Return a template, such as `new/config.yaml`, with these values; an unknown one is an error.

    Every template knows the version of coevo, its wheel, the versions of Python that it runs on,
    and the filter `json`, by which values stand in YAML as well.
    """
    jinja = Environment(
        loader=FileSystemLoader(PROGRAM / "workflow"),
        variable_start_string="<<", variable_end_string=">>",
        block_start_string="<%", block_end_string="%>",
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    if not (PROGRAM / "workflow" / template).is_file():
        raise FileNotFoundError(errno.ENOENT, "", str(PROGRAM / "workflow" / template))
    jinja.filters |= {"json": in_json, **(filters or {})}
    jinja.globals |= {"version": version(), "wheel": wheel_name(), "python": python_versions()}
    return jinja.get_template(template).render(values)


def in_json(value: object) -> str:
    """Return texts, a list or a mapping of them as YAML and JSON write them."""
    return json.dumps(value, ensure_ascii=False)
