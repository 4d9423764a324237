"""What the Tab key offers: scenarios, figures, languages, forms. Read from names of files, so that
Tab answers at once.
"""

from collections.abc import Iterable
from pathlib import Path

from ..base.files import FIGURES, SCENARIOS
from ..base.words import LANGUAGES


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def languages(incomplete: str) -> list[str]:
    """The languages."""
    return _starting(LANGUAGES, incomplete)


def forms(incomplete: str) -> list[str]:
    """The forms of a path."""
    return _starting(("linear", "proportional", "logistic", "stock_flow"), incomplete)


def scenarios(incomplete: str) -> list[str]:
    """The presets, and the scenario files of the folder at hand."""
    presets = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
    return _starting([*presets, *sorted(path.name for path in Path().glob("*.yaml"))], incomplete)


def figures(incomplete: str) -> list[str]:
    """The figures."""
    return _starting(sorted(path.stem for path in (FIGURES / LANGUAGES[0]).glob("*.png")), incomplete)
