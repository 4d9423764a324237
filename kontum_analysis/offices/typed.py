"""Numbers and days as people type them: 1.234,5 in Vietnamese, 1,234.5 in English, 1234 anywhere.

What a mark means is decided by the column. A count is whole, so in it any mark before three digits parts thousands. In
a rate "1.234" could be either, and is refused; a comma in a rate is the Vietnamese decimal comma.
"""

import re
import unicodedata
from datetime import date

from ..base.errors import KontumError

_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+")
_WHOLE = re.compile(r"([0-9]+)(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_DAYS = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"),
)
LARGEST = 10_000_000


def whole_number(typed: object) -> int:
    """A count from 0 upwards, from a number of a spreadsheet or from text.

    >>> whole_number("1.234"), whole_number("12,345"), whole_number("1 234"), whole_number(812.0), whole_number("7,0")
    (1234, 12345, 1234, 812, 7)

    Raises KontumError with the key of what is allowed: for a negative number, a fraction, text, or what is too large.
    """
    if isinstance(typed, bool) or not isinstance(typed, (int, float, str)):
        raise KontumError("own.allowed.whole")
    if isinstance(typed, (int, float)):
        if typed < 0:
            raise KontumError("own.allowed.negative")
        if typed != typed or typed > LARGEST:
            raise KontumError("own.allowed.whole")
        if typed != int(typed):
            thousands = round(typed * 1000)
            if typed < 1000 and abs(typed * 1000 - thousands) < 1e-6:
                raise KontumError("own.allowed.whole_thousands", meant=thousands)
            raise KontumError("own.allowed.whole")
        return int(typed)
    text = _positive(typed)
    if _GROUPED.fullmatch(text):
        text = re.sub("[.,]", "", text)
    match = _WHOLE.fullmatch(text)
    if not match or int(match.group(1)) > LARGEST:
        raise KontumError("own.allowed.whole")
    return int(match.group(1))


def decimal_number(typed: object) -> float:
    """A rate or mean, from a number of a spreadsheet or from text with a decimal comma or point; a % sign is dropped.

    >>> decimal_number("15,32"), decimal_number("15.32 %"), decimal_number("1.234,5"), decimal_number(7)
    (15.32, 15.32, 1234.5, 7.0)

    Raises KontumError with the key of what is allowed; "1.234" is refused, since the point may part thousands.
    """
    if isinstance(typed, bool) or not isinstance(typed, (int, float, str)):
        raise KontumError("own.allowed.decimal")
    if isinstance(typed, (int, float)):
        if typed < 0:
            raise KontumError("own.allowed.negative")
        if typed != typed:
            raise KontumError("own.allowed.decimal")
        return float(typed)
    text = _positive(typed).removesuffix("%")
    if re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", text):
        raise KontumError("own.allowed.ambiguous", comma=text.replace(".", ","), whole=text.replace(".", ""))
    if match := re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)|([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)", text):
        groups = [g for g in match.groups() if g is not None]
        text = f"{re.sub('[.,]', '', groups[0])}.{groups[1]}"
    if not _DECIMAL.fullmatch(text):
        raise KontumError("own.allowed.decimal")
    return float(text.replace(",", "."))


def _positive(typed: str) -> str:
    """Without spaces and apostrophes, which part thousands too; a minus sign, or a dash for "none", is refused."""
    text = unicodedata.normalize("NFC", typed).replace("−", "-").replace("–", "-")
    text = "".join(text.replace("'", "").replace("’", "").split())
    if text and not text.strip("-"):
        raise KontumError("own.allowed.dash")
    if text.startswith("-"):
        raise KontumError("own.allowed.negative")
    return text


def day(typed: object) -> str:
    """A day as YYYY-MM-DD, from a date of a spreadsheet or from text: 31/12/2024 (day first) or 2024-12-31.

    >>> day("5/1/2025"), day(date(2025, 1, 5))
    ('2025-01-05', '2025-01-05')

    Raises KontumError with the key of what is allowed.
    """
    if isinstance(typed, date):
        return typed.strftime("%Y-%m-%d")
    for pattern in _DAYS:
        if match := pattern.fullmatch(str(typed).strip()):
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
            except ValueError:
                break
    raise KontumError("own.allowed.day")
