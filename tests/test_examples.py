"""Every public name shows how it is used: an example that pytest runs (`--doctest-modules`)."""

import doctest
import inspect

import pytest

import kontum_analysis as kt

PUBLIC = {name: getattr(kt, name) for name in kt._NAMES if name not in kt._MODULES}


def examples(thing):
    """The examples of a function or of a class and its own methods."""
    found = doctest.DocTestFinder().find(thing, getattr(thing, "__name__", None), module=inspect.getmodule(thing))
    return [example for test in found for example in test.examples]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_an_example_with_a_result(name):
    assert any(example.want for example in examples(PUBLIC[name])), f"kt.{name}"
