"""What Typer says in English, in both languages: the words of help, examples, and mistakes in the command itself."""

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ..base.errors import KontumError, Words, did_you_mean
from ..base.words import LANGUAGES, labels

UsageError: Any = typer.BadParameter.__base__  # typer gives it no public name
STATUS = 2  # the exit status of a command that cannot be read
_EXTRA = re.compile(r"extra argument\S* \((.*)\)")  # in a sentence of Typer
_HELP = (
    *("ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "ERRORS_PANEL_TITLE", "ABORTED_TEXT"),
    *("DEFAULT_STRING", "ENVVAR_STRING", "REQUIRED_LONG_STRING"),
)


def both(key: str) -> str:
    """A text of the command line in both languages, for help and for messages before the language is known."""
    return " / ".join(labels()[key][lang] for lang in LANGUAGES)


class _InBothLanguages:
    """Usage in both languages, and the options that Typer brings along in our words."""

    def get_usage(self, ctx: Any) -> str:
        """The line of usage."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]  # of the command it is mixed into
        return usage.replace("Usage:", f"{both('cli.word.usage')}:", 1)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help; the words of its frames belong to the module that Typer loads for it."""
        from typer import rich_utils

        for name in _HELP:
            setattr(rich_utils, name, both(f"cli.word.{name.lower()}"))
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_params(self, ctx: Any) -> list[Any]:
        """The options."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if f"cli.word.option.{param.name}" in labels():
                param.help = both(f"cli.word.option.{param.name}")
        return params


class Command(_InBothLanguages, TyperCommand):
    """A command in both languages."""


class Group(_InBothLanguages, TyperGroup):
    """A group of commands in both languages."""


def examples(*path: str) -> str | None:
    """The examples of a command for its help: each line to type, and what it does in both languages below it."""
    lines = []
    for number in range(1, 10):
        words = labels().get(".".join(["cli.example", *path, str(number)]))
        if words is None:
            break
        command, _, _ = words[LANGUAGES[0]].partition(" # ")
        meaning = " / ".join(words[lang].partition(" # ")[2] for lang in LANGUAGES)
        lines.append(f"  {command}\n      {meaning}".replace("[", "\\["))
    return "\n".join([f"{both('cli.word.examples')}:", *lines]) if lines else None


def in_both_languages(app: typer.Typer, *path: str) -> None:
    """Give every command of a Typer app, and of the apps within it, our words and its examples."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        command.cls, command.epilog = Command, examples(*path, name)
    for group in app.registered_groups:
        group.cls = Group
        if group.typer_instance is not None:
            in_both_languages(group.typer_instance, *path, *filter(None, [group.name]))


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
    values = [after for word, after in zip(words, words[1:], strict=False) if word == "--lang"]
    values += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return next((lang for lang in [*values, os.environ.get("KONTUM_LANG", "")] if lang in LANGUAGES), LANGUAGES[0])


def is_help(error: Any) -> bool:
    """Whether a group of commands was called bare, which shows its help."""
    return type(error).__name__ == "NoArgsIsHelpError"


def in_our_words(error: Any) -> KontumError:
    """The KontumError that says what a usage error says."""
    command = error.ctx.command_path if error.ctx is not None else os.path.basename(sys.argv[0])
    return KontumError("error.cli.help", error=_mistake(error), command=command)


def _mistake(error: Any) -> Words:
    kind, detail, option = type(error).__name__, error.format_message(), _option(error)
    command = error.ctx.command if error.ctx else None
    if kind == "NoSuchOption":
        options = [name for param in getattr(command, "params", ()) for name in param.opts]
        return Words("error.cli.no_option", option=error.option_name, hint=did_you_mean(error.option_name, options))
    if kind == "MissingParameter" and option:
        return Words("error.cli.missing", option=option)
    if kind == "BadOptionUsage":
        key = "error.cli.flag" if "does not take" in detail else "error.cli.no_value"
        return Words(key, option=error.option_name)
    if isinstance(error, BadNumber) and option:
        return Words("error.cli.value_words", option=option, words=error.words)
    if isinstance(error, typer.BadParameter) and option:
        if "valid integer" in detail:
            return Words("error.cli.value_words", option=option, words=Words("error.cli.whole"))
        return Words("error.cli.value", option=option, value=_quoted(error.message))
    if commands := list(getattr(command, "commands", ())):
        name = _quoted(detail)  # No such command 'x'.
        return Words("error.cli.no_command", name=name, names=commands, hint=did_you_mean(name, commands))
    if extra := _EXTRA.search(detail):
        return Words("error.cli.extra", words=extra[1])
    return Words("error.cli.usage")


def _quoted(sentence: str) -> str:
    return next(iter(re.findall(r"'([^']*)'", sentence)), "")


def _option(error: Any) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return ""
    return str(param.opts[0] if param.opts[0].startswith("-") else param.name.upper())
