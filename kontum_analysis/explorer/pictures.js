// The pictures: one panel an area, with points that can be read.

const COLOURS = ["text", "muted", "line", "a", "b", "band", "floor", "target", "office"];
const STAR = "l1.5,4.5h4.7l-3.8,2.8l1.5,4.5l-3.9,-2.8l-3.9,2.8l1.5,-4.5l-3.8,-2.8h4.7Z";
const colours = (node) =>
  Object.fromEntries(COLOURS.map((name) => [name, getComputedStyle(node).getPropertyValue(`--${name}`).trim()]));
function ticksTo(high) {
  const rough = high / 3,
    size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((x) => x * size).find((x) => x >= rough);
  return Array.from({ length: Math.ceil(high / step - 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
// A line on paper as far as it makes sense: to the year in which it reaches nothing.
function downToZero(rates) {
  const last = rates.findIndex((rate) => rate <= 0);
  return last < 0 ? rates : [...rates.slice(0, last), 0];
}
// Draws an area into a node of SVG; returns its points with their words.
function drawPanel(node, area, width, height, ink, paths) {
  const end = Math.max(near, ...Object.values(paths).map((path) => path.years?.at(-1) ?? near));
  const known = page.known[area] ?? [],
    band = page.corridor[area],
    asked = page.asked[area];
  const drawn = [
    ...known.map((one) => one.q90 ?? one.rate),
    ...band.low,
    asked ?? 0,
    ...Object.values(paths).flatMap((path) => path.areas?.[area] ?? []),
  ];
  const ticks = ticksTo(100 * Math.max(...drawn)),
    top = ticks.at(-1),
    left = 34,
    bottom = height - 20;
  const x = (year) => left + 8 + ((width - left - 24) * (year - first)) / (end - first);
  const y = (rate) => bottom - ((bottom - 8) * 100 * rate) / top;
  const put = (name, attributes, ...children) => node.append(svg(name, attributes, ...children));
  const line = (rows, start) =>
    rows.map((rate, t) => `${t ? "L" : "M"}${x(start + t).toFixed(1)},${y(rate).toFixed(1)}`).join("");
  for (const tick of ticks) {
    const at = y(tick / 100);
    put("line", { x1: left, x2: width - 8, y1: at, y2: at, stroke: ink.line });
    put("text", { x: left - 5, y: at + 4, "text-anchor": "end", "font-size": 11, fill: ink.muted }, plain(tick));
  }
  const every = (width - left) / (end - first) > 44 ? 1 : end - first > 5 ? 3 : 2;
  for (let year = first; year <= end; year += every)
    put("text", { x: x(year), y: height - 5, "text-anchor": "middle", "font-size": 11, fill: ink.muted }, String(year));
  const upper = band.low.slice(0, end - first + 1),
    lower = band.high.slice(0, end - first + 1);
  put("path", {
    d: `${line(upper, first)}${lower
      .map((rate, t) => [first + t, rate])
      .reverse()
      .map(([year, rate]) => `L${x(year).toFixed(1)},${y(rate).toFixed(1)}`)
      .join("")}Z`,
    fill: ink.band,
  });
  const points = [];
  for (const [side, path] of Object.entries(paths)) {
    if (path.error) continue;
    const { start } = path.setting,
      dash = side === "b" ? "7 4" : null,
      i = districts.indexOf(area);
    const floorOf = { [PROVINCE]: (t) => dot(path.weights, path.floor[t]), [REST]: (t) => path.floors[t] };
    const floorAt = i >= 0 ? (t) => path.floor[t][i] : floorOf[area];
    if (floorAt) {
      const floor = path.years.map((_, t) => floorAt(t));
      put("path", { d: line(floor, start), fill: "none", stroke: ink.floor, "stroke-dasharray": "1 3" });
    }
    if (area === PROVINCE && path.breaks)
      put("path", {
        d: line(downToZero(path.paper), start),
        fill: "none",
        stroke: ink[side],
        "stroke-width": 1,
        "stroke-dasharray": "2 3",
      });
    put("path", {
      d: line(path.areas[area], start),
      fill: "none",
      stroke: ink[side],
      "stroke-width": 2.5,
      "stroke-dasharray": dash,
    });
    path.areas[area].forEach((rate, t) => {
      if (!t) return;
      put("circle", { cx: x(start + t), cy: y(rate), r: 2.6, fill: ink[side] });
      points.push({ x: x(start + t), y: y(rate), rate, year: start + t, status: "projected", side, sources: [] });
    });
  }
  if (asked !== undefined) {
    put("path", { d: `M${x(near) - 9},${y(asked)}h18`, stroke: ink.target, "stroke-width": 3 });
    points.push({ x: x(near), y: y(asked), rate: asked, year: near, status: "asked", sources: [] });
  }
  for (const one of known) {
    const [cx, cy] = [x(one.year), y(one.rate)];
    if (one.q10 !== null)
      put("path", { d: `M${cx},${y(one.q10)}V${y(one.q90)}`, stroke: ink.text, "stroke-width": 1.5 });
    const fillOf = one.status === "published" ? ink.text : "none";
    if (one.status === "office") put("path", { d: `M${cx},${cy - 6.5}${STAR}`, fill: ink.office, "data-office": "" });
    else if (one.status === "estimated")
      put("path", { d: `M${cx},${cy - 5}l5,5l-5,5l-5,-5Z`, fill: "none", stroke: ink.text, "stroke-width": 1.5 });
    else put("circle", { cx, cy, r: 4, fill: fillOf, stroke: ink.text, "stroke-width": 1.5 });
    points.push({ x: cx, y: cy, ...one });
  }
  return points.sort((one, other) => one.year - other.year || other.rate - one.rate);
}

const charts = []; // {area, node, caption, tip, width, points, at}
function addChart(area, parent) {
  const node = svg("svg", { role: "img", tabindex: 0 }),
    caption = html("figcaption");
  const tip = html("div", { class: "tip", "aria-live": "polite", hidden: "" });
  const figure = html("figure", { "data-area": area }, caption, html("div", { class: "chart" }, node, tip));
  const chart = { area, node, caption, tip, points: [], at: -1 };
  const showNearest = (event) => {
    const box = node.getBoundingClientRect(),
      px = event.clientX - box.left,
      py = event.clientY - box.top;
    const far = chart.points.map((one) => Math.hypot(one.x - px, one.y - py));
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest] < 30) showPoint(chart, nearest);
  };
  node.addEventListener("pointermove", showNearest);
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    node.focus();
    showNearest(event);
  });
  figure.addEventListener("pointerleave", () => document.activeElement !== node && hidePoint(chart));
  figure.addEventListener("focusout", (event) => figure.contains(event.relatedTarget) || hidePoint(chart));
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && document.activeElement === node) {
      event.preventDefault();
      showPoint(chart, (chart.at + step + chart.points.length) % chart.points.length);
    }
    if (event.key === "Escape") hidePoint(chart);
  });
  charts.push(chart);
  parent.append(figure);
}
function sourceLinks(ids) {
  return ids
    .filter((id) => page.sources[id])
    .map((id) => {
      const { title, publisher, day, url } = page.sources[id],
        said = [title, publisher, day].filter(Boolean).join(", ");
      return url
        ? html("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, said)
        : html("span", {}, said);
    });
}
function showPoint(chart, at) {
  if (chart.at === at && !chart.tip.hidden) return;
  const one = chart.points[at];
  chart.at = at;
  const status = one.status === "asked" ? fill("asked") : fill(`status.${one.status}`);
  const side = one.side && state.b ? ` (${fill(`side.${one.side}`)})` : "";
  const range = one.q10 === null || one.q10 === undefined ? "" : ` ${fill("interval", one)}`;
  chart.tip.replaceChildren(
    html("b", {}, `${number(100 * one.rate, 2)}%`),
    ` ${fill("end_of", { year: one.year })}: ${status}${side}${range}`,
    ...sourceLinks(one.sources).map((link) => html("div", {}, link)),
  );
  chart.tip.hidden = false;
  const room = chart.node.clientWidth;
  chart.tip.style.left = `${Math.max(0, Math.min(one.x - 30, room - chart.tip.offsetWidth))}px`;
  chart.tip.style.top = `${one.y + 10}px`;
}
function hidePoint(chart) {
  chart.tip.hidden = true;
  chart.at = -1;
}
