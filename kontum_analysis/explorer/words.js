// The page looks numbers up, adds them by their weights, stops them at their floors, and draws: no form of a path is
// computed here (grid.py), and no text is written as HTML, so that no name can run as a script.
const page = JSON.parse(document.getElementById("data").textContent);
const { lang, words, names, districts, first, last, near } = page;
const PROVINCE = "62",
  POOR = "62-POOR",
  REST = "62-REST",
  FULL = 1e-9,
  NEAR = 1e-5; // whole households round the rate of a group by less
const byId = (id) => document.getElementById(id);
const isPoor = districts.map((code) => page.poor.includes(code));
let grid = null; // doubles of all paces, unpacked once

// words and numbers, as base/words.py writes them
const formats = [0, 1, 2, 3, 4].map((digits) => {
  const both = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(lang, { ...both, roundingMode: "halfEven" });
});
function number(value, decimals) {
  if (!Number.isFinite(value)) return "–";
  const digits = formats[decimals].format(Math.abs(value));
  return (value < 0 && /[1-9]/.test(digits) ? "−" : "") + digits;
}
function fill(key, values = {}, texts = words) {
  return (texts[key] ?? key).replace(/\{(\w+)(?::([np])(\d))?\}/g, (_, name, kind, decimals) =>
    kind ? number(kind === "p" ? 100 * values[name] : values[name], Number(decimals)) : String(values[name]),
  );
}
const plain = (value) => number(value, Number.isInteger(Math.round(value * 100) / 100) ? 0 : (value * 10) % 1 ? 2 : 1);
const read = (typed) => (/^\s*\d+([.,]\d+)?\s*$/.test(typed) ? Number(typed.trim().replace(",", ".")) : NaN);

// elements
const build =
  (space) =>
  (name, attributes = {}, ...children) => {
    const node = space ? document.createElementNS(space, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== null));
    return node;
  };
const html = build(null),
  svg = build("http://www.w3.org/2000/svg");
