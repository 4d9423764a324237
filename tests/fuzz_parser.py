"""Look for inputs that break a parser, led by what the code does with them: python fuzz_parser.py
NAME SECONDS FOLDER.
"""

import sys
from pathlib import Path


def hunt(name, seconds, folder):
    """Hand a parser of `hostile` ever new inputs for some seconds, from one seed; what breaks it is
    left in the folder.
    """
    import atheris

    with atheris.instrument_imports(include=["kontum_analysis", "yaml"], enable_loader_override=False):
        import hostile

    def one_input(content):
        hostile.knock(name, content, folder / "files")

    (folder / "corpus").mkdir()
    (folder / "files").mkdir()
    (folder / "corpus" / "sound").write_bytes(hostile.SEEDS[name])
    one_input(hostile.SEEDS[name])  # what is loaded on first use is loaded now
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-seed=3299",
            "-timeout=60",
            "-rss_limit_mb=3000",
            f"-artifact_prefix={folder}/",
            str(folder / "corpus"),
        ],
        one_input,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    hunt(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
