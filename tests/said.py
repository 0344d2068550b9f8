"""What a report says: its sections, and the phrases that its verdicts chose."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from coevo.report.documents.source import text
from coevo.report.findings import Study
from coevo.report.words.markup import Markdown
from coevo.report.words.report_text import ReportText
from coevo.report.words.template_values import worded
from tests.sample import FOLDER, VERSION, words_of


class Report(NamedTuple):
    """The Markdown of a report by section (its id) and as a whole, and what its phrases say.

    said: by the key of a phrase what it was filled to, each time; without items of lists.
    """

    sections: Mapping[str, str]
    said: Mapping[str, list[str]]

    def variants(self, place: str) -> set[str]:
        """Return which of the phrases under a key were said."""
        found = (key.removeprefix(f"{place}/") for key in self.said if key.startswith(f"{place}/"))
        return {variant for variant in found if "/" not in variant}


def listened(chosen: Study) -> tuple[ReportText, dict[str, list[str]]]:
    """Return what says a study's findings in its language, and what will have been said."""
    words, said = worded(chosen, words_of("phrases", chosen.language)), defaultdict(list)
    plain = words.say

    def say(key: str, /, **values: object) -> Markdown:
        found = plain(key, **values)
        said[key].append(line(found))
        return found

    words.say = words.jinja.globals["say"] = say
    return words, said


def reported(chosen: Study) -> Report:
    """Return the report of a study in its language, without escapes."""
    words, said = listened(chosen)
    template = (FOLDER / "report.md").read_text(encoding="utf-8")
    source = text(words, template, VERSION).replace("\\", "")
    opening, *parts = re.split(r"^# .*\{#([\w-]+)\}$", source, flags=re.MULTILINE)
    return Report({"opening": opening} | dict(zip(parts[::2], parts[1::2], strict=True)), said)


def line(part: str) -> str:
    """Return a text on one line, without escapes."""
    return re.sub(r"[ \t\n]+", " ", part.replace("\\", "")).strip()


def beside_exhibits(opening: str) -> str:
    """Return what page one says beside its figure and its table, without citations."""
    kept = re.sub(r"(?s):{3} \{\.panels.*?\n:::\n|:{4} \{#table.*?\n::::\n", "", opening)
    lines = (part for part in kept.split("\n") if not re.match(r"\s*(?::::|!\[)", part))
    return re.sub(r"\[@[^\]]*\]|\*|\{[^}]*\}", "", "\n".join(lines))


def words_in(text: str, language: str) -> int:
    """Return the words of an English text, the characters of a Chinese one, where each word or
    number in other letters is one.
    """
    if language == "en":
        return sum(bool(re.search(r"\w", word)) for word in text.split())
    return len(re.findall(r"[\u4e00-\u9fff]|[A-Za-z0-9.,–−]+", text))
