"""How names are compared: letters that look alike made one, marks without width and accents taken away."""

import unicodedata

_LOOKALIKES = str.maketrans("ÐðƉɖ", "ĐđĐđ")  # letters of Icelandic and Ewe that look like ours and are typed for it
_CROSSED_D = str.maketrans("đðɖ", "ddd")


def fold(text: str) -> str:
    """Letters and digits only, lower case, without accents: the loosest form in which names are compared.

    >>> fold("Ia H’Drai"), fold("Đắk Tờ Kan"), fold("\u00d0ăk Tô")
    ('iahdrai', 'daktokan', 'dakto')
    """
    plain = unicodedata.normalize("NFD", str(text).casefold().translate(_CROSSED_D))
    return "".join(c for c in plain if c.isalnum() and unicodedata.category(c) != "Lm")  # Lm: ʼ, an apostrophe


def plain_text(text: str) -> str:
    """The text in composed letters with single spaces: no marks without width, Đ also where Ð or Ɖ was typed.

    >>> plain_text("\u00d0ăk\u00a0Hà\u200b"), plain_text(" xã  \u0189ăk Long ")
    ('Đăk Hà', 'xã Đăk Long')
    """
    composed = unicodedata.normalize("NFC", str(text)).translate(_LOOKALIKES)
    return " ".join("".join(c for c in composed if unicodedata.category(c) != "Cf").split())


def exact_form(text: str) -> str:
    """The form in which a name is the same however it is typed: lower case, and Đắk as Đăk.

    The province writes Đăk, the statistics office Đắk: one name.

    >>> exact_form("ĐẮK  Hà")
    'đăk hà'
    """
    return plain_text(text).casefold().replace("đắk", "đăk")
