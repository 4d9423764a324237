"""Figures of the poverty paths: scenarios, forms, quotas, what the other districts would have to do."""

import pandas as pd

from ..areas import POOR_DISTRICTS, PROVINCE
from ..estimates import estimate_panel
from ..labels import area_name, text
from ..poverty import groups, project_poverty
from ..scenarios import preset
from . import style

PROGRAMME = ["programme-low", "programme-mid", "programme-high"]


def paths_table(obs):
    """Rates (fractions) of the province and the poor districts: published and estimated, and each programme scenario."""
    panel = estimate_panel(obs).panel.rename(columns={"status_poor_households": "status"})
    known = panel[panel["area"] == PROVINCE].assign(kind="known", q10=float("nan"), q90=float("nan"))
    parts = [known, poor_districts_known(obs)]
    for name in [*PROGRAMME, "observed-pace"]:
        parts.append(groups(project_poverty(obs, preset(name))).assign(kind=name))
    table = pd.concat(parts, ignore_index=True)
    table = table[table["area"].isin([PROVINCE, POOR_DISTRICTS])]
    return table[["area", "year", "kind", "rate", "q10", "q90", "floor", "status"]].reset_index(drop=True)


def poor_districts_known(obs):
    """The poor districts together: rate by year with the 80 % interval of the draws."""
    from ..areas import poor_districts

    found = estimate_panel(obs)
    member = [i for i, code in enumerate(found.areas) if code in poor_districts()]
    rates = found.poor[member].sum(axis=0) / found.households[member].sum(axis=0)
    status = found.panel[found.panel["area"].isin(poor_districts())].groupby("year")["status_poor_households"]
    worst = status.agg(lambda s: "estimated" if (s == "estimated").any() else "derived")
    q10, q90 = pd.Series(list(rates)).map(lambda r: pd.Series(r).quantile(0.1)), pd.Series(list(rates)).map(
        lambda r: pd.Series(r).quantile(0.9))  # fmt: skip
    return pd.DataFrame(dict(area=POOR_DISTRICTS, year=found.years, kind="known", rate=rates.mean(axis=1), q10=q10, q90=q90,
                             status=list(worst)))  # fmt: skip


def draw_paths(table, lang, title):
    """Two panels, province and poor districts: the programme's corridor shaded, its middle path, published points."""
    with style.canvas(title, lang, height_cm=9.5) as figure:
        for axes, area in zip(figure.subplots(1, 2), [PROVINCE, POOR_DISTRICTS], strict=True):
            rows = table[table["area"] == area]
            by = {kind: group.set_index("year")["rate"] for kind, group in rows.groupby("kind")}
            low, high = by["programme-high"], by["programme-low"]
            axes.fill_between(low.index, low, high, color=style.SKY, alpha=0.35, linewidth=0)
            axes.plot(by["programme-mid"], color=style.BLUE)
            axes.plot(by["observed-pace"], color=style.ORANGE, linestyle="--")
            floor = rows[rows["kind"] == "programme-mid"].set_index("year")["floor"]
            axes.plot(floor, color=style.GREY, linewidth=0.8, linestyle=":")
            known = rows[rows["kind"] == "known"]
            for status, points in known.groupby("status"):
                axes.plot(points["year"], points["rate"], **style.MARKERS[status])
            wide = known[known["q90"] > known["q10"]]
            axes.vlines(wide["year"], wide["q10"], wide["q90"], color=style.RED, linewidth=1.2)
            axes.set_title(area_name(area, lang))
            axes.set_ylim(0, None)
            axes.set_ylabel(text("unit.percent_of_households", lang))
            style.number_axis(axes.yaxis, lang, scale=100)
            axes.set_xticks(range(2021, 2031, 3))
        return figure


def paths_facts(table, lang):
    """Numbers named in the caption and the alt text."""
    rate = table.set_index(["area", "kind", "year"])["rate"]
    return dict(now=rate[PROVINCE, "known", 2023], mid_2025=rate[PROVINCE, "programme-mid", 2025],
                poor_mid_2025=rate[POOR_DISTRICTS, "programme-mid", 2025])  # fmt: skip
