"""Commands that write files for other programs: figures, tables, report."""

import typer

app = typer.Typer()
