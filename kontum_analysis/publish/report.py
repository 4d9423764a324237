"""The yearly report on Programme 3299 as an HTML page, which `word.word_bytes` turns into a Word document.

What it says stands in `templates/report_vi.html.j2` and `report_en.html.j2`, which read as the report reads: they put
the facts of `report_facts` into words. What is not known is left there to be filled in.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..base.errors import KontumError
from ..base.words import LANGUAGES, day_words, join_names, number, printed_day, text
from ..data.agreement import conflicts
from ..data.areas import POOR_DISTRICTS, PROVINCE, area, area_list, area_name, districts, poor_districts
from ..data.observations import ASSUMED_LAG_DAYS, all_tables, figures_by_office
from ..data.own import PREFIX
from ..data.programme import asked_pace, corridors, horizon
from ..figures import build
from ..ntm.attainment import DRAWS
from ..ntm.communes import communes
from ..ntm.published import BANDS, NEW_SET
from ..poverty.districts import FIRST_YEAR
from ..poverty.scenarios import Scenario, preset, title
from ..targets.board import STATUSES, status_key
from ..targets.chances import LIKELY, UNLIKELY
from .report_facts import Facts, gather
from .report_figures import Figure
from .report_head import Head, area_of, head_of, place_words, scope_words
from .report_page import gap, page

PICTURES = ("scoreboard", "reconciled_districts", "ntm_attainment", "poverty_paths")
_KINDS = ("office", "published", "derived", "estimated", "range", "none")
_DOCUMENTS = ("QĐ", "BC", "TB", "KH", "TTr")
_MARKS = {"published": "", "office": "", "derived": "*", "estimated": "**"}


def build_report(
    obs: pd.DataFrame,
    year: int,
    lang: str = "vi",
    scenario: Scenario | None = None,
    as_of: str | date | None = None,
    data: str | Path | None = None,
    user: bool | str | Path | None = None,
    place: str | None = None,
    head: Head | None = None,
    pictures: bool = True,
    reference: bool | None = None,
) -> str:
    """The report of one year and area as the text of an HTML page, every text in `lang`.

    obs: from `load_observations`; where `as_of` is given, of that vintage. Everything known in obs about days up to 31
    December of the year is used, and nothing about later days. scenario: for the reference falls of the next year,
    default programme-mid. data, user: where obs was read from, for the sources. place: the area, default the province.
    head: what the office keeps of its head and signature. pictures: whether the annex of figures is drawn. reference:
    whether Annex II shows reference falls for the next year; default in the report of the province alone, since an
    office signs what its own report says.

    Raises KontumError for an unknown language, a year outside the programme, a day before it, an area without a report,
    and a scenario that ends before the next year.

    >>> from kontum_analysis.data.observations import load_observations
    >>> "6,84" in build_report(load_observations(), 2023, place="Kon Tum", pictures=False)
    True
    """
    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    facts = gather(obs, year, area_of(place, year), scenario or preset("programme-mid"), as_of, data)
    tables = all_tables(data, user)
    offices = tuple(figures_by_office(obs, user, data)) if user else ()
    return page(
        f"report_{lang}.html.j2",
        lang,
        facts=facts,
        notes=Notes(tables["sources"].set_index("source_id"), lang, facts.obs, facts.is_own),
        year=year,
        level=facts.level,
        years=range(FIRST_YEAR, year + 1),
        head=head_of(facts.area, facts.due, lang, head),
        scope=scope_words(facts.area, year, lang),
        figure=facts.figure,
        name=lambda place: area_name(place.code, lang) if place.level == "group" else place_words(place, lang),
        indicator_name=tables["indicators"].set_index("indicator")[f"name_{lang}"].to_dict(),
        areas_of=lambda rows: list(dict.fromkeys(_area_words(row, lang) for row in rows.itertuples())),
        statuses=_statuses(facts.targets, lang),
        status_key=status_key,
        has_quotas=_has_reference(facts, reference),
        ntm_pace=asked_pace(),
        rule=dict(likely=100 * LIKELY, unlikely=100 * UNLIKELY, draws=DRAWS, lag=ASSUMED_LAG_DAYS),
        asked=corridors() | {"horizon": horizon()},
        scenario=title(facts.scenario, lang),
        places=[area(code) for code in (PROVINCE, POOR_DISTRICTS, *districts())],
        poor_districts=area_list(poor_districts(), lang),
        communes={commune.code: commune for commune in communes(facts.obs)},
        bands=(*BANDS, "recognised"),
        when=lambda day: day_words(day, lang, facts.is_month_only(day)),
        criteria=_criteria(tables["ntm_criteria"]),
        projects=_projects(),
        conflicts=(conflicts(facts.obs, data)["time_period"] >= f"{FIRST_YEAR}-12-31").sum(),
        pictures=list(draw_figures(facts, lang, offices)) if pictures and facts.level == "province" else [],
    )


def _criteria(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """The numbered criteria of the set of new-rural communes in force."""
    return table[(table["criteria_set"] == NEW_SET) & (table["number"] != "")].to_dict("records")


def _has_reference(facts: Facts, reference: bool | None) -> bool:
    is_asked = facts.level == "province" if reference is None else reference
    return bool(is_asked and facts.level in ("province", "district") and facts.quotas)


def _area_words(row: Any, lang: str) -> str:
    is_large = row.level == "district" or row.ref_area == PROVINCE  # the city and the province bear one name
    return area_name(row.ref_area, lang) if is_large else str(row.area_name)


def _statuses(targets: list[dict[str, Any]], lang: str) -> list[tuple[str, int]]:
    """(words of a status, how many targets have it), misses first; those due at the end of the period before others."""
    keys = [status_key(row["status"], row["period_over"]) for row in targets if row["status"]]
    order = [status_key(status, is_over) for is_over in (True, False) for status in (*STATUSES[-2::-1], STATUSES[-1])]
    return [(text(key, lang), keys.count(key)) for key in order if key in keys]


class Notes:
    """Numbers the sources in the order in which a report first refers to them, and keeps what a table has shown since
    its last legend: the kinds of its figures and their sources. has_ranges, has_estimates: whether any figure so far
    had one, or was one.

    is_own: whether the report is about an office's own review. Then its figures stand without a mark, as in any
    document of an office, every legend says whose they are, and published ones bear the number of their source.
    """

    def __init__(self, sources: pd.DataFrame, lang: str, obs: pd.DataFrame, is_own: bool = False) -> None:
        self.sources, self.lang, self.obs, self.is_own = sources, lang, obs, is_own
        self.ids: list[str] = []
        self.has_ranges = self.has_estimates = False
        self._shown: list[Figure] = []

    def mark(self, sources: str) -> str:
        """The mark of some sources (ids with bars between), such as "[1, 3]"; "" for none."""
        ids = set(filter(None, sources.split("|")))
        self.ids += [source for source in dict.fromkeys(sources.split("|")) if source in ids - set(self.ids)]
        numbers = sorted(self.ids.index(source) + 1 for source in ids)
        return f"[{', '.join(map(str, numbers))}]" if numbers else ""

    def cell(self, figure: Figure, decimals: int = 0, bounds: bool = True) -> str:
        """A figure in a table: * derived, ** estimated with its 80 % interval, (đv) an office's in the report of
        another; "" where not known.
        """
        words, low, high = self._numbers(figure, decimals) if figure.value is not None else ("", "", "")
        figure = figure if bounds else replace(figure, low=np.nan, high=np.nan)
        self._shown.append(figure)
        if figure.value is None:
            return ""
        if figure.kind == "office" and not self.is_own:
            return f"{words}\u00a0{text('report.mark.office', self.lang)}"
        words += _MARKS["derived" if figure.kind == "office" and figure.is_mixed else figure.kind]
        if self.is_own and figure.kind == "published":
            words += f"\u00a0{self.mark(figure.sources)}"
        is_range = figure.low < figure.high
        return Markup('{} <span class="range">({}–{})</span>').format(words, low, high) if is_range else words

    def as_stated(self, figure: Figure, least: int = 0) -> str:
        """A figure in a table with as many decimals as it has, at least so many and at most two."""
        value = figure.value or 0
        return self.cell(figure, next(d for d in range(least, 3) if d == 2 or round(value, d) == round(value, 2)))

    def say(self, figure: Figure, decimals: int = 0, unit: str = "") -> str:
        """A figure in a sentence, with its unit, then how it is known and its sources; dots where it is not."""
        if figure.value is None:
            return gap() + unit
        return self._numbers(figure, decimals)[0] + unit + self._remark(figure, decimals)

    def say_pair(self, count: Figure, rate: Figure) -> Markup:
        """Poor households and their rate in a sentence; how both are known is said once where it is the same."""
        numbers = [
            gap() + unit if figure.value is None else self._numbers(figure, decimals)[0] + unit
            for figure, decimals, unit in ((count, 0, ""), (rate, 2, "%"))
        ]
        remarks = [self._remark(count, 0), self._remark(rate, 2)]
        remarks[0] = "" if remarks[0] == remarks[1] else remarks[0]
        words = Markup(text("report.pair", self.lang, count="{}", of_count="{}", rate="{}", of_rate="{}"))
        return words.format(numbers[0], remarks[0], numbers[1], remarks[1])

    def _remark(self, figure: Figure, decimals: int) -> str:
        """How a figure is known, behind a space; "" for what an office's own report says of its own review."""
        is_own = self.is_own and figure.kind == "office"
        kind = "derived" if is_own and figure.is_mixed else figure.kind
        if figure.value is None or kind == "" or (is_own and kind == "office"):
            return ""
        mark = self.mark(figure.sources)
        if kind == "published" or (kind == "derived" and not mark):
            return f" {mark}".rstrip()
        if kind == "derived":
            return f" ({text('report.known.derived', self.lang, mark=mark)})"
        remark = text(f"report.known.{kind}", self.lang)
        if figure.low < figure.high:
            low, high = self._numbers(figure, decimals)[1:]
            remark += text("report.known.within", self.lang, low=low, high=high)
        return " ".join(filter(None, [f" ({remark})", mark]))

    def _numbers(self, figure: Figure, decimals: int) -> list[str]:
        self.has_ranges |= bool(figure.low < figure.high)
        self.has_estimates |= figure.kind == "estimated"
        decimals = min(decimals, 1) if figure.low < figure.high else decimals
        return [number(value, decimals, self.lang) for value in (figure.value, figure.low, figure.high)]

    def legend(self) -> str:
        """What the marks of the figures shown since the last legend mean, and their sources."""
        kinds = {figure.kind for figure in self._shown} - ({"published"} if not self.is_own else set())
        kinds |= {"range" for figure in self._shown if figure.low < figure.high}
        if self.is_own and any(figure.kind == "office" and figure.is_mixed for figure in self._shown):
            kinds |= {"derived"}
        is_own_alone = kinds <= {"office", "none"}
        own_names = {"office": "own" if is_own_alone else "unmarked", "derived": "own_derived"} if self.is_own else {}
        kinds -= {"none"} if self.is_own else set()
        names = [own_names.get(kind, kind) for kind in _KINDS if kind in kinds]
        words = "; ".join(text(f"report.meaning.{name}", self.lang) for name in names)
        mark = self.mark("|".join(figure.sources for figure in self._shown))
        self._shown.clear()
        words = words[:1].upper() + words[1:]
        return " ".join([f"{words}."] * bool(words) + [text("report.mark.sources", self.lang, mark=mark)] * bool(mark))

    def source_lines(self) -> Iterator[tuple[str, str]]:
        """(words, address) of every source referred to, in the order of their numbers."""
        for source_id in self.ids:
            row: Any = self.sources.loc[source_id]
            parts = [row.publisher, row.title if self.lang == "en" else "", row.document_no]
            if row.publisher == "unknown":
                areas = self.obs.loc[self.obs["source_id"] == source_id, "area_name"].unique()
                parts = [text("report.sources.unknown", self.lang, areas=join_names(areas, self.lang))]
            day = printed_day(row.published, self.lang)
            published = "report.sources.published" if day else "report.sources.undated"
            if source_id.startswith(PREFIX):
                parts, published = parts[:1], "report.sources.own"
            end = text(published, self.lang, day=day, document=document_words(row.document_no, self.lang))
            yield ", ".join(filter(None, [*parts, end])), row.url


def document_words(number: str, lang: str) -> str:
    """A document as a sentence names it, by the kind that its symbol tells.

    >>> document_words("2187/QĐ-UBND", "vi"), document_words("05-2024", "vi")
    ('Quyết định số 2187/QĐ-UBND', 'văn bản số 05-2024')
    """
    kind = number.partition("/")[2].partition("-")[0]
    return text(f"report.document.{kind if kind in _DOCUMENTS else 'other'}", lang, number=number)


def _projects() -> list[dict[str, str]]:
    with open(Path(__file__).with_name("programme_projects.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def draw_figures(facts: Facts, lang: str, offices: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The figures of the province that the report can show: name, title, alternative text and PNG."""
    for name in PICTURES:
        try:
            figure = build(name, facts.obs, lang, offices)
            png = figure.image("png", dpi=200, page=figure.page("report.figure.source"))
            yield dict(name=name, title=figure.title, alt=figure.alt, png=png)
        except KontumError:
            continue  # a vintage knows too little, or an office too much, for this figure
