// What the settings say: the numbers, from the lines of grid.py, as Python computes them.

const LIMITS = {
  p: [0, 8, 0.1],
  d: [0, 14, 0.1],
  floor: [0, 5, 0.01],
  end: [first + 1, last, 1],
  ntm: [page.ntm.first, page.ntm.first + (page.ntm.paces.length - 1) / 10, 0.1],
  rate: [0, 100, 0.1], // percent
};
const FIELDS = { p: "province_pace_pp", d: "poor_district_pace_pp" };
const preset = (name) => page.presets.find((one) => one.name === name);
const starting = (name, end) => {
  const one = preset(name);
  const floor = one.floor === "published" ? one.floor : 100 * one.floor;
  return {
    p: one[FIELDS.p],
    d: one[FIELDS.d],
    form: one.form,
    start: one.start,
    end: end ?? near,
    floor,
    ntm: page.ntm_pace,
  };
};
// The preset that a setting equals, whatever its last year and its communes.
const presetOf = (setting) =>
  page.presets.find((one) =>
    Object.entries(starting(one.name, setting.end)).every(([key, value]) => key === "ntm" || value === setting[key]),
  );
let [state] = fromLink("");
let settled = "",
  past = [];
const sides = () => (state.b ? ["a", "b"] : ["a"]);

// A value from outside (a link, a box) as it may be used, or undefined.
function checked(key, value, setting) {
  if (key === "form") return page.forms.includes(value) ? value : undefined;
  if (key === "start") return page.starts.includes(Number(value)) ? Number(value) : undefined;
  if (key === "floor" && value === "published") return value;
  if (key in FIELDS && preset(value)?.special && Object.keys(preset(value).special).length) return value;
  const size = typeof value === "number" ? value : read(String(value)),
    [low, high, step] = LIMITS[key] ?? [];
  if (!(size >= low && size <= high) || Math.abs(size / step - Math.round(size / step)) > 1e-6) return undefined;
  return Number((Math.round(size / step) * step).toFixed(2));
}
function toLink() {
  const parts = new URLSearchParams();
  for (const side of sides())
    for (const [key, value] of Object.entries(state[side])) parts.set(side === "a" ? key : `b.${key}`, value);
  if (state.b) parts.set("show", state.show);
  return parts.toString();
}
// The state of a link, and what in it could not be used.
function fromLink(text) {
  const problems = [],
    parts = new URLSearchParams(text),
    found = { a: starting(page.scenario), b: null };
  const named = { a: parts.get("scenario"), b: parts.get("b.scenario") };
  for (const side of ["a", "b"]) {
    const prefix = side === "a" ? "" : "b.";
    const mine = [...parts].filter(([key]) => (side === "b") === key.startsWith("b.") && key !== "show");
    if (side === "b" && mine.length) found.b = { ...found.a };
    if (named[side] && preset(named[side])) found[side] = starting(named[side]);
    for (const [key, value] of mine) {
      const name = key.slice(prefix.length),
        good = checked(name, value, found[side]);
      if (name === "scenario" ? preset(value) : good !== undefined && name in found[side]) {
        if (name !== "scenario") found[side][name] = good;
      } else problems.push(`${key}=${value}`.slice(0, 60));
    }
    if (found[side] && found[side].end <= found[side].start) {
      problems.push(`${prefix}end=${found[side].end}`);
      found[side].end = near;
    }
  }
  const show = ["a", "b", "diff"].includes(parts.get("show")) && found.b ? parts.get("show") : "a";
  return [{ ...found, edit: "a", show }, problems];
}

// the numbers (poverty/paces.py and poverty/paths.py, on the lines of grid.py)
function linesOf(setting, key) {
  const value = setting[key],
    count = last - setting.start;
  if (typeof value === "string")
    return preset(value).special[`${setting.form} ${setting.start}`]?.[FIELDS[key]] ?? null;
  const { at } = page.index.find((one) => one.form === setting.form && one.start === setting.start);
  const place = Math.round(value * 10),
    rows = key === "p" ? 1 : page.poor.length;
  const from = at + (key === "p" ? place * count : 81 * count + place * rows * count);
  return Array.from({ length: rows }, (_, i) => grid.subarray(from + i * count, from + (i + 1) * count));
}
const dot = (weights, values) => weights.reduce((sum, weight, i) => sum + weight * values[i], 0);
const sum = (values) => values.reduce((total, value) => total + value, 0);

