"""Write files whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_whole(path, content):
    """Put bytes or text at `path` in one step, so that an interrupted run leaves the old file or the new, never a half.

    A file that already holds the content is left alone. Returns True when something was written.
    """
    path = Path(path)
    content = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True
