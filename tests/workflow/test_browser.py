"""The page in a browser: it draws itself, fetches nothing, and does what its controls promise."""

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coevo.files import rows_of
from coevo.report.documents.page_trace import trace
from coevo.report.documents.source import page_data
from coevo.report.findings import study_tables
from coevo.report.findings.study_tables import Study
from coevo.report.words.numbers import fixed
from coevo.report.words.template_values import worded
from tests.sample import (
    FOCUS,
    documents,
    page_files,
    stated,
    study,
    unestimated,
    unplaced,
    words_of,
)

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
REASON = "no Chromium on this machine"
pytestmark = pytest.mark.skipif(not BROWSER and not os.environ.get("CI"), reason=REASON)
VARIANTS: dict[str, Callable[[], Study]] = {
    "regions": lambda: study(claims=True),
    "one region": lambda: study(1, claims=True),
    "nothing judged": lambda: study(claims=True, **unplaced(), **unestimated(FOCUS)),
    "given parameters": lambda: study(claims=True, **stated(50.0, 200.0)),
    "in Chinese": lambda: study(claims=True, language="zh"),
}
PHRASES = words_of("phrases", "en")


def written(chosen: Study, folder: Path) -> Path:
    """Write the page of a study and return its path."""
    (page,) = documents(chosen, page_files(chosen), "html").values()
    path = folder / "report.html"
    path.write_bytes(page)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> Callable[[str], Path]:
    """Return a function that gives the page of a variant, made once."""
    return cache(lambda variant: written(VARIANTS[variant](), tmp_path_factory.mktemp("page")))


