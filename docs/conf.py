"""Settings of the site. `make_site.py` gathers the pages and calls Sphinx with this file; nothing
here names a server.
"""

import re

from sphinx.search.en import SearchEnglish

from kontum_analysis.base.words import LANGUAGES, text
from kontum_analysis.data.spelling import fold

project = "Kon Tum Analysis"
author = "Kon Tum Analysis contributors"
html_title = "Kon Tum Analysis"
language = "vi"
extensions = ["myst_nb", "sphinx.ext.autodoc"]
default_role = "code"  # `name` in a docstring is code

nb_execution_mode = "off"  # the notebooks are committed as executed and shown as they are
nb_ipywidgets_js = {}  # a widget needs a kernel and a server: the figure beside it is shown instead
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
nb_code_prompt_show = "Xem mã lệnh · Show the code"
nb_code_prompt_hide = "Ẩn mã lệnh · Hide the code"
nb_render_markdown_format = "gfm"
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "sphinx_book_theme"
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_sidenotes": False,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "navbar_persistent": [],
    "extra_footer": " · ".join(text("site.footer", lang) for lang in LANGUAGES),
    "search_bar_text": "Tìm · Search",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_context = {"default_mode": "auto"}  # as the reader has set it, as the explorer inside the pages does
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # a summary is fetched, which a browser refuses for files on disk
html_last_updated_fmt = None  # no clock: two builds give the same bytes
html_domain_indices = False
html_use_index = False


def plain(app, what, name, obj, options, lines):
    """Docstrings here are plain text: mark up only what a reader would see in them, so that none can
    break the build.
    """
    blocks = "\n".join(lines).split("\n\n")
    lines[:] = "\n\n".join(block if block.lstrip().startswith(">>>") else _prose(block) for block in blocks).split("\n")


def _prose(block):
    """A paragraph with its marks escaped outside `code` and *stress*; one with indented lines keeps its lines."""
    parts = re.split(r"(`[^`]*`|\*\w[^*\n]*\*)", block)
    parts[::2] = [re.sub(r"([*|]|_(?=\W|$))", r"\\\1", part) for part in parts[::2]]
    prose = "".join(parts)
    return "\n".join(f"| {line}" for line in prose.split("\n")) if "\n " in prose else prose


class Search(SearchEnglish):
    """Words for the index, each also without its accents: who types "ho ngheo" finds what "hộ nghèo" finds."""

    lang = "vi"

    def split(self, input):
        words = super().split(input)
        return [*words, *(fold(word) for word in words if not word.isascii())]


def setup(app):
    """Called by Sphinx."""
    app.add_search_language(Search)
    app.connect("autodoc-process-docstring", plain)
