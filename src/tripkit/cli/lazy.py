"""A group of commands that are imported when they are called, and that says which one is meant by a wrong word."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import click


class Lazy(click.Group):
    """``list_commands`` and ``get_command`` are given by who derives from it."""

    def other_words(self) -> Mapping[str, str]:
        """Words for commands that are further in, to how they are reached from here."""
        return {}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command a word is for. Raises: click.UsageError, with the nearest one, when there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            others = self.other_words()
            near = get_close_matches(args[0], [*others, *self.list_commands(ctx)], n=1)
            if not near:
                raise
            meant = f"{ctx.command_path} {others.get(near[0], near[0])}"
            raise click.UsageError(f"No such command '{args[0]}'. Did you mean: {meant}", ctx) from error
