// The tables and the sentence above them.

function table(node, caption, head, rows, isText = 1) {
  if (isRewritten(node, [head, ...rows])) return;
  const cell = (value, i) =>
    i === 0
      ? html("th", { scope: "row" }, value)
      : html("td", { class: i < isText ? "words" : null }, ...[value].flat());
  node.replaceChildren(
    html("caption", {}, caption),
    html(
      "thead",
      {},
      html("tr", {}, ...head.map((name, i) => html("th", { scope: "col", class: i < isText ? "words" : null }, name))),
    ),
    html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row.map(cell)))),
  );
}
// Whether a table of the same shape stood there and has now these texts: only cells that differ are touched.
function isRewritten(node, rows) {
  const isAlike = node.rows.length === rows.length && rows.every((row, i) => row.length === node.rows[i].cells.length);
  if (!isAlike || node.id === "communes") return false;
  rows.forEach((row, i) =>
    row.forEach((text, j) => {
      const cell = node.rows[i].cells[j];
      if (cell.textContent !== text) cell.textContent = text;
    }),
  );
  return true;
}
// A table that is wider than its place says that it scrolls.
function markWide(node) {
  node.classList.toggle("wide", node.scrollWidth > node.clientWidth + 1);
}
// The lines of the result: label, value by side, decimals, target, whether less is better, slack.
function resultRows(paths) {
  const of = (value) => sides().map((side) => (paths[side].error ? null : value(paths[side], state[side])));
  const rate = (area, year, ...target) => [
    fill("row.rate", { area: names[area], year }),
    of((path) => percentAt(path, area, year)),
    2,
    ...target,
  ];
  const fall = (area) => [
    fill("row.fall", { area: names[area], first: first + 1, year: near }),
    of((path) => meanFall(path, area)),
    2,
    page.pace[area],
    false,
    SLACK / (near - first),
  ];
  const rows = [
    rate(PROVINCE, near, 100 * page.asked[PROVINCE], true),
    rate(POOR, near, 100 * page.asked[POOR], true),
    rate(REST, near, null),
    fall(PROVINCE),
    fall(POOR),
  ];
  for (const year of [...new Set(sides().map((side) => state[side].end))].filter((end) => end !== near))
    rows.push(...[PROVINCE, POOR, REST].map((area) => rate(area, year, null)));
  rows.push(
    [fill("row.exits"), of((path) => sum(path.quotas.slice(1).map(sum))), 0, null],
    [
      fill("row.needed"),
      of((path) => (100 * (path.needed[0] - path.needed.at(-1))) / (path.years.length - 1)),
      2,
      null,
    ],
    [fill("row.breaks"), of((path) => (path.breaks === null ? fill("never") : String(path.years[path.breaks]))), 0, null],
    [
      fill("row.communes", { year: near }),
      sides().map((side) => communesAt(state[side]).median),
      0,
      page.ntm.goal,
      false,
    ],
  );
  return rows;
}
function percentAt(path, area, year) {
  const rate = rateAt(path, area, year);
  return rate === null ? null : 100 * rate;
}
// The average fall to the programme's end, in points a year.
function meanFall(path, area) {
  const rate = rateAt(path, area, near);
  return rate === null ? null : (100 * (page.opening[area] - rate)) / (near - first);
}
const communesAt = (setting) => page.ntm.paces[Math.round((setting.ntm - page.ntm.first) * 10)];
// Points by which a rate may pass its limit and still meet it: a part of a household.
const SLACK = 100 * NEAR;
const gapTo = (value, target, less) => (less ? value - target : target - value);
// Decimals at which values and their limit, as written, say what their unrounded comparison says.
function digitsFor(values, target, less, decimals, slack = SLACK) {
  const agrees = (value, digits) => {
    const [gap, shown] = [gapTo(value, target, less), gapTo(...[value, target].map((x) => +x.toFixed(digits)), less)];
    return gap <= slack ? shown <= 0 : shown > 0 && +gap.toFixed(digits) > 0;
  };
  const tries = [decimals, decimals + 1, decimals + 2, decimals - 1];
  return tries.find((digits) => values.every((value) => value === null || agrees(value, digits))) ?? decimals;
}
function showResults(paths) {
  const two = sides().length === 2,
    show = (value, decimals) => (typeof value === "string" ? value : number(value, decimals));
  const head = [
    fill("col.result"),
    ...(two ? [fill("side.a"), fill("side.b"), fill("side.diff")] : [fill("col.value")]),
    fill("col.target"),
    ...(two ? [fill("col.gap_a"), fill("col.gap_b")] : [fill("col.gap")]),
  ];
  table(
    byId("results"),
    fill("caption.results"),
    head,
    resultRows(paths).map(([label, values, least, target, less, slack = SLACK]) => {
      const missing = values.some((value) => typeof value !== "number"),
        decimals = target === null ? least : digitsFor(values, target, less, least, slack);
      // with its unit: communes where it has no decimals, else points
      const gapWords = (value) => {
        if (target === null || value === null) return "–";
        const gap = gapTo(value, target, less);
        return gap <= slack ? fill("met") : fill(decimals ? "points" : "counted", { value: number(gap, decimals) });
      };
      return [
        label,
        ...values.map((value) => show(value, decimals)),
        ...(two ? [missing ? "–" : number(values[0] - values[1], decimals)] : []),
        target === null ? "–" : `${less ? "≤" : "≥"} ${number(target, decimals)}`,
        ...values.map(gapWords),
      ];
    }),
  );
}
// The years of the table by year, and a function from what is asked of one path to the value shown: of A, B or A − B.
function yearsShown(paths) {
  const one = state.show === "diff" ? null : paths[state.show];
  const years = Object.values(paths).flatMap((path) => path.years ?? []);
  const from = Math.min(...years),
    count = years.length ? Math.max(...years) - from + 1 : 0;
  const show = (value) =>
    one ? value(one) : [paths.a, paths.b].map(value).reduce((x, y) => (x === null || y === null ? null : x - y));
  return [Array.from({ length: count }, (_, t) => from + t), show];
}
function showRates(paths) {
  const [years, show] = yearsShown(paths);
  table(
    byId("rates"),
    fill("caption.rates"),
    [fill("col.area"), ...years.map(String)],
    [PROVINCE, POOR, REST, ...districts].map((area) => [
      names[area],
      ...years.map((year) => number(show((path) => percentAt(path, area, year)), 2)),
    ]),
  );
}
function showQuotas(paths) {
  const [years, show] = yearsShown(paths);
  const quota = (i, year) => (path) => {
    const row = path.quotas?.[year - path.setting.start] ?? null;
    return row && (i < 0 ? sum(row) : row[i]);
  };
  table(
    byId("quotas"),
    fill("caption.quotas"),
    [fill("col.area"), ...years.slice(1).map(String), fill("col.total")],
    [PROVINCE, ...districts].map((area) => {
      const row = years.slice(1).map((year) => show(quota(districts.indexOf(area), year)));
      return [names[area], ...row.map((value) => number(value, 0)), number(sum(row.map((value) => value ?? 0)), 0)];
    }),
  );
}
// The chance of a mean fall as great as that of a path, to a hundredth of a point: {fall, chance}, or null.
function chanceOfFall(path, { area, words }) {
  const fall = meanFall(path, area);
  if (fall === null) return null;
  const step = Math.min(Math.max(Math.round(100 * fall), 0), words.length - 1);
  return { fall: step / 100, chance: words[step] };
}
function showChances(paths) {
  const chanceOf = (side, id) => {
    if (id in communesAt(state[side]).words) return communesAt(state[side]).words[id];
    const chance = chanceOfFall(paths[side], page.falls[id]);
    return chance ? fill("at_least", chance) : paths[side].error ? "–" : fill("ends_early", { near });
  };
  const rows = page.board.filter((row) => row.range !== "–");
  table(
    byId("chances"),
    fill("caption.chances"),
    [
      fill("col.target"),
      fill("col.outlook"),
      fill("col.range"),
      ...sides().map((side) => fill("col.chosen") + (state.b ? ` (${fill(`side.${side}`)})` : "")),
    ],
    rows.map((row) => [row.statement, row.chance, row.range, ...sides().map((side) => chanceOf(side, row.id))]),
  );
}
function showStill() {
  const links = (row) =>
    sourceLinks(row.sources).map((link, i) => {
      link.title = link.textContent;
      link.setAttribute("aria-label", `[${i + 1}] ${link.textContent}`);
      link.textContent = `[${i + 1}]`;
      return html("span", {}, link, " ");
    });
  table(
    byId("targets"),
    fill("caption.targets"),
    ["statement", "asked", "latest", "gap", "chance", "status", "sources"].map((name) => fill(`col.${name}`)),
    page.board.map((row) => [
      `${row.id}. ${row.statement}`,
      row.asked,
      row.day ? `${row.latest} (${row.day}; ${row.kind})${row.later}` : "–",
      row.gap,
      row.range === row.chance ? row.chance : `${row.chance} (${row.range})`,
      row.status,
      links(row),
    ]),
    7,
  );
  showCommunes();
}
const folded = (text) =>
  text
    .normalize("NFD")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(/[^\p{L}\p{N}]|\p{Lm}/gu, "");
