"""The works that a report may cite, as the language has them."""

from collections.abc import Mapping
from typing import Any

import yaml


def bibliography(source: str, language: str) -> list[dict[str, Any]]:
    """CSL-JSON of the works in `source`; a work in `language` has its fields in that language."""
    return [_work(entry, language) for entry in yaml.safe_load(source)["references"]]


def _work(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One work: a year becomes CSL's date, fields by language those of the language asked for."""
    fields = {name: value for name, value in entry.items() if not isinstance(value, Mapping)}
    fields |= entry.get(language, {})
    dated = {"issued": {"date-parts": [[fields["issued"]]]}} if "issued" in fields else {}
    return fields | dated
