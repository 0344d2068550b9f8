// What the other parts of the script share: the page's data and small helpers. Nothing is fetched;
// every word comes from the data.
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
// A phrase with its {places} filled.
const filledIn = (phrase, values) => phrase.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

// A labelled field among the controls of a panel.
function field(label, control, id) {
  control.id = id;
  return [make("label", { htmlFor: id }, label), control];
}

// A box that is narrower than what it holds can be scrolled by keyboard, and says so.
function hint(box, label) {
  const over = Math.max(box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight);
  const scrolls = box.scrollWidth > box.clientWidth + 1; // a pixel is no matter for the eye
  const note = box.previousElementSibling?.classList.contains("hint") ? box.previousElementSibling : null;
  if (scrolls && !note) box.before(make("p", { className: "hint" }, words.scrolls));
  if (!scrolls && note) note.remove();
  if (over > 0) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}
