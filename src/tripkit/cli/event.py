"""``tripkit event``: a trip as a directory of plain files; each command is in a module that is loaded when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from tripkit.cli.lazy import Lazy

MODULES = {
    "new": "event_files",
    "check": "event_files",
    "plan": "event_database",
    "apply": "event_database",
    "export": "event_database",
    "schema": "event_files",
}
"""Commands in the order an organiser meets them. Checking is done often, and must not wait for a database to be loaded."""


class _Commands(Lazy):
    """Finds a command in its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        command: click.Command = getattr(import_module(f"tripkit.cli.{MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands)
def event() -> None:
    """Write a trip as a directory of plain files.

    Begin with `new`, look with `check`, see with `plan` what would change, and put it into the database with `apply`.
    """
