"""``tripkit worker``: delivery and clean-up in a process of its own."""

from __future__ import annotations

import signal
from contextlib import closing

import click

from tripkit.cli.databases import ready_engine
from tripkit.cli.surroundings import read_settings
from tripkit.worker.thread import Worker


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--again", is_flag=True, help="First take up messages again that were given up.")
def worker(once: bool, again: bool) -> None:
    """Deliver messages and end offers whose time is over. Set TRIPKIT_WORKER=no for the web processes then."""
    settings = read_settings()
    ready_engine(settings).dispose()
    with closing(Worker(settings)) as working:
        if again:
            click.echo(f"Taken up again: {working.revive()}.")
        if once:
            click.echo(f"Sent: {working.look()}.")
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: working.stop())
        click.echo("Working. Stop with Ctrl-C.")
        working.run()