@pytest.fixture
def opened(browser, paths) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page and waits until it is drawn.

    At the end nothing must have been asked for but the page itself, and nothing complained of.
    """
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(10_000)
    said, asked = [], []

    def open_page(
        variant: str = "regions",
        width: int = 1440,
        theme: str = "light",
        path: Path | None = None,
    ) -> Any:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{(path or paths(variant)).as_uri()}?theme={theme}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) <= 1


KEYS = "(marks) => marks.map((mark) => mark.dataset.key)"
SCRIPT = Path(__file__).with_name("browser.js").read_text(encoding="utf-8")


def seen(page: Any, name: str, *given: Any) -> Any:
    """Return what a function of browser.js finds on a page."""
    return page.evaluate(f"(given) => {SCRIPT}.{name}(...given)", list(given))


OTHERS = [
    *(("in Chinese", width, "light") for width in (390, 768, 1440)),
    *(("one region", 390, "dark"), ("one region", 1440, "light")),
    *(("nothing judged", 390, "light"), ("given parameters", 1440, "dark")),
]


@pytest.mark.parametrize(
    ("variant", "width", "theme"),
    [
        *(("regions", 390, "light"), ("regions", 768, "dark"), ("regions", 1440, "dark")),
        *(pytest.param(*others, marks=pytest.mark.whole) for others in OTHERS),
    ],
)
def test_page_draws_itself_within_its_width(opened, variant: str, width: int, theme: str) -> None:
    page = opened(variant, width, theme)
    assert "default-src 'none'" in page.content()
    charts = page.locator(".chart")
    assert charts.count() == page.locator(".chart svg").count() > 2
    assert charts.count() == page.locator(".chart[role=img]").count()
    assert not page.get_by_label("Vega").count()
    assert seen(page, "cut") == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert seen(page, "undecided") == [] == seen(page, "narrow")
    assert width < 1440 or seen(page, "scrolling") == []
    odd = r"\b(nan|undefined|null|infinity|object)\b"
    assert not re.search(odd, seen(page, "text"), re.IGNORECASE)


@pytest.mark.parametrize(
    ("width", "theme"),
    [(390, "light"), pytest.param(1440, "dark", marks=pytest.mark.whole)],
)
def test_nothing_serious_stands_in_the_way_of_readers(opened, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(opened(width=width, theme=theme)).response["violations"]
    serious = [
        (issue["id"], [node["html"][:120] for node in issue["nodes"][:3]])
        for issue in found
        if issue["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_slider_has_a_label_and_keeps_its_year_when_the_theme_changes(opened) -> None:
    page = opened(width=820)
    slider = page.get_by_label("Year", exact=True).and_(page.locator("#slider-tiles"))
    tiles = page.locator("[data-chart=tiles]")
    assert "2016" not in tiles.inner_text()
    slider.fill("2016")
    tiles.get_by_text("2016", exact=True).wait_for()
    root = page.locator("html")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("button.theme").evaluate("(button) => button.click()")
    page.wait_for_selector("html[data-ready]")
    assert root.get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert "2016" in tiles.text_content()
    assert page.locator("#slider-tiles").count() == 1 and slider.input_value() == "2016"


@pytest.mark.parametrize(
    "width", [1440, *(pytest.param(width, marks=pytest.mark.whole) for width in (390, 768))]
)
def test_picker_changes_figures_sentences_and_rows_of_the_region(opened, width: int) -> None:
    chosen = study(claims=True)
    data, page = page_data(worded(chosen, PHRASES)), opened(width=width)
    names = ("opening_degrees", "against_level", "region_phase")
    marks = page.locator("main [data-key]")
    told = dict(zip(marks.evaluate_all(KEYS), marks.all_inner_texts(), strict=True))
    assert {"far-focus", "measures-focus", "measures-moved"} <= told.keys()
    drawn = {name: page.locator(f"[data-chart={name}] svg").inner_html() for name in names}
    other = next(region for region in chosen.regions if region != chosen.focus)
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    assert 0 <= page.locator("#region-picker").bounding_box()["y"] < 200
    page.locator("#region-picker").select_option(other)
    assert page.evaluate("location.hash") == f"#region={other}"
    for key, text in zip(marks.evaluate_all(KEYS), marks.all_inner_texts(), strict=True):
        assert text != told[key], key
        assert chosen.name(other) in text and chosen.name(chosen.focus) not in text
    rows = page.locator("tr.picked > :first-child").all_inner_texts()
    assert rows and set(rows) == {chosen.name(other)}
    values = page.locator("#region-facts .value")
    assert values.all_inner_texts() == data["facts"][other] != data["facts"][chosen.focus]
    assert set(page.locator(".region-name").all_inner_texts()) == {chosen.name(other)}
    described = page.locator("figure:has(figcaption .region-name) [role=img]").first
    title = rf"Figure S[0-9]+\. {chosen.name(other)}: .+"
    assert re.fullmatch(title, described.get_attribute("aria-label"))
    said = page.locator("[data-chart=phase]").get_attribute("aria-label")
    assert chosen.name(chosen.focus) in said and chosen.name(other) not in said  # of that alone
    assert set(page.locator(".region-shown").all_inner_texts()) == {chosen.name(other)}
    for name in names:
        assert page.locator(f"[data-chart={name}] svg").inner_html() != drawn[name], name
    page.locator("#region-picker").select_option(chosen.focus)
    assert values.all_inner_texts() == data["facts"][chosen.focus]
    assert dict(zip(marks.evaluate_all(KEYS), marks.all_inner_texts(), strict=True)) == told


def test_a_link_names_the_region_and_exhibits_their_data(opened, paths) -> None:
    chosen, page = study(claims=True), opened()
    other = next(region for region in chosen.regions if region != chosen.focus)
    page.evaluate(f"location.hash = 'region={other}'")
    page.locator("[data-key=far-focus]", has_text=chosen.name(other)).wait_for()
    links = page.locator("a:not([href^='#']):not([href^='https:'])").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href'))"
    )
    assert all(link.startswith("figures/en/") for link in links)  # nothing of another study
    assert {f"figures/en/{name}.csv" for name in ("opening_degrees", "strengths")} <= set(links)


@pytest.mark.whole
def test_of_many_regions_every_one_is_found_and_charts_show_those_they_hold(
    opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_tables, "DRAWN", 3)
    monkeypatch.setattr(study_tables, "FAR", 1)
    many = study(claims=True)
    facts, drawn = page_data(worded(many, PHRASES))["facts"], many.drawn
    other = next(region for region in many.regions if region not in drawn)
    page = opened(path=written(many, tmp_path))
    chart, note = page.locator("[data-chart=region_phase]"), page.locator("#region-undrawn")
    assert chart.is_visible() and not note.is_visible()
    assert page.locator("#region-picker option").count() == len(many.regions)
    page.locator("#region-search").fill(f" {other} ")
    assert page.locator("#region-picker option").all_inner_texts() == [many.name(other)]
    assert page.locator("#region-facts .value").all_inner_texts() == facts[other]
    assert note.is_visible() and not chart.is_visible()
    page.locator("#region-search").fill("")
    page.locator("#region-picker").select_option(many.focus)
    assert chart.is_visible() and not note.is_visible()
    assert page.locator("#region-facts .value").all_inner_texts() == facts[many.focus]


def test_tables_have_captions_and_heads_of_columns(opened) -> None:
    page = opened()
    assert page.locator("table").count() == page.locator("table > caption").count()
    heads = page.locator("thead th")
    assert heads.count() == page.locator("thead th[scope=col]").count() > 20


# cells of a column, in ascending order; those without a number come last in either direction
ASCENDING = (
    ["−5", "12 %", "1\u202f234", "—"],
    ["−0.1 (−7 to 3)", "0.1 (0 to 1)", "0.2 (−1 to 9)", "—"],
    ["2×10⁻⁷", "3", "4\u202f000\u202f000", "1.20×10¹⁸"],
    ["apple", "pear 9", "pear 10", "—"],
)


def test_heads_sort_their_columns(opened) -> None:
    page = opened(width=820)
    head = page.locator("#table-regions th").nth(2)
    rest = ["—"] * (len(seen(page, "cells", "regions")) - 4)
    for ascending in ASCENDING:
        texts = [ascending[i] for i in (2, 0, 3, 1)]
        seen(page, "fill", texts)
        known = [text for text in ascending if text != "—"]
        descending = [*known[::-1], *["—"] * (len(texts) - len(known))]
        head.get_by_role("button").focus()
        for state, order in (("ascending", ascending), ("descending", descending), (None, texts)):
            page.keyboard.press("Enter")
            assert head.get_attribute("aria-sort") == state
            assert [row[2] for row in seen(page, "cells", "regions")] == order + rest


def test_table_is_saved_as_it_stands(opened) -> None:
    page = opened()
    seen(page, "fill", ["=1+1", "−1\u202f234.5", 'a "b", c', "@x"])
    with page.expect_download() as saving:
        page.locator("#table-regions button.csv").click()
    saved = saving.value
    assert saved.suggested_filename == "small-regions.csv"
    data = Path(saved.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == 1 + len(
        seen(page, "cells", "regions")
    )
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][0] == "Region"
    assert [row[2] for row in rows[1:5]] == ["'=1+1", "-1234.5", 'a "b", c', "'@x"]
    assert [row[0] for row in rows[1:]] == [row[0] for row in seen(page, "cells", "regions")]


def traced(page: Any) -> tuple[list[list[str]], dict[str, str], str]:
    """Return rows of the panel's table, its degrees by name, and its caption."""
    names = page.locator("#trace-panel dt").all_inner_texts()
    values = page.locator("#trace-panel dd b").all_text_contents()
    caption = page.locator("#trace-panel caption").inner_text()
    return seen(page, "traced"), dict(zip(names, values, strict=True)), caption


