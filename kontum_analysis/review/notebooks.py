"""Run notebooks from the top, and say in what ways a committed notebook is not one clean, honest run.

nbval compares outputs, but lets several lies pass (measured with 0.11): a stripped notebook is not compared at all,
pictures never are, and a broken magic that was broken when committed equals itself. `problems` closes those gaps.
"""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from ..base.errors import KontumError, Words
from ..base.files import FIGURES, NOTEBOOKS
from ..publish.notebooks import FIGURE_MARK

SECONDS = 120
_WIDGET = "application/vnd.jupyter.widget-view+json"
_MAGIC = re.compile(r"^\s*[%!]", re.MULTILINE)
_TYPED_NUMBER = re.compile(r"\d\s*%|\d[.,]\d")
_PRIVATE = re.compile(r"/(?:home|root|Users|tmp|work)/[\w.-]|[A-Z]:\\\\Users|0x[0-9a-f]{8}|\d\d:\d\d:\d\d")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_paths(folder: str | Path = NOTEBOOKS) -> list[Path]:
    """The notebooks of a folder in reading order."""
    return sorted(Path(folder).glob("*.ipynb"))


def executed(path: str | Path) -> str:
    """The notebook at `path` run from the top in a fresh kernel, as text to write: no times, no machine, no versions.

    Raises KontumError naming the notebook, the cell and the error when a cell fails.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise KontumError("error.notebook.cell", file=path.name, name=error.ename, value=error.evalue) from None
    except CellTimeoutError:
        raise KontumError("error.notebook.slow", file=path.name, seconds=SECONDS) from None
    return f"{nbformat.writes(_as_committed(notebook))}\n"


def _as_committed(notebook: Any) -> Any:
    """The notebook without what another machine, Python or run would write otherwise; it is changed in place."""
    notebook["metadata"] = nbformat.from_dict(_METADATA)
    for index, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{index:02d}"
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key in ("tags", "jupyter")}
        for output in cell.get("outputs", []):  # the id of a widget lives with its kernel only
            output.get("data", {}).pop(_WIDGET, None)
    _count_from_one(notebook["cells"])
    return notebook


def _count_from_one(cells: list[dict[str, Any]]) -> None:
    """Count the cells of a second run from the top as those of a first; any other order stays and is found out."""
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    counts = [cell.get("execution_count") for cell in code]
    first = counts[0] if counts else None
    if not first or counts != list(range(first, first + len(counts))):
        return
    for number, cell in enumerate(code, 1):
        cell["execution_count"] = number
        for output in cell["outputs"]:
            if "execution_count" in output:
                output["execution_count"] = number


def before_saving(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Let JupyterLab save a notebook of this project as `executed` writes it, so that git sees no difference.

    For `FileContentsManager.pre_save_hook`; other notebooks are left as they are.
    """
    place = Path(contents_manager.root_dir, path.lstrip("/")).resolve()
    if model["type"] == "notebook" and place.parent == NOTEBOOKS:
        _as_committed(model["content"])


def problems(path: str | Path, figures: str | Path = FIGURES) -> list[Words]:
    """Everything that keeps the notebook at `path` from being one clean run from the top: a list of `Words`.

    Checked: execution counts run 1, 2, 3 …; outputs exist; nothing on stderr and no error; every picture equals the
    file of that name in `figures/vi/`; no magics or shell lines; no number with a decimal or a per cent sign typed into
    prose; no machine path, memory address or time of day in an output.
    """
    path = Path(path)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code" and "".join(c["source"]).strip()]
    wrong = []
    counts = [cell.get("execution_count") for cell in code]
    if counts != list(range(1, len(code) + 1)):
        wrong.append(Words("notebook_check.order", counts=repr(counts)))
    if not any(cell.get("outputs") for cell in code):
        wrong.append(Words("notebook_check.stripped"))
    for number, cell in enumerate(code, 1):
        for problem in _cell_problems(cell, Path(figures)):
            wrong.append(Words("notebook_check.in_cell", number=number, problem=problem))
    for prose in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"):
        if match := _TYPED_NUMBER.search(prose):
            wrong.append(Words("notebook_check.typed", words=prose[max(0, match.start() - 20) : match.end() + 5]))
    return [Words("notebook_check.in_file", file=path.name, problem=problem) for problem in wrong]


def _cell_problems(cell: dict[str, Any], figures: Path) -> Iterator[Words]:
    if _MAGIC.search("".join(cell["source"])):
        yield Words("notebook_check.magic")
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            yield Words("notebook_check.error", name=output.get("ename"))
        if output.get("name") == "stderr":
            yield Words("notebook_check.stderr", words="".join(output["text"])[:80])
        data = output.get("data", {})
        if _WIDGET in data:
            yield Words("notebook_check.widget")
        plain = "".join(data.get("text/plain", "")) + "".join(output.get("text", ""))
        if private := _PRIVATE.search(plain):
            yield Words("notebook_check.private", words=private.group())
        if "image/png" in data:
            yield from _picture_problems(plain, "".join(data["image/png"]), figures)


def _picture_problems(plain: str, base64_text: str, figures: Path) -> Iterator[Words]:
    name = plain.removeprefix(FIGURE_MARK).partition(",")[0]
    file = figures / "vi" / f"{name}.png"
    if not plain.startswith(FIGURE_MARK) or not file.is_file():
        yield Words("notebook_check.no_picture", folder=figures.name, words=plain[:40])
    elif base64.b64decode(base64_text) != file.read_bytes():
        yield Words("notebook_check.picture", name=name)


def output_differences(path: str | Path, other: str | Path) -> list[Words]:
    """Cells whose outputs differ between two runs of one notebook: a list of `Words`."""
    file = Path(path).name
    first, second = (json.loads(Path(p).read_text(encoding="utf-8"))["cells"] for p in (path, other))
    if len(first) != len(second):
        return [Words("notebook_check.cells", file=file, count=len(first), rebuilt=len(second))]
    differing = (number for number, (a, b) in enumerate(zip(first, second, strict=True), 1) if a != b)
    return [Words("notebook_check.output", file=file, number=number) for number in differing]
