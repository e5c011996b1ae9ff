"""The page of commands has every command and option there is, and none that is gone."""

from __future__ import annotations

import click

from tests.docs.blocks import page_text
from tests.docs.scripts import script
from tripkit.cli import main

write_commands = script("write_commands.py")
PAGE = "docs/commands.md"


def test_the_page_is_what_the_commands_say() -> None:
    assert page_text(PAGE) == write_commands.page(), "run: python docs/write_commands.py"


def test_every_command_says_what_it_does_and_so_does_every_option() -> None:
    found = list(write_commands.commands(main, "tripkit"))
    assert {"tripkit serve", "tripkit db upgrade", "tripkit event check"} <= {path for path, _ in found}
    text = page_text(PAGE)
    for path, command in found:
        assert command.help, path
        assert f"# {path}\n" in text
        assert command.get_short_help_str(60) and not command.get_short_help_str(60).endswith("..."), path
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, (path, option.name)
                assert f"`{option.opts[0]}`" in text
