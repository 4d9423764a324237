"""Measure how long each notebook runs and write docs/run_times.csv: `make times`.

The machine is described in general terms. Nothing else in the project holds a clock, so the file changes only when
somebody measures again.
"""

import csv
import io
import os
import platform
import resource
import sys
import time

from kontum_analysis.base.files import ROOT, write_whole
from kontum_analysis.review.notebooks import executed, notebook_paths


def machine():
    """Processor cores, memory, operating system and Python, without a name.

    The memory is left out where the system does not tell it.
    """
    parts = [f"{os.cpu_count()} × {platform.machine()}"]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        parts.append(f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB")
    return ", ".join([*parts, platform.system(), f"Python {'.'.join(map(str, sys.version_info[:2]))}"])


def table(paths):
    """The run times of the notebooks as CSV text, in whole seconds; the notebooks themselves are not written.

    seconds: by the clock, which other work on the machine lengthens; cpu_seconds: of the processor, which it does not.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["notebook", "seconds", "cpu_seconds", "machine"])
    for path in paths:
        clock, processor = time.perf_counter(), _cpu()
        executed(path)
        writer.writerow([path.stem, round(time.perf_counter() - clock), round(_cpu() - processor), machine()])
    return file.getvalue()


def _cpu():
    """Processor seconds of the kernels that have ended; each notebook runs in one of its own."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    write_whole(ROOT / "docs" / "run_times.csv", table(notebook_paths()))
