// From a change to the screen.

// What shows the paths, in parts: {node, work, isNear}. While a hand moves, only what is in view or near it is drawn.
const parts = [];
let current = {}, // the paths as last drawn, by side
  ink, // colours of the page in the reader's light or dark
  waiting = 0,
  noting = 0;
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries)
      parts.find((part) => part.node === target).isNear = isIntersecting;
  },
  { rootMargin: "100px" },
);
function addPart(node, work) {
  parts.push({ node, work, isNear: true });
  watcher.observe(node);
}
// Draws what the state says; isMoving: the rest follows as soon as the hand rests.
function draw(isMoving = false) {
  const paths = Object.fromEntries(sides().map((side) => [side, projected(state[side])]));
  current = paths;
  for (const [id, wordsOf] of Object.entries({ chosen, verdict, likelihood })) {
    const lines = sides().map((side) => [state.b ? `${fill(`side.${side}`)}: ` : "", wordsOf(paths[side], state[side])]);
    byId(id).replaceChildren(...lines.filter(([, line]) => line).map(([side, line]) => html("span", {}, side + line)));
  }
  byId("verdict").className = moodOf(paths[state.edit]);
  for (const { isNear, work } of parts) if (isNear || !isMoving) work(paths);
  byId("key-b").hidden = !state.b;
  clearTimeout(waiting);
  if (isMoving) waiting = setTimeout(draw, 150);
}
function showChart(chart, paths) {
  const { node, area, caption, width } = chart,
    height = area === PROVINCE ? 300 : area.includes("-") ? 220 : 150;
  node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  node.replaceChildren();
  chart.points = drawPanel(node, area, width, height, ink, paths);
  hidePoint(chart);
  const rates = paths[state.edit].areas?.[area];
  const now = rates ? `${number(100 * rates[0], 2)}% → ${number(100 * rates.at(-1), 2)}%` : "–";
  caption.replaceChildren(html("b", {}, names[area]), ` ${now}`);
  node.setAttribute("aria-label", fill("picture", { area: names[area], now }));
}
// Widths are read when they change, never between two drawings, which would lay the page out twice.
function measure() {
  for (const chart of charts) chart.width = chart.node.parentNode.clientWidth || 300;
  ink = colours(document.body);
  draw();
}
// Which scenario is being changed, and which the tables show.
const RADIOS = ["edit-a", "edit-b", "show-a", "show-b", "show-diff"].map((id) => id.split("-"));
function showControls() {
  for (const node of document.querySelectorAll("[data-key]")) showControl(node, node.dataset.key, state[state.edit]);
  byId("preset").value = presetOf(state[state.edit])?.name ?? "";
  byId("other").value = state.b ? (presetOf(state.b)?.name ?? "copy") : "";
  for (const [key, side] of RADIOS) byId(`${key}-${side}`).checked = state[key] === side;
  for (const node of document.querySelectorAll(".two")) node.hidden = !state.b;
  for (const id of ["yaml", "python"])
    byId(id).textContent =
      fill(`button.${id}`) + (state.b ? ` ${fill("of_side", { side: fill(`side.${state.edit}`) })}` : "");
  byId("undo").disabled = !past.length;
}
// A setting in its slider, box, list or tick; a box in which somebody types is left alone.
function showControl(node, key, setting) {
  const value = setting[key],
    isSpecial = typeof value === "string" && key in FIELDS,
    size = isSpecial ? firstPace(setting, key) : value === "published" ? publishedFloor(setting) : value;
  const written = key === "end" ? String(size) : number(size, value === "published" ? 2 : 1);
  if (node.type === "checkbox") node.checked = value === "published";
  else if (node.tagName === "SELECT") write(node, value);
  else if (node.type === "range") {
    write(node, size);
    node.setAttribute("aria-valuetext", isSpecial ? preset(value).title : written);
  } else {
    node.placeholder = isSpecial ? fill("as_scenario") : "";
    if (node === document.activeElement) return;
    write(node, isSpecial ? "" : written);
    node.removeAttribute("aria-invalid");
  }
}
// A value that stands already is not written again: the browser would lay the page out for each.
const write = (node, value) => {
  if (node.value !== String(value)) node.value = value;
};
const publishedFloor = (setting) => (100 * page.stuck) / sum(page.openings[setting.start].households);
function firstPace(setting, key) {
  const rows = linesOf({ ...setting }, key);
  if (!rows) return 0;
  const open = page.openings[setting.start],
    at = districts.indexOf(page.poor[0]);
  const before = key === "p" ? sum(open.poor) / sum(open.households) : open.poor[at] / open.households[at];
  return Number((100 * (before - rows[0][0])).toFixed(1));
}
function refresh(isMoving = false) {
  byId("answer").textContent = ""; // it was the answer for other settings, as what was copied is of them
  byId("code-box").hidden = true;
  complain();
  showControls();
  draw(isMoving);
}
// After a change that stands: into the address, and one step that can be undone.
function settle() {
  const link = toLink();
  if (link === settled) return;
  if (settled) past.push(settled);
  settled = link;
  toAddress(link);
  byId("undo").disabled = !past.length;
}
function restore(link) {
  [state] = fromLink(link);
  refresh();
  settled = link;
  toAddress(link);
}
function toAddress(link) {
  try {
    history.replaceState(null, "", `#${link}`);
  } catch {
    // inside a notebook a page has no address of its own
  }
}
// A note of what was done stands for as long as it takes to read.
const say = (text) => {
  byId("note").textContent = text;
  clearTimeout(noting);
  noting = setTimeout(() => byId("note").replaceChildren(), 8000);
};
// A word on what cannot be used: beside its box, or at the top of the page. Without a text the last one goes.
function complain(text = "", box = null) {
  const problem = byId("problem");
  for (const node of document.querySelectorAll("[aria-describedby=problem]"))
    for (const name of ["aria-invalid", "aria-describedby"]) node.removeAttribute(name);
  if (text && !box) document.querySelector("header").append(problem);
  if (box) {
    box.closest("div").after(problem);
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", "problem");
  }
  problem.textContent = text;
  problem.hidden = !text;
}
function refuse(box, value, [low, high, step]) {
  const written = (limit) => (limit > 1000 ? String(limit) : plain(limit)); // a year has no mark of thousands
  const values = { value: String(value).slice(0, 20), low: written(low), high: written(high), step: plain(step) };
  byId("answer").textContent = "";
  complain(fill("refused", values), box);
}

