"""The command `kontum`: the same verbs as the library, for people who do not want to write Python."""

import os
import sys

import typer
from rich.console import Console

from ..errors import KontumError
from . import analysis, data, exports
from .common import both, chosen
from .words import Group, UsageError, examples, in_both_languages, language_asked, usage_message

app = typer.Typer(
    cls=Group,
    help=both("cli.help"),
    epilog=examples(),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
app.add_typer(analysis.app)
app.add_typer(exports.app)
app.add_typer(data.app, name="data")
in_both_languages(app)


def main():
    """Run the command; a user's mistake ends with one message and exit status 1, never a traceback."""
    chosen["lang"] = language_asked(sys.argv[1:], os.environ)
    try:
        sys.exit(app(prog_name="kontum", standalone_mode=False))
    except UsageError as error:
        _say(usage_message(error, chosen["lang"]))
        sys.exit(2)
    except KontumError as error:
        _say(error.said(chosen["lang"]))
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        _say(both("cli.interrupted"))
        sys.exit(130)


def _say(message):
    if message:
        Console(stderr=True).print(message, highlight=False, markup=False, soft_wrap=True)
