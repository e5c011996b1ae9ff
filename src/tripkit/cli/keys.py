"""``tripkit keys``: the keys that sensitive answers are sealed with; making one, sealing all anew, and which are in use."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from tripkit.actions.seal_answers import seal_answers
from tripkit.cli.databases import given_back, ready_engine, said
from tripkit.cli.progress import progress
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.reads.sealed_counts import SealedCounts, sealed_counts
from tripkit.settings import Settings
from tripkit.storage import sessions
from tripkit.storage.data_keys import key_file, new_key, put_first, vault_for
from tripkit.storage.sealing import name_of


@click.group()
def keys() -> None:
    """Seal what people answer about health and diet."""


@keys.command("list")
def list_keys() -> None:
    """Say which keys there are and what they seal.

    Newest first, with how much is sealed with each. Keys are called by names that tell nothing of them. What lies open, or
    is sealed with a key that is not here, is said.
    """
    settings = read_settings()
    counts = _counted(settings)
    names = _names(settings)
    for name in (*names, *sorted(counts.by_key.keys() - set(names))):
        used = counts.by_key.get(name, 0)
        where = "not here" if name not in names else "newest" if name == names[0] else "older"
        click.echo(f"{name}  {where:8}  {f'{used} sealed' if used else 'nothing is sealed with it'}")
    if counts.lying_open:
        click.echo(f"{counts.lying_open} lie open. Run: tripkit keys seal")


@keys.command()
def new() -> None:
    """Make a key.

    Beside an SQLite database it is put first into the file of keys, and holds from then on, also for processes that run.
    Where keys are given by TRIPKIT_DATA_KEYS, or the database is PostgreSQL, it is printed: put it first there, with a comma
    behind it, start all processes anew, and seal.
    """
    settings = read_settings()
    key, file = new_key(), key_file(settings)
    if file is None or settings.data_keys:
        click.echo(key)
        return
    with said():
        file.parent.mkdir(parents=True, exist_ok=True)
        put_first(file, key)
    click.echo(f"The key {name_of(key)} is the newest now, in {file}. Run: tripkit keys seal")


@keys.command()
def seal() -> None:
    """Seal everything with the newest key.

    What is sealed with an older one, and sensitive answers that lie open since they were given before there was a key.
    People may sign up meanwhile. It may be interrupted, and run twice. Afterwards `tripkit keys list` says whether an older
    key is still needed: backups need the keys they were made with.
    """
    settings = read_settings()
    engine = ready_engine(settings)
    moment = Moment(at=settings.clock.now(), actor="organiser", origin="tripkit keys seal")
    with said(), given_back(engine), sessions(engine)() as session:
        names = _names(settings)
        if not names:
            raise click.ClickException(
                "There is no key. Make one with: tripkit keys new; and put it into TRIPKIT_DATA_KEYS."
            )
        with progress("Sealing") as shown:
            done = seal_answers(session, moment=moment, advance=shown.advance)
        counts = sealed_counts(session)
    click.echo(f"Sealed with {names[0]}: {done.rows}.")
    locked = sum(many for name, many in counts.by_key.items() if name not in names)
    if locked:
        click.echo(f"{locked} are sealed with keys that are not here, and stay as they are. See: tripkit keys list")
    if not done.file_is_clean:
        click.echo(
            "Somebody else was reading all the while, so the file may still hold what lay open until it is written anew:"
            " when nobody uses it, say VACUUM to it with sqlite3."
        )


def _names(settings: Settings) -> tuple[str, ...]:
    with said():
        vault = vault_for(settings)
        return () if vault is None else vault.names


def _counted(settings: Settings) -> SealedCounts:
    engine = ready_engine(settings)
    with said(), given_back(engine), Session(engine) as session:
        return sealed_counts(session)
