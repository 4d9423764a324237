"""What a cell means: the number, day or mark that the office sees in it, not what the file happens to hold.

FORMATS and WORDS are the one table of rules, each with the public report that asked for it. Text is read by babel in
Vietnamese and English: a count is whole, so in it any mark before three digits parts thousands; in a rate "1.234" could
be either, and is refused, while a comma is the Vietnamese decimal comma.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from babel.numbers import NumberFormatError, parse_decimal

from ..base.errors import KontumError
from ..data.spelling import fold, plain_text
from .sheets import Cell

LARGEST = 10_000_000
CRITERIA = 19  # of the set of a commune


class Rule(NamedTuple):
    """What a form of writing means. report: where people met it; pattern: of the text, or of the number format."""

    name: str
    report: str
    pattern: str
    meaning: str


# number formats, without what is quoted in them: (a quoted or escaped % leaves the number as it is)
FORMATS = (
    Rule("per cent sign of the format", "ClosedXML/ClosedXML#1505", r".*%.*", "hundredfold"),
    Rule("section that shows nothing", "SheetJS/ssf", r"", "nothing"),
    Rule("fraction", "SheetJS/ssf", r".*[?#0]+ */ *[?#0-9]+.*", "fraction"),
    Rule("no decimals", "exceljs/exceljs#2182", r"[^.]*[0#?][^.]*", "rounded"),
)
# texts, without spaces and marks of thousands
WORDS = (
    Rule("nothing known", "GSO, notes of the yearbook", r"…|\.{2,}|n/?a|", "nothing"),
    Rule("dash", "GSO, notes of the yearbook", r"-+", "own.allowed.dash"),
    Rule("bound", "data/raw/README.md", r"(khoảng|trên|dưới|hơn|gần|[~≈<>≤≥]).*", "own.allowed.bound"),
    Rule("negative", "", r"-.*", "own.allowed.negative"),
)
_FOOTNOTE = re.compile(r"\s*([¹²³⁰⁴-⁹⁽⁾*]+|\((\*+|\d|[a-z])\)|\[(\*+|\d|[a-z])\])$", re.IGNORECASE)
_UNIT = re.compile(r"(?<=\d)\s*(hộ|xã|tiêu chí|tc|khẩu|người|households|communes)\.?$", re.IGNORECASE)
_SPACE = re.compile(r"[\s'’](?!\d)|(?<!\d)[\s'’]|[\s'’](?=\d{3}(?!\d))")
_TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.')
_NUMBER = re.compile(r"\d[\d.,]{0,20}\d|\d")  # babel alone would take "3,", ".5" and "1e5"
_OF_CRITERIA = re.compile(rf"(\d+)/{CRITERIA}")
_YES = {"x", "v", "co", "dat", "d", "true", "yes", "1", "chuandat", "dachuan", "hoanthanh"}
_NO = {"o", "k", "kd", "cd", "khong", "khongdat", "chua", "chuadat", "false", "no", "0"}
_DAYS = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"),
    re.compile(r"(?:.*ngày )?(?P<d>[0-9]{1,2}) tháng (?P<m>[0-9]{1,2}) năm (?P<y>[0-9]{4})", re.IGNORECASE),
)
_SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def without_footnote(text: str) -> str:
    """A text without the mark of a footnote at its end.

    >>> without_footnote("800¹"), without_footnote("Ia H'Drai (1)"), without_footnote("Số hộ nghèo *")
    ('800', "Ia H'Drai", 'Số hộ nghèo')
    """
    return _FOOTNOTE.sub("", text.strip())


def cell_value(cell: Cell, kind: str) -> Any:
    """The value of a cell in a column of a kind (see `Column`); None where it says nothing.

    A rate is in per cent, a mark is True or False. Raises KontumError with the key of what is allowed.
    """
    value = cell.value
    if cell.is_uncalculated:
        raise KontumError("own.allowed.no_result")
    if cell.is_error:
        raise KontumError("own.allowed.excel_error")
    if isinstance(value, date | timedelta) or type(value).__name__ == "time":
        raise KontumError("own.allowed.no_date")
    if value is None or (isinstance(value, str) and _meaning(WORDS, _bare(value)) == "nothing"):
        return None
    visible = _visible(value, cell.number_format)
    return None if visible is None else READERS[kind](visible, cell.number_format)


def _bare(text: str) -> str:
    """The text without footnote, unit, spaces and apostrophes; one kind of dash.

    Between digits a space or apostrophe parts thousands; anywhere else there ("800 1") it stays, and nothing is read.
    """
    text = _UNIT.sub("", without_footnote(plain_text(text).casefold()))
    return _SPACE.sub("", re.sub("[−–—]", "-", text))


def _meaning(rules: tuple[Rule, ...], text: str) -> str:
    return next((rule.meaning for rule in rules if re.fullmatch(rule.pattern, text)), "")


def _section(value: float, number_format: str) -> list[str]:
    """The parts of the section of a number format that shows this number: placeholders, signs, quoted words."""
    tokens = _TOKEN.findall(number_format)
    sections: list[list[str]] = [[]]
    for token in tokens:
        if token == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    place = 0 if value > 0 else 1 if value < 0 else 2
    return sections[place if place < len(sections) else 0]


def _code(section: list[str]) -> str:
    return "".join(token for token in section if len(token) == 1)


def _visible(value: Any, number_format: str) -> Any:
    """A number as its format shows it: without noise beyond 15 digits, as per cent, with the digits of a mask."""
    if isinstance(value, bool) or not isinstance(value, int | float) or number_format in ("", "General", "@"):
        return _without_noise(value)
    section = _section(value, number_format)
    quoted = ["".join(re.findall(r"\d", token)) if token[0] in '"\\' else "" for token in section]
    last = max((place for place, token in enumerate(section) if token in "0#?"), default=-1)
    meaning = _meaning(FORMATS, _code(section).strip())
    if meaning == "nothing" and not any(token[0] in '"\\' for token in section):
        return None
    value = _without_noise(value)
    if digits := "".join(quoted[last + 1 :]):  # a mask such as 0".000" shows 45 as 45.000
        return int(f"{value:.0f}{digits}")
    return _without_noise(value * 100 ** _code(section).count("%"))


def _without_noise(value: Any) -> Any:
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _parse(text: str) -> list[Decimal]:
    """What a text means as a number in Vietnamese and in English, where it means one."""
    numbers = []
    for locale in ("vi", "en"):
        try:
            numbers.append(parse_decimal(text, locale=locale, strict=True))
        except NumberFormatError:
            continue
    return numbers if _NUMBER.fullmatch(text) else []


def _refuse(text: str) -> None:
    if key := _meaning(WORDS, text).replace("nothing", ""):
        raise KontumError(key)


def whole_number(value: object, number_format: str = "") -> int:
    """A count from 0 upwards, from a number of a spreadsheet or from text.

    >>> whole_number("1.234"), whole_number("12,345"), whole_number("1 234"), whole_number("0 hộ"), whole_number("7,0")
    (1234, 12345, 1234, 0, 7)
    >>> whole_number(350.43217, "#,##0"), whole_number(28.999999999999996)
    (350, 29)

    Raises KontumError with the key of what is allowed: for a negative number, a fraction, text, or what is too large.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise KontumError("own.allowed.whole")
    if isinstance(value, str):
        text = _bare(value)
        _refuse(text)
        whole = [int(number) for number in _parse(text) if number == int(number)]
    else:
        whole = [_whole(value, number_format)]
    if not whole or not 0 <= whole[0] <= LARGEST:
        raise KontumError("own.allowed.whole")
    return whole[0]


