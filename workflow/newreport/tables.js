// Tables that can be sorted by their heads and saved as CSV.
const NOTHING = "—";
const NUMBER = /[−-]?\d[\d\u202f]*(?:\.\d+)?/;
const FORMULA = /^[=+\-@＝＋－＠\t\r]/; // what a spreadsheet takes for the beginning of a formula
const PLAIN = /^[−+-]?\d[\d\u202f]*(\.\d+)?$/;
const collator = new Intl.Collator(root.lang, { numeric: true });

const plain = (text) => text.replace("−", "-").replaceAll("\u202f", "");
const numberOf = (text) => Number(plain(text.match(NUMBER)?.[0] ?? "NaN"));
const isNumeric = (texts) => texts.filter((text) => /^[<>±(\s]*[−-]?\d/.test(text)).length > texts.filter((text) => text && text !== NOTHING).length / 2;

function sorted(rows, column, direction) {
  const texts = rows.map((row) => shown(row.cells[column]));
  const numeric = isNumeric(texts);
  const keys = new Map(rows.map((row, i) => [row, numeric ? numberOf(texts[i]) : texts[i]]));
  const last = (key) => Number.isNaN(key) || key === "" || key === NOTHING;
  return [...rows].sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (last(x) || last(y)) return last(x) - last(y);
    return direction * (numeric ? x - y : collator.compare(x, y));
  });
}
// First click: ascending, second: descending, third: the table's own order.
function sortable(table) {
  const [heads, body] = [[...table.tHead.rows[0].cells], table.tBodies[0]];
  const own = [...body.rows];
  if (own.some((row) => !shown(row.cells[0]))) return; // a row that goes with the one above
  heads.forEach((head, column) => {
    const button = make("button", { type: "button", className: "sort", title: words.sort }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      body.append(...(next ? sorted(own, column, next === "ascending" ? 1 : -1) : own));
    });
  });
}
function csv(table) {
  const safe = (text) => (PLAIN.test(text) ? plain(text) : FORMULA.test(text) ? "'" + text : text);
  const cell = (node) => '"' + safe(shown(node)).replaceAll('"', '""') + '"';
  return "\ufeff" + [...table.rows].map((row) => [...row.cells].map(cell).join(",")).join("\r\n") + "\r\n";
}
const save = (name, text) => make("a", { href: URL.createObjectURL(new Blob([text])), download: name }).click();
function dressed(division) {
  const table = division.querySelector("table");
  const title = shown(table.caption);
  const button = make("button", { type: "button", className: "csv", title: words.save }, words.csv);
  button.setAttribute("aria-label", words.csv + ": " + title);
  button.addEventListener("click", () => save(page.study + "-" + division.id.replace("tab-", "") + ".csv", csv(table)));
  division.append(button);
  if (division.id !== "tab-theory") sortable(table); // whose rows the picker changes
  new ResizeObserver(() => hint(table.parentElement, title)).observe(table.parentElement);
}
