"""Figures that follow a slider: what stands still is drawn once, what moves is put on top of it.

Drawing a whole page takes several times as long as its few moving lines, so the page is kept as a picture.
"""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from PIL import Image

from ..base.words import chance, number, text
from ..base.words import heading as column_heading
from ..data.areas import OTHER_DISTRICTS, PROVINCE, districts
from ..data.programme import GROUPS, horizon
from . import style
from .shapes import tiles

DPI = 140  # on the screen; files are written at that of every figure
PATH: style.Look = dict(color=style.BLUE, linewidth=1.7)
PAPER: style.Look = dict(color=style.RED, linewidth=1.0, linestyle=(0, (3, 2)))
FLOOR: style.Look = dict(color=style.GREY, linewidth=0.9, linestyle=":")
NEVER: style.Look = dict(marker="s", color=style.RED, alpha=0.14, markersize=7, markeredgewidth=0, linestyle="none")
BAND: style.Look = dict(marker="s", color=style.SKY, alpha=0.4, markersize=7, markeredgewidth=0, linestyle="none")


class Picture:
    """A page whose moving artists are drawn on a kept background. `still`: table of kinds known, low and high."""

    def __init__(self, still: pd.DataFrame, lang: str, last: int) -> None:
        self.lang, self.last, self.near, self._still = lang, last, horizon(), still
        self._background: Any = None
        self._moving: dict[str, dict[str, Any]] = {}
        self._above: list[Any] = []
        self._build()
        for artist in self._artists():
            artist.set_animated(True)

    def _build(self) -> None:
        raise NotImplementedError

    def move(self, table: pd.DataFrame, broken: int | None) -> None:
        """Follow a scenario."""
        raise NotImplementedError

    def _open(self, figure: style.Page) -> None:
        self.figure = figure
        self._canvas: Any = FigureCanvasAgg(figure)  # its methods bring no types
        figure.set_dpi(DPI)

    def _artists(self) -> list[Any]:
        return [*(a for parts in self._moving.values() for a in parts.values()), *self._above]

    def png(self) -> bytes:
        """The picture as it stands, as PNG bytes."""
        if self._background is None:
            with style.rc_context():
                self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        self._canvas.restore_region(self._background)
        for artist in self._artists():
            artist.axes.draw_artist(artist)
        file = io.BytesIO()
        pixels = np.ascontiguousarray(np.asarray(self._canvas.buffer_rgba())[..., :3])
        Image.fromarray(pixels).save(file, format="png", compress_level=1)
        return file.getvalue()

    def _panel(self, axes: Axes, code: str, labels: Iterable[str]) -> dict[str, Any]:
        """The parts of one panel: corridor and known points stand still below and above the moving ones."""
        rows = self._still[self._still["area"] == code]
        path = rows[rows["kind"] != "known"].pivot(index="year", columns="kind", values="rate")
        axes.fill_between(path.index, path["low"], path["high"], color=style.SKY, alpha=0.4, linewidth=0)
        before = set(axes.get_children())
        parts: dict[str, Any] = {
            "floor": axes.plot([], [], **FLOOR)[0],
            "path": axes.plot([], [], **PATH)[0],
            "ends": axes.plot([], [], **style.PROJECTED)[0],
        }
        for name in labels:
            parts[name] = style.note(axes, 0, 0, "", style.BLUE, dy=7, ha="center", fontsize=7)
        style.known_points(axes, rows[rows["kind"] == "known"], markersize=3.8)
        self._above += sorted(set(axes.get_children()) - before - set(parts.values()), key=lambda a: a.zorder)
        self._moving[code] = parts
        return parts

    def _follow(self, code: str, rows: pd.DataFrame, labels: Mapping[str, int]) -> None:
        """Put a panel's line, floor and marked years where the table has them; labels: name -> year."""
        parts = self._moving[code]
        years, rates = rows["year"].to_numpy(), rows["rate"].to_numpy()
        parts["path"].set_data(years, rates)
        parts["floor"].set_data(years, rows["floor"].to_numpy())
        at = {year: rate for year, rate in zip(years, rates, strict=True) if year in labels.values()}
        parts["ends"].set_data(list(at), list(at.values()))
        for name, year in labels.items():
            parts[name].set_visible(year in at)
            if year in at:
                parts[name].xy = (year, at[year])
                parts[name].set_text(number(100 * at[year], 1, self.lang))

    def _key(self, extra: Iterable[tuple[style.Look, str]] = ()) -> None:
        entries = [
            (PATH, text("explorer.key.path", self.lang)),
            *extra,
            (BAND, text("explorer.key.corridor", self.lang)),
            (FLOOR, text("explorer.key.floor", self.lang)),
        ]
        known = self._still[self._still["kind"] == "known"]
        style.status_key(self.figure, known["status"], self.lang, entries, ncols=4, columnspacing=1.0)