function showCommunes() {
  const wanted = folded(byId("search").value),
    rows = page.communes.filter((row) => row.folded.includes(wanted));
  table(
    byId("communes"),
    fill("caption.communes", { count: rows.length, all: page.communes.length }),
    ["commune", "district", "standing", "criteria", "kind", "chance"].map((name) => fill(`col.${name}`)),
    rows.map((row) => [row.name, row.district, row.standing, row.criteria, row.kind, row.chance]),
    5,
  );
  byId("found").textContent = fill(rows.length ? "communes_found" : "no_commune", { count: rows.length });
}

// the words above the picture
// Which of the two targets a path meets: both, province, poor, none; early where it ends before their year.
function standing(path) {
  const [rate, poor] = [PROVINCE, POOR].map((area) => rateAt(path, area, near));
  if (rate === null) return "early";
  const [isProvince, isPoorMet] = [rate <= page.asked[PROVINCE] + NEAR, poor <= page.asked[POOR] + NEAR];
  return isProvince ? (isPoorMet ? "both" : "province") : isPoorMet ? "poor" : "none";
}
function verdict(path, setting) {
  const { end, start } = setting;
  if (path.error) return fill(path.error, { p: plain(setting.p), d: plain(setting.d), end, start });
  const beside = (area) => {
    const numbers = [percentAt(path, area, near), 100 * page.asked[area]];
    const digits = digitsFor([numbers[0]], numbers[1], true, 2);
    return numbers.map((value) => number(value, digits));
  };
  const [[rate, asked], [poor, asked_poor]] = [PROVINCE, POOR].map(beside);
  const targets = fill(`verdict.${standing(path)}`, { near, end, rate, poor, asked, asked_poor });
  const t = path.breaks,
    pace = (100 * (path.needed[0] - path.needed.at(-1))) / (path.years.length - 1);
  if (t === null) return `${targets} ${fill(pace > 0 ? "fits" : "slack", { end, pace })}`;
  const short = 100 * Math.max(path.areas[PROVINCE][t] - path.paper[t], 0);
  const broken = { year: path.years[t], needed: path.needed[t], floor: path.floors[t], short };
  return `${targets} ${fill("breaks", broken)}`;
}
// What was chosen, as the page is printed or sent.
const chosen = (path, setting) => described(setting);
// How likely falls as great are, by what history shows.
function likelihood(path) {
  const [province, poor] = Object.values(page.falls).map((one) => chanceOfFall(path, one));
  if (!province) return "";
  const falls = { fall: province.fall, poor_fall: poor.fall };
  return fill("likelihood", { ...falls, province: province.chance, poor: poor.chance, near });
}
function moodOf(path) {
  if (path.error || ["none", "province", "poor"].includes(standing(path))) return "bad";
  return path.breaks === null && standing(path) === "both" ? "good" : "mixed";
}
// A scenario in words, in either language.
function described(setting, one = lang) {
  const { p, d, start, end } = setting,
    write = (key, values) => fill(key, values, page.described[one]),
    form = write(`form.${setting.form}`);
  if (typeof p === "string" && p === d)
    return write("described_scenario", { title: preset(p).titles[one], form, start, end });
  const pace = (value) =>
    typeof value === "string" ? write("as_scenario") : String(value).replace(".", one === "vi" ? "," : ".");
  return write("described", { p: pace(p), d: pace(d), form, start, end });
}
