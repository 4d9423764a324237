"""Build the site: gather hand-written pages, pages made from the data, and the notebooks as they are committed.

`python docs/make_site.py [FOLDER]` writes to FOLDER (build/site). It needs no network and runs no notebook. The pages
lie in FOLDER-source while they are built.
"""

import base64
import copy
import hashlib
import html
import shutil
import sys
from pathlib import Path

import nbformat
import pages
from sphinx.cmd.build import build_main

from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import FIGURES, NOTEBOOKS, RAW, ROOT, write_whole
from kontum_analysis.base.words import LANGUAGES, text
from kontum_analysis.data.observations import load_observations
from kontum_analysis.explorer.page import build_page

DOCS = ROOT / "docs"
FROM_DATA = {
    "places": pages.places,
    "glossary": pages.glossary,
    "data_dictionary": pages.data_dictionary,
    "sources": pages.sources,
    "figures": pages.figures,
    "api": pages.api,
    "run_times": lambda: pages.run_times(ROOT),
}
FROM_THE_PROJECT = {
    "data_raw": RAW / "README.md",
    "data_processed": ROOT / "data" / "processed" / "README.md",
    "contributing": ROOT / "CONTRIBUTING.md",
}
DOWNLOADS = ["figures", "data"]


def for_site(notebook, name, pictures):
    """A notebook as the site shows it: code folded, pictures with their alternative text.

    `pictures` maps the hash of a picture to a file of the site; a new picture is added to it with its bytes.
    Raises KontumError where a picture has no alternative text.
    """
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt")
                if not alt:
                    raise KontumError("site.error.alt", notebook=name, cell=number)
                output.data = {"text/html": _picture(output.data["image/png"], alt, pictures)}
    download = f'<p class="download"><a href="{name}.ipynb" download>{pages.both("notebooks.download")}</a></p>'
    notebook.cells.append(nbformat.v4.new_markdown_cell(download, id="download"))
    return notebook


def _picture(base64_text, alt, pictures):
    content = base64.b64decode(base64_text)
    file = pictures.setdefault(hashlib.sha256(content).hexdigest(), content)
    if isinstance(file, bytes):
        file = f"pictures/{hashlib.sha256(content).hexdigest()[:16]}.png"
    return f'<img src="{file}" alt="{html.escape(alt)}">'


def gather(source):
    """Write every page to the folder `source`; returns the pictures of notebooks that no file in figures/ holds."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("*.py", "*.csv", "__pycache__"))
    shutil.copy(DOCS / "conf.py", source / "conf.py")
    (source / "_static").mkdir()
    shutil.move(source / "site.css", source / "_static" / "site.css")
    index = (source / "index.md").read_text(encoding="utf-8")
    for name in ("answer", "headline"):
        index = index.replace(f"<!-- {name} -->", getattr(pages, name)())
    write_whole(source / "index.md", index)
    for name, page in FROM_DATA.items():
        write_whole(source / f"{name}.md", page())
    for name, path in FROM_THE_PROJECT.items():
        shutil.copy(path, source / f"{name}.md")
    pictures = {
        hashlib.sha256(p.read_bytes()).hexdigest(): f"../figures/vi/{p.name}"
        for p in sorted((FIGURES / "vi").glob("*.png"))
    }
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = for_site(nbformat.read(path, as_version=4), path.stem, pictures)
        write_whole(source / "notebooks" / path.name, nbformat.writes(notebook))
    return [content for content in pictures.values() if isinstance(content, bytes)]


def build(out):
    """Build the site in the folder `out`; returns Sphinx's exit status. Any warning is an error."""
    out = Path(out)
    source = out.with_name(f"{out.name}-source")
    own_pictures = gather(source)
    shutil.rmtree(out, ignore_errors=True)
    status = build_main(
        ["-W", "--keep-going", "-q", "-E", "-b", "html", "-d", str(source / ".doctrees"), str(source), str(out)]
    )
    for folder in DOWNLOADS:
        shutil.copytree(ROOT / folder, out / folder, dirs_exist_ok=True)
    for lang, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
        page = build_page(load_observations(), lang, other=text("explorer.file", other))
        write_whole(out / text("explorer.file", lang), page)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        shutil.copy(path, out / "notebooks" / path.name)
    for content in own_pictures:
        write_whole(out / "notebooks" / "pictures" / f"{hashlib.sha256(content).hexdigest()[:16]}.png", content)
    for leftover in (
        out / ".buildinfo",
        out / "objects.inv",
        *(out / "_static").glob("*macros.html"),
    ):  # of Sphinx and the theme
        leftover.unlink(missing_ok=True)
    return status


if __name__ == "__main__":
    sys.exit(build(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site"))
