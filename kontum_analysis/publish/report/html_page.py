"""A yearly report as one HTML page that needs nothing else: styles and pictures are within it."""

import base64
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...base.words import text
from ..word import clean
from .blocks import Block, Paragraph, Picture, Report, Source, Table

_TEMPLATES = Path(__file__).parents[1] / "templates"


def to_html(report: Report) -> str:
    """The report as the text of an HTML page; every word is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: clean(value) if isinstance(value, str) and type(value) is str else value,
    )
    words = {"table": text("documents.table", report.lang), "figure": text("documents.figure", report.lang)}
    return environment.get_template("report.html").render(report=report, blocks=list(_numbered(report)), words=words)


def _numbered(report: Report) -> Iterator[dict[str, Any]]:
    """The blocks with the numbers of tables and figures; items of a list and sources that follow each
    other together.
    """
    counts: dict[type[Block], int] = {Table: 0, Picture: 0}
    for kind, blocks in groupby(report.blocks, _kind):
        run = list(blocks)
        if kind in ("Items", "Sources"):
            yield {"kind": kind, "it": run}
            continue
        for block in run:
            found: dict[str, Any] = {"kind": kind, "it": block}
            if type(block) in counts:
                counts[type(block)] += 1
                found["number"] = counts[type(block)]
            if isinstance(block, Picture):
                found["data"] = base64.b64encode(block.png).decode("ascii")
            yield found


def _kind(block: Block) -> str:
    if isinstance(block, Paragraph) and block.kind == "item":
        return "Items"
    return "Sources" if isinstance(block, Source) else type(block).__name__
