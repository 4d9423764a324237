"""An HTML page that needs nothing else: a template of `templates/` filled in, with every word escaped."""

import base64
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..base.words import day_words, exact_day, join_names, number, percent, plain, text
from ..data.areas import PROVINCE, area_name
from .word import clean

TEMPLATES = Path(__file__).with_name("templates")


def page(template: str, lang: str, **values: Any) -> str:
    """The text of the page that a template gives with these values.

    In a template, `{{ x | n2 }}` is a number with two decimals as the language writes it, `{{ day | date }}` a day,
    `{{ words | cap }}` words with a capital first letter, `{{ gap() }}` dots to be filled in, `{{ again(name) }}` what
    is filled in there once more, `{{ picture(png) }}` the address of a picture. A value that was not given is an error.
    Raises KeyError for a language that the package does not speak.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    environment.filters |= {f"n{d}": lambda value, d=d: number(value, d, lang) for d in range(3)}
    spoken = dict(date=exact_day, day=day_words, join_names=join_names, percent=odds, plain=plain)
    environment.filters |= {name: lambda value, say=say: say(value, lang) for name, say in spoken.items()}
    environment.filters["short"] = lambda code: area_name(code, lang)
    environment.filters["cap"] = lambda words: words[:1].upper() + words[1:]
    environment.globals |= {"lang": lang, "PROVINCE": PROVINCE, "gap": gap, "again": again, "picture": picture}
    environment.globals["label"] = lambda key, **fills: text(key, lang, **fills)
    return environment.get_template(template).render(**values)


def odds(p: float, lang: str) -> str:
    """A simulated probability as a sentence says it, never as certain.

    >>> [odds(p, "en") for p in (0.004, 0.64, 0.9995)]
    ['under 1%', '64%', 'over 99%']
    """
    if 0.01 <= p <= 0.99 or p != p:
        return percent(p, lang)
    return text("report.odds.under" if p < 0.01 else "report.odds.over", lang)


def gap(words: str = "……", name: str = "") -> Markup:
    """A place for an office to fill in, shown as dots or as the words that say what belongs there.

    name: by which `again` repeats what is typed there.
    """
    return Markup('<span class="fill"{}>{}</span>').format(Markup(' id="{}"').format(name) if name else "", words)


def again(name: str, words: str = "…") -> Markup:
    """What is typed in the gap of this name once more: Word fills it in when it updates its fields."""
    return Markup('<span class="again" title="{}">{}</span>').format(name, words)


def picture(png: bytes) -> str:
    """PNG bytes as the address of a picture within the page."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
