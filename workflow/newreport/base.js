// What the other parts of the script share. Nothing is fetched; every word comes from the data.
const data = (id) => JSON.parse(document.getElementById("data-" + id).textContent);
const specs = data("charts");
const page = data("page");
const words = page.words;
const root = document.documentElement;

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
const shown = (node) => node.textContent.replace(/[^\S\u202f]+/g, " ").trim();
const filledIn = (phrase, values) => phrase.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const options = (entries, selected) => entries.map(([value, text]) => new Option(text, value, value === selected, value === selected));

// A labelled field among the controls.
function field(label, control, id) {
  control.id = id;
  return [make("label", { htmlFor: id }, label), control];
}

// A box that is narrower than what it holds can be scrolled by keyboard, and says so.
function hint(box, label) {
  const wide = box.scrollWidth > box.clientWidth + 1; // a pixel is no matter for the eye
  const scrolls = wide || box.scrollHeight > box.clientHeight + 1;
  const note = box.previousElementSibling?.matches(".hint") ? box.previousElementSibling : null;
  if (wide) note ?? box.before(make("p", { className: "hint" }, words.scrolls));
  else note?.remove();
  for (const [name, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": label })) {
    if (scrolls) box.setAttribute(name, value);
    else box.removeAttribute(name);
  }
}
