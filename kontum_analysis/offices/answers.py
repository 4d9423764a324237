"""What an office says of its table where the table leaves something open: "HN" is Số hộ nghèo, "Đăk Long" is 23368."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..base.errors import KontumError, did_you_mean
from ..base.words import LANGUAGES
from ..data.spelling import fold
from .columns import BY_NAME, FRACTIONS, IDENTITY, heading, recognised
from .places import places

_PASSED_OVER = ("", "boqua", "skip")


@dataclass(frozen=True)
class Answers:
    """Answers by what stands in the file, folded.

    columns: the column that a heading (or "cột d") means, "" for none; areas: the code of a name; dash: what "-" means,
    "0" or "" (not known), None where nobody said; sheet: the one that was read last.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    dash: str | None = None

    def over(self, earlier: "Answers") -> "Answers":
        """These answers, with earlier ones where these say nothing."""
        dash = earlier.dash if self.dash is None else self.dash
        return Answers({**earlier.columns, **self.columns}, {**earlier.areas, **self.areas}, dash)

    def as_text(self) -> list[str]:
        """The answers as they are typed after --map."""
        dash = [] if self.dash is None else [f"-={self.dash}"]
        return [f"{key}={value}" for table in (self.columns, self.areas) for key, value in sorted(table.items())] + dash


def answers_from(options: Iterable[str]) -> Answers:
    """Answers from texts such as "HN=Số hộ nghèo", "HN=poor_households", "Cột D=bỏ qua", "Đăk Long=23368", "-=0".

    >>> answers_from(["HN=Số hộ nghèo", "Đăk Long=23368", "-=0"])
    Answers(columns={'hn': 'poor_households'}, areas={'daklong': '23368'}, dash='0')

    Raises KontumError for a text without "=", and for a meaning that is no column, area, 0 or nothing.
    """
    columns, areas, dash = {}, {}, None
    for answer in options:
        stands, equals, means = answer.rpartition("=")
        key, meaning = fold(stands), means.strip()
        if not equals or not stands.strip():
            raise KontumError("own.error.map", value=answer, allowed=_allowed(), hint="")
        if not stands.strip("-−–— "):
            if meaning not in ("0", ""):
                raise KontumError("own.error.map", value=answer, allowed=_allowed(), hint="")
            dash = meaning
        elif meaning.isdigit():
            if meaning not in {place.code for place in places(True)}:
                raise KontumError("own.error.map_code", value=answer, code=meaning)
            areas[key] = meaning
        else:
            columns[key] = _column(answer, meaning)
    return Answers(columns, areas, dash)


def _column(answer: str, meaning: str) -> str:
    if fold(meaning) in _PASSED_OVER:
        return ""
    name = meaning if meaning in (*BY_NAME, *FRACTIONS, *IDENTITY) else recognised(meaning)
    if not name:
        hint = did_you_mean(meaning, [heading(column, lang) for column in BY_NAME for lang in LANGUAGES] + [*BY_NAME])
        raise KontumError("own.error.map", value=answer, allowed=_allowed(), hint=hint)
    return name


def _allowed() -> dict[str, str]:
    return {lang: "; ".join(heading(name, lang) for name in ("name", *BY_NAME)) for lang in LANGUAGES}
