"""How large the house is, as one table: `make size`.

Lines are counted as ruff lays them out, with every `fmt: skip` taken out, so that no line is saved by packing it. What
the notebooks, the review and the common commands need is told apart from the outer wings, which no analyst enters.
"""

import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kontum_analysis"
LIBRARY = ("base", "data", "methods", "poverty", "ntm", "targets")
VOICE = {"publish/__init__.py", "publish/columns.py", "publish/tables.py", "publish/notebooks.py", "publish/trace.py"}
COMMON = {"cli/__init__.py", "cli/common.py", "cli/words.py", "cli/analysis.py"}
WINGS = {"cli/data.py": "offices", "cli/simulate.py": "national"}


def formatted(path):
    """The lines of a file once `fmt: skip` is out and ruff has run."""
    source = path.read_text(encoding="utf-8").replace("  # fmt: skip", "")
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(path), "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, cwd=ROOT, check=True)
    return len(result.stdout.splitlines())


def wing(name):
    """(group, wing) of a file of the package, by its name from the top of the package."""
    first = name.partition("/")[0] if "/" in name else "top"
    if first in LIBRARY:
        return "library", first
    if name in VOICE:
        return "card", "publish, for notebooks"
    if first in ("figures", "review", "top") or name in COMMON:
        return "card", first
    return "outer", WINGS.get(name, "documents" if first in ("publish", "cli") else first)


def sizes():
    """(group, wing) -> [(lines, name)] of the files of the package."""
    table = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        table[wing(name)].append((formatted(path), name))
    return table


def counts(paths):
    """(lines over 120 characters, `fmt: skip`) in some files."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return sum(len(line) > 120 for line in lines), sum(line.rstrip().endswith("# fmt: skip") for line in lines)


def report():
    """The lines of the table."""
    table, files, total = sizes(), 0, 0
    lines = ["| wing | files | formatted lines | longest |", "|---|---:|---:|---|"]
    for group, title in (("library", "the small library"), ("card", "what the card asks"), ("outer", "all")):
        for name, modules in ((name, modules) for (of, name), modules in table.items() if of == group):
            count, (most, longest) = sum(number for number, _ in modules), max(modules)
            lines.append(f"| {name} | {len(modules)} | {count:,} | {longest} {most} |")
            files, total = files + len(modules), total + count
        lines.append(f"| **{title}** | **{files}** | **{total:,}** | |")
    tests = sorted((ROOT / "tests").rglob("*.py"))
    lines.append(f"| tests | {len(tests)} | {sum(map(formatted, tests)):,} | |")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = next(len(contract["layers"]) for contract in contracts if contract["type"] == "layers")
    over = sum(number > 300 for modules in table.values() for number, _ in modules)
    lines.append(f"\nFloors: {floors}. Modules over 300 lines: {over}.")
    for name, paths in (("the package", sorted(PACKAGE.rglob("*.py"))), ("the tests", tests)):
        long, packed = counts(paths)
        lines.append(f"Lines over 120 characters in {name}: {long}; `fmt: skip`: {packed}.")
    return lines


if __name__ == "__main__":
    print("\n".join(report()))
