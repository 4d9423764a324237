"""A drawn page as a file: PNG, SVG or PDF, the same bytes every time, and saying in itself where it comes from.

The page is laid out once, 16 cm wide, and every label was placed for that. Another width is the same page made larger
or smaller as a whole, type and lines with it: a PNG gets more or fewer dots, a vector file another size on paper.
Nothing can then be clipped or run into its neighbour; the price is that type shrinks with the page.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from ..base.errors import KontumError
from .style import SMALL, WIDTH_CM, rc_context

KINDS = ("png", "svg", "pdf")
AUTHOR = "Kon Tum Analysis"


def smallest_type(width_cm: float) -> float:
    """The smallest type of a figure at this width, in points.

    >>> smallest_type(16), round(smallest_type(8), 1)
    (7.0, 3.5)
    """
    return SMALL * width_cm / WIDTH_CM


def encode(page: Figure, kind: str, facts: Mapping[str, str], dpi: int = 200, width_cm: float | None = None) -> bytes:
    """The bytes of a drawn page.

    kind: png, svg or pdf; facts: words for the file's own properties, `title`, `alt`, `source`, `scenario`, `seed` and
    `data`, all text; dpi: of a PNG at its printed size; width_cm: printed width, default as drawn (16 cm).
    Raises KontumError for another kind.
    """
    if kind not in KINDS:
        raise KontumError("exports.error.figure_kind", value=kind, allowed=", ".join(KINDS))
    scale = 1.0 if width_cm is None else width_cm / WIDTH_CM
    settings: dict[str, Any] = dict(
        format=kind, dpi=dpi * scale if kind == "png" else dpi, metadata=_metadata(kind, facts)
    )
    if kind == "png":
        settings["pil_kwargs"] = {"dpi": (dpi, dpi)}  # the size at which Word and a printer show it
    file = io.BytesIO()
    with rc_context():
        page.savefig(file, **settings)
    content = file.getvalue()
    if scale == 1.0 or kind == "png":
        return content
    return _svg_at(content, scale) if kind == "svg" else _pdf_at(content, scale)


def _metadata(kind: str, facts: Mapping[str, str]) -> dict[str, Any]:
    keywords = [f"{key}: {facts[key]}" for key in ("scenario", "seed", "data")]
    title, alt, source = facts["title"], facts["alt"], facts["source"]
    if kind == "png":
        words = {"Title": title, "Author": AUTHOR, "Description": alt, "Source": source, "Software": AUTHOR}
        return words | {key.capitalize(): facts[key] for key in ("scenario", "seed", "data")}
    if kind == "svg":
        words = {"Title": title, "Description": alt, "Creator": AUTHOR, "Source": source, "Language": facts["lang"]}
        return {**words, "Date": None, "Keywords": keywords}
    words = {"Title": title, "Subject": alt, "Keywords": "; ".join([source, *keywords])}
    return {**words, **dict.fromkeys(("Author", "Creator", "Producer"), AUTHOR), "CreationDate": None}


def _svg_at(content: bytes, scale: float) -> bytes:
    """The same drawing (its viewBox) shown at another size."""

    def resized(match: re.Match[bytes]) -> bytes:
        return b'%s="%.6gpt"' % (match[1], float(match[2]) * scale)

    head, rest = content.split(b"<metadata", 1)
    return re.sub(rb'\b(width|height)="([0-9.]+)pt"', resized, head) + b"<metadata" + rest


def _pdf_at(content: bytes, scale: float) -> bytes:
    """The same page at another size, with its fonts and properties."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.pages[0].scale_by(scale)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
