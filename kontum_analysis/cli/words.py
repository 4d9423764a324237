"""The words of help that Typer brings along in English (Usage, Options …), in both languages; and examples."""

from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from ..base.words import LANGUAGES, labels
from .common import both


class Command(TyperCommand):
    """A command in both languages."""

    def get_usage(self, ctx: Any) -> str:
        """The line of usage in both languages."""
        return _usage(super().get_usage(ctx))

    def get_params(self, ctx: Any) -> list[Any]:
        """The options, those that Typer brings along in our words."""
        return _described(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands in both languages."""

    def get_usage(self, ctx: Any) -> str:
        """The line of usage in both languages."""
        return _usage(super().get_usage(ctx))

    def get_params(self, ctx: Any) -> list[Any]:
        """The options, those that Typer brings along in our words."""
        return _described(super().get_params(ctx))


def _usage(line: str) -> str:
    return line.replace("Usage:", f"{both('cli.word.usage')}:", 1)


def _described(params: list[Any]) -> list[Any]:
    """The options, those of the library in our words."""
    for param in params:
        key = f"cli.word.option.{param.name}"
        if key in labels():
            param.help = both(key)
    return params


def examples(*path: str) -> str | None:
    """The examples of a command for its help: each line to type, and what it does in both languages below it."""
    lines = []
    for number in range(1, 10):
        key = ".".join(["cli.example", *path, str(number)])
        if key not in labels():
            break
        typed = labels()[key][LANGUAGES[0]].partition(" # ")[0]
        said = " / ".join(labels()[key][lang].partition(" # ")[2] for lang in LANGUAGES)
        lines.append(f"  {typed}\n      {said}".replace("[", "\\["))
    return "\n".join([f"{both('cli.word.examples')}:", *lines]) if lines else None


def in_both_languages(app: typer.Typer, *path: str) -> None:
    """Give every command of a Typer app, and of the apps within it, our words and its examples."""
    for name in (
        "ARGUMENTS_PANEL_TITLE",
        "OPTIONS_PANEL_TITLE",
        "COMMANDS_PANEL_TITLE",
        "ERRORS_PANEL_TITLE",
        "ABORTED_TEXT",
        "DEFAULT_STRING",
        "ENVVAR_STRING",
        "REQUIRED_LONG_STRING",
    ):
        setattr(rich_utils, name, both(f"cli.word.{name.lower()}"))
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        command.cls, command.epilog = Command, examples(*path, name)
    for group in app.registered_groups:
        group.cls = Group
        if group.typer_instance is not None:
            in_both_languages(group.typer_instance, *path, *filter(None, [group.name]))
