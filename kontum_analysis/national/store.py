"""Finished chunks in a folder, so that a run that was stopped goes on where it was."""

import io
import json
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..base.errors import KontumError
from ..base.files import write_whole
from .kernel import Part, Task


class Store:
    """A folder of finished chunks of one run. Raises KontumError where the folder belongs to a run of other inputs."""

    def __init__(self, folder: str | Path, inputs: str) -> None:
        self.folder, self.inputs = Path(folder), inputs
        seal = self.folder / "inputs.json"
        if self.folder.exists() and not self.folder.is_dir():
            raise KontumError("simulate.error.folder", folder=self.folder)
        if seal.exists():
            if _sealed(seal) != inputs:
                raise KontumError("simulate.error.resume", folder=self.folder)
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise KontumError("simulate.error.resume", folder=self.folder)
        else:
            write_whole(seal, json.dumps({"inputs": inputs}) + "\n")

    def _file(self, task: Task) -> Path:
        return self.folder / f"blocks-{task.first:06d}-{task.last:06d}.npz"

    def keep(self, task: Task, part: Part) -> None:
        """Write a finished chunk, whole or not at all."""
        held = io.BytesIO()
        np.savez(held, inputs=np.array(self.inputs), **asdict(part))
        write_whole(self._file(task), held.getvalue())

    def find(self, task: Task) -> Part | None:
        """A chunk finished before, or None; a damaged or foreign file is no chunk, and is drawn anew."""
        try:
            with np.load(io.BytesIO(self._file(task).read_bytes()), allow_pickle=False) as held:
                if str(held["inputs"]) != self.inputs:
                    return None
                return Part(**{name: held[name] for name in Part.__dataclass_fields__})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None


def _sealed(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))["inputs"]
    except (ValueError, KeyError, TypeError):
        return None
