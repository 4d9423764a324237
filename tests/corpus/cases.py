"""The table of cases. A new report is one row more in the part of its kind."""

from .cells import CELLS
from .layouts import LAYOUTS
from .names import NAMES

CASES = (*LAYOUTS, *NAMES, *CELLS)
