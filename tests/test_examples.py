"""Every public name shows how it is used: an example that pytest runs (`--doctest-modules`)."""

import doctest
import inspect

import pytest

import kontum_analysis as kt

PUBLIC = {name: getattr(kt, name) for name in kt._NAMES}


def examples(thing):
    """The examples of a function or of a class and its own methods."""
    found = doctest.DocTestFinder().find(thing, getattr(thing, "__name__", None), module=inspect.getmodule(thing))
    return [example for test in found for example in test.examples]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_an_example_with_a_result(name):
    assert any(example.want for example in examples(PUBLIC[name])), f"kt.{name}"


@pytest.mark.parametrize(
    "name", [name for name in kt._MODULES if name != "tables"]
)  # its tables stand in the notebooks
def test_every_public_module_has_an_example(name):
    module = getattr(kt, name)
    own = [
        thing for thing in vars(module).values() if str(getattr(thing, "__module__", "")).startswith(module.__name__)
    ]
    assert any(examples(thing) for thing in own if inspect.isfunction(thing) or inspect.isclass(thing)), f"kt.{name}"
