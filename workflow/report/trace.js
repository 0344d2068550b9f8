// The way of a number from the cells of the raw files to D, for a region and a year.
const trace = page.trace;
const steps = { region: page.focus, year: trace.years[trace.years.length - 1] };

const signed = (text) => text.replace("-", "−");
const grouped = (text) => signed(text.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, "\u202f")));
const exact = (value) => (value === null || value === undefined ? NOTHING : grouped(String(value)));
const rounded = (value, digits) => (value === null || value === undefined ? NOTHING : exact(Number(value.toPrecision(digits))));
const decimals = (value) => (value === null || value === undefined ? NOTHING : grouped(value.toFixed(4)));
const at = (values, region, place) => values[region]?.[place] ?? null;
// Whether the panel can show where the D of a region and year comes from.
const traced = (region, year) => trace.regions.includes(region) && trace.years.includes(Number(year));

function unitOf(indicator) {
  return make("span", { className: "unit" }, " (" + indicator.unit + ")");
}
function flagged(i, region, year) {
  const flags = (trace.flags[i][region + " " + year] || "").split(" ").filter(Boolean);
  return flags.length ? [make("span", { className: "unit" }, " " + flags.map((flag) => words.trace.flags[flag] || flag).join(", "))] : [];
}
// A raw figure with its place, or what a derived indicator is made of, one line for each part.
function sources(i, place, depth) {
  const indicator = trace.indicators[i];
  const year = trace.years[place];
  if (!indicator.of) return [rawLine(i, place, depth)];
  const [name, ...parts] = indicator.of;
  const labels = Object.fromEntries(parts.map((part, n) => ["ab"[n], trace.indicators[part].label]));
  const how = make("div", { className: "how" }, (depth ? indicator.label + " = " : "= ") + filledIn(words.trace.how[name], labels));
  if (depth) how.append(": " + rounded(at(trace.panel[i], steps.region, place), 6), unitOf(indicator), ...flagged(i, steps.region, year));
  return [how, ...parts.flatMap((part) => sources(part, place, depth + 1))];
}
function rawLine(i, place, depth) {
  const indicator = trace.indicators[i];
  const entry = at(trace.raw[i], steps.region, place);
  const line = make("div", { className: "raw" });
  if (depth) line.append(indicator.label + " ");
  if (!entry || entry[0] === null) {
    line.append(words.trace.none);
    const used = at(trace.panel[i], steps.region, place);
    if (depth && used !== null) line.append("; " + rounded(used, 6), unitOf(indicator), ...flagged(i, steps.region, trace.years[place]));
    if (!entry) return line;
  } else {
    line.append(make("b", {}, exact(entry[0])), unitOf(indicator));
  }
  const [file, sheet] = trace.places[entry[1]];
  const names = [file.split("/").pop(), sheet, entry[2]].filter(Boolean);
  line.append(" ", make("span", { className: "place", title: file }, names.join(" › ")));
  return line;
}
function indicatorRow(i, place) {
  const indicator = trace.indicators[i];
  const { region, year } = steps;
  const posts = trace.posts[i][""] || trace.posts[i][year] || trace.posts[i][region];
  const z = at(trace.z[i], region, place);
  const label = make("td", {}, indicator.label, unitOf(indicator));
  if (indicator.direction === "-") label.append(" " + words.trace.negative);
  if (indicator.best) label.append(" " + filledIn(words.trace.best, indicator));
  const value = make("td", { className: "number" }, rounded(at(trace.panel[i], region, place), 6), ...flagged(i, region, year));
  const numbers = [posts ? rounded(posts[0], 4) + " – " + rounded(posts[1], 4) : NOTHING, decimals(z), decimals(indicator.weight)];
  if (indicator.product) numbers.push(decimals(z === null ? null : z * indicator.weight));
  return make("tr", {}, label, make("td", {}, ...sources(i, place, 0)), value, ...numbers.map((text) => make("td", { className: "number" }, text)));
}
function traceTable(place, state) {
  const heads = [words.trace.indicator, words.trace.raw, words.trace.value, words.trace.posts, "z", "w", ...(trace.indicators[0].product ? ["w z"] : [])];
  const head = make("thead", {}, make("tr", {}, ...heads.map((text, i) => make("th", { scope: "col", className: i > 1 ? "number" : "" }, text))));
  const body = make("tbody");
  trace.subsystems.forEach((label, subsystem) => {
    trace.indicators.forEach((indicator, i) => { if (indicator.subsystem === subsystem) body.append(indicatorRow(i, place)); });
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
  const place = trace.years.indexOf(steps.year);
  const state = at(trace.states, steps.region, place);
  const box = make("div", { className: "box" }, traceTable(place, state));
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
  const years = trace.years.filter((year, place) => at(trace.states, region, place));
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
