"""The site as a reader opens it from disk: no dead link, no picture without words, nothing asked of a server."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import nbformat
import pytest

import kontum_analysis as kt
from kontum_analysis.base import words as labels
from kontum_analysis.base.files import NOTEBOOKS, ROOT

sys.path.insert(0, str(ROOT / "docs"))
pytestmark = pytest.mark.once


def built(folder):
    result = subprocess.run(
        [sys.executable, "docs/make_site.py", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return Path(folder)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site. Read only."""
    return built(tmp_path_factory.mktemp("built") / "site")


@pytest.fixture(scope="module")
def pages(site):
    """Page -> its parsed HTML."""
    return {path: lxml.html.parse(str(path)).getroot() for path in sorted(site.rglob("*.html"))}


def test_every_notebook_and_every_page_is_there(pages, site):
    names = {path.relative_to(site).as_posix() for path in pages}
    assert {f"notebooks/{path.stem}.html" for path in NOTEBOOKS.glob("*.ipynb")} <= names
    assert {
        f"{name}.html"
        for name in (
            "index",
            "kham-pha",
            "explore",
            "explorer",
            "places",
            "offices",
            "guide",
            "figures",
            "glossary",
            "data_dictionary",
            "sources",
            "api",
            "run_times",
            "contributing",
            "data_raw",
            "data_processed",
            "search",
        )
    } <= names


def test_no_local_link_is_dead(pages, site):
    anchors = {path: {*root.xpath("//@id"), *root.xpath("//a/@name")} for path, root in pages.items()}
    dead, followed = [], 0
    for path, root in pages.items():
        for address in {*root.xpath("//a/@href"), *root.xpath("//@src"), *root.xpath("//link/@href")}:
            parts = urlsplit(address)
            if parts.scheme or address in ("#", ""):
                continue
            followed += 1
            assert not parts.path.startswith("/"), f"{path.name}: {address} is not relative"
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            fragment = unquote(parts.fragment)
            if not target.is_file() or (fragment and target in anchors and fragment not in anchors[target]):
                dead.append(f"{path.relative_to(site)}: {address}")
    assert followed > 500 and not dead, dead


def test_every_picture_has_its_words(pages, site):
    pictures = [(path.name, image) for path, root in pages.items() for image in root.xpath("//img")]
    assert len(pictures) > 2 * len(list((ROOT / "figures" / "vi").glob("*.png")))
    assert [name for name, image in pictures if len((image.get("alt") or "").strip()) < 20] == []


def test_no_page_names_a_server_outside_its_links(pages, site):
    for path, root in pages.items():
        loaded = [*root.xpath("//@src"), *root.xpath("//link[@rel!='canonical']/@href")]
        assert not [address for address in loaded if urlsplit(address).scheme not in ("", "data")], path.name
    styles = "\n".join(p.read_text(encoding="utf-8") for p in site.rglob("*.css"))
    assert not re.findall(r"(?:url\(|@import)\s*.?https?:", styles)


def test_hidden_code_is_folded_and_widgets_are_not_shown_without_their_kernel(pages, site):
    root = pages[site / "notebooks" / "00_index.html"]
    folded = root.xpath("//details[contains(@class, 'hide')]")
    assert len(folded) >= 5 and "Xem mã lệnh" in folded[0].text_content()
    assert "widget-view+json" not in "".join(p.read_text(encoding="utf-8") for p in pages)


def test_the_front_page_opens_with_the_answer_a_picture_and_three_doors(pages, site):
    root = pages[site / "index.html"]
    answer, picture, doors = root.xpath("//article//section/*[not(self::h1)]")[:3]
    rates = kt.headline(kt.load_observations()).query("scenario.str.startswith('programme-')")["rate_2025"]
    low, high = labels.number(100 * rates.min(), 2, "vi"), labels.number(100 * rates.max(), 2, "vi")
    assert f"{low}–{high}%" in answer.text_content() and "poverty rate of Kon Tum province" in answer.text_content()
    assert picture.xpath(".//img/@src") == ["figures/vi/poverty_paths.png"]
    assert doors.xpath("./a/@href") == ["explorer.html", "offices.html", "notebooks/00_index.html"]
    assert root.xpath("//article//table[not(ancestor::details)]//tr[count(*) > 2]") == []


def test_every_unit_and_commune_stands_on_the_page_of_places(pages, site):
    root = pages[site / "places.html"]
    moves = kt.areas.crosswalk()
    for kind, codes in (("unit", moves["new_code"]), ("commune", moves["old_code"])):
        assert root.xpath(f"//tr[starts-with(@id, '{kind}-')]/@id") == [f"{kind}-{code}" for code in codes.unique()]
    row = root.xpath("//tr[@id='commune-23311']")[0].text_content()
    assert "Đăk Cấm" in row and "đã đạt chuẩn" in row and "attained" in row


