"""What leaves the explorer: a scenario as YAML, the code that gives the same numbers, a view as files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.errors import ScenarioError, WriteError
from ..base.files import shown, write_whole
from ..base.words import text
from ..offices.scenarios import describe

if TYPE_CHECKING:
    import pandas as pd

    from ..figures.style import Page
    from ..poverty.scenarios import Scenario


def code_text(scenario: Scenario, ntm_pace: float = 1.5, as_of: str | None = None) -> str:
    """Python that gives the numbers of the explorer for this scenario.

    >>> from kontum_analysis.poverty.scenarios import Scenario
    >>> print(code_text(Scenario(name="mine", province_pace_pp=3.5, poor_district_pace_pp=7)).splitlines()[-1])
    chances = kt.explorer.chances_view(obs, scenario, ntm_pace=1.5)
    """
    own = {k: v for k, v in scenario.model_dump().items() if k not in ("title_vi", "title_en", "note")}
    values = "".join(f"    {key}={value!r},\n" for key, value in own.items())
    day = "" if as_of is None else f"as_of={as_of!r}"
    return (
        "import kontum_analysis as kt\n\n"
        f"obs = kt.load_observations({day})\n"
        f"scenario = kt.Scenario(\n{values})\n"
        "path = kt.project_poverty(obs, scenario)\n"
        "quotas = kt.exit_quotas(path)\n"
        "needed = kt.implied_pace(obs, scenario)\n"
        f"chances = kt.explorer.chances_view(obs, scenario, ntm_pace={ntm_pace:g})\n"
    )


def files_of(
    view: str, figure: Page, table: pd.DataFrame, scenario: Scenario, lang: str, fit: str = ""
) -> dict[str, bytes]:
    """A view as files: a dict from name to bytes, PNG, SVG, the data and a note of its words.

    figure: drawn already; fit: the sentence that says whether the paces fit. A name carries the view and the first
    digits of the hash of its data, so that two scenarios never overwrite each other and one gives the same bytes again.
    """
    from ..figures.live import image

    data = table.to_csv(index=False, lineterminator="\n", float_format="%.9g").encode("utf-8")
    stem = f"{text(f'explorer.file.{view}', lang)}-{hashlib.sha256(data).hexdigest()[:8]}"
    title, about = text(f"explorer.title.{view}", lang), describe(scenario, lang)
    words = [f"# {title}", f"{about}.", fit, text(f"explorer.caption.{view}", lang), text("source.line", lang)]
    return {
        **{f"{stem}.{kind}": image(figure, kind, title, about, lang) for kind in ("png", "svg")},
        f"{stem}.csv": b"\xef\xbb\xbf" + data,  # the mark by which Excel knows UTF-8
        f"{stem}.md": ("\n\n".join(filter(None, words)) + "\n").encode("utf-8"),
    }


def export(files: Mapping[str, bytes], folder: str | Path) -> list[Path]:
    """Write the files into a folder, made where it is missing; gives their paths. Raises ScenarioError
    where it cannot.
    """
    paths = [Path(folder) / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        _write(path, content)
    return paths


def _write(path: Path, content: str | bytes) -> None:
    try:
        write_whole(path, content)
    except WriteError as error:
        raise ScenarioError("explorer.error.write", value=shown(path), reason=error.values["reason"]) from None
