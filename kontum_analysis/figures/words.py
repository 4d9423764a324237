"""Small pieces of sentences for captions and alternative texts."""

from collections.abc import Iterable

from ..base.words import number, text
from ..data.names import area_name


def listed(codes: Iterable[str], lang: str) -> str:
    """Names of areas as a sentence lists them.

    >>> listed(["613", "617", "618"], "en")
    "Kon Plông, Tu Mơ Rông and Ia H'Drai"
    """
    names = [area_name(code, lang) for code in codes]
    if len(names) < 2:
        return "".join(names) or "–"
    return f"{', '.join(names[:-1])} {text('word.and', lang)} {names[-1]}"


def chance(p: float, lang: str) -> str:
    """A simulated probability in whole per cent, without its sign; never as certain.

    >>> chance(0.9999, "en"), chance(0.002, "vi"), chance(0.641, "en")
    ('> 99', '< 1', '64')
    """
    if p > 0.99:
        return f"> {number(99, 0, lang)}"
    return f"< {number(1, 0, lang)}" if p < 0.01 else number(100 * p, 0, lang)


def plain(value: float, lang: str) -> str:
    """A number with one decimal, or none where it is whole.

    >>> plain(7.0, "vi"), plain(3.5, "vi")
    ('7', '3,5')
    """
    return number(value, 0 if value == round(value) else 1, lang)