def test_the_glossary_holds_the_words_of_the_field_in_both_languages(pages, site):
    root = pages[site / "glossary.html"]
    terms = root.xpath("//dl[@class='glossary']/dt")
    assert len(terms) == sum(key.startswith("glossary.") and key.endswith(".term") for key in labels.labels())
    words = " ".join(term.text_content() for term in terms)
    for word in (
        "Hộ nghèo",
        "Hộ cận nghèo",
        "NTM",
        "nâng cao",
        "kiểu mẫu",
        "Huyện nghèo",
        "Xã đặc biệt khó khăn",
        "DTTS",
        "Quota",
        "Pace",
        "Vintage",
        "Hindcast",
        "Coverage",
        "Interval",
        "Scenario",
    ):
        assert word in words, word


def test_the_data_pages_agree_with_the_tables(pages, site, raw):
    dictionary, sources = pages[site / "data_dictionary.html"], pages[site / "sources.html"]
    assert len(dictionary.xpath("//tr[starts-with(@id, 'indicator-')]")) == len(raw["indicators"])
    rows = sources.xpath("//tr[starts-with(@id, 'source-')]")
    assert len(rows) == len(raw["sources"])
    assert sum(int(row.xpath("td")[-1].text) for row in rows) == len(raw["observations"])
    assert sources.xpath("//a[starts-with(@href, 'http')]/@href")


def test_every_public_name_is_explained(pages, site):
    root = pages[site / "api.html"]
    names = {words.removeprefix("kt.") for words in root.xpath("//table//a//text()")}
    assert set(kt._NAMES) - set(kt._MODULES) <= names
    assert {getattr(kt, name).__name__ for name in kt._MODULES} <= set(root.xpath("//section/h2/text()"))


def test_a_picture_without_words_is_refused():
    import make_site

    image = nbformat.v4.new_output("display_data", data={"image/png": "aGVsbG8="})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("draw()", outputs=[image])])
    with pytest.raises(kt.KontumError, match="planted, cell 1"):
        make_site.for_site(notebook, "planted", {})
    image.metadata = {"image/png": {"alt": "Hai đường & một cột"}}
    pictures = {}
    page = make_site.for_site(notebook, "planted", pictures).cells[0].outputs[0].data["text/html"]
    assert 'alt="Hai đường &amp; một cột"' in page and list(pictures.values()) == [b"hello"]
    assert "image/png" in notebook.cells[0].outputs[0].data, "the notebook itself is left alone"


def test_run_times_are_of_notebooks_that_exist_and_name_no_machine(pages, site):
    import pages as made

    rows = made.rows(ROOT / "docs" / "run_times.csv")
    assert {row["notebook"] for row in rows} <= {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    assert all(int(row["cpu_seconds"]) > 0 and int(row["seconds"]) < 600 and "Python" in row["machine"] for row in rows)
    words = pages[site / "run_times.html"].text_content()
    assert all(path.stem in words for path in NOTEBOOKS.glob("*.ipynb"))


def test_a_browser_shows_every_page_without_a_request_that_fails(pages, site, browser):
    trouble = []
    page = browser.new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or trouble.append(f"asked for {r.url}"))
    page.on("requestfailed", lambda r: trouble.append(f"failed {r.url}"))
    page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
    page.on("console", lambda message: message.type == "error" and trouble.append(f"{page.url}: {message.text}"))
    for path in pages:
        page.goto(path.as_uri())
        page_facts = page.evaluate(
            """async () => {
                const images = [...document.images].filter(i => i.getClientRects().length);
                for (const image of images) { image.loading = "eager"; await image.decode().catch(() => 0); }
                return {broken: images.filter(i => !i.naturalWidth).map(i => i.src),
                        silent: [...document.images].filter(i => !i.alt.trim()).length,
                        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth};
            }"""
        )
        if page_facts != {"broken": [], "silent": 0, "wide": 0}:
            trouble.append(f"{path.name}: {page_facts}")
    results = {}
    for query in ("hộ nghèo", "ho ngheo", "đăk hring", "dak hring"):
        page.goto(f"{(site / 'search.html').as_uri()}?q={query}")
        page.wait_for_selector("#search-results li")
        page.wait_for_timeout(1000)  # results are added one after the other
        results[query] = set(page.locator("#search-results li a").evaluate_all("all => all.map(a => a.pathname)"))
    assert results["hộ nghèo"] and results["hộ nghèo"] <= results["ho ngheo"]
    assert results["đăk hring"] <= results["dak hring"] and any("places" in one for one in results["dak hring"])
    page.goto((site / "notebooks" / "00_index.html").as_uri())
    assert "Kết quả chính" in page.inner_text("article") and "Toàn tỉnh" in page.content()
    page.close()
    assert not trouble, trouble


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(site, tmp_path):
    again = built(tmp_path / "site")
    files = sorted(p.relative_to(site) for p in site.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert [p for p in files if (site / p).read_bytes() != (again / p).read_bytes()] == []


def test_the_explorer_in_one_language_leads_to_the_other(pages, site):
    links = {name: pages[site / name].xpath("//a[@id='language']/@href") for name in ("kham-pha.html", "explore.html")}
    assert links == {"kham-pha.html": ["explore.html"], "explore.html": ["kham-pha.html"]}
