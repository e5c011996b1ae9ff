"""``tripkit demo``: the sample trip fully booked, a re-run of it open, and every message it sends to look at."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.testing import FlaskClient
from sqlalchemy import Engine
from waitress.server import create_server

import tripkit
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.make_organisation import FirstOwner, set_up
from tripkit.actions.play_story import Played, play_story
from tripkit.app import create_app
from tripkit.cli.progress import progress
from tripkit.domain.bookings import Moment
from tripkit.eventfile import Event, read_event
from tripkit.settings import Clock, Settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.data_keys import vault_for
from tripkit.storage.migrations import upgrade
from tripkit.worker.worker import Worker

BEGINS_AT = datetime(2018, 12, 10, 8, 0, tzinfo=UTC)
"""Monday 10 December 2018, nine o'clock in Sweden."""
AGAIN_ON = date(2019, 9, 26)
"""The first day of the re-run, a Thursday as the first time."""
LEFT = 6
"""Places the re-run has left when the demo begins."""
ORGANISER = "asa@studieresekansliet.example"
"""Who owns the sample's organisation in the demo, and runs its site."""


def sample_directory() -> Path:
    """The sample's event directory: in the installed package, or in a checkout."""
    inside = Path(tripkit.__file__).parent / "sample_events" / "gothenburg_2019"
    beside = Path(tripkit.__file__).parents[2] / "sample_events" / "gothenburg_2019"
    return inside if inside.is_dir() else beside


def build_demo(settings: Settings) -> dict[str, Played]:
    """Make the demo's database anew, with its trips, bookings and messages; what each story led to, by trip key."""
    engine = open_engine(settings.database_url, vault_for(settings))
    upgrade(engine)
    first = read_event(sample_directory())
    again = read_event(
        sample_directory(), starting=AGAIN_ON, key=f"{first.trip.key}-autumn", opens=first.trip.signup_opens_at
    )
    played = {
        first.trip.key: _apply(engine, first, None),
        again.trip.key: _apply(engine, again, LEFT),
    }
    with Worker(settings) as working, progress("Writing the messages"):
        working.look()
    engine.dispose()
    return played


def _apply(engine: Engine, event: Event, until_left: int | None) -> Played:
    opened = event.trip.signup_opens_at or BEGINS_AT
    with sessions(engine)() as session:
        done = apply_trip(
            session,
            organisation=event.organisation,
            trip=event.trip,
            pictures=event.pictures,
            logo=event.logo,
            moment=Moment(at=opened, actor="demo"),
        )
        if event.story is None:
            return Played(bookings=0, taken=0, waiting=0)
        steps = len(event.story.bookings) + len(event.story.then)
        with progress(f"Playing the story of {event.trip.key}", steps) as shown:
            return play_story(
                session, trip_id=done.trip_id, story=event.story, until_left=until_left, after_each=shown.advance
            )


def give_owner(settings: Settings) -> str:
    """Give the sample's organisation its owner, in a demo that was built; the link that signs them in, once."""
    key = read_event(sample_directory()).organisation.key
    owner = FirstOwner(key=key, organisation=None, name="Åsa Ek", email=ORGANISER, language="en")
    engine = open_engine(settings.database_url, vault_for(settings))
    with sessions(engine)() as session:
        token = set_up(session, wanted=owner, another=False, moment=Moment(at=settings.clock.now(), actor="demo"))
    engine.dispose()
    return f"{settings.url}/en/account/sign-in/{token}/"


def demo_settings(folder: Path, url: str) -> Settings:
    """A demo's settings: everything below one folder, the clock at its beginning."""
    return Settings(
        database_url=f"sqlite:///{folder / 'demo.sqlite3'}",
        url=url,
        mail=f"files:{folder / 'mail'}",
        clock=Clock(BEGINS_AT),
        demo=True,
        worker=True,
        log_level="warning",  # Who looks at a demonstration wants to see what it says, not who asks for what.
    )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demo's database and messages live; emptied each time.",
)
@click.option("--check", is_flag=True, help="Build it, ask for its pages, and end.")
def demo(host: str, port: int, folder: Path, check: bool) -> None:
    """Show tripkit with the sample trip.

    The database is a fresh one each time, apart from any real one.
    """
    folder = folder.resolve()
    _empty(folder)
    settings = demo_settings(folder, f"http://{host}:{port}")
    click.echo("Building the demo: the trip to Göteborg in January 2019 and a re-run of it.")
    for key, played in build_demo(settings).items():
        click.echo(f"  {key}: {played.bookings} bookings, {played.taken} people with a place, {played.waiting} waiting")
    link = give_owner(settings)
    app = create_app(settings)
    if check:
        _ask(app.test_client(), link.removeprefix(settings.url))
        click.echo("Every page answers.")
        return
    try:
        server = create_server(app, host=host, port=port, threads=4)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} is taken: {error.strerror}. Choose another one with --port (make demo PORT=…)."
        ) from error
    click.echo("The clock begins at nine on Monday 10 December 2018. Every message it sends: /demo/mail/")
    click.echo(f"Signed in as who organises, once, by {link}")
    click.echo(f"Later by the page for signing in, as {ORGANISER}: its link is among the messages.")
    click.echo(f"\n  {settings.url}/\n\nStop with Ctrl-C.")
    server.run()


MARK = ".tripkit-demo"


def _empty(folder: Path) -> None:
    """Empty a folder that a demo made before; refuse any other that holds something."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise click.ClickException(f"{folder} holds something else. Choose an empty folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _ask(client: FlaskClient, link: str) -> None:
    first = read_event(sample_directory())
    paths = [link, "/demo/mail/"]
    for language in ("sv", "en"):
        trip = f"/{language}/{first.organisation.key}/{first.trip.key}/"
        paths += [f"/{language}/", trip, f"{trip}sign-up/", f"{trip}calendar.ics"]
    for path in paths:
        status = client.get(path).status_code
        if status != 200:
            raise click.ClickException(f"{path} answers {status}.")
