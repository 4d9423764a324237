"""Names of areas as shown to readers, in both languages."""

from ..base.words import LANGUAGES, table
from .areas import area


def area_name(code: str, lang: str, vintage: str = "2020") -> str:
    """The name of an area as shown to readers; groups of districts and the province have names of their own.

    >>> area_name("617", "en"), area_name("62-POOR", "en")
    ('Tu Mơ Rông', 'Poor districts')
    """
    key = f"area.{code}"
    return table()[key][lang] if key in table() else area(code, vintage).name


def name_of(area: str) -> dict[str, str]:
    """The name of an area in both languages, for a sentence: {"vi": …, "en": …}."""
    return {lang: area_name(area, lang) for lang in LANGUAGES}
