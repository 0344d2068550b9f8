// What test_browser.py asks of a page.
({
  // Words of charts that reach out of them.
  cut: () => [...document.querySelectorAll(".chart")].flatMap((chart) => {
    const frame = chart.querySelector("svg").getBoundingClientRect();
    return [...chart.querySelectorAll("svg text")].filter((text) => {
      const place = text.getBoundingClientRect();
      return place.width && (place.left < frame.left - 1.5 || place.right > frame.right + 1.5);
    }).map((text) => chart.dataset.chart + ": " + text.textContent);
  }),
  // Tables that scroll sideways, and those whose deciding column, the last, is out of sight.
  scrolling: () => [...document.querySelectorAll(".table .box")].filter((box) =>
    box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent.slice(0, 60)),
  undecided: () => [...document.querySelectorAll(".decided tr > :last-child")].filter((cell) =>
    cell.getBoundingClientRect().right > innerWidth).map((cell) => cell.textContent),
  // Cells of text, formulas aside, with fewer than two characters a line.
  narrow: () => [...document.querySelectorAll("th, td")].filter((cell) => {
    const middles = [], range = document.createRange();
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) for (let i = 0; i < texts.currentNode.length; i += 1) {
      range.setStart(texts.currentNode, i);
      range.setEnd(texts.currentNode, i + 1);
      const place = range.getBoundingClientRect();
      if (!place.width || !texts.currentNode.data[i].trim()) continue;
      middles.push((place.top + place.bottom) / 2);
    }
    const lines = middles.sort((a, b) => a - b).filter((y, i) => !i || y > middles[i - 1] + 8).length;
    return lines > 1 && middles.length < 2 * lines && !cell.querySelector("math");
  }).map((cell) => cell.textContent),
  // The text that is read.
  text: () => [...document.querySelectorAll(
    "main p, main td, main dd, main li, main figure, nav")].map((part) => part.textContent).join(" "),
  // The cells of a table's body, row by row, as they stand.
  cells: (key) => [...document.querySelectorAll(`#table-${key} tbody tr`)].map((row) =>
    [...row.cells].map((cell) => cell.textContent.trim())),
  // Write texts into the third column of the regions, a dash where there are no more.
  fill: (texts) => {
    const rows = [...document.querySelectorAll("#table-regions tbody tr")];
    rows.forEach((row, i) => { row.cells[2].textContent = texts[i] ?? "—"; });
  },
  // The rows of the way to D.
  traced: () => [...document.querySelectorAll("#trace-panel tbody tr")].map((row) =>
    [...row.cells].map((cell) => cell.innerText)),
})
