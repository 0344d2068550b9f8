"""A study's report: what a language says of it, filled into the text of that language."""

import re
from collections.abc import Iterable
from typing import Any

from coevo.newreport.language import Language
from coevo.newreport.messages import FOLDER, message_texts, read_yaml, study_nouns, with_study_nouns
from coevo.newreport.study import study_in_language
from coevo.study_data import StudyData


def kind_of_regions(regions: Iterable[str]) -> str:
    """Return what all regions are by their codes: `provinces`, `countries`, or just `regions`."""
    codes = list(regions)
    if all(code.endswith("0000") for code in codes):
        return "provinces"
    countries = all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    return "countries" if countries else "regions"


def in_language(data: StudyData, code: str) -> Language:
    """Return what writes a study in a language, `en` or `zh`."""
    terms = read_yaml(FOLDER / f"terms.{code}.yaml")
    kind = kind_of_regions(data.tables["observations"]["region"].unique())
    nouns = study_nouns(terms, data.config, code, kind)
    terms = _with_nouns(terms, nouns)
    study = study_in_language(data, code, terms)
    words = {"group": study.words.get("group", {})}
    message = message_texts(code, study.label, study.name, nouns, words)
    return Language(study, terms, message, nouns)


def _with_nouns(terms: Any, nouns: dict[str, str]) -> Any:
    """Put the nouns of a study into all words but the signs of the language."""
    if isinstance(terms, str):
        return with_study_nouns(terms, nouns)
    if isinstance(terms, list):
        return [_with_nouns(one, nouns) for one in terms]
    if isinstance(terms, dict):
        return {k: v if k == "grammar" else _with_nouns(v, nouns) for k, v in terms.items()}
    return terms
