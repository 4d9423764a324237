"""Small pieces of sentences for captions and alternative texts."""

from ..labels import area_name, text


def listed(codes, lang):
    """Names of areas as a sentence lists them.

    >>> listed(["613", "617", "618"], "en")
    "Kon Plông, Tu Mơ Rông and Ia H'Drai"
    """
    names = [area_name(code, lang) for code in codes]
    if len(names) < 2:
        return "".join(names) or "–"
    return f"{', '.join(names[:-1])} {text('word.and', lang)} {names[-1]}"
