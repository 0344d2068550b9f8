// Draws the charts from their specifications, in the page's colours and as wide as their boxes.
const views = new Map();
const chosen = { region: page.focus }; // outlives every redraw
const PASSES = 5;
const SYMBOLS = new RegExp(page.symbols, "g");
const charts = () => [...document.querySelectorAll(".chart")];
const has = (spec, name) => (spec.params || []).some((param) => param.name === name);
const holds = (spec, code) => Object.values(spec.datasets || {}).some((rows) => rows.some((row) => row.region === code));

function coloured(node, css) {
  if (typeof node === "string") return node.startsWith("$") ? css.getPropertyValue("--" + node.slice(1)).trim() || node : node;
  if (Array.isArray(node)) return node.map((item) => coloured(item, css));
  if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, coloured(item, css)]));
  return node;
}
// How many pixels of text stand outside the drawing: what a chart is too narrow by.
function lacking(element) {
  const frame = element.querySelector("svg").getBoundingClientRect();
  const places = [...element.querySelectorAll("svg text")].map((text) => text.getBoundingClientRect()).filter((place) => place.width);
  const left = Math.max(0, ...places.map((place) => frame.left - place.left));
  const right = Math.max(0, ...places.map((place) => place.right - frame.right));
  return left + right > 1 ? Math.ceil(left + right) : 0;
}
// Variables are italic, in text that is new.
function slant(element) {
  for (const text of element.querySelectorAll("svg text, svg tspan")) {
    if (!text.children.length && text.getAttribute("font-style") !== "italic") text.innerHTML = text.innerHTML.replace(SYMBOLS, '<tspan font-style="italic">$&</tspan>');
  }
}
// Text that does not fit makes the chart wider than its box, which then scrolls.
async function draw(element) {
  const box = element.parentElement;
  const room = box.clientWidth;
  let width = room;
  for (let pass = 0; pass < PASSES; pass += 1) {
    element.style.width = width > room ? width + "px" : "";
    await embed(element, element.dataset.chart, width);
    slant(element);
    const more = lacking(element);
    if (!more) break;
    width += pass ? 2 * more : more; // a centred text moves by half of what is added
  }
  hint(box, element.dataset.label);
}
async function embed(element, name, width) {
  const spec = coloured(specs[name], getComputedStyle(root));
  const screen = spec.usermeta?.screen ?? {};
  if (screen.ratio) spec.height = Math.min(width * screen.ratio, screen.highest ?? Infinity);
  if (screen.narrow && width < 480) spec.height = width * screen.narrow;
  spec.width = width;
  for (const param of spec.params || []) {
    if (param.bind) slider(element, param);
    param.value = { ...chosen, container: width }[param.name] ?? param.value;
  }
  element.dataset.label ??= element.getAttribute("aria-label"); // in whose place Vega puts its own
  const drawn = await vegaEmbed(element, spec, { actions: false, renderer: "svg", mode: "vega-lite" });
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", element.dataset.label);
  element.removeAttribute("aria-roledescription");
  element.querySelector("svg").setAttribute("aria-hidden", "true"); // one image, with a text of its own
  views.get(element)?.finalize();
  views.set(element, drawn);
  drawn.view.addEventListener("click", (event, item) => follow(item?.datum));
}
// `data-ready` stands while every chart is drawn.
let drawing = 0;
let drawnAt = 0; // the width of the page
async function drawAll() {
  drawing += 1;
  drawnAt = document.body.clientWidth;
  delete root.dataset.ready;
  await Promise.all(charts().map((element) => draw(element).catch((problem) => console.error(element.dataset.chart + ": " + problem))));
  drawing -= 1;
  if (!drawing) root.dataset.ready = "1";
}
// A parameter that readers choose, the region or what a slider sets, in all charts that have it.
async function choose(name, value) {
  chosen[name] = value;
  for (const element of charts().filter((one) => views.has(one) && has(specs[one.dataset.chart], name))) {
    await views.get(element).view.signal(name, value).resize().runAsync();
    slant(element);
    if (lacking(element)) await draw(element);
  }
}
// A parameter that a chart binds to a range gets a labelled slider above the chart, once.
function slider(element, param) {
  const { name, min, max, step } = param.bind;
  delete param.bind;
  if (param.name in chosen) return;
  chosen[param.name] = param.value;
  const range = make("input", { type: "range", min, max, step, value: param.value });
  const value = make("output", {}, String(param.value));
  range.addEventListener("input", () => {
    value.textContent = range.value;
    choose(param.name, Number(range.value));
  });
  element.parentElement.before(make("div", { className: "controls" }, ...field(name, range, "slider-" + element.dataset.chart), value));
}
