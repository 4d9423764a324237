"""The command `kontum`: the same verbs as the library, for people who do not want to write Python."""

import sys

import typer
from rich.console import Console

from ..errors import KontumError
from . import analysis, data, exports, simulate
from .common import both, chosen

app = typer.Typer(help=both("cli.help"), no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True)
app.add_typer(analysis.app)
app.add_typer(exports.app)
app.add_typer(simulate.app)
app.add_typer(data.app, name="data")


def main():
    """Run the command; a user's mistake ends with one message and exit status 1, never a traceback."""
    try:
        app()
    except KontumError as error:
        Console(stderr=True).print(error.said(chosen["lang"]), highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print(both("cli.interrupted"))
        sys.exit(130)