def test_trace_shows_every_step_of_the_region_and_year(opened) -> None:
    chosen, page = study(claims=True), opened()
    region, year = chosen.regions[1], chosen.years[2]
    page.locator("#trace-region").select_option(region)
    page.locator("#trace-year").select_option(str(year))
    rows, degrees, caption = traced(page)
    assert caption.startswith(f"{chosen.name(region)}, {year}")
    state = rows_of(chosen.coupling, region=region, year=year).iloc[0]
    for name in "CTD":
        assert degrees[name] == fixed(state[name], 4)
    assert degrees["Grade"] == state["grade"]
    assert [row[1] for row in rows if len(row) == 2] == [
        fixed(state[f"U_{s}"], 4) for s in chosen.subsystems
    ]
    z = rows_of(chosen.tables["normalised"], region=region, year=year)
    raw = rows_of(chosen.tables["observations"], region=region, year=year)
    weights = rows_of(chosen.tables["weights"], weighting="entropy")
    by = {table: frame.set_index("indicator") for table, frame in (("z", z), ("raw", raw))}
    lines = [row for row in rows if len(row) == 7]
    assert len(lines) == len(weights)
    for line, indicator, w in zip(lines, weights["indicator"], weights["weight"], strict=True):
        value = by["z"].at[indicator, "z"]
        assert line[0].lower().startswith(chosen.label(indicator))
        assert line[4:] == [fixed(value, 4), fixed(w, 4), fixed(value * w, 4)]
        assert f" › {by['raw'].at[indicator, 'cell']}" in line[1]
        figure = re.match(r"[\d\u202f.]+", line[1])[0]
        assert float(figure.replace("\u202f", "")) == by["raw"].at[indicator, "value"]


