"""The report tables as one Word document."""

from .documents import add_section, add_table, document_bytes, new_document
from .labels import text

_UPRIGHT = 8  # columns that still fit an upright page


def tables_document(tables, origin, lang):
    """The .docx file as bytes: head, how to read, then every table that is not `long`, numbered, with its note.

    tables: of `export_tables.report_tables`; origin: a `provenance.Provenance`.
    """
    document = new_document(lang, text("exports.title", lang), text("exports.subtitle", lang), origin.day)
    document.core_properties.comments = "; ".join(f"{what}: {value}" for what, value in origin.facts(lang))[:255]
    document.add_paragraph(text("exports.title", lang), style="Title")
    document.add_paragraph(text("exports.about", lang))
    for what, value in origin.facts(lang):
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{what}: ").bold = True
        paragraph.add_run(value)
    document.add_heading(text("exports.reading", lang), 1)
    for key in ("published", "derived", "estimated", "projected", "bound", "percent"):
        document.add_paragraph(text(f"exports.reading.{key}", lang), style="List Bullet")
    upright = True
    for made in tables:
        if made.long:
            continue
        wants_upright = len(made.frame.columns) <= _UPRIGHT
        if wants_upright != upright:
            add_section(document, landscape=not wants_upright)
            upright = wants_upright
        add_table(document, made.frame, made.title(lang), lang)
        document.add_paragraph(made.note(lang)).runs[0].italic = True
    return document_bytes(document)
