// Draws the charts from their specifications, keeps them in the page's colours, and fills the
// panel of the region that was picked. Nothing is fetched.
(() => {
  const data = (id) => JSON.parse(document.getElementById("data-" + id).textContent);
  const specs = data("charts");
  const regions = data("regions");
  const root = document.documentElement;
  const views = new Map();
  // Height as a share of the width, with a maximum; charts without an entry keep their height.
  const RATIO = { scatter_levels: [0.95, 290], scatter_within_regions: [0.95, 290], scatter_within_regions_and_years: [0.95, 290], phase: [0.72, 540], tiles: [0.84, 620] };
  const NARROW = { phase: 1.2 };
  // Values of the parameters that readers choose; they outlive every redraw.
  const chosen = { region: regions.focus };

  const style = () => getComputedStyle(root);
  function filled(node, css) {
    if (typeof node === "string") return node.startsWith("$") ? css.getPropertyValue("--" + node.slice(1)).trim() || node : node;
    if (Array.isArray(node)) return node.map((item) => filled(item, css));
    if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, filled(item, css)]));
    return node;
  }
  async function draw(element) {
    const name = element.dataset.chart;
    const spec = filled(specs[name], style());
    const width = element.clientWidth;
    if (RATIO[name]) spec.height = Math.min(width * RATIO[name][0], RATIO[name][1]);
    if (width < 480 && NARROW[name]) spec.height = width * NARROW[name];
    spec.width = width;
    for (const param of spec.params || []) {
      if (param.bind) slider(element, param);
      const given = { ...chosen, container: width };
      if (param.name in given) param.value = given[param.name];
    }
    const shown = await vegaEmbed(element, spec, { actions: false, renderer: "svg", mode: "vega-lite" });
    if (views.has(name)) views.get(name).finalize();
    views.set(name, shown);
  }
  const drawAll = () => Promise.all([...document.querySelectorAll(".chart")].map((element) => draw(element).catch((problem) => console.error(element.dataset.chart + ": " + problem))));

  function choose(name, value) {
    chosen[name] = value;
    for (const [chart, shown] of views) {
      if ((specs[chart].params || []).some((param) => param.name === name)) shown.view.signal(name, value).resize().runAsync();
    }
  }
  // A parameter that a chart binds to a range gets a labelled slider above the chart, once.
  function slider(element, param) {
    const { name, min, max, step } = param.bind;
    delete param.bind;
    const id = "slider-" + element.dataset.chart;
    if (document.getElementById(id)) return;
    chosen[param.name] = param.value;
    const place = document.createElement("div");
    const label = document.createElement("label");
    const range = document.createElement("input");
    const value = document.createElement("output");
    label.htmlFor = value.htmlFor = range.id = id;
    label.textContent = name;
    Object.assign(range, { type: "range", min, max, step, value: param.value });
    value.textContent = param.value;
    range.addEventListener("input", () => {
      value.textContent = range.value;
      choose(param.name, Number(range.value));
    });
    place.classList.add("controls");
    place.append(label, range, value);
    element.before(place);
  }

  function pick(code) {
    const facts = regions.facts[code];
    document.querySelectorAll("#region-facts .value").forEach((cell, i) => { cell.textContent = facts[i]; });
    document.querySelectorAll(".region-name").forEach((cell) => { cell.textContent = regions.names[code]; });
    choose("region", code);
  }
  function picker() {
    const place = document.getElementById("picker");
    if (!place) return;
    const label = document.createElement("label");
    const select = document.createElement("select");
    label.htmlFor = select.id = "region-picker";
    label.textContent = regions.word;
    label.htmlFor = "region-picker";
    for (const code of Object.keys(regions.names).sort()) {
      const option = new Option(regions.names[code], code, code === chosen.region, code === chosen.region);
      select.append(option);
    }
    select.addEventListener("change", () => pick(select.value));
    place.classList.add("controls");
    place.append(label, select);
  }

  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  document.querySelectorAll("button.theme").forEach((button) => button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    drawAll();
  }));
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
  const mark = (id) => document.querySelectorAll("nav.contents a").forEach((link) => {
    if (link.getAttribute("href") === "#" + id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => { if (entry.isIntersecting) mark(entry.target.id); }), { rootMargin: "-10% 0px -80% 0px" });
  document.querySelectorAll("main section.level2").forEach((section) => seen.observe(section));
  picker();
  drawAll().then(() => { root.dataset.ready = "1"; });
})();
