// What leaves the page: files, a link, code.

const nameOf = (setting) =>
  ["p", "d"]
    .map((key) => `${key}${String(setting[key]).replace(".", "-")}`)
    .concat(setting.form.replace("_", "-"), setting.start, setting.end, `f${String(setting.floor).replace(".", "-")}`)
    .join("-")
    .slice(0, 60);
function scenarioValues(setting) {
  const pace = (key) => (typeof setting[key] === "string" ? preset(setting[key])[`${FIELDS[key]}_yaml`] : setting[key]);
  return {
    province_pace_pp: pace("p"),
    poor_district_pace_pp: pace("d"),
    form: setting.form,
    start: setting.start,
    end: setting.end,
    floor: setting.floor === "published" ? "published" : share(setting.floor),
  };
}
const asText = (value, quote) =>
  typeof value === "object"
    ? `{${Object.entries(value)
        .map(([year, pace]) => `${year}: ${pace}`)
        .join(", ")}}`
    : typeof value === "string" && quote
      ? JSON.stringify(value)
      : String(value);
const yamlOf = (setting) =>
  [
    `name: ${nameOf(setting)}`,
    ...["vi", "en"].map((one) => `title_${one}: ${JSON.stringify(described(setting, one))}`),
    ...Object.entries(scenarioValues(setting)).map(([key, value]) => `${key}: ${asText(value)}`),
    "",
  ].join("\n");
const pythonOf = (setting) =>
  [
    "import kontum_analysis as kt",
    "",
    `obs = kt.load_observations(${page.load})`,
    `scenario = kt.Scenario(name=${JSON.stringify(nameOf(setting))}, ${Object.entries(scenarioValues(setting))
      .map(([key, value]) => `${key}=${asText(value, true)}`)
      .join(", ")})`,
    "path = kt.project_poverty(obs, scenario)",
    "groups = kt.groups(path)",
    "quotas = kt.exit_quotas(path)",
    "needed = kt.implied_pace(obs, scenario)",
    `communes = kt.project_ntm(obs, pace=${setting.ntm})`,
    "for rates in (groups, path):",
    '    print((100 * rates.pivot(index="area", columns="year", values="rate")).round(2))',
    'print(quotas.pivot(index="area", columns="year", values="quota"))',
    ...chanceLines(setting),
    "",
  ].join("\n");
// Lines that give the chances of falls as great as those of the path.
const chanceLines = ({ start, end }) =>
  end < near || start >= near
    ? []
    : [
        `draws = kt.outlook_draws(obs, end=${near}, draws=${page.draws})`,
        `opening = ${JSON.stringify(page.opening)}`,
        `rates = groups[groups["year"] == ${near}].set_index("area")["rate"]`,
        `falls = {area: round(100 * (opening[area] - rates[area]) / ${near - first}, 2) for area in ["${PROVINCE}", "${POOR}"]}`,
        `chances = {area: kt.probability(draws, area, ${near}, opening[area] - fall * ${near - first} / 100) for area, fall in falls.items()}`,
        "print(falls, chances)",
      ];
function csvOf(paths) {
  const guard = (text) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : String(text);
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const rows = [["scenario", "area", "area_name", "year", "rate_pct", "poor_households", "quota", "status"]];
  for (const side of sides()) {
    const path = paths[side];
    if (path.error) continue;
    for (const area of [PROVINCE, POOR, REST, ...districts])
      path.years.forEach((year, t) => {
        const inside = districts.map(
          (_, i) =>
            area === PROVINCE || (area === POOR ? isPoor[i] : area === REST ? !isPoor[i] : districts[i] === area),
        );
        const count = (row) => (row ? sum(row.filter((_, i) => inside[i])) : "");
        rows.push([
          nameOf(state[side]),
          area,
          names[area],
          year,
          Number((100 * path.areas[area][t]).toFixed(6)),
          count(path.poor[t]),
          count(path.quotas[t]),
          t ? "projected" : (page.known[area].find((one) => one.year === year)?.status ?? "derived"),
        ]);
      });
  }
  return `\ufeff${rows.map((row) => row.map((value) => guard(String(value))).join(",")).join("\n")}\n`;
}
function pictureOf(paths) {
  const ink = colours(byId("light")),
    wide = 1240,
    root = svg(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        width: wide,
        height: 1180,
        viewBox: `0 0 ${wide} 1180`,
        "font-family": "'DejaVu Sans', Arial, sans-serif",
        lang,
      },
      svg("rect", { width: wide, height: 1180, fill: "#fff" }),
    );
  const write = (x, y, size, text, weight = 400) =>
    root.append(svg("text", { x, y, "font-size": size, "font-weight": weight, fill: ink.text }, text));
  write(20, 34, 20, document.title, 700);
  sides().forEach((side, i) =>
    write(20, 58 + 20 * i, 13, (state.b ? `${fill(`side.${side}`)}: ` : "") + described(state[side])),
  );
  const places = [
    [PROVINCE, 20, 110, 1200, 300],
    [POOR, 20, 440, 590, 220],
    [REST, 630, 440, 590, 220],
    ...districts.map((code, i) => [code, 20 + 242 * (i % 5), 700 + 220 * Math.floor(i / 5), 232, 180]),
  ];
  for (const [area, x, y, width, height] of places) {
    const group = svg("g", { transform: `translate(${x} ${y})` });
    write(x, y - 4, 13, `${names[area]} (%)`, 700);
    drawPanel(group, area, width, height, ink, paths);
    root.append(group);
  }
  const hasOffice = Object.values(page.known).some((points) => points.some((one) => one.status === "office"));
  write(20, 1130, 12, fill("key_line") + (hasOffice ? ` ${fill("key_office")}` : ""));
  write(20, 1152, 12, fill("source_line"));
  return new XMLSerializer().serializeToString(root);
}
function save(content, type, name) {
  const link = html("a", {
    href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type })),
    download: name,
  });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  say(fill("saved", { name }));
}
function savePng(paths) {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = html("canvas", { width: 2 * image.width, height: 2 * image.height }),
      brush = canvas.getContext("2d");
    brush.scale(2, 2);
    brush.drawImage(image, 0, 0);
    canvas.toBlob((blob) => save(blob, "", `${nameOf(state.a)}.png`), "image/png");
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureOf(paths))}`;
}
async function copy(text, key) {
  byId("code").value = text;
  byId("code-box").hidden = false;
  try {
    await navigator.clipboard.writeText(text);
    say(fill(key));
  } catch {
    byId("code").select();
    say(fill(document.execCommand("copy") ? key : "copy_by_hand"));
  }
}
