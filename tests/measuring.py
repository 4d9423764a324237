"""What a reader would stumble over on a drawn page: words cut, crossed or covered, and words too faint to read.

Everything is measured in dots of the page (100 an inch): boxes of words, and points along all that is drawn.
`python tests/measuring.py NAME` prints the faults of one figure in both languages.
"""

import re
import sys

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from kontum_analysis.figures import style

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
FAINT = 1.25  # an area that stands out from white by less is a ground, not a thing


def problems(page):
    """A list of sentences, one for each fault of a page."""
    with style.rc_context():
        canvas = FigureCanvasAgg(page)
        page.draw_without_rendering()
        boxes = [(text, _inner(Text.get_window_extent(text, canvas.get_renderer()))) for text in texts(page)]
        for text, _ in boxes:
            text.set_visible(False)
        canvas.draw()
        ground = np.asarray(canvas.buffer_rgba())[::-1, :, :3].astype(int) @ [65536, 256, 1]
        for text, _ in boxes:
            text.set_visible(True)
    things = list(_things(page))
    checks = (_off_page(page, boxes), _over_each_other(boxes), _too_faint(ground, boxes))
    return [fault for check in (*checks, _crossings(things, boxes), _leaders(things, boxes)) for fault in check]


def word_faults(figure):
    """A list of sentences, one for each fault of the words of a figure. A topic alone ("Poverty by district") is no
    title.
    """
    faults = []
    for part in ("title", "topic", "caption", "alt"):
        words, foreign_mark = getattr(figure, part), {"vi": ".", "en": ","}[figure.lang]
        if not words.strip() or re.search(r"[{}]|\bnan\b|…|None|\( ?\)", words):
            faults.append(f"{part}: a value is missing: {words!r}")
        if foreign_mark in re.findall(r"\d+([.,])\d{1,2}(?=%)", words):
            faults.append(f"{part}: a per cent with the decimal mark of the other language: {words!r}")
    sentences = len(re.findall(r"[.;](?:\s|$)", figure.caption))
    rules = {
        "title: no number": re.search(r"\d", figure.title),
        "title: longer than 160 letters": len(figure.title) <= 160,
        "title: ends with a full stop": not figure.title.endswith("."),
        f"caption: {sentences} sentences, not 2 to 9": 2 <= sentences <= 9,
        "alt: 80 letters or fewer": len(figure.alt) > 80,
    }
    return faults + [fault for fault, is_kept in rules.items() if not is_kept]


