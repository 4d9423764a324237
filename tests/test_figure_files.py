"""Figures as files: fonts, words in the file itself, one layout at every width, fixed bytes."""

import io
import re

import pypdf
import pytest
from PIL import Image

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.figures import build
from kontum_analysis.figures.output import smallest_type


@pytest.fixture(scope="module")
def figure():
    return build("poverty_paths", kt.load_observations(), "vi")


@pytest.fixture(scope="module")
def content(figure):
    return {(kind, width): figure.image(kind, 100, width) for kind in ("png", "svg", "pdf") for width in (None, 9)}


def test_the_bytes_are_the_same_at_another_width_too(figure, content):
    for kind in ("png", "svg", "pdf"):
        assert figure.image(kind, 100, 9) == content[kind, 9], kind


def test_every_file_says_title_author_source_scenario_seed_and_data(figure, content):
    facts = figure.properties
    assert (
        facts["scenario"].startswith("programme-low") and facts["seed"] == "3299" and figure.data_hash in facts["data"]
    )
    for width in (None, 9):
        png = Image.open(io.BytesIO(content["png", width])).text
        assert [png[k] for k in ("Title", "Author", "Source", "Scenario", "Seed", "Data")] == [
            facts["title"],
            "Kon Tum Analysis",
            facts["source"],
            facts["scenario"],
            "3299",
            facts["data"],
        ]
        pdf = pypdf.PdfReader(io.BytesIO(content["pdf", width])).metadata
        assert pdf.title == facts["title"] and pdf.author == "Kon Tum Analysis" and pdf.creation_date is None
        assert all(facts[key] in pdf["/Keywords"] for key in ("source", "scenario", "seed", "data"))
        svg = content["svg", width].decode("utf-8")
        head = svg[: svg.index("</metadata>")]
        assert all(facts[key] in head for key in ("title", "source", "scenario", "seed", "data"))
        assert "Kon Tum Analysis" in head and "dc:date" not in head


def test_fonts_are_embedded_in_the_pdf(content):
    for width in (None, 9):
        page = pypdf.PdfReader(io.BytesIO(content["pdf", width])).pages[0]
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        files = [f["/DescendantFonts"][0].get_object()["/FontDescriptor"] for f in fonts if "/DescendantFonts" in f]
        files += [font["/FontDescriptor"] for font in fonts if "/FontDescriptor" in font]
        assert len(files) == len(fonts) > 0 and all("/FontFile2" in descriptor for descriptor in files)


def test_another_width_is_the_same_page_at_another_size(figure, content):
    png = {width: Image.open(io.BytesIO(content["png", width])) for width in (None, 9)}
    assert png[9].width == pytest.approx(9 / 2.54 * 100, abs=1) and png[9].info["dpi"][0] == pytest.approx(100, abs=0.1)
    assert png[9].width / png[9].height == pytest.approx(png[None].width / png[None].height, abs=0.01)
    boxes = {w: pypdf.PdfReader(io.BytesIO(content["pdf", w])).pages[0].mediabox for w in (None, 9)}
    assert float(boxes[9].width) == pytest.approx(9 / 2.54 * 72, abs=0.01)
    assert float(boxes[None].width) == pytest.approx(16 / 2.54 * 72, abs=0.01)
    view = {w: re.search(rb'viewBox="([^"]+)"', content["svg", w])[1] for w in (None, 9)}
    assert view[9] == view[None] and re.search(rb'width="255\.118pt"', content["svg", 9])
    bodies = [content["svg", w].split(b"</metadata>")[1] for w in (None, 9)]
    assert bodies[0] == bodies[1], "nothing is laid out anew"
    assert smallest_type(9) < 5 <= smallest_type(16)


def test_an_unknown_kind_is_refused(figure):
    with pytest.raises(KontumError, match="png, svg, pdf"):
        figure.image("gif")
