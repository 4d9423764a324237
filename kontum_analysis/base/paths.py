"""Where the project keeps its files. Everything is relative to the checkout the package was installed from."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RAW = ROOT / "data" / "raw"
SCENARIOS = ROOT / "data" / "scenarios"
PROCESSED = ROOT / "data" / "processed"
FIGURES = ROOT / "figures"
NOTEBOOKS = ROOT / "notebooks"


def shown(path: str | Path) -> str:
    """A path as a reader should see it: from the top of the checkout where it lies inside, else its name."""
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
