"""``tripkit campaign``: letters to many at once; writing, steering and looking at them have a module each here."""

from __future__ import annotations

import click

from tripkit.cli.campaign.looking import list_campaigns, show, watch
from tripkit.cli.campaign.steering import cancel, pause, resume, schedule, start
from tripkit.cli.campaign.writing import new, try_out


@click.group()
def campaign() -> None:
    """Letters to many at once: write, try, start, watch, pause."""


for command in (new, try_out, list_campaigns, show, start, schedule, pause, resume, cancel, watch):
    campaign.add_command(command)
