"""The pages of the site that are made from the data: each function returns one page as Markdown, in both languages.

Tables are written as HTML, because a cell of a Markdown table cannot hold a paragraph or an anchor.
"""

import csv
import html
import re

from kontum_analysis.base.files import FIGURES, NOTEBOOKS, PROCESSED, RAW
from kontum_analysis.base.words import LANGUAGES, labels, text
from kontum_analysis.data.contract import COLUMNS, KEYS, RULES

RUN_TIMES = "docs/run_times.csv"


def rows(path):
    """The rows of a CSV file as dicts of text."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def both(key, **values):
    """The words of a key in Vietnamese and English on one line; once where they are the same."""
    return " · ".join(dict.fromkeys(text(f"site.{key}", lang, **values) for lang in LANGUAGES))


def _cell(words):
    """Escaped text of a table cell; an `Html` is left as it is."""
    return words if isinstance(words, Html) else html.escape(str(words))


class Html(str):
    """Text that is HTML already."""


def html_table(heads, body, ids=None):
    """A table as HTML that scrolls sideways where the page is narrow; `ids` are anchors of its rows."""
    head = "".join(f'<th scope="col">{_cell(words)}</th>' for words in heads)
    marks = [f' id="{mark}"' for mark in ids] if ids else [""] * len(body)
    lines = [
        f"<tr{mark}>{''.join(f'<td>{_cell(words)}</td>' for words in row)}</tr>"
        for mark, row in zip(marks, body, strict=True)
    ]
    return "\n".join(
        [
            '<div class="wide" tabindex="0"><table>',
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *lines,
            "</tbody></table></div>",
        ]
    )


def intro(key, **values):
    """The title of a page and its first paragraph in both languages."""
    vi, en = (text(f"site.{key}.intro", lang, **values) for lang in LANGUAGES)
    return f"# {both(f'{key}.title')}\n\n{vi}\n\n*{en}*\n"


def glossary():
    """All `glossary.*` labels, in the order in which they stand."""
    names = [key.split(".")[1] for key in labels() if re.fullmatch(r"glossary\.\w+\.term", key)]

    def words(name, part):
        return [html.escape(text(f"glossary.{name}.{part}", lang)) for lang in LANGUAGES]

    items = []
    for name in names:
        (vi, en), (vi_means, en_means) = words(name, "term"), words(name, "meaning")
        items.append(
            f'<dt id="term-{name.replace("_", "-")}">{vi}{"" if vi == en else f" · <em>{en}</em>"}</dt>\n'
            f'<dd><p>{vi_means}</p><p lang="en"><em>{en_means}</em></p></dd>'
        )
    return "\n".join([intro("glossary"), '<dl class="glossary">', *items, "</dl>\n"])


def _unit(name):
    words = labels().get(f"unit_measure.{name}")
    return " · ".join(dict.fromkeys(words.values())) if words else name


def _range(row):
    low, high = row["min"], row["max"]
    return f"{low or '–'} … {high or '–'}" if low or high else "–"


def _allowed(name):
    """What a column may hold, in both languages, from its rule in contract.json."""
    rule = RULES[name]
    if "enum" in rule:
        return both("dictionary.one_of", values=", ".join(_value(name, value) for value in rule["enum"]))
    return " · ".join(labels()[f"allowed.field.{name}"].values()) if "pattern" in rule else both("dictionary.free")


def _value(name, value):
    """A value that a rule allows, with its words where it is a code that does not speak for itself."""
    key = f"value.{name}.{value}"
    words = f" ({both(key)})" if f"site.{key}" in labels() else ""
    return (value or both("dictionary.or_nothing")) + words


def data_dictionary():
    """Every indicator, and every column of every raw table with what it may hold."""
    parts = [intro("dictionary"), f"## {both('dictionary.indicators')}\n", both("dictionary.rule_language"), ""]
    indicators = rows(RAW / "indicators.csv")
    heads = [both(f"col.{name}") for name in ("indicator", "unit", "range", "better", "definition")]
    for group in dict.fromkeys(row["group"] for row in indicators):
        has_label = f"site.group.{group}" in labels()
        parts.append(f"### {both(f'group.{group}') if has_label else group}\n")
        members = [row for row in indicators if row["group"] == group]
        body = [
            [
                Html(
                    f"<strong>{html.escape(row['name_vi'])}</strong><br><em>{html.escape(row['name_en'])}</em><br>"
                    f"<code>{html.escape(row['indicator'])}</code>"
                ),
                _unit(row["unit_measure"]),
                _range(row),
                both(f"better.{row['better']}"),
                " ".join(filter(None, [row["definition"], row["notes"]])),
            ]
            for row in members
        ]
        parts += [html_table(heads, body, [f"indicator-{row['indicator'].replace('_', '-')}" for row in members]), ""]
    parts.append(f"## {both('dictionary.columns')}\n")
    for name, columns in COLUMNS.items():
        file = RAW / f"{name}.csv"
        parts += [f"### {name}.csv\n", both("dictionary.rows", rows=len(rows(file)), columns=", ".join(KEYS[name])), ""]
        body = [[Html(f"<code>{column}</code>"), _allowed(rule)] for column, rule in columns.items()]
        parts += [html_table([both("col.column"), both("col.allowed")], body), ""]
    return "\n".join(parts)


def sources():
    """Every source with its link and the number of observations that rest on it."""
    table = rows(RAW / "sources.csv")
    citations = [row["source_id"] for row in rows(RAW / "observations.csv")]
    heads = [both(f"col.{name}") for name in ("source", "document", "published", "kind", "used")]
    body = []
    for row in table:
        title = html.escape(row["title"])
        title = f'<a href="{html.escape(row["url"])}">{title}</a>' if row["url"] else title
        kind = f"kind.{row['kind']}"
        body.append(
            [
                Html(f"<strong>{html.escape(row['publisher'])}</strong><br>{title}<br><code>{row['source_id']}</code>"),
                row["document_no"] or "–",
                Html(f'<span class="nowrap">{html.escape(row["published"]) or "–"}</span>'),
                both(kind),
                str(citations.count(row["source_id"])),
            ]
        )
    return (
        intro("sources", count=len(table)) + "\n" + html_table(heads, body, [f"source-{r['source_id']}" for r in table])
    )


def _figure(name, lang, words):
    """A picture with its caption, its alternative text to read, and its files."""
    folder = f"figures/{lang}"
    alt, caption = html.escape(words["alt"]), html.escape(words["caption"])
    files = [
        ("png", "PNG"),
        ("svg", "SVG"),
        ("csv", text("site.figures.data", lang)),
        ("md", text("site.figures.words", lang)),
    ]
    links = " · ".join(f'<a href="{folder}/{name}.{kind}">{html.escape(label)}</a>' for kind, label in files)
    return (
        f'<figure lang="{lang}"><img src="{folder}/{name}.png" alt="{alt}" loading="lazy">\n'
        f"<figcaption><p>{caption}</p><details><summary>{text('site.figures.alt', lang)}</summary>"
        f"<p>{alt}</p></details>"
        f"<p>{text('site.figures.download', lang)}: {links}</p></figcaption></figure>"
    )


def note(name, lang):
    """The title, caption and alternative text of a figure, from the note written beside its picture."""
    title, _, caption, alt, *_ = (FIGURES / lang / f"{name}.md").read_text(encoding="utf-8").strip().split("\n\n")
    return {"title": title.removeprefix("# "), "caption": caption, "alt": alt.partition(": ")[2]}


def figures():
    """Every figure in Vietnamese, the English one folded below it."""
    from kontum_analysis.figures.catalogue import CATALOGUE

    parts = [intro("figures")]
    for name in CATALOGUE:
        vi, en = (note(name, lang) for lang in LANGUAGES)
        parts += [
            f"(figure-{name.replace('_', '-')})=",
            f"## {vi['title']}\n",
            f"*{en['title']}*\n",
            _figure(name, "vi", vi),
            f"<details><summary>English</summary>\n{_figure(name, 'en', en)}\n</details>\n",
        ]
    return "\n".join(parts)


def run_times(folder):
    """The measured run time of each notebook of `folder`/docs/run_times.csv; a notebook without one says so."""
    measured = {row["notebook"]: row for row in rows(folder / RUN_TIMES)}
    columns = ["seconds", "cpu_seconds"]
    body = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        row = measured.get(path.stem)
        cells = [row[column] for column in columns] if row else [both("times.missing"), "–"]
        body.append(
            [Html(f'<a href="notebooks/{path.stem}.html">{path.stem}</a>'), *cells, row["machine"] if row else "–"]
        )
    totals = [str(sum(int(row[column]) for row in measured.values())) for column in columns]
    body.append([both("times.total"), *totals, ""])
    return intro("times") + "\n" + html_table([both(f"col.{name}") for name in ("notebook", *columns, "machine")], body)


def answer():
    """The answer of the project in one sentence a language, from `data/processed/headline.csv`."""
    programme = [row for row in rows(PROCESSED / "headline.csv") if row["scenario"].startswith("programme-")]
    rates, papers = ([float(row[name]) for row in programme] for name in ("rate_2025", "paper_2025"))
    values = {"low": min(rates), "high": max(rates), "paper_low": min(papers), "paper_high": max(papers)}
    vi, en = (text("site.answer", lang, **values) for lang in LANGUAGES)
    return f"**{vi}** *{en}*"


def places():
    """The 40 units since July 2025 with the communes they were made from, then the 102 communes as last known."""
    from kontum_analysis.data.areas import area_name, crosswalk
    from kontum_analysis.data.observations import load_observations
    from kontum_analysis.explorer.facts import commune_rows

    moves, units = crosswalk(), []
    for _, group in moves.groupby("new_code", sort=False):
        first = group.iloc[0]
        districts = [area_name(code, "vi") for code in dict.fromkeys(group["old_district_code"])]
        units.append([f"{first['new_type']} {first['new_name']}", ", ".join(group["old_name"]), ", ".join(districts)])
    obs = load_observations()
    rural = {vi["code"]: (vi, en) for vi, en in zip(*(commune_rows(obs, lang) for lang in LANGUAGES), strict=True)}
    communes = []
    for move in moves.itertuples():
        vi, en = rural.get(move.old_code, ({}, {}))
        columns = [" · ".join(dict.fromkeys([vi[name], en[name]])) if vi else "–" for name in _OF_A_COMMUNE]
        unit = Html(f'<a href="#unit-{move.new_code}">{html.escape(f"{move.new_type} {move.new_name}")}</a>')
        communes.append([move.old_name, area_name(move.old_district_code, "vi"), unit, *columns])
    heads = [[both(f"col.{name}") for name in names] for names in (_UNIT_HEADS, _COMMUNE_HEADS)]
    return "\n".join(
        [
            intro("places", units=len(units), communes=len(communes)),
            f"## {both('places.units')}\n",
            html_table(heads[0], units, [f"unit-{code}" for code in dict.fromkeys(moves["new_code"])]),
            f"\n## {both('places.communes')}\n",
            html_table(heads[1], communes, [f"commune-{code}" for code in moves["old_code"]]),
        ]
    )


_OF_A_COMMUNE = ("standing", "criteria", "kind")
_UNIT_HEADS = ("unit_2025", "made_from", "district")
_COMMUNE_HEADS = ("commune", "district", "unit_2025", "standing", "criteria", "kind_of_figure")


def headline():
    """The table of all scenarios for the start page, from `data/processed/headline.csv`, in both languages."""
    import pandas as pd

    from kontum_analysis.publish.columns import text_table

    frame = pd.read_csv(PROCESSED / "headline.csv")
    vi, en = (html_table(list(t.columns), t.values.tolist()) for t in (text_table(frame, lang) for lang in LANGUAGES))
    return f"{vi}\n<details><summary>English</summary>\n{en}\n</details>"


def api():
    """The names of `import kontum_analysis as kt`, then every documented module behind them."""
    import inspect

    import kontum_analysis as kt

    names = {name: getattr(kt, name) for name in kt.__all__}
    public = {name: value for name, value in names.items() if not inspect.ismodule(value)}
    vi, en = (text("site.code.intro", lang) for lang in LANGUAGES)
    parts = [f"# {both('code.title')}\n\n{vi}\n\n*{en}*\n", f"## {both('code.names')}\n"]
    parts += [f"| {both('code.name')} | {both('code.gives')} |", "|---|---|"]
    for name, value in public.items():
        first = inspect.getdoc(value).split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        parts.append(f"| [`kt.{name}`](#{value.__module__}.{value.__qualname__}) | {first} |")
    modules = [value.__name__ for value in names.values() if inspect.ismodule(value)]
    for module in dict.fromkeys([*modules, *(value.__module__ for value in public.values())]):
        parts += ["", f"## {module}\n", "```{eval-rst}", f".. automodule:: {module}", "   :members:", "```"]
    return "\n".join(parts) + "\n"
