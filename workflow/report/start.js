// The picker of the region panel, theme, contents, and the start of everything.
function pick(code) {
  const facts = page.facts[code];
  document.querySelectorAll("#region-facts .value").forEach((cell, i) => { cell.textContent = facts[i]; });
  document.querySelectorAll(".region-name").forEach((cell) => {
    cell.textContent = page.names[code];
    const caption = cell.closest("figcaption, .mini");
    if (caption) describe(caption.parentElement.querySelector(".chart"), shown(caption));
  });
  document.querySelectorAll(".picker select").forEach((select) => { select.value = code; });
  linkFacts(code);
  // Of many regions the charts hold some; the numbers are those of every one.
  const drawn = page.drawn.includes(code);
  document.getElementById("region-undrawn").hidden = drawn;
  charts().filter(ofRegion).forEach((chart) => { chart.closest(".panels > div, figure").hidden = !drawn; });
  if (drawn) choose("region", code);
}
const ofRegion = (element) => (specs[element.dataset.chart].params || []).some((param) => param.name === "region");
// A field that leaves those regions in the lists whose name or code holds what is written there.
function search(codes, id) {
  const box = make("input", { type: "search", className: "search" });
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    const left = codes.filter((code) => (page.names[code] + " " + code).toLowerCase().includes(wanted));
    const lists = document.querySelectorAll(".picker select");
    const kept = left.includes(lists[0].value) ? lists[0].value : left[0];
    document.querySelectorAll(".picker .search").forEach((other) => { other.value = box.value; });
    lists.forEach((list) => list.replaceChildren(...options(left, kept)));
    if (kept) pick(kept);
  });
  return field(words.search, box, id);
}
const options = (codes, selected) => codes.map((code) => new Option(page.names[code], code, code === selected, code === selected));
// One at the top, which leads to the panel, and one beside it; both show the same region.
function pickers() {
  const codes = Object.keys(page.names).sort();
  document.querySelectorAll(".picker").forEach((place, i) => {
    const select = make("select", {}, ...options(codes, chosen.region));
    select.addEventListener("change", () => pick(select.value));
    place.classList.add("controls");
    const id = i ? "region-picker" : "region-picker-top";
    if (page.drawn.length < codes.length) place.append(...search(codes, id + "-search"));
    place.append(...field(words.picker, select, id));
    if (!i) place.append(make("a", { href: "#regions" }, shown(document.querySelector("#regions h2"))));
    if (i) document.getElementById("region-facts").after(make("p", { id: "region-undrawn", className: "hint", hidden: true }, words.undrawn));
    linkFacts(chosen.region);
  });
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
// The tables of the annex are folded, each under its title.
function fold() {
  const annex = document.getElementById("annex");
  const parts = [...annex.querySelectorAll(".table")].map((table) => {
    const title = table.querySelector("caption .title").cloneNode(true);
    const part = make("details", {}, make("summary", {}, ...title.childNodes));
    table.replaceWith(part);
    part.append(table);
    return part;
  });
  const all = make("button", { type: "button", className: "unfold" }, words.unfold);
  all.addEventListener("click", () => {
    const open = parts.some((part) => !part.open);
    parts.forEach((part) => { part.open = open; });
  });
  if (parts.length) annex.querySelector("h2").after(make("p", { className: "tools" }, all));
}
// What is folded is printed; afterwards it is as it was.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  folded.forEach((part) => { part.open = true; });
});
addEventListener("afterprint", () => folded.forEach((part) => { part.open = false; }));

document.querySelectorAll("pre").forEach((part) => new ResizeObserver(() => hint(part, shown(part.closest("section").querySelector("h2")))).observe(part));
settle();
fold();
dressTables();
tracePanel();
pickers();
drawAll();
