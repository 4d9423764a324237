"""Mistakes in the command itself (an unknown option, a missing value) in our words and in both languages."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from ..base.errors import KontumError, Words, did_you_mean
from ..base.words import LANGUAGES

UsageError: Any = typer.BadParameter.__base__  # typer gives it no public name
STATUS = 2  # the exit status of a command that cannot be read


class BadNumber(typer.BadParameter):
    """A value of an option refused in our own words."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


def language(words: Sequence[str]) -> str:
    """The language asked for on a command line that could not be read.

    >>> language(["project", "--lang", "en", "--too", "2030"])
    'en'
    """
    asked = [after for word, after in zip(words, words[1:], strict=False) if word == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    asked.append(os.environ.get("KONTUM_LANG", ""))
    return next((lang for lang in asked if lang in LANGUAGES), LANGUAGES[0])


def is_help(error: Any) -> bool:
    """Whether a group of commands was called bare, which shows its help."""
    return type(error).__name__ == "NoArgsIsHelpError"


def in_our_words(error: Any) -> KontumError:
    """The KontumError that says what a usage error says."""
    command = error.ctx.command_path if error.ctx is not None else os.path.basename(sys.argv[0])
    return KontumError("error.cli.help", error=_said(error), command=command)


def _said(error: Any) -> Words:
    kind, detail = type(error).__name__, error.format_message()
    if kind == "NoSuchOption":
        options = [name for param in error.ctx.command.params for name in param.opts] if error.ctx else []
        return Words("error.cli.no_option", option=error.option_name, hint=did_you_mean(error.option_name, options))
    option = _option(error)
    if kind == "MissingParameter" and option:
        return Words("error.cli.missing", option=option)
    if isinstance(error, BadNumber) and option:
        return Words("error.cli.value_words", option=option, words=error.words)
    if kind == "BadOptionUsage" and "requires" in detail:
        return Words("error.cli.no_value", option=error.option_name)
    if isinstance(error, typer.BadParameter) and option and "valid integer" in detail:
        return Words("error.cli.value_words", option=option, words=Words("error.cli.whole"))
    if isinstance(error, typer.BadParameter) and option:
        return Words("error.cli.value", option=option, detail=error.message)
    commands = list(getattr(error.ctx.command, "commands", ())) if error.ctx else []
    if commands:
        name = detail.partition("'")[2].partition("'")[0]  # No such command 'x'.
        return Words("error.cli.no_command", name=name, names=commands, hint=did_you_mean(name, commands))
    return Words("error.cli.usage", detail=detail)


def _option(error: Any) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return ""
    return str(param.opts[0] if param.opts[0].startswith("-") else param.name.upper())
