"""What people type after the options of `figures` and `tables`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.errors import KontumError
from ..base.words import text
from .common import scenario_named

if TYPE_CHECKING:
    from ..poverty.scenarios import Scenario

_CM = {"cm": 1.0, "": 1.0, "mm": 0.1, "in": 2.54}
NARROWEST, WIDEST = 4, 60  # cm
COARSEST, FINEST = 50, 1200  # dots per inch


def printed_width(words: str) -> float:
    """A width in cm from what people type: 16cm, 16, 160mm, 6.3in, 6,3 in.

    >>> printed_width("16cm"), printed_width("160 mm"), round(printed_width("6,3in"), 3)
    (16.0, 16.0, 16.002)
    """
    match = re.fullmatch(r"\s*([0-9]{1,4}(?:[.,][0-9]{1,4})?)\s*(cm|mm|in|)\s*", words.lower())
    found = float(match[1].replace(",", ".")) * _CM[match[2]] if match else 0.0
    if not NARROWEST <= found <= WIDEST:
        raise KontumError("exports.error.width", value=words, low=NARROWEST, high=WIDEST)
    return round(found, 6)


def dots(dpi: int) -> int:
    """The resolution, if it is one that a printer or a screen has use for."""
    if not COARSEST <= dpi <= FINEST:
        raise KontumError("exports.error.dpi", value=dpi, low=COARSEST, high=FINEST)
    return dpi


def chosen_formats(words: str, allowed: Sequence[str]) -> list[str]:
    """The formats in a list separated by commas, each once, in the order given.

    >>> chosen_formats("PNG, svg,png", ("png", "svg", "pdf"))
    ['png', 'svg']
    """
    found = [part.strip().lower().removeprefix(".") for part in words.split(",") if part.strip()]
    for name in found or [words]:
        if name not in allowed:
            raise KontumError("exports.error.format", value=name, allowed=", ".join(allowed))
    return list(dict.fromkeys(found))


def chosen_names(names: Sequence[str] | None, allowed: list[str]) -> list[str]:
    """The figures asked for, each once; all of them where none is named. Commas may stand between names."""
    found = [part.strip() for name in names or [] for part in name.split(",") if part.strip()]
    for name in found:
        if name not in allowed:
            from rapidfuzz import process

            near = ", ".join(word for word, _, _ in process.extract(name, allowed, limit=3))
            raise KontumError("exports.error.figure_name", value=name, near=near, allowed=", ".join(allowed))
    return list(dict.fromkeys(found)) or allowed


def chosen_scenarios(names: Sequence[str] | None) -> list[Scenario]:
    """The scenarios asked for: presets by name, others by their .yaml file; every preset where none is named."""
    from ..poverty.scenarios import presets

    return [scenario_named(name) for name in dict.fromkeys(names or presets())]


def folder_for(out: Path | None, default: str, lang: str) -> Path:
    """The folder for the files. Those that `kontum reproduce` keeps are refused, so that nothing in them is
    overwritten.

    default: the key of its name in the current folder.
    """
    from ..base.files import FIGURES, NOTEBOOKS, PROCESSED, RAW, SCENARIOS

    folder = Path(out) if out is not None else Path(text(default, lang))
    whole = folder.resolve()
    if any(whole == kept or whole.is_relative_to(kept) for kept in (FIGURES, NOTEBOOKS, PROCESSED, RAW, SCENARIOS)):
        raise KontumError("exports.error.folder_kept", folder=folder, instead=text(default, lang))
    if any(part.exists() and not part.is_dir() for part in (whole, *whole.parents)):
        raise KontumError("exports.error.folder_file", folder=folder)
    return folder
