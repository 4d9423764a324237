"""Errors a user can act on: what is wrong, where, and what is allowed instead, in both languages.

An error carries the key of its words in labels.csv and the values they need. As a string it speaks Vietnamese, then
English, since Python does not know its reader's language; the command line says it in the language asked for. A key
that labels.csv does not hold is a KeyError, so that no message can be in one language only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .words import LANGUAGES, text

_SHOWN = 300  # characters of a value that a message shows; the longest that is allowed in a table has fewer


def translate(value: Any, lang: str) -> Any:
    """A value of a message in one language: words are put into it, a dict is looked up by it, a list is joined.

    >>> translate(["a", "b"], "vi"), translate({"vi": "tỉnh", "en": "province"}, "en"), translate(3.5, "vi")
    ('a, b', 'province', 3.5)
    """
    if hasattr(value, "in_language"):
        return value.in_language(lang)
    if isinstance(value, dict) and set(value) == set(LANGUAGES):
        return value[lang]
    if isinstance(value, list | tuple):
        return ", ".join(str(translate(item, lang)) for item in value)
    return value


class Words:
    """A text in no language yet: the key of its words in the labels and the values for its placeholders.

    >>> Words("error.row", row=3).in_language("en")
    'row 3'
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values

    def in_language(self, lang: str) -> str:
        """The text in one language. Raises KeyError for a key that labels.csv does not hold."""
        return text(self.key, lang, **{name: translate(value, lang) for name, value in self.values.items()})

    def __str__(self) -> str:
        return "\n".join(dict.fromkeys(self.in_language(lang) for lang in LANGUAGES))

    __repr__ = __str__


class Lines(list[Any]):
    """Several texts, each on a line of its own below the message that holds them."""

    def in_language(self, lang: str) -> str:
        """The lines in one language, indented."""
        return "".join(f"\n  {translate(item, lang)}" for item in self)


class KontumError(ValueError):
    """Any mistake in what the user gave us. The command line prints it without a traceback.

    key: of the words in labels.csv; values: for its placeholders.

    >>> KontumError("error.language", value="'fr'", allowed="vi, en").key
    'error.language'
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__("\n".join(dict.fromkeys(self.in_language(lang) for lang in LANGUAGES)))

    def in_language(self, lang: str) -> str:
        """The message in one language."""
        return Words(self.key, **self.values).in_language(lang)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)  # an error may come from another process


def _restore(kind: type[KontumError], args: tuple[Any, ...], state: dict[str, Any]) -> KontumError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: where it stands, what stands there (as it is, a number, or in words), and the key of what
    is allowed instead, with its values."""

    file: str
    row: int | None
    column: str | None
    value: str | float | Words
    allowed: str
    values: dict[str, Any] = field(default_factory=dict)

    def rule_words(self, lang: str) -> str:
        """What is allowed, in one language."""
        return Words(self.allowed, **self.values).in_language(lang)

    def value_words(self, lang: str) -> str:
        """What stands there, quoted; a number with the decimal mark of the language.

        >>> Problem("a.xlsx", 3, "C", 12.95, "allowed.one_of").value_words("vi")
        "'12,95'"
        """
        if isinstance(self.value, Words):
            return self.value.in_language(lang)
        words = f"{self.value:.15g}" if isinstance(self.value, float) else self.value
        is_comma = isinstance(self.value, float) and lang == "vi"
        return repr(words.replace(".", ",") if is_comma else words[:_SHOWN])

    def in_language(self, lang: str) -> str:
        """The problem in one language."""
        where = [self.file]
        if self.row is not None:
            where.append(text("error.row", lang, row=self.row))
        if self.column is not None:
            where.append(text("error.column", lang, column=self.column[:_SHOWN]))
        parts = {"where": ", ".join(where), "allowed": self.rule_words(lang)}
        key = "error.problem_words" if isinstance(self.value, Words) else "error.problem"
        return text(key, lang, value=self.value_words(lang), **parts)


class DataError(KontumError):
    """All problems of the files that were read, listed together.

    >>> planted = Problem("sources.csv", 3, "kind", "blog", "allowed.one_of", {"values": ["news", "law"]})
    >>> DataError([planted]).in_language("en").splitlines()[1].strip()
    "sources.csv, row 3, column kind: found 'blog'; one of news, law"
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or ""))
        super().__init__("error.problems", count=len(self.problems), problems=Lines(self.problems))


class UnknownAreaError(KontumError):
    """A name that is no area, or that more than one area carries; the message names the nearest.

    >>> from kontum_analysis.data.areas import resolve
    >>> try:
    ...     resolve("Atlantis")
    ... except UnknownAreaError as error:
    ...     "Atlantis" in str(error)
    True
    """


class WriteError(KontumError):
    """A file that the system does not let us write; `values["reason"]` is why, in its words."""


class ScenarioError(KontumError):
    """A scenario that cannot be read or cannot be run.

    >>> from kontum_analysis.poverty.scenarios import preset
    >>> try:
    ...     preset("programme-middle")
    ... except ScenarioError as error:
    ...     "programme-mid" in str(error)
    True
    """


def did_you_mean(name: str, names: Iterable[str], limit: int = 3, score: int = 60) -> Words | str:
    """The end of a message about an unknown name: the known names nearest to it, or nothing where none is near.

    limit: how many names at most; score: how alike they must be, 0 to 100.

    >>> str(did_you_mean("poverty_path", ["poverty_paths", "coverage"]).in_language("en"))
    '; did you mean poverty_paths?'
    """
    from rapidfuzz import fuzz, process, utils

    options: dict[str, Any] = dict(scorer=fuzz.ratio, processor=utils.default_process, limit=limit, score_cutoff=score)
    nearest = process.extract(str(name), sorted(names), **options)
    return Words("error.did_you_mean", names=[near for near, _, _ in nearest]) if nearest else ""
