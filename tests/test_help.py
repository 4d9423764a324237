"""Help, examples, completion and messages about a command typed wrongly: in both languages, from labels.csv."""

import shlex
import sys

import pytest
import typer

from kontum_analysis.base.words import LANGUAGES, labels
from kontum_analysis.cli import app, main
from kontum_analysis.cli.common import chosen

ROOT_COMMAND = typer.main.get_command(app)


@pytest.fixture
def kontum(monkeypatch, capsys):
    """Run the command in this process: (exit status, stdout, stderr)."""
    before = dict(chosen)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["kontum", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    yield run
    chosen.update(before)


def leaves(command, *path):
    """(path, command) of every command that does something."""
    for name, child in getattr(command, "commands", {}).items():
        yield from leaves(child, *path, name)
    if path and not hasattr(command, "commands"):
        yield path, command


COMMANDS = dict(leaves(ROOT_COMMAND))
EXAMPLES = [key for key in labels() if key.startswith("cli.example.")]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_in_both_languages(path, kontum):
    status, said, _ = kontum(*path, "--help")
    assert (
        status == 0
        and "Cách dùng / Usage:" in said
        and "Tùy chọn / Options" in said
        and "Show this message" not in said
    )
    words = " ".join(said.replace("│", " ").split())
    shown = labels()[".".join(["cli.example", *path, "1"])]
    for lang in LANGUAGES:
        typed, _, does = shown[lang].partition(" # ")
        assert typed in words and does in words


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_example_is_a_command_that_can_be_typed(key, kontum):
    typed = {words.partition(" # ")[0] for words in labels()[key].values()}
    assert len(typed) == 1, "the same command in both languages"
    program, *words = shlex.split(typed.pop())
    assert program == "kontum"
    command = ROOT_COMMAND
    while hasattr(command, "commands") and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if command is ROOT_COMMAND or "--help" in words:
        known = {option for param in command.get_params(typer.Context(command)) for option in param.opts}
        assert not words or words[0] in known or key.split(".")[2] not in ROOT_COMMAND.commands
    else:
        command.make_context("kontum", words)  # refuses an option or a value that does not exist


def test_a_group_without_a_command_shows_its_help(kontum):
    status, said, err = kontum("data")
    assert status == 2 and "Lệnh / Commands" in said and err.strip() == ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("kontum project --scenario programme-", ["programme-high", "programme-low", "programme-mid"]),
        ("kontum project --form l", ["linear", "logistic"]),
        ("kontum project --lang ", ["vi", "en"]),
        ("kontum trace poverty_", ["poverty_outlook", "poverty_paths"]),
        ("kontum data c", ["check"]),
    ],
)
def test_the_tab_key_offers_what_fits(typed, offered, kontum, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("_KONTUM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    status, said, _ = kontum()
    assert status == 0 and said.split() == offered
