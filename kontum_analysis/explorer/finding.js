// What is found out by trying every pace of the grid, and what the page says of it.

const steps = (key) =>
  Array.from({ length: Math.round((LIMITS[key][1] - LIMITS[key][0]) / LIMITS[key][2]) + 1 }, (_, i) =>
    Number((LIMITS[key][0] + i * LIMITS[key][2]).toFixed(1)),
  );
// The least pace that takes an area to a rate by a year: {setting}. Where none does: what the one that takes it lowest
// reaches, and whether all that this pace moves then stands at its floor. Null where no path runs to that year.
function leastPace(setting, key, area, year, rate) {
  const t = year - setting.start;
  let lowest = null;
  for (const pace of t > 0 ? steps(key) : []) {
    const tried = { ...setting, [key]: pace, end: Math.max(setting.end, year) },
      path = ratesOf(tried);
    if (path.error) continue;
    const reached = path.areas[area][t];
    if (reached <= rate + NEAR) return { setting: tried };
    if (lowest && reached >= lowest.reached - NEAR) continue;
    const isMoved = (code, i) => (key === "p" ? !isPoor[i] : isPoor[i] && [POOR, code].includes(area));
    const isAtFloor = districts.every((code, i) => !isMoved(code, i) || path.rates[i][t] <= path.floor[t][i] + NEAR);
    lowest = { key, area, year, rate, pace, reached, isAtFloor };
  }
  return lowest;
}
// The least pace of the poor districts at which the province can meet its target as well, then the province's least;
// isProvinceAlone: with a tenth less the poor districts would still meet theirs, and the others stand at their floor.
function findBoth(setting) {
  const poor = leastPace({ ...setting, p: 0 }, "d", POOR, near, page.asked[POOR]);
  if (!poor?.setting) return poor;
  let before = null;
  for (const d of steps("d").filter((pace) => pace >= poor.setting.d)) {
    const result = leastPace({ ...setting, d }, "p", PROVINCE, near, page.asked[PROVINCE]);
    if (result?.setting) return { ...result, isProvinceAlone: before?.isAtFloor };
    before = result ?? before;
  }
  return before;
}
function findCommunes(setting, wanted) {
  const place = page.ntm.paces.findIndex((one) => one.median >= wanted);
  return place < 0 ? null : { setting: { ...setting, ntm: Number((page.ntm.first + place / 10).toFixed(1)) } };
}
// Applies what was found, if anything was, and says it; `more`: what was asked for.
function apply(result, kind, more = {}) {
  if (result?.setting) state[state.edit] = result.setting;
  refresh();
  settle();
  byId("answer").textContent = result && !result.setting ? whyNone(result) : answerTo(result, kind, more);
}
function answerTo(result, kind, more) {
  const setting = state[state.edit],
    { median, q10: low, q90: high } = communesAt(setting),
    pace = (key) => (typeof setting[key] === "string" ? preset(setting[key]).title : number(setting[key], 1)),
    paces = { p: pace("p"), d: pace("d"), ntm: number(setting.ntm, 1), form: fill(`form.${setting.form}`) };
  const values = { ...paces, start: setting.start, near, year: near, median, low, high, goal: page.ntm.goal, ...more };
  if (!result) return fill(kind === "communes" ? "find.no_communes" : "find.no_path", values);
  return fill(`find.${kind}`, values) + (result.isProvinceAlone ? ` ${fill("find.both_why", values)}` : "");
}
// Why no pace leads there, and what can be reached.
function whyNone({ key, area, isAtFloor, ...numbers }) {
  const whose = names[key === "p" ? PROVINCE : POOR];
  const none = fill("find.none", { ...numbers, area: names[area], whose, high: LIMITS[key][1] });
  return `${none} ${fill(isAtFloor ? `find.floor_${key}` : "find.fastest")}`;
}
