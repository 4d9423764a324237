"""The words of help that Typer brings along in English (Usage, Options …), in both languages; and examples."""

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from ..labels import LANGUAGES, table
from .common import both


class _Words:
    """What commands and groups say of themselves; mixed in with the two classes of Typer below."""

    def get_usage(self, ctx):
        """The line "Usage: …"."""
        line = super().get_usage(ctx)  # type: ignore[misc]
        return line.replace("Usage:", f"{both('cli.word.usage')}:", 1)

    def get_params(self, ctx):
        """The options, those of the library in our words."""
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            key = f"cli.word.option.{param.name}"
            if key in table():
                param.help = both(key)
        return params


class Command(_Words, TyperCommand):
    """A command in both languages."""


class Group(_Words, TyperGroup):
    """A group of commands in both languages."""


def examples(*path):
    """The examples of a command for its help: each line to type, and what it does in both languages below it."""
    lines = []
    for number in range(1, 10):
        key = ".".join(["cli.example", *path, str(number)])
        if key not in table():
            break
        typed = table()[key][LANGUAGES[0]].partition(" # ")[0]
        said = " / ".join(table()[key][lang].partition(" # ")[2] for lang in LANGUAGES)
        lines.append(f"  {typed}\n      {said}".replace("[", "\\["))
    return "\n".join([f"{both('cli.word.examples')}:", *lines]) if lines else None


def in_both_languages(app, *path):
    """Give every command of a Typer app, and of the apps within it, our words and its examples."""
    for name in ("ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "ERRORS_PANEL_TITLE", "ABORTED_TEXT",
                 "DEFAULT_STRING", "ENVVAR_STRING", "REQUIRED_LONG_STRING"):  # fmt: skip
        setattr(rich_utils, name, both(f"cli.word.{name.lower()}"))
    for command in app.registered_commands:
        name = command.name or command.callback.__name__.replace("_", "-")
        command.cls, command.epilog = Command, examples(*path, name)
    for group in app.registered_groups:
        group.cls = Group
        in_both_languages(group.typer_instance, *path, *filter(None, [group.name]))
    return app
