// The way of a number from the cells of the raw files to D, for a region and a year.
const trace = page.trace;
const steps = { region: page.focus, year: trace.years[trace.years.length - 1] };

const signed = (text) => text.replace("-", "−");
const grouped = (text) => signed(text.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, "\u202f")));
const rounded = (value, digits) => (value === null || value === undefined ? NOTHING : grouped(String(Number(value.toPrecision(digits)))));
const decimals = (value) => (value === null || value === undefined ? NOTHING : grouped(value.toFixed(4)));
const at = (values, region, year) => values[region]?.[year] ?? null;
// Whether the panel can show where the D of a region and year comes from.
const traced = (region, year) => trace.regions.includes(region) && trace.years.includes(Number(year));

function indicatorRow(indicator, [from, value, flags, low, high, z]) {
  const label = make("td", {}, indicator.label, make("span", { className: "unit" }, " (" + indicator.unit + ")"));
  if (indicator.direction === "-") label.append(" " + words.trace.negative);
  if (indicator.best) label.append(" " + filledIn(words.trace.best, indicator));
  const source = make("td", {}, from);
  if (indicator.derived) source.prepend(make("div", { className: "how" }, indicator.derived));
  const figure = make("td", { className: "number" }, rounded(value, 6), make("span", { className: "unit" }, flags ? " " + flags : ""));
  const numbers = [low === null ? NOTHING : rounded(low, 4) + " – " + rounded(high, 4), decimals(z), decimals(indicator.weight)];
  if (trace.product) numbers.push(decimals(z === null ? null : z * indicator.weight));
  return make("tr", {}, label, source, figure, ...numbers.map((text) => make("td", { className: "number" }, text)));
}
function traceTable(rows, state) {
  const heads = [words.trace.indicator, words.trace.raw, words.trace.value, words.trace.posts, "z", "w", ...(trace.product ? ["w z"] : [])];
  const head = make("thead", {}, make("tr", {}, ...heads.map((text, i) => make("th", { scope: "col", className: i > 1 ? "number" : "" }, text))));
  const body = make("tbody");
  trace.subsystems.forEach((label, subsystem) => {
    trace.indicators.forEach((indicator, i) => { if (indicator.subsystem === subsystem) body.append(indicatorRow(indicator, rows[i])); });
    const name = make("td", { colSpan: heads.length - 1 }, filledIn(words.trace.index, { subsystem: label }));
    const value = make("td", { className: "number index" }, decimals(state ? state[subsystem] : null));
    body.append(make("tr", { className: "index" }, name, value));
  });
  const caption = make("caption", {}, make("span", { className: "title" }, filledIn(words.trace.caption, { region: page.names[steps.region], year: steps.year })));
  return make("table", {}, caption, head, body);
}
function degrees(state) {
  const list = make("dl", { className: "degrees" });
  const add = (name, value, note) => list.append(make("dt", {}, name), make("dd", {}, make("b", {}, value), " ", make("span", { className: "unit" }, note)));
  add("z", "", trace.formulas.z);
  add("U", "", trace.formulas.U + (words.trace.preset && trace.preset ? "; " + words.trace.preset : ""));
  ["C", "T", "D"].forEach((name, i) => add(name, decimals(state.at(i - 4)), trace.formulas[name]));
  add(words.trace.grade, state.at(-1), "");
  return list;
}
function showTrace() {
  const state = at(trace.states, steps.region, steps.year);
  const box = make("div", { className: "box" }, traceTable(at(trace.steps, steps.region, steps.year), state));
  const parts = [make("div", { className: "table" }, box)];
  parts.push(state ? degrees(state) : make("p", { className: "absent" }, words.trace.absent));
  document.getElementById("trace-steps").replaceChildren(...parts);
  hint(box, shown(box.querySelector("caption")));
}
// Goes to the panel and shows the region and year there.
function follow(region, year) {
  Object.assign(steps, { region, year: Number(year) });
  document.getElementById("trace-region").value = region;
  document.getElementById("trace-year").value = String(year);
  showTrace();
  document.getElementById("trace").scrollIntoView();
  document.getElementById("trace-region").focus({ preventScroll: true });
}
// The D of the first and the last year among the facts of a region lead to the panel.
function linkFacts(region) {
  const cell = document.querySelector("#region-facts .value");
  if (!cell || !trace.regions.includes(region)) return;
  const years = trace.years.filter((year) => at(trace.states, region, year));
  const ends = cell.textContent.split(" → ");
  const links = ends.map((text, i) => {
    const link = make("a", { href: "#trace", title: words.trace.follow }, text);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      follow(region, years[i ? years.length - 1 : 0]);
    });
    return link;
  });
  cell.replaceChildren(...links.flatMap((link, i) => (i ? [" → ", link] : [link])));
}
function tracePanel() {
  const place = document.getElementById("trace-panel");
  if (!place) return;
  const region = make("select", {}, ...trace.regions.map((code) => new Option(page.names[code], code, code === steps.region, code === steps.region)));
  const year = make("select", {}, ...trace.years.map((y) => new Option(y, y, y === steps.year, y === steps.year)));
  const change = () => {
    Object.assign(steps, { region: region.value, year: Number(year.value) });
    showTrace();
  };
  region.addEventListener("change", change);
  year.addEventListener("change", change);
  const controls = make("div", { className: "controls" }, ...field(words.picker, region, "trace-region"), ...field(words.trace.year, year, "trace-year"));
  place.replaceChildren(controls, make("div", { id: "trace-steps" }));
  if (!trace.whole) controls.after(make("p", { className: "hint" }, words.trace.only));
  showTrace();
}
