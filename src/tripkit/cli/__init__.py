"""The command ``tripkit``; each of its commands has a module here that is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from tripkit import __version__
from tripkit.cli.lazy import Lazy

_COMMANDS = (
    "account",
    "backup",
    "booking",
    "bounce",
    "campaign",
    "db",
    "demo",
    "doctor",
    "event",
    "keys",
    "mail",
    "restore",
    "serve",
    "settings",
    "setup",
    "worker",
)


class _Commands(Lazy):
    """Finds a command in the module of its name, so that `tripkit --help` loads none of them twice or in vain."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"tripkit.cli.{cmd_name}"), cmd_name)
        return command

    def other_words(self) -> Mapping[str, str]:
        """`tripkit check` is short for nothing, but what is meant by it is plain."""
        modules: Mapping[str, str] = import_module("tripkit.cli.event").MODULES
        return {name: f"event {name}" for name in modules}

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run. A terminal that cannot show a character shows a question mark, which is better than no answer."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **kwargs)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="tripkit")
def main() -> None:
    """Host study trips: programme, site visits, sign-up, seats and a fair queue."""
