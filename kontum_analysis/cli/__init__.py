"""The command `kontum`: the same verbs as the library, for people who do not want to write Python."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from ..base.errors import KontumError
from ..base.files import reason_of
from ..base.words import LabelError
from . import analysis, data, exports, report, simulate
from .common import begin, both, run_options
from .words import STATUS, Group, UsageError, examples, in_both_languages, in_our_words, is_help, language

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
app.add_typer(report.app)
app.add_typer(simulate.app)
app.add_typer(data.app, name="data")
in_both_languages(app)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        analysis.print_version()
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help=both("cli.option.version"))
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; a user's mistake ends with one message and exit status 1 (2 where the command cannot be read),
    never a traceback.
    """
    begin()
    for stream in (sys.stdout, sys.stderr):  # a terminal or pipe in another encoding would end the run at the first đ
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(app(prog_name="kontum", standalone_mode=False))
    except UsageError as error:
        if is_help(error):
            error.show()
        else:
            _complain(in_our_words(error), language(sys.argv[1:]))
        sys.exit(STATUS)
    except (KontumError, LabelError) as error:
        _complain(error, run_options["lang"])
        sys.exit(1)
    except OSError as error:  # a full disk behind standard output, a folder of the system that may not be used
        sys.stdout = None  # nothing more can be written there, not even at the end
        _complain(KontumError("hostile.system", reason=reason_of(error)), run_options["lang"])
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        Console(stderr=True).print(both("cli.interrupted"))
        sys.exit(130)


def _complain(error: KontumError | LabelError, lang: str) -> None:
    Console(stderr=True).print(error.in_language(lang), highlight=False, markup=False, soft_wrap=True)