// Rates of all areas (fractions, from the start to the end), or the key of the reason why there are none.
function ratesOf(setting) {
  const open = page.openings[setting.start],
    count = setting.end - setting.start + 1;
  const total = sum(open.households),
    poor = sum(open.poor);
  const stuck = setting.floor === "published" ? page.stuck : share(setting.floor) * total;
  if (setting.end <= setting.start) return { error: "error.end" };
  if (stuck >= poor) return { error: "error.floor" };
  const province = linesOf(setting, "p"),
    lines = linesOf(setting, "d");
  if (!province || !lines) return { error: "error.special" };
  const has = (rows) => rows.every((row) => row.slice(0, count - 1).every(Number.isFinite));
  if (!has(province) || !has(lines))
    return { error: [setting.p, setting.d].some((x) => typeof x === "string") ? "error.special" : "error.fast" };
  const weights = open.households.map((x) => x / total),
    y0 = open.poor.map((x, i) => x / open.households[i]);
  const rest = isPoor.map((is, i) => (is ? 0 : weights[i])),
    heavy = sum(rest),
    poorWeights = isPoor.map((is, i) => (is ? weights[i] : 0)),
    level = dot(rest, y0) / heavy;
  const rates = districts.map(() => []),
    paper = [],
    needed = [],
    floors = [],
    result = { rates, paper, needed, floors };
  const column = (t) => rates.map((row) => row[t] ?? 0); // of all districts, those not yet known as nothing
  let lowest = Infinity;
  for (let t = 0; t < count; t++) {
    const floor = y0.map((rate) => ((stuck / poor) * rate) / open.grown[t]);
    let j = 0;
    districts.forEach((_, i) => {
      if (isPoor[i]) rates[i][t] = Math.min(Math.max(t ? lines[j++][t - 1] : y0[i], floor[i]), 1);
    });
    paper[t] = t ? province[0][t - 1] : dot(weights, y0);
    needed[t] = (paper[t] - dot(poorWeights, column(t))) / heavy;
    lowest = Math.min(lowest, needed[t], level);
    floors[t] = dot(rest, floor) / heavy;
    const part = Math.max(lowest, floors[t]) / level;
    districts.forEach((_, i) => {
      if (!isPoor[i]) rates[i][t] = y0[i] * part;
    });
    (result.floor ??= []).push(floor);
  }
  const group = (wanted) =>
    paper.map((_, t) => {
      const homes = districts.map((_, i) => (isPoor[i] === wanted ? open.whole[i][t] : 0));
      return dot(homes, column(t)) / sum(homes);
    });
  const areas = Object.fromEntries(districts.map((code, i) => [code, rates[i]]));
  areas[PROVINCE] = paper.map((_, t) => dot(weights, column(t)));
  Object.assign(areas, { [POOR]: group(true), [REST]: group(false) });
  const breaks = needed.findIndex((rate, t) => t > 0 && rate < floors[t] - NEAR);
  return {
    ...result,
    areas,
    weights,
    years: paper.map((_, t) => setting.start + t),
    breaks: breaks < 0 ? null : breaks,
  };
}
// Percent as the fraction that a file of the scenario says.
const share = (percent) => Number((percent / 100).toFixed(4));

// Whole numbers near `shares` that add to `total`, by the largest remainders (methods/sums.py).
function apportion(shares, total, ceiling = shares.map(() => Infinity)) {
  const whole = shares.map((x, i) => Math.min(Math.floor(x + 1e-9), ceiling[i]));
  for (let missing = total - sum(whole); missing !== 0; missing = total - sum(whole)) {
    const step = Math.sign(missing);
    const room = shares.map((_, i) => (step > 0 ? whole[i] < ceiling[i] : whole[i] > 0));
    const order = shares
      .map((_, i) => i)
      .filter((i) => room[i])
      .sort((i, j) => step * (shares[j] - whole[j] - shares[i] + whole[i]) || i - j);
    for (const i of order.slice(0, Math.abs(missing))) whole[i] += step;
  }
  return whole;
}
// Whole poor households and quotas by district and year; the quota of the first year is missing.
function countsOf(setting, path) {
  const open = page.openings[setting.start],
    count = path.years.length,
    poor = [open.poor],
    quotas = [null];
  const exact = (t) => districts.map((_, i) => path.rates[i][t] * open.households[i] * open.grown[t]);
  const growth = open.grown[1];
  for (let t = 1; t < count; t++) {
    const before = exact(t - 1),
      now = exact(t),
      column = poor[t - 1];
    const ceiling = now.map((x, i) => (x <= before[i] + FULL ? column[i] : Math.max(column[i], Math.ceil(x))));
    poor[t] = apportion(now, Math.min(Math.round(sum(now)), sum(ceiling)), ceiling);
    let entries = districts.map(() => 0);
    if (setting.form === "stock_flow") {
      const flow = column.map((x, i) => page.entry * growth * (open.whole[i][t - 1] - x));
      entries = apportion(flow, Math.round(sum(flow)));
    }
    quotas[t] = poor[t].map((x, i) => Math.max(column[i] - x + entries[i], 0));
  }
  return { poor, quotas };
}
function projected(setting) {
  const path = ratesOf(setting);
  return path.error ? path : { ...path, ...countsOf(setting, path), setting };
}
const rateAt = (path, area, year) => path.areas?.[area]?.[year - path.setting?.start] ?? null;
