"""The words that Typer brings along in English (Usage, Options, No such option …), in both languages; and examples.

`in_both_languages` gives every command of an app our help texts and its examples from labels.csv; `usage_message` says
in one language what Typer reports about a command typed wrongly.
"""

import re
from itertools import pairwise

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from ..labels import LANGUAGES, table, text
from .common import both

UsageError = typer.BadParameter.__base__  # whichever library Typer stands on
# what Typer says -> the end of our label cli.usage.…, with the placeholders its groups fill
_SAID = {
    r"No such option: (?P<name>\S+)": "no_option",
    r"No such command '(?P<name>[^']*)'": "no_command",
    r"Missing command": "no_command_given",
    r"Missing \w+ '?(?P<name>[^'.]+)'?": "missing",
    r"Option '(?P<name>.+)' requires an argument": "needs_value",
    r"Option '(?P<name>.+)' does not take a value": "takes_no_value",
    r"Got unexpected extra argument\S* \((?P<name>.+)\)": "too_many",
    r"Invalid value for '?(?P<name>[^':]+)'?: (?P<detail>.*)": "bad_value",
}
_DETAILS = {r"valid integer|valid int\b": "whole_number", r"valid number|valid float": "number"}


class _Words:
    """What commands and groups say of themselves."""

    def get_usage(self, ctx):
        """The line "Usage: …"."""
        return super().get_usage(ctx).replace("Usage:", f"{both('cli.word.usage')}:", 1)

    def get_params(self, ctx):
        """The options, those of the library in our words."""
        params = super().get_params(ctx)
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


def language_asked(words, environment):
    """The language a command line asks for, also where the rest of it cannot be read."""
    asked = environment.get("KONTUM_LANG", "")
    for word, following in pairwise([*words, ""]):
        if word == "--lang":
            asked = following
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def usage_message(error, lang):
    """What is wrong with a command as typed, what is near, and where help is, in one language."""
    if type(error).__name__ == "NoArgsIsHelpError":  # the help stands on the screen already
        return ""
    said = error.format_message()
    found = next(((key, m) for pattern, key in _SAID.items() if (m := re.match(pattern, said, re.DOTALL))), None)
    if found is not None:
        key, match = found
        values = match.groupdict()
        if "detail" in values:
            values["detail"] = _detail(values["detail"], lang)
        said = text(f"cli.usage.{key}", lang, **values)
        if near := _nearest(values.get("name"), error, key):
            said += f" {text('cli.usage.near', lang, names=', '.join(near))}"
    path = error.ctx.command_path if error.ctx is not None else "kontum"
    return f"{said}\n{text('cli.usage.help', lang, command=path)}"


def _detail(words, lang):
    rule = next((key for pattern, key in _DETAILS.items() if re.search(pattern, words)), None)
    return words if rule is None else text(f"cli.usage.{rule}", lang)


def _nearest(name, error, key):
    """The commands or options of the command at hand whose names are nearest to what was typed."""
    from rapidfuzz import process

    if name is None or error.ctx is None or key not in ("no_option", "no_command"):
        return []
    command = error.ctx.command
    known = {
        "no_command": lambda: list(getattr(command, "commands", {})),
        "no_option": lambda: [
            option for param in command.get_params(error.ctx) for option in param.opts if option[:1] == "-"
        ],
    }[key]()
    return [match for match, *_ in process.extract(name, known, limit=3, score_cutoff=70)]
