"""What commands are told by the environment and the settings file; no database is loaded for it."""

from __future__ import annotations

import os

import click

from tripkit.settings import Reading, Settings, WrongSetting, read


def read_settings() -> Settings:
    """The settings; wrong ones end the command with a sentence each."""
    return Settings.of(read_given())


def read_given() -> Reading:
    """The settings with where each comes from; wrong ones end the command with a sentence each."""
    try:
        return read(os.environ)
    except WrongSetting as error:
        raise click.ClickException(str(error)) from error
