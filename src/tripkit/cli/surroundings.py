"""What commands are told by the environment; no database is loaded for it."""

from __future__ import annotations

import os

import click

from tripkit.settings import Settings, WrongSetting


def read_settings() -> Settings:
    """The settings; a wrong one ends the command with its sentence."""
    try:
        return Settings.from_environment(os.environ)
    except WrongSetting as error:
        raise click.ClickException(str(error)) from error