class PathsPicture(Picture):
    """Province, poor districts and the other seven side by side; the paper line shows what the paces alone ask for."""

    def _build(self) -> None:
        title = text("explorer.title.paths", self.lang)
        with style.canvas(
            title, self.lang, height_cm=7.1, left=1.15, right=0.25, top=1.7, bottom=1.25, wspace=0.14
        ) as figure:
            self._open(figure)
            for axes, code in zip(figure.subplots(1, 3), GROUPS, strict=True):
                self._axes(axes, code, 1.2 * self._still.loc[self._still["area"] == code, "rate"].max())
            self._key([(PAPER, text("explorer.key.paper", self.lang)), (NEVER, text("explorer.key.never", self.lang))])

    def _axes(self, axes: Axes, code: str, top: float) -> None:
        axes.set_title(text(f"explorer.group.{code}", self.lang), fontsize=8)
        axes.set_xlim(2020.6, self.last + 0.6)
        axes.set_xticks(range(2021, self.last + 1, 2 if self.last <= 2031 else 4))
        axes.set_ylim(-0.06 if code == OTHER_DISTRICTS else 0, top)
        style.number_axis(axes.yaxis, self.lang, scale=100)
        axes.axvline(self.near, color=style.GREY, linewidth=0.7, linestyle=(0, (1, 2)))
        if code == PROVINCE:
            axes.set_ylabel(text("unit.percent_of_households", self.lang))
        if code == OTHER_DISTRICTS:
            axes.axhline(0, color=style.BLACK, linewidth=0.8)
        never = Rectangle((0, -1), 0, 3, facecolor=NEVER["color"], alpha=NEVER["alpha"], linewidth=0)
        axes.add_patch(never)
        paper = axes.plot([], [], **PAPER)[0]
        parts = self._panel(axes, code, ("near", "far"))
        self._moving[code] = {"never": never, "paper": paper, **parts}

    def move(self, table: pd.DataFrame, broken: int | None) -> None:
        """Follow a scenario. table: kinds path and paper; broken: first year in which the paces cannot both hold, or
        None.
        """
        last = int(table.loc[table["kind"] == "path", "year"].max())
        for code in GROUPS:
            rows = table[table["area"] == code]
            self._follow(code, rows[rows["kind"] == "path"], {"near": self.near, "far": last})
            paper = rows[rows["kind"] == "paper"]
            self._moving[code]["paper"].set_data(paper["year"].to_numpy(), paper["rate"].to_numpy())
            self._moving[code]["never"].set_x(self.last + 2 if broken is None else broken - 0.5)
            self._moving[code]["never"].set_width(last + 0.5 - (last + 0.5 if broken is None else broken - 0.5))
            if last == self.near:
                self._moving[code]["near"].set_visible(False)


class DistrictsPicture(Picture):
    """The ten districts and the province as tiles, about where they lie."""

    def _build(self) -> None:
        title = text("explorer.title.districts", self.lang)
        with style.canvas(
            title, self.lang, height_cm=10.4, left=1.0, right=0.3, top=1.7, bottom=1.15, wspace=0.1, hspace=0.62
        ) as figure:
            self._open(figure)
            span = (2020.4, self.last + 0.6, [2021, self.near, self.last])
            for code, axes in tiles(figure, self.lang, dict.fromkeys([PROVINCE, *districts()], 0.6), span).items():
                self._panel(axes, code, ("near",))
            words = f"{text('tiles.axis', self.lang)}\n{text('explorer.tiles', self.lang, year=self.near)}"
            figure.text(0.31, 0.21, words, fontsize=7, va="top", linespacing=1.3)
            self._key()

    def move(self, table: pd.DataFrame, broken: int | None = None) -> None:
        """Follow a scenario. table: kind path for the province and every district."""
        for code in [PROVINCE, *districts()]:
            self._follow(code, table[(table["area"] == code) & (table["kind"] == "path")], {"near": self.near})


def draw_chances(table: pd.DataFrame, lang: str, heading: style.Heading | str) -> style.Page:
    """A bar for each target with its probability, and the simulation's own error as a whisker."""
    with style.canvas(heading, lang, height_cm=6.0, left=6.6, right=1.2, top=0.6, bottom=1.5) as figure:
        axes = figure.subplots()
        for r in style.each(table):
            at = 100 * r.probability
            axes.barh(r.Index, 0 if np.isnan(at) else at, height=0.55, color=style.SKY)
            axes.hlines(
                r.Index, at - 196 * r.standard_error, at + 196 * r.standard_error, color=style.GREY, linewidth=1
            )
            words = chance(r.probability, lang)
            style.note(axes, 0 if np.isnan(at) else at + 196 * r.standard_error, r.Index, words, dx=4, fontsize=7.5)
        axes.set_yticks(range(len(table)), [text(f"target_short.{code}", lang) for code in table["target_id"]])
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        style.rows_down(axes)
        axes.set_xlabel(column_heading("probability", lang))
        return figure


def image(figure: style.Page, kind: str, title: str, about: str, lang: str, dpi: int = 200) -> bytes:
    """A figure as bytes of a file; kind is png or svg. The same bytes every time; moving parts included."""
    metadata = {
        "png": {"Title": title, "Source": text("source.line", lang), "Software": "Kon Tum Analysis"},
        "svg": {"Title": title, "Description": about, "Date": None, "Creator": "Kon Tum Analysis"},
    }
    file = io.BytesIO()
    with style.rc_context():
        figure.savefig(file, format=kind, dpi=dpi, metadata=metadata[kind])
    return file.getvalue()
