"""Errors a user can act on: what is wrong, where, and what is allowed instead, in both languages.

An error carries the key of its words in labels.csv and the values they need. As a string it speaks Vietnamese, then
English, since Python does not know its reader's language; the command line says it in the language asked for.
"""

from dataclasses import dataclass, field

from .labels import LANGUAGES, table, text


def _words(key, lang, values):
    return text(key, lang, **values) if key in table() else key


class KontumError(ValueError):
    """Any mistake in what the user gave us. The command line prints it without a traceback.

    key: of the words in labels.csv; values: for its placeholders.

    >>> KontumError("error.language", value="'fr'", allowed="vi, en").key
    'error.language'
    """

    def __init__(self, key, **values):
        self.key, self.values = key, values
        super().__init__("\n".join(dict.fromkeys(self.said(lang) for lang in LANGUAGES)))

    def said(self, lang):
        """The message in one language."""
        return _words(self.key, lang, self.values)


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: where it stands, what was found, and the key (with its values) of what is allowed."""

    file: str
    row: int | None
    column: str | None
    value: str
    allowed: str
    values: dict = field(default_factory=dict)

    def said(self, lang):
        """The problem in one language."""
        where = [self.file]
        if self.row is not None:
            where.append(text("error.row", lang, row=self.row))
        if self.column is not None:
            where.append(text("error.column", lang, column=self.column))
        allowed = _words(self.allowed, lang, self.values)
        return text("error.problem", lang, where=", ".join(where), value=repr(self.value), allowed=allowed)


class DataError(KontumError):
    """All problems of the files that were read, listed together.

    >>> planted = Problem("sources.csv", 3, "kind", "blog", "one of: news, law")
    >>> DataError([planted]).problems[0].column
    'kind'
    """

    def __init__(self, problems):
        self.problems = sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or ""))
        super().__init__("error.problems", count=len(self.problems))

    def said(self, lang):
        """The number of problems, then each on a line."""
        return "\n".join([super().said(lang), *(f"  {p.said(lang)}" for p in self.problems)])


class UnknownAreaError(KontumError):
    """A name that is no area, or that more than one area carries; the message names the nearest.

    >>> from kontum_analysis.areas import resolve
    >>> try:
    ...     resolve("Atlantis")
    ... except UnknownAreaError as error:
    ...     "Atlantis" in str(error)
    True
    """


class ScenarioError(KontumError):
    """A scenario that cannot be read or cannot be run.

    >>> from kontum_analysis.scenarios import preset
    >>> try:
    ...     preset("programme-middle")
    ... except ScenarioError as error:
    ...     "programme-mid" in str(error)
    True
    """
