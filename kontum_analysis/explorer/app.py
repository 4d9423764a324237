"""The explorer as a page of its own, served by Voilà on this machine only: `python -m kontum_analysis.explorer.app`.

Only the cells of notebook 09 that carry the tag `app` are run and shown. The page asks for a token, and loads nothing
from anywhere else: Voilà's own template fetches its icons from a public server, ours leaves them out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.files import NOTEBOOKS

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config

SHARE = Path(__file__).with_name("share")  # holds voila/templates/kontum
NOTEBOOK = NOTEBOOKS / "09_explorer.ipynb"
TAG = "app"


def only_app_cells(handler: object, notebook: NotebookNode, cwd: str) -> NotebookNode:
    """The notebook without the cells that do not carry the tag; Voilà calls this before it runs them."""
    notebook.cells = [cell for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
    return notebook


def settings() -> Config:
    """Voilà on the loopback address, with a new token for every start."""
    from traitlets.config import Config

    found = Config()
    found.Voila.ip = "127.0.0.1"
    found.Voila.auto_token = True
    found.VoilaConfiguration.template = "kontum"
    found.VoilaConfiguration.prelaunch_hook = only_app_cells
    return found


def main(arguments: Iterable[str] = ()) -> None:
    """Start the server and open the page; arguments are Voilà's own, such as --no-browser or --port=8866."""
    from voila.app import Voila

    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(SHARE), os.environ.get("JUPYTER_PATH")]))
    app = Voila(config=settings())
    app.initialize([str(NOTEBOOK), *arguments])
    app.start()


if __name__ == "__main__":
    main(sys.argv[1:])
