"""Writes docs/commands.md from the commands themselves: `python docs/write_commands.py`; a test compares the two."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from tripkit.cli import main

PAGE = Path(__file__).parent / "commands.md"
HEAD = """# Commands

Everything `tripkit` does from a terminal. `python -m tripkit` is the same, and `--help` after any command shows what stands here.
Commands read their [settings](settings.md) from the environment and one file; the ones that need no database say so.

A command ends with 0 when it did what it was asked for, with 1 when something is wrong with a setting, a database or a trip,
and with 2 when it was called in a way that cannot be. What is wrong is said in a sentence.
This page is made from the commands by `python docs/write_commands.py`.
"""


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command, with the words it is called by, in the order `--help` has them."""
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            raise LookupError(name)
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def section(path: str, command: click.Command) -> str:
    """One command: how it is called, what it does, its options."""
    context = click.Context(command, info_name=path, terminal_width=1000, max_content_width=1000)
    usage = command.get_usage(context).removeprefix("Usage: ")
    text = inspect.cleandoc(command.help or "")
    paragraphs = "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    lines = [f"## {path}" if path.count(" ") < 2 else f"### {path}", "", f"`{' '.join(usage.split())}`", "", paragraphs]
    rows = [option_row(option, context) for option in command.params if isinstance(option, click.Option)]
    if rows:
        lines += ["", "| option | what it does | without it |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def option_row(option: click.Option, context: click.Context) -> str:
    """One option as a row of a table."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    values = "" if option.is_flag else f" {_values(option, context)}"
    default = "" if option.is_flag or option.default is None else f"`{option.to_info_dict()['default']}`"
    if not isinstance(option.default, str | int | Path):
        default = ""
    return f"| {names}{values} | {option.help or ''} | {default} |"


def _values(option: click.Option, context: click.Context) -> str:
    match option.type:
        case click.IntRange(min=least, max=most):
            return f"{least} to {most}"
        case click.Choice(choices=choices):
            return " or ".join(f"`{one}`" for one in choices)
    return f"`{option.make_metavar(context)}`"


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(path, command) for path, command in commands(main, "tripkit"))])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
