"""``tripkit restore``: a backup into an empty database, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import click

from tripkit.cli.databases import given_back, new_engine, said
from tripkit.cli.progress import progress
from tripkit.cli.surroundings import read_settings
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import sessions
from tripkit.storage.backup import BackupRefused, open_backup
from tripkit.storage.backup import restore as restore_database


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--send-waiting",
    is_flag=True,
    help="Go on as if nothing had been done since: send messages and campaigns that had not been sent, without a look at"
    " them, and keep who was signed in.",
)
def restore(file: Path, send_waiting: bool) -> None:
    """Put a backup into an empty database.

    All of it is checked before anything is written, and everything is written or nothing.
    Messages that were waiting are held, and campaigns that were under way are paused, until somebody decides about each:
    they may have been delivered since. Who was signed in signs in anew.
    """
    settings = read_settings()
    with said(), file.open("rb") as opened:
        try:
            backup = open_backup(opened)
            engine = new_engine(settings)
            total = 3 * backup.manifest.rows
            with given_back(engine), progress("Rows checked, written and read again", total) as shown:
                now = settings.clock.now()
                done = restore_database(engine, backup, send_waiting=send_waiting, now=now, advance=shown.advance)
                with sessions(engine)() as session:
                    drifts = pool_recount(session)
        except BackupRefused as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Restored: {done.rows} rows, as they were on {backup.manifest.made_at}.")
    if done.held:
        click.echo(
            f"Messages that were waiting and are held: {done.held}. They may have been delivered since. "
            "Look at them with tripkit mail list --state held, then tripkit mail release or tripkit mail drop."
        )
    if done.paused:
        numbers = ", ".join(map(str, done.paused))
        click.echo(
            f"Campaigns that were under way and are paused: {numbers}. Who had not got one may have got it since. "
            "Look at each with tripkit campaign show NUMBER, then tripkit campaign resume NUMBER to send what is left "
            "of it, or tripkit campaign cancel NUMBER."
        )
    if drifts:
        raise click.ClickException("Not every place is counted right. It was so in the backup. Ask: tripkit doctor")
