"""``tripkit serve``: the site, served by waitress, with the worker beside it."""

from __future__ import annotations

import logging
from dataclasses import replace

import click

from tripkit import logs
from tripkit.app import create_app
from tripkit.cli.databases import ready_engine, said
from tripkit.cli.http_server import HttpServer
from tripkit.cli.surroundings import read_given
from tripkit.settings import Settings
from tripkit.web.setup.code import said_on_the_terminal


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests answered at once.")
def serve(host: str, port: int, threads: int) -> None:
    """Serve the site. Put a reverse proxy with TLS in front of it.

    Told to stop, it answers what it has been asked, finishes the message that is under way, and ends.
    """
    given = read_given()
    settings = Settings.of(given)
    here = f"http://{host}:{port}"
    if not given.is_given("url"):  # Who only tries it out gets links in messages that lead here.
        settings = replace(settings, url=here)
    logs.set_up(settings.log, settings.log_level)
    ready_engine(settings).dispose()
    with said():
        app = create_app(settings)
    beginning = said_on_the_terminal(app, settings.url)
    if beginning is not None:
        click.echo(beginning)
    behind = "" if settings.url == here else f" on {here}"
    click.echo(f"Serving {settings.url}/{behind}. Stop with Ctrl-C.")
    # A page's styles, faces and pictures are asked for at once: that one waits for another is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = HttpServer(app, host=host, port=port, threads=threads)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} on {host} cannot be used: {error.strerror}. Choose another --port."
        ) from error
    server.run()
