// The way of a number from the cells of the raw files to D, for a region and a year.
const trace = page.trace;
const steps = trace && { region: trace.regions.includes(page.focus) ? page.focus : trace.regions[0], year: String(trace.years.at(-1)) };

function traceTable() {
  const rows = trace.rows[steps.region]?.[steps.year] ?? [];
  const numeric = trace.heads.map((head, i) => isNumeric(rows.map((row) => row[i])));
  const cells = (tag, texts, more) => texts.map((text, i) => make(tag, { className: numeric[i] ? "number" : "", ...more }, text));
  const title = filledIn(words.trace.caption, { region: page.names[steps.region], year: steps.year });
  const head = make("thead", {}, make("tr", {}, ...cells("th", trace.heads, { scope: "col" })));
  const body = make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells("td", row))));
  return make("table", {}, make("caption", {}, title), head, body);
}
function showTrace() {
  const table = traceTable();
  const box = make("div", { className: "box" }, table);
  const sums = trace.sums[steps.region]?.[steps.year];
  const list = (sums ?? []).flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]);
  const formulas = trace.formulas.map((text) => make("li", {}, text));
  const below = sums ? [make("dl", {}, ...list), make("ul", { className: "formulas" }, ...formulas)] : [make("p", {}, words.trace.absent)];
  document.getElementById("trace-steps").replaceChildren(make("div", { className: "table" }, box), ...below);
  hint(box, shown(table.caption));
}
// A mark of a region and year in a chart leads to where its D comes from.
function follow(datum) {
  if (!trace?.rows[datum?.region]?.[datum?.year] || !document.getElementById("trace-steps")) return;
  Object.assign(steps, { region: datum.region, year: String(datum.year) });
  document.getElementById("trace-region").value = steps.region;
  document.getElementById("trace-year").value = steps.year;
  showTrace();
  document.getElementById("trace").scrollIntoView();
}
function tracePanel() {
  const place = document.getElementById("trace");
  if (!place || !trace) return;
  const region = make("select", {}, ...options(trace.regions.map((code) => [code, page.names[code]]), steps.region));
  const year = make("select", {}, ...options(trace.years.map((one) => [String(one), String(one)]), steps.year));
  const controls = make("div", { className: "controls" }, ...field(words.picker, region, "trace-region"), ...field(words.trace.year, year, "trace-year"));
  controls.addEventListener("change", () => {
    Object.assign(steps, { region: region.value, year: year.value });
    showTrace();
  });
  place.append(controls, make("div", { id: "trace-steps" }));
  if (!trace.whole) controls.after(make("p", { className: "hint" }, words.trace.only));
  showTrace();
}