function change(event) {
  const node = event.target,
    key = node.dataset.key,
    setting = { ...state[state.edit] };
  if (!key) return;
  const typed =
    node.type === "checkbox" ? (node.checked ? "published" : Number(publishedFloor(setting).toFixed(2))) : node.value;
  const value = checked(key, typed, setting);
  if (value === undefined) return refuse(node, typed, LIMITS[key]);
  setting[key] = value;
  if (key === "start" && setting.end <= value) setting.end = near > value ? near : last;
  if (key === "form" || key === "start")
    // paces of single years give way to the first of them
    for (const pace of Object.keys(FIELDS))
      if (typeof setting[pace] === "string" && !linesOf(setting, pace))
        setting[pace] = firstPace(state[state.edit], pace);
  if (key === "end" && value <= setting.start)
    return complain(fill("error.end", { end: value, start: setting.start }), node);
  state[state.edit] = setting;
  refresh(event.type === "input");
}

const valid = (work) =>
  current[state.edit].error ? say(verdict(current[state.edit], state[state.edit])) : work(current);
const ACTIONS = {
  undo: () => past.length && restore(past.pop()),
  reset: () => {
    [state] = fromLink("");
    refresh();
    settle();
    say(fill("was_reset"));
  },
  link: () =>
    copy(
      location.href.startsWith("about:") ? `#${toLink()}` : `${location.href.split("#")[0]}#${toLink()}`,
      "copied_link",
    ),
  python: () => valid(() => copy(pythonOf(state[state.edit]), "copied_code")),
  csv: () => valid((paths) => save(csvOf(paths), "text/csv", `${nameOf(state.a)}.csv`)),
  svg: () => valid((paths) => save(pictureOf(paths), "image/svg+xml", `${nameOf(state.a)}.svg`)),
  png: () => valid(savePng),
  yaml: () => valid(() => save(yamlOf(state[state.edit]), "application/yaml", `${nameOf(state[state.edit])}.yaml`)),
  both: () => apply(findBoth(state[state.edit]), "both"),
  rate: () => {
    const [area, typed, year] = ["area", "rate", "year"].map((name) => byId(`find-${name}`).value),
      rate = checked("rate", typed);
    if (rate === undefined) return refuse(byId("find-rate"), typed, LIMITS.rate);
    const more = { area: names[area], rate: plain(rate), year },
      key = area === POOR || page.poor.includes(area) ? "d" : "p";
    return apply(leastPace(state[state.edit], key, area, Number(year), rate / 100), "rate", more);
  },
  "communes-goal": () => apply(findCommunes(state[state.edit], page.ntm.goal), "communes"),
};
// Takes the state from the address, and says what in it could not be used.
function openAddress() {
  let problems = [];
  if (location.hash.length > 1) [state, problems] = fromLink(location.hash.slice(1));
  refresh();
  settle();
  if (problems.length) complain(fill("bad_link", { parts: problems.join(", ") }));
}
function begin() {
  addPart(byId("results").parentNode, showResults);
  for (const area of [PROVINCE, POOR, REST]) addChart(area, byId("groups"));
  for (const area of districts) addChart(area, byId("districts"));
  for (const chart of charts) addPart(chart.node.parentNode, (paths) => showChart(chart, paths));
  for (const [name, show] of Object.entries({ rates: showRates, quotas: showQuotas, chances: showChances }))
    addPart(byId(name).parentNode, show);
  const form = byId("controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", change);
  form.addEventListener("focusout", () => setTimeout(showControls));
  form.addEventListener("change", () => {
    settle();
    showControls();
  });
  for (const [name, work] of Object.entries(ACTIONS)) byId(name).addEventListener("click", work);
  byId("preset").addEventListener("change", (event) => {
    if (event.target.value)
      state[state.edit] = starting(event.target.value, Math.min(preset(event.target.value).end, state[state.edit].end));
    refresh();
  });
  byId("other").addEventListener("change", (event) => {
    const name = event.target.value;
    state.b =
      name === "" ? null : name === "copy" ? { ...state.a } : starting(name, Math.min(preset(name).end, state.a.end));
    state.edit = "a";
    state.show = state.b ? "diff" : "a";
    refresh();
  });
  for (const [key, side] of RADIOS)
    byId(`${key}-${side}`).addEventListener("change", () => {
      state[key] = side;
      refresh();
    });
  byId("search").addEventListener("input", showCommunes);
  byId("language")?.addEventListener("click", (event) => (event.target.hash = toLink()));
  showStill();
  measure();
  openAddress();
  addEventListener("hashchange", openAddress);
  new ResizeObserver(() => requestAnimationFrame(measure)).observe(byId("groups"));
  const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) markWide(target.closest(".scroll"));
  });
  for (const node of document.querySelectorAll(".scroll, .scroll > table")) widths.observe(node);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", measure);
  byId("loading").remove();
}
async function unpack() {
  const bytes = Uint8Array.from(atob(page.curves), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  grid = new Float64Array(await new Response(stream).arrayBuffer());
  delete page.curves;
}
if (typeof DecompressionStream === "undefined") complain(fill("old_browser"));
else unpack().then(begin, () => complain(fill("old_browser")));
