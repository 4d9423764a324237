"""The command `kontum`: the same verbs as the library, for people who do not want to write Python."""

import sys

import typer
from rich.console import Console

from ..errors import KontumError
from ..labels import text
from ..limits import reason_of
from . import analysis, data, exports
from .common import both, chosen

app = typer.Typer(help=both("cli.help"), no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True)
app.add_typer(analysis.app)
app.add_typer(exports.app)
app.add_typer(data.app, name="data")


def main():
    """Run the command; a user's mistake ends with one message and exit status 1, never a traceback."""
    for stream in (sys.stdout, sys.stderr):  # a terminal or pipe in another encoding would end the run at the first đ
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except KontumError as error:
        Console(stderr=True).print(error.said(chosen["lang"]), highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
    except OSError as error:  # a full disk behind standard output, a folder of the system that may not be used
        sys.stdout = None
        Console(stderr=True).print(text("hostile.system", chosen["lang"], reason=reason_of(error)), markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print(both("cli.interrupted"))
        sys.exit(130)