def _whole(number: float, number_format: str) -> int:
    if number < 0:
        raise KontumError("own.allowed.negative")
    is_rate = _meaning(FORMATS, _code(_section(number, number_format))) == "hundredfold"
    if number != number or number > LARGEST or is_rate:
        raise KontumError("own.allowed.whole")
    nearest = int(Decimal(str(number)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(number - nearest) <= 1e-6:
        return nearest
    thousands = round(number * 1000)
    if number < 1000 and abs(number * 1000 - thousands) < 1e-6:  # 1.234 may be what a spreadsheet made of 1,234
        raise KontumError("own.allowed.whole_thousands", meant=thousands)
    if _meaning(FORMATS, _code(_section(number, number_format))) == "rounded":
        return nearest
    raise KontumError("own.allowed.whole")


def decimal_number(value: object, number_format: str = "") -> float:
    """A rate or mean, from a number of a spreadsheet or from text with a decimal comma or point; a % sign is dropped.

    >>> decimal_number("15,32"), decimal_number("15.32 %"), decimal_number("1.234,5"), decimal_number(7)
    (15.32, 15.32, 1234.5, 7.0)

    Raises KontumError with the key of what is allowed; "1.234" is refused, since the point may part thousands.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise KontumError("own.allowed.decimal")
    if isinstance(value, int | float):
        if value < 0:
            raise KontumError("own.allowed.negative")
        if value != value or value > LARGEST:
            raise KontumError("own.allowed.decimal")
        return round(float(value), 12)  # a fraction is multiplied by 100 yet
    text = _bare(value).removesuffix("%")
    _refuse(text)
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", text):
        raise KontumError("own.allowed.ambiguous", comma=text.replace(".", ","), whole=text.replace(".", ""))
    if not (numbers := _parse(text)):
        raise KontumError("own.allowed.decimal")
    return float(numbers[0])


def _rate(value: object, number_format: str) -> float:
    rate = decimal_number(value, number_format)
    if rate > 100 or "‰" in number_format:
        raise KontumError("own.allowed.percent")
    return rate


def _criteria(value: object, number_format: str) -> int:
    """Criteria met, also where "15/19" is typed as a text or as a fraction."""
    if isinstance(value, str) and (match := _OF_CRITERIA.fullmatch(_bare(value))):
        value = int(match[1])
    elif isinstance(value, float) and _meaning(FORMATS, _code(_section(value, number_format))) == "fraction":
        value = float(Fraction(value).limit_denominator(CRITERIA) * CRITERIA)
    number = whole_number(value, number_format)
    if number > CRITERIA:
        raise KontumError("own.allowed.criteria")
    return number


def _mark(value: object, number_format: str) -> bool:
    """Whether a criterion is met, from x, Đạt, 1, a tick or their opposites."""
    text = str(value).strip()
    folded = fold(text if not isinstance(value, float) else f"{value:g}")
    if folded in _YES or text in ("+", "✓", "✔", "√", "×"):
        return True
    if folded in _NO or _bare(text) == "-":
        return False
    raise KontumError("own.allowed.mark")


READERS: dict[str, Callable[[Any, str], Any]] = {
    "count": whole_number,
    "communes": whole_number,
    "number": decimal_number,
    "rate": _rate,
    "criteria": _criteria,
    "mark": _mark,
}


def day(value: object, is_day_first: bool = True) -> str:
    """A day as YYYY-MM-DD, from a date of a spreadsheet or from text such as 31/12/2024 or ngày 31 tháng 12 năm 2024.

    is_day_first: False asks where a text such as 5/1/2025 is a day by either order.

    >>> day("5/1/2025"), day(date(2025, 1, 5)), day("ngày 5 tháng 1 năm 2025", is_day_first=False)
    ('2025-01-05', '2025-01-05', '2025-01-05')

    Raises KontumError with the key of what is allowed.
    """
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    text = plain_text(str(value))
    if match := _SLASHED.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if not is_day_first and first != second and max(first, second) <= 12:
            orders = [date(year, month, day).isoformat() for day, month in ((first, second), (second, first))]
            raise KontumError("own.allowed.day_order", day_first=orders[0], month_first=orders[1])
        return _date(year, second, first)
    if match := next((hit for pattern in _DAYS if (hit := pattern.fullmatch(text))), None):
        return _date(int(match["y"]), int(match["m"]), int(match["d"]))
    raise KontumError("own.allowed.day")


def _date(year: int, month: int, day_of_month: int) -> str:
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        raise KontumError("own.allowed.day") from None
