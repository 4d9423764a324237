"""The poverty ensemble over any number of areas, from two to every commune of a country, on one core or many machines.

The model is that of `poverty.draws` without its two corrections for few series: normal in place of t for the speed,
and no shift that makes districts add up to a province drawn by itself; here the parent is the sum of its children.
`movement` states it, `kernel` draws it.
"""

from .movement import Movement, from_history
from .run import QUANTILES, Simulation, memory_bound, simulate_panel
from .synthetic import synthetic_country

__all__ = ["QUANTILES", "Movement", "Simulation", "from_history", "memory_bound", "simulate_panel", "synthetic_country"]