DATA = re.compile(r'(?<=id="data-page">).*?(?=</script>)')


def altered(path: Path, folder: Path, change: Callable[[dict], dict]) -> Path:
    """Return a copy of a page whose data are changed."""
    text = path.read_text(encoding="utf-8")
    data = json.dumps(change(json.loads(DATA.search(text)[0]))).replace("<", "\\u003c")
    copy = folder / "report.html"
    copy.write_text(DATA.sub(lambda _: data, text, count=1), encoding="utf-8")
    return copy


def test_study_that_is_too_large_says_what_it_traces(opened, paths, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("coevo.report.documents.page_trace.MOST", 10)
    only = trace(worded(study(claims=True), words_of("phrases", "en")))
    path = altered(paths("regions"), tmp_path, lambda data: data | {"trace": only})
    page = opened(path=path)
    assert page.locator("#trace-region option").count() == 1
    assert page.locator("#trace-panel .hint").first.inner_text().startswith("The study is large")
    assert len(traced(page)[0]) == 6


def test_every_word_of_the_script_is_a_phrase(opened, paths, tmp_path) -> None:
    def marked(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: marked(value) for key, value in node.items()}
        return "‡" + "".join(re.findall(r"\{\w+\}", node))

    def change(data: dict) -> dict:
        return data | {"words": marked(data["words"])}

    page = opened(path=altered(paths("regions"), tmp_path, change), width=390)
    told = page.locator(".hint, .tools button, .from summary").all_inner_texts()
    assert len(told) > 10 and set(told) == {"‡"}
    assert set(page.locator("label:not([for=slider-tiles])").all_inner_texts()) == {"‡"}
    assert set(page.locator("#trace-panel th").all_inner_texts()) == {"‡", "z", "w", "w z"}
    assert set(page.locator("#trace-panel dt").all_inner_texts()) == {*"zUCTD", "‡"}


def test_contents_and_skip_link_work_by_keyboard(opened) -> None:
    page = opened(width=390)
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    contents = page.locator("nav.contents details")
    assert contents.get_attribute("open") is None
    page.locator("nav.contents summary").click()
    page.locator("nav.contents a[href='#trace']").click()
    assert contents.get_attribute("open") is None
    assert page.locator("#trace h2").bounding_box()["y"] < 200
    assert page.locator(".bar").bounding_box()["y"] == 0
