"""The page in a browser: charts are drawn, nothing is fetched, nothing complains."""

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from coevo.report import documents
from tests.sample import files, stated, study, unestimated, unplaced

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
REASON = "no Chromium on this machine"
pytestmark = pytest.mark.skipif(not BROWSER and not os.environ.get("CI"), reason=REASON)
PROVENANCE = {"files": {}, "packages": {}}
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--enable-logging=stderr", "--v=0", "--timeout=8000", "--dump-dom",
)  # fmt: skip


VARIANTS = {
    "regions": (4, {}),
    "one region": (1, {}),
    "nothing judged": (4, unplaced() | unestimated("330000")),
    "given parameters": (4, stated(50.0, 200.0)),
}


@pytest.fixture(scope="module", params=VARIANTS)
def page(request, tmp_path_factory) -> Path:
    """Return the page of the sample study and of variants that lack something."""
    count, changed = VARIANTS[request.param]
    chosen = study(count, claims=True, **changed)
    config = {**chosen.config, "report": {"languages": ["en"], "formats": ["html"]}}
    made = documents(
        chosen.tables, chosen.indicators, files(chosen), config, PROVENANCE, places=chosen.places
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(made["report.en.html"])
    return path


def opened(page: Path, profile: Path, width: int, theme: str, *more: str) -> tuple[str, str]:
    """Open the page and return its document after drawing, and what the console said."""
    options = [f"--window-size={width},2000", f"--user-data-dir={profile}", *more]
    run = subprocess.run(
        [BROWSER, *FLAGS, *options, f"{page.as_uri()}?theme={theme}"],
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    return run.stdout, "\n".join(line for line in run.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1440, "dark")])
def test_page_draws_itself(page: Path, tmp_path: Path, width: int, theme: str) -> None:
    document, console = opened(page, tmp_path, width, theme)
    # The policy forbids every request; one that was tried would stand in the console.
    assert "default-src 'none'" in document
    assert console == ""
    assert 'data-ready="1"' in document
    charts = re.findall(r'<div class="chart[^"]*" data-chart="(\w+)"[^>]*>(.*?</svg>)?', document)
    assert charts
    assert all(drawn for _, drawn in charts), [name for name, drawn in charts if not drawn]
    main = re.sub(r"<(script|style|pre)\b.*?</\1>", "", document, flags=re.S)
    words = html.unescape(re.sub(r"<[^>]+>", " ", main))
    assert not re.search(r"\b(nan|undefined|null|Infinity)\b", words, re.I)


READER = """<script>
(async () => {
  const wait = async (done) => { while (!done()) await new Promise((go) => setTimeout(go, 50)); };
  const root = document.documentElement;
  const drawn = () => document.querySelector('[data-chart="tiles"]').textContent;
  await wait(() => root.dataset.ready);
  const slider = document.getElementById("slider-tiles");
  root.dataset.label = document.querySelector('label[for="slider-tiles"]').textContent;
  slider.value = "2016";
  slider.dispatchEvent(new Event("input"));
  await wait(() => drawn().includes("2016"));
  const svg = document.querySelector('[data-chart="tiles"] svg');
  document.querySelector("button.theme").click();
  await wait(() => document.querySelector('[data-chart="tiles"] svg') !== svg);
  await wait(() => drawn().includes("2016"));
  root.dataset.kept = slider.value + " of " + document.querySelectorAll("#slider-tiles").length;
})();
</script></body>"""


def test_slider_has_a_label_and_keeps_its_year_when_the_theme_changes(
    page: Path, tmp_path: Path
) -> None:
    text = page.read_text(encoding="utf-8")
    if 'data-chart="tiles"' not in text:
        pytest.skip("one region has no tiles")
    copy = tmp_path / "reader.html"
    start, _, end = text.rpartition("</body>")  # the charts' library has one of its own
    copy.write_text(start + READER + end, encoding="utf-8")
    reading = "--virtual-time-budget=20000"  # the document as the reader leaves it
    document, console = opened(copy, tmp_path / "profile", 820, "light", reading)
    assert console == ""
    assert 'data-label="Year"' in document
    assert 'data-kept="2016 of 1"' in document
