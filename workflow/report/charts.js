// Draws the charts from their specifications, in the page's colours and as wide as its boxes.
const views = new Map();
// Height as a share of the width, with a maximum; charts without an entry keep their height.
const RATIO = { scatter_levels: [0.95, 290], scatter_within_regions_and_years: [0.95, 290], phase: [0.72, 540], tiles: [0.84, 620] };
const NARROW = { phase: 1, headline_choices: 1.15 };
const PASSES = 5;
// Values of the parameters that readers choose; they outlive every redraw.
const chosen = { region: page.focus };

function filled(node, css) {
  if (typeof node === "string") return node.startsWith("$") ? css.getPropertyValue("--" + node.slice(1)).trim() || node : node;
  if (Array.isArray(node)) return node.map((item) => filled(item, css));
  if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, filled(item, css)]));
  return node;
}
// How many pixels of text stand outside the drawing: what a chart is too narrow by.
function lacking(element) {
  const frame = element.querySelector("svg").getBoundingClientRect();
  let left = 0;
  let right = 0;
  for (const text of element.querySelectorAll("svg text")) {
    const place = text.getBoundingClientRect();
    if (!place.width) continue;
    left = Math.max(left, frame.left - place.left);
    right = Math.max(right, place.right - frame.right);
  }
  return left + right > 1 ? Math.ceil(left + right) : 0;
}
// Variables are italic, in text that is new.
const SYMBOLS = new RegExp(page.symbols, "g");
function slant(element) {
  for (const text of element.querySelectorAll("svg text, svg tspan")) {
    if (!text.children.length && text.getAttribute("font-style") !== "italic") text.innerHTML = text.innerHTML.replace(SYMBOLS, '<tspan font-style="italic">$&</tspan>');
  }
}
// Text that does not fit makes the chart wider than its box, which then scrolls.
async function draw(element) {
  const name = element.dataset.chart;
  const box = element.parentElement;
  // A hidden chart is drawn as wide as the page.
  const room = box.clientWidth || document.querySelector("main").clientWidth;
  let width = room;
  for (let pass = 0; pass < PASSES; pass += 1) {
    element.style.width = width > room ? width + "px" : "";
    await embed(element, name, width);
    slant(element);
    const more = lacking(element);
    if (!more) break;
    width += pass ? 2 * more : more; // a centred text moves by half of what is added
  }
  hint(box, element.dataset.label);
}
// The words of a chart for who cannot see it.
function describe(element, label) {
  element.dataset.label = label;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  element.removeAttribute("aria-roledescription");
}
async function embed(element, name, width) {
  const spec = filled(specs[name], getComputedStyle(root));
  if (RATIO[name]) spec.height = Math.min(width * RATIO[name][0], RATIO[name][1]);
  if (width < 480 && NARROW[name]) spec.height = width * NARROW[name];
  spec.width = width;
  for (const param of spec.params || []) {
    if (param.bind) slider(element, param);
    const given = { ...chosen, container: width };
    if (param.name in given) param.value = given[param.name];
  }
  element.dataset.label ??= element.getAttribute("aria-label"); // in whose place Vega puts its own
  const shown = await vegaEmbed(element, spec, { actions: false, renderer: "svg", mode: "vega-lite" });
  describe(element, element.dataset.label);
  if (views.has(name)) views.get(name).finalize();
  views.set(name, shown);
  element.querySelector("svg").setAttribute("aria-hidden", "true"); // one image, with a text of its own
  shown.view.addEventListener("click", (event, item) => {
    if (item?.datum && traced(item.datum.region, item.datum.year)) follow(item.datum.region, item.datum.year);
  });
}
const charts = (part = document) => [...part.querySelectorAll(".chart")];
// `data-ready` stands while every chart is drawn.
let drawing = 0;
async function drawEach(elements) {
  drawing += 1;
  delete root.dataset.ready;
  await Promise.all(elements.map((element) => draw(element).catch((problem) => console.error(element.dataset.chart + ": " + problem))));
  drawing -= 1;
  if (!drawing) root.dataset.ready = "1";
}
const drawAll = () => drawEach(charts());

function choose(name, value) {
  chosen[name] = value;
  for (const element of charts()) {
    const chart = element.dataset.chart;
    if (!views.has(chart) || !(specs[chart].params || []).some((param) => param.name === name)) continue;
    views.get(chart).view.signal(name, value).resize().runAsync().then(() => (slant(element), lacking(element) ? draw(element) : null));
  }
}
// A parameter that a chart binds to a range gets a labelled slider above the chart, once.
function slider(element, param) {
  const { name, min, max, step } = param.bind;
  delete param.bind;
  const id = "slider-" + element.dataset.chart;
  if (document.getElementById(id)) return;
  chosen[param.name] = param.value;
  const range = make("input", { type: "range", min, max, step, value: param.value });
  const value = make("output", {}, String(param.value));
  range.addEventListener("input", () => {
    value.textContent = range.value;
    choose(param.name, Number(range.value));
  });
  element.parentElement.before(make("div", { className: "controls" }, ...field(name, range, id), value));
  value.htmlFor = id;
}
