"""Help, examples and completion of every command: in both languages, from the labels."""

import shlex
import sys

import pytest
import typer
from hostile import run

from kontum_analysis.base.words import LANGUAGES, labels
from kontum_analysis.cli import app, main

ROOT_COMMAND = typer.main.get_command(app)
EXAMPLES = [key for key in labels() if key.startswith("cli.example.")]


def leaves(command, *path):
    """(path, command) of every command that does something."""
    for name, child in getattr(command, "commands", {}).items():
        yield from leaves(child, *path, name)
    if path and not hasattr(command, "commands"):
        yield path, command


def test_every_command_has_help_with_an_example_in_both_languages():
    wrong = []
    for path, _ in leaves(ROOT_COMMAND):
        status, printed = run([*path, "--help"])
        words = " ".join(printed.replace("│", " ").split())
        example = labels().get(".".join(["cli.example", *path, "1"]), {})
        parts = [part for lang in LANGUAGES for part in example.get(lang, "no example").split(" # ")]
        pieces = ["Cách dùng / Usage:", "Tùy chọn / Options", *parts]
        wrong += [(path, part) for part in pieces if part not in words or status or "Show this message" in words]
    assert wrong == []


def test_every_example_is_a_command_that_can_be_typed():
    wrong = []
    for key in EXAMPLES:
        commands = {words.partition(" # ")[0] for words in labels()[key].values()}
        program, *words = shlex.split(min(commands))
        command = ROOT_COMMAND
        while hasattr(command, "commands") and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        options = {option for param in command.get_params(typer.Context(command)) for option in param.opts}
        if len(commands) != 1 or program != "kontum":
            wrong.append(key)
        elif command is ROOT_COMMAND or "--help" in words:
            wrong += [key] * bool(words and words[0] not in options)
        else:
            command.make_context("kontum", words)  # refuses an option or a value that does not exist
    assert wrong == [] and len(EXAMPLES) > 15


def test_a_group_without_a_command_shows_its_help():
    status, printed = run(["data"])
    assert status == 2 and "Lệnh / Commands" in printed
    printed = " ".join(run(["--help"])[1].split())
    assert "lộ trình giảm nghèo" in printed and "poverty paths" in printed


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("kontum project --scenario programme-", ["programme-high", "programme-low", "programme-mid"]),
        ("kontum project --form l", ["linear", "logistic"]),
        ("kontum project --lang ", ["vi", "en"]),
        ("kontum trace poverty_", ["poverty_outlook", "poverty_paths"]),
        ("kontum figures ntm_", ["ntm_attainment", "ntm_bands"]),
        ("kontum data c", ["check"]),
    ],
)
def test_the_tab_key_offers_what_fits(line, offers, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("_KONTUM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    monkeypatch.setattr(sys, "argv", ["kontum"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out.split() == offers
