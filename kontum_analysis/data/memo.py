"""Results that are looked up where the same figures are asked about again."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import pandas as pd

Function = TypeVar("Function", bound=Callable[..., Any])


def fingerprint(obs: pd.DataFrame) -> int:
    """A number that changes with any cell of a table of observations (under 1 ms: a text keeps its own hash).

    >>> rows = pd.DataFrame({"area": ["62"], "obs_value": [15.32]})
    >>> fingerprint(rows) == fingerprint(rows.copy()), fingerprint(rows) == fingerprint(rows.assign(obs_value=15.3))
    (True, False)
    """
    columns = (column.to_numpy() for _, column in obs.items())
    cells = (values.tobytes() if values.dtype.kind in "biuf" else tuple(values) for values in columns)
    return hash((tuple(obs.columns), *cells))


def remember(size: int) -> Callable[[Function], Function]:
    """A function of observations that keeps its last `size` results, by the content of the table and all arguments.

    The result is shared between callers, so it must be one that nobody changes; a table comes as a copy on write.
    Errors are not kept.

    >>> calls = []
    >>> @remember(2)
    ... def count(obs: pd.DataFrame, least: float) -> int:
    ...     calls.append(least)
    ...     return int((obs["obs_value"] >= least).sum())
    >>> rows = pd.DataFrame({"obs_value": [1.0, 2.0]})
    >>> count(rows, 1.5), count(rows.copy(), 1.5), count(rows, 0.5), calls
    (1, 1, 2, [1.5, 0.5])
    """

    def decorate(function: Function) -> Function:
        results: OrderedDict[Any, Any] = OrderedDict()

        @wraps(function)
        def lookup(obs: pd.DataFrame, *args: Any, **kwargs: Any) -> Any:
            key = (fingerprint(obs), args, tuple(sorted(kwargs.items())))
            if key not in results:
                results[key] = function(obs, *args, **kwargs)
                while len(results) > size:
                    results.popitem(last=False)
            results.move_to_end(key)
            result = results[key]
            return result.copy(deep=False) if isinstance(result, pd.DataFrame) else result

        return cast(Function, lookup)

    return decorate