def texts(page):
    """Every visible text of a page; tick labels count only where the tick lies on the axis."""
    hidden = set()
    for axes in page.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                is_on = low - 1e-9 <= tick.get_loc() <= high + 1e-9
                is_on_top = axis is axes.xaxis and axis.get_ticks_position() == "top"
                visible = (tick.label2 if is_on_top else tick.label1) if is_on and axes.axison else None
                hidden |= {label for label in (tick.label1, tick.label2) if label is not visible}
    return [
        text for text in page.findobj(Text) if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def _inner(box):
    """A box without the room that a font leaves above and below its letters."""
    room = min(2.0, box.height / 4)
    return Bbox.from_extents(box.x0 + 1, box.y0 + room, box.x1 - 1, box.y1 - room)


def _off_page(page, boxes):
    for text, box in boxes:
        if box.x0 < 2 or box.y0 < 2 or box.x1 > page.bbox.width - 2 or box.y1 > page.bbox.height - 2:
            yield f"off the page: {text.get_text()!r}"


def _over_each_other(boxes):
    corners = _corners(boxes)
    apart = (corners[:, None, :2] - (2, 0) > corners[None, :, 2:]).any(axis=2)
    over = np.triu(~(apart | apart.T), 1)
    yield from (f"{boxes[a][0].get_text()!r} lies over {boxes[b][0].get_text()!r}" for a, b in np.argwhere(over))


def _too_faint(ground, boxes):
    """Words on an area need the contrast in all of their box but a twentieth: a grid line may pass below them."""
    for text, box in boxes:
        if text.get_bbox_patch() is not None:
            area = np.array([int(to_hex(text.get_bbox_patch().get_facecolor())[1:], 16)])
        else:
            rows, columns = (slice(max(int(a), 0), int(b) + 1) for a, b in ((box.y0, box.y1), (box.x0, box.x1)))
            area = ground[rows, columns].ravel()
        colors, counts = np.unique(area, return_counts=True)
        contrasts = np.array([style.contrast(text.get_color(), f"#{color:06x}") for color in colors])
        if counts[contrasts < LEAST_CONTRAST].sum() > 0.05 * len(area):
            yield f"contrast {contrasts.min():.1f}: {text.get_text()!r}"


def _things(page):
    """All that words must not touch: (what it is, points along it, its outline if its inside counts too)."""
    for axes in page.axes:
        inside = axes.get_window_extent()
        if axes.axison:
            yield "edge of the axes", _dense(inside.corners()[[0, 1, 3, 2, 0]]), None
        for line in axes.lines:
            yield from _line(line, inside.padded(1))
        for collection in axes.collections:
            paths = [collection.get_transform().transform_path(path) for path in collection.get_paths()]
            if isinstance(collection, LineCollection):
                yield from (("bar", _dense(path.vertices), None) for path in paths)
            elif isinstance(collection, PolyCollection) and _is_seen(collection.get_facecolor()[0]):
                yield from (("band", _dense(path.vertices), path) for path in paths)
        for patch in axes.patches:
            if _is_seen(patch.get_facecolor()):
                yield "border", _dense(patch.get_transform().transform_path(patch.get_path()).vertices), None


def _is_seen(color):
    solid = np.asarray(color[:3]) * color[3] + 1 - color[3]
    return style.contrast(solid, "white") >= FAINT


def _line(line, inside):
    vertices = line.get_transform().transform_path(line.get_path()).vertices
    if line.get_linestyle() not in ("None", "none", "") and len(vertices) > 1:
        points = _dense(vertices)
        is_shown = (points >= inside.min).all(axis=1) & (points <= inside.max).all(axis=1)
        yield "line", points[is_shown] if line.get_clip_on() else points, None
    if line.get_marker() not in ("None", "none", "", None):
        half = 0.9 * line.get_markersize() / 2 * 100 / 72
        for x, y in vertices:
            if not line.get_clip_on() or inside.contains(x, y):
                yield (
                    "marker",
                    _dense(Bbox([[x - half, y - half], [x + half, y + half]]).corners()[[0, 1, 3, 2, 0]]),
                    None,
                )


def _dense(vertices):
    """Points along a line, a dot apart or less."""
    vertices = vertices[np.isfinite(vertices).all(axis=1)]
    steps = np.ceil(np.abs(np.diff(vertices, axis=0)).max(axis=1)).astype(int).clip(1)
    legs = zip(vertices[:-1], vertices[1:], steps, strict=True)
    return np.concatenate([*(np.linspace(a, b, n, endpoint=False) for a, b, n in legs), vertices[-1:]])


def _corners(boxes):
    return np.array([box.extents for _, box in boxes])


def _touch(points, corners):
    """The numbers of the boxes that hold one of the points."""
    if not len(points):
        return []
    near = ((points.max(axis=0) >= corners[:, :2]) & (points.min(axis=0) <= corners[:, 2:])).all(axis=1)
    numbers = np.flatnonzero(near)
    inside = (points[None] >= corners[numbers, None, :2]) & (points[None] <= corners[numbers, None, 2:])
    return numbers[inside.all(axis=2).any(axis=1)]


def _crossings(things, boxes):
    corners = _corners(boxes)
    middles = (corners[:, :2] + corners[:, 2:]) / 2
    for kind, points, outline in things:
        within = [] if outline is None else np.flatnonzero(outline.contains_points(middles))
        for number in sorted({*_touch(points, corners), *within}):
            yield f"{kind} through {boxes[number][0].get_text()!r}"


def _leaders(things, boxes):
    """Hair lines from words to data may touch nothing on their way but the line at which they end."""
    corners = _corners(boxes)
    drawings = [(kind, points) for kind, points, _ in things if kind in ("line", "marker") and len(points)]
    for text, _ in boxes:
        if isinstance(text, Annotation) and text.arrow_patch is not None:
            hair: Path = text.arrow_patch.get_transform().transform_path(text.arrow_patch.get_path())
            start, end = hair.vertices[0], hair.vertices[-1]
            middle = _dense(np.array([start + 0.1 * (end - start), end - 0.1 * (end - start)]))
            crossed = [kind for kind, points in drawings if _nearest(middle, points) < 1]
            crossed += [repr(boxes[n][0].get_text()) for n in _touch(middle, corners) if boxes[n][0] is not text]
            yield from (f"leader of {text.get_text()!r} crosses {thing}" for thing in crossed)


def _nearest(first, second):
    return np.abs(first[:, None] - second[None]).max(axis=2).min()


def main(name):
    """Print what hinders the reading of one figure, in both languages."""
    import kontum_analysis as kt
    from kontum_analysis.figures import build

    try:
        first = build(name, kt.load_observations())
    except kt.KontumError as error:
        sys.exit(str(error))
    figures = (first, first.in_language("en"))
    faults = [f"{one.lang}: {fault}" for one in figures for fault in [*word_faults(one), *problems(one.page())]]
    print("\n".join(faults) or f"{name}: nothing hinders reading")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main(sys.argv[1])
