// The picker of regions, theme, contents, and the start of everything.
const texts = document.getElementById("of-regions")?.content;
const regions = Object.entries(page.names).sort();
const select = make("select");
const undrawn = make("p", { className: "hint", hidden: true }, words.undrawn);

// The sentences, rows and charts of a region in place of those of another.
function pick(code) {
  // The attribute with the code is called as the study calls its regions.
  const told = [...(texts?.children ?? [])].find((part) => Object.values(part.dataset).includes(code))?.cloneNode(true);
  if (told) {
    document.querySelector("#tab-theory tbody")?.replaceChildren(...(told.querySelector("tbody")?.children ?? []));
    told.querySelectorAll(".box").forEach((box) => box.remove());
    document.getElementById("focus-text")?.replaceChildren(...told.childNodes);
  }
  document.querySelectorAll(".table tbody tr").forEach((row) => row.classList.toggle("picked", shown(row.cells[0]) === page.names[code]));
  const drawn = charts().map((chart) => specs[chart.dataset.chart]).filter((spec) => has(spec, "region")).every((spec) => holds(spec, code));
  undrawn.hidden = drawn;
  select.value = code;
  choose("region", drawn ? code : page.focus);
}
function picker() {
  const place = document.querySelector(".picker");
  if (regions.length < 2) return;
  const search = make("input", { type: "search", placeholder: words.search });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    const left = regions.filter((entry) => entry.join(" ").toLowerCase().includes(wanted));
    const kept = left.find(([code]) => code === select.value) ?? left[0];
    select.replaceChildren(...options(left, kept?.[0]));
    if (kept) change();
  });
  const change = () => {
    history.replaceState(null, "", "#region=" + encodeURIComponent(select.value));
    pick(select.value);
  };
  select.append(...options(regions, page.focus));
  select.addEventListener("change", change);
  place.append(...field(words.search, search, "region-search"), ...field(words.picker, select, "region-picker"), undrawn);
  place.hidden = false;
  // The choice stands in the address, so that a link can name it.
  const start = (code = new URLSearchParams(location.hash.slice(1)).get("region")) => code in page.names && pick(code);
  addEventListener("hashchange", () => start());
  start();
}

document.querySelector("button.theme").addEventListener("click", () => {
  root.dataset.theme = getComputedStyle(root).colorScheme === "dark" ? "light" : "dark";
  drawAll();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
let timer;
addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(() => document.body.clientWidth === drawnAt || drawAll(), 150);
});

// Contents: open beside the text where there is room, else a line that opens.
const contents = document.querySelector("nav.contents details");
const settle = () => { contents.open = matchMedia("(min-width: 1180px)").matches; };
matchMedia("(min-width: 1180px)").addEventListener("change", settle);
contents.addEventListener("click", (event) => { if (event.target.closest("a")) settle(); });
settle();
document.querySelectorAll("main .table").forEach(dressed);
tracePanel();
picker();
// Words are measured in the fonts that the page brings.
Promise.allSettled([...document.fonts].map((face) => face.load())).then(drawAll);
