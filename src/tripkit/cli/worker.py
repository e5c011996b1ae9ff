"""``tripkit worker``: delivery and scheduled work in a process of its own."""

from __future__ import annotations

import signal

import click

from tripkit import logs
from tripkit.cli.databases import ready_engine
from tripkit.cli.surroundings import read_settings
from tripkit.settings import Settings
from tripkit.worker.thread import ThreadWorker
from tripkit.worker.worker import Worker

_WORKING = "Working. Stop with Ctrl-C."


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option(
    "--hands",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Messages handed over at once, with Redis.",
)
def worker(once: bool, hands: int) -> None:
    """Deliver messages and do what is scheduled.

    Where TRIPKIT_REDIS_URL is set, Redis wakes it; else it looks by itself, and TRIPKIT_WORKER=no keeps the web
    processes from doing the same.
    """
    settings = read_settings()
    logs.set_up(settings.log, settings.log_level)
    ready_engine(settings).dispose()
    if once:
        with Worker(settings) as working:
            working.bury_the_dead()
            sent = 0
            while now := working.look():
                sent += now
        click.echo(f"Sent: {sent}.")
        return
    if settings.redis_url is None:
        _alone(settings)
    else:
        _by_the_queue(settings, hands)


def _alone(settings: Settings) -> None:
    working = ThreadWorker(settings)
    both = (signal.SIGINT, signal.SIGTERM)

    def stop(*_: object) -> None:
        for number in both:
            signal.signal(number, signal.SIG_DFL)  # The second time, at once.
        working.stop()

    for number in both:
        signal.signal(number, stop)
    click.echo(_WORKING)  # Not before it can be stopped in order.
    working.run()


def _by_the_queue(settings: Settings, hands: int) -> None:
    try:
        from tripkit.worker.queue import QueueWorker  # noqa: PLC0415 (an extra, and slow to load)
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"Redis needs {error.name}, which is not installed: pip install 'tripkit[redis]'."
        ) from error
    click.echo(_WORKING)
    QueueWorker(settings, hands=hands).run()
