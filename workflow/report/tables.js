// Tables that can be sorted by their heads, saved as CSV and say where their numbers stand.
const NOTHING = "—";
const NUMBER = /[−-]?\d[\d\u202f]*(?:\.\d+)?(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?/;
const PLAIN = /^[−+-]?\d[\d\u202f]*(\.\d+)?$/;
// What a spreadsheet takes for the beginning of a formula.
const FORMULA = /^[=+\-@＝＋－＠\t\r]/;
const collator = new Intl.Collator(root.lang, { numeric: true });

const shown = (cell) => cell.textContent.replace(/[^\S\u202f]+/g, " ").trim();
// A cell that is empty because it repeats the one above counts as that one.
const said = (cell) => shown(cell) || cell.dataset.above || "";

// The first number of a text; "−1 234 (…)" is −1234, "1.2×10¹⁸" its value, none is NaN.
function numberOf(text) {
  const found = text.match(NUMBER);
  if (!found) return NaN;
  const [mantissa] = found[0].split("×");
  const power = found[1] ? [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"].reduce((digits, sign, i) => digits.replaceAll(sign, i ? String(i - 1) : "-"), found[1]) : "0";
  return Number(mantissa.replace("−", "-").replaceAll("\u202f", "") + "e" + power);
}
function isNumeric(cells) {
  const texts = cells.map(said).filter((text) => text && text !== NOTHING);
  return texts.filter((text) => text.replace(/^[<>+±÷(\s]+/, "").search(NUMBER) === 0).length > texts.length / 2;
}
function sorted(rows, column, direction) {
  const numeric = isNumeric(rows.map((row) => row.cells[column]));
  const key = (row) => {
    const text = said(row.cells[column]);
    const value = numeric ? numberOf(text) : text;
    return { value, last: !text || text === NOTHING || Number.isNaN(value) };
  };
  const compare = (a, b) => (numeric ? a - b : collator.compare(a, b));
  return rows
    .map((row) => ({ row, ...key(row) }))
    .sort((a, b) => a.last - b.last || (a.last ? 0 : direction * compare(a.value, b.value)))
    .map(({ row }) => row);
}
// First click: ascending, second: descending, third: the table's own order.
function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const own = [...body.rows];
  heads.forEach((head, column) => {
    const button = make("button", { type: "button", className: "sort", title: words.sort }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      table.classList.toggle("sorted", Boolean(next));
      body.append(...(next ? sorted(own, column, next === "ascending" ? 1 : -1) : own));
    });
  });
}
function carryDown(table) {
  let above = "";
  for (const row of table.tBodies[0].rows) {
    const text = shown(row.cells[0]);
    if (!text && above) row.cells[0].dataset.above = above;
    above = text || above;
  }
}
function inCsv(text) {
  const value = PLAIN.test(text) ? text.replace("−", "-").replaceAll("\u202f", "").replace(/^\+/, "") : FORMULA.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(value) ? '"' + value.replaceAll('"', '""') + '"' : value;
}
const csv = (table) => "\ufeff" + [...table.rows].map((row) => [...row.cells].map((cell) => inCsv(said(cell))).join(",") + "\r\n").join("");

function save(name, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
// The sheet that holds a table; and, folded, the rule that made what an exhibit is read from, its data,
// and the command.
function source(key) {
  const sheet = page.sheets[key];
  return sheet ? [make("span", {}, filledIn(words.source, { sheet }))] : [];
}
const origins = Object.fromEntries(Object.entries(page.origins).flatMap(([rule, tables]) => Object.entries(tables).flatMap(([table, exhibits]) => exhibits.map((exhibit) => [exhibit, [rule, table]]))));
const file = (path) => make("a", { href: path }, path);
function origin(exhibits) {
  const known = exhibits.filter((exhibit) => origins[exhibit]);
  const drawn = known.filter((exhibit) => page.printed.includes(exhibit)).map((chart) => make("p", {}, file(page.figures + chart + ".csv")));
  const read = [...new Set(known.map((exhibit) => origins[exhibit].join(" ")))].map((pair) => {
    const [rule, table] = pair.split(" ");
    const command = "snakemake --cores 1 --config study=" + page.study + " -- data/processed/" + page.study + "/" + table + ".csv";
    return make("p", {}, filledIn(words.rule, { rule }) + ": ", make("code", {}, command));
  });
  return known.length ? [make("details", { className: "from" }, make("summary", {}, words.from), ...drawn, ...read)] : [];
}
const figureOrigins = () => document.querySelectorAll("main figure").forEach((figure) => {
  figure.append(...origin(charts(figure).map((chart) => chart.dataset.chart)));
});
// On a narrow page the rows of a table with several columns of words are cards: every cell tells its
// head, but for the one that opens the card, which is the first of words that no row repeats.
function carded(division, table) {
  const heads = [...table.tHead.rows[0].cells].map(shown);
  const rows = [...table.tBodies[0].rows];
  const columns = heads.map((head, i) => rows.map((row) => row.cells[i]));
  const told = [...heads.keys()].filter((i) => !isNumeric(columns[i]));
  const longest = Math.max(0, ...told.flatMap((i) => columns[i].map((cell) => shown(cell).length)));
  if ((told.length < 2 && longest < 30) || division.classList.contains("long")) return;
  division.classList.add("cards");
  const opens = told.find((i) => new Set(columns[i].map(shown)).size === rows.length) ?? 0;
  columns.forEach((cells, i) => cells.forEach((cell) => {
    cell.dataset.label = heads[i];
    cell.classList.toggle("head", i === opens);
    if (shown(cell)) cell.append(make("div", {}, ...cell.childNodes));
  }));
}
function dressed(table, place) {
  const division = table.closest(".table");
  const key = (division.id || "table-" + (place + 1)).replace("table-", "");
  const title = table.caption ? shown(table.caption) : "";
  carryDown(table);
  carded(division, table);
  sortable(table);
  const button = make("button", { type: "button", className: "csv", title: words.save }, words.csv);
  button.setAttribute("aria-label", words.csv + ": " + title);
  button.addEventListener("click", () => save(page.study + "-" + key + ".csv", csv(table)));
  division.append(make("div", { className: "tools" }, ...source(key), ...origin(["table-" + key]), button));
  const box = table.parentElement;
  new ResizeObserver(() => hint(box, title)).observe(box);
}
const dressTables = () => document.querySelectorAll(".table table").forEach(dressed);
