// The picker of regions, theme, contents, and the start of everything.
const select = make("select");
// A region's numbers, texts, charts and rows in place of those of another. Of many regions charts and
// texts have some, and for the others that in focus; the numbers are those of every one.
function pick(code) {
  const drawn = page.drawn.includes(code);
  const told = drawn ? code : page.focus;
  document.querySelectorAll("#region-facts .value").forEach((cell, i) => { cell.textContent = page.facts[code][i]; });
  document.querySelectorAll(".region-name").forEach((cell) => { cell.textContent = page.names[code]; });
  document.querySelectorAll(".region-shown").forEach((cell) => { cell.textContent = page.names[told]; });
  const texts = [...document.getElementById("of-regions")?.content.children ?? []].find((part) => part.dataset.region === told);
  document.querySelectorAll("main [data-key]").forEach((text) => {
    const other = texts?.querySelector(`[data-key="${text.dataset.key}"]`);
    text.replaceChildren(...(other?.cloneNode(true).childNodes ?? []));
  });
  charts().filter(ofRegion).forEach((chart) => {
    const figure = chart.closest(".panels > div, figure");
    const caption = figure.querySelector("figcaption, .mini");
    if (caption.querySelector("[data-key], .region-name, .region-shown")) describe(chart, shown(caption));
    figure.hidden = !drawn && caption.querySelector(".region-name");
  });
  document.getElementById("region-undrawn").hidden = drawn;
  markRows(code);
  linkFacts(code);
  select.value = code;
  choose("region", told);
}
const ofRegion = (element) => (specs[element.dataset.chart].params || []).some((param) => param.name === "region");
// The rows of tables that begin with the name of the region.
function markRows(code) {
  document.querySelectorAll(".table tbody tr").forEach((row) => row.classList.toggle("picked", said(row.cells[0]) === page.names[code]));
}
// The choice stands in the address, so that a link can name it.
function choice() {
  const code = new URLSearchParams(location.hash.slice(1)).get("region");
  return code in page.facts ? code : null;
}
// A field that leaves those regions in the lists whose name or code holds what is written there.
function search(codes, id) {
  const box = make("input", { type: "search", className: "search" });
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    const left = codes.filter((code) => (page.names[code] + " " + code).toLowerCase().includes(wanted));
    const kept = left.includes(select.value) ? select.value : left[0];
    select.replaceChildren(...options(left, kept));
    if (kept) pick(kept);
  });
  return field(words.search, box, id);
}
const options = (codes, selected) => codes.map((code) => new Option(page.names[code], code, code === selected, code === selected));
function picker() {
  const codes = Object.keys(page.facts).sort();
  const place = document.querySelector(".picker");
  if (!codes.length) return;
  select.append(...options(codes, page.focus));
  select.addEventListener("change", () => {
    history.replaceState(null, "", "#region=" + encodeURIComponent(select.value));
    pick(select.value);
  });
  if (page.drawn.length < codes.length) place.append(...search(codes, "region-search"));
  place.append(...field(words.picker, select, "region-picker"));
  place.hidden = false;
  document.getElementById("region-facts").after(make("p", { id: "region-undrawn", className: "hint", hidden: true }, words.undrawn));
  addEventListener("hashchange", () => { if (choice()) pick(choice()); });
  pick(choice() ?? page.focus);
}

const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
document.querySelector("button.theme").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  drawAll();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
const asked = new URLSearchParams(location.search).get("theme");
if (asked === "dark" || asked === "light") root.dataset.theme = asked;

let timer;
let lastWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === lastWidth) return;
  lastWidth = innerWidth;
  clearTimeout(timer);
  timer = setTimeout(drawAll, 150);
});

// Contents: open beside the text where there is room, else a line that opens.
const contents = document.querySelector("nav.contents details");
const beside = matchMedia("(min-width: 1180px)");
const settle = () => { contents.open = beside.matches; };
beside.addEventListener("change", settle);
contents.addEventListener("click", (event) => { if (event.target.closest("a") && !beside.matches) contents.open = false; });
const mark = (id) => document.querySelectorAll("nav.contents a").forEach((link) => {
  if (link.getAttribute("href") === "#" + id) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
});
const seen = new IntersectionObserver((entries) => entries.forEach((entry) => { if (entry.isIntersecting) mark(entry.target.id); }), { rootMargin: "-10% 0px -80% 0px" });
document.querySelectorAll("main section.level2").forEach((section) => seen.observe(section));
settle();
dressTables();
figureOrigins();
tracePanel();
picker();
// Words are measured in the fonts that the page brings.
Promise.allSettled([...document.fonts].map((face) => face.load())).then(drawAll);
