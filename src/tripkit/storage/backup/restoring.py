"""Writing a backup into an empty database, all of it or nothing; it is checked before that, elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Engine, Table, func, inspect, literal, select, update
from sqlalchemy.exc import DataError, IntegrityError

from tripkit.domain.campaigns import CampaignState
from tripkit.storage.accounts import SignInLinkRow, SignInRow
from tripkit.storage.backup.checking import check, rows_of
from tripkit.storage.backup.form import Backup, BackupRefused, Part
from tripkit.storage.backup.saving import numbered
from tripkit.storage.backup.values import reflected
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.columns import Row
from tripkit.storage.migrations import upgrade_within
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.patience import patient
from tripkit.storage.session import writing

_AT_ONCE, _LARGE_AT_ONCE = 500, 10
_LOCK = 0x74726970
_OF_PROCESSES = {"worker", "job", "mail_server", "alembic_version"}
"""What processes write when they start: a database with nothing else in it is empty."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was done.

    ``held``: messages that had been waiting and now wait for somebody to release them. ``paused``: campaigns that were
    under way, or whose moment has come since, by id; they wait for somebody to resume them.
    """

    rows: int
    held: int
    paused: tuple[int, ...]


def restore(
    engine: Engine, backup: Backup, *, send_waiting: bool, now: datetime, advance: Callable[[int], None]
) -> Restored:
    """Check all of it, then write it into an empty database and bring that to the newest tables, in one transaction.

    ``send_waiting``: go on as if nothing had been done since; no: hold and pause what may have gone out, and sign everybody out. ``advance`` is told how
    many rows more are checked, written, or read again: three times the manifest's rows in all.
    Raises: BackupRefused; the database is as it was then, and also when the process dies before the end.
    """
    with engine.connect() as connection:
        _be_empty(connection)
    check(backup, advance)
    with writing(engine, keeps_foreign_keys=False) as connection, patient(connection):
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        _be_empty(connection)
        reflected(connection).drop_all(connection)  # Tables without a row, perhaps of another revision.
        upgrade_within(connection, backup.manifest.revision)
        tables = reflected(connection)
        parts = {part.table: part for part in backup.manifest.parts}
        try:
            for table in tables.sorted_tables:
                if table.name in parts:
                    _write(connection, backup, parts[table.name], table, advance)
        except (IntegrityError, DataError) as error:
            raise BackupRefused("The backup is damaged: its rows do not fit together. Take another one.") from error
        try:
            upgrade_within(connection)
        except RuntimeError as error:
            raise BackupRefused("The backup is damaged: its rows do not fit together. Take another one.") from error
        paused = () if send_waiting else _pause(connection, now)
        held = 0 if send_waiting else _hold(connection)
        if not send_waiting:
            _sign_out(connection, now)
        _read_again(connection, advance)
    return Restored(rows=backup.manifest.rows, held=held, paused=paused)


def _be_empty(connection: Connection) -> None:
    """Raises: BackupRefused."""
    names = set(inspect(connection).get_table_names())
    if strange := sorted(names - set(Row.metadata.tables) - _OF_PROCESSES):
        raise BackupRefused(
            f"The database holds tables that are not tripkit's, as “{strange[0]}”. Restore into an empty one."
        )
    for name in sorted(names - _OF_PROCESSES):
        if connection.scalar(select(literal(1)).select_from(Row.metadata.tables[name]).limit(1)):
            raise BackupRefused("The database is not empty. Restore into an empty one, and leave this one as it is.")


def _write(connection: Connection, backup: Backup, part: Part, table: Table, advance: Callable[[int], None]) -> None:
    rows = rows_of(backup, part, table)
    at_once = _LARGE_AT_ONCE if table.name == "picture" else _AT_ONCE
    while some := list(islice(rows, at_once)):
        connection.execute(table.insert(), some)
        advance(len(some))
    if connection.scalar(select(func.count()).select_from(table)) != part.rows:
        raise BackupRefused(f"The table {table.name} did not take all rows. Nothing was written.")
    column = numbered(table)
    if column is not None and connection.dialect.name == "postgresql":
        last = max(part.last_id or 0, connection.scalar(select(func.max(column))) or 0)
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        # A number that was given once is never given again.
        connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def _pause(connection: Connection, now: datetime) -> tuple[int, ...]:
    """Whoever was to get one of these letters may have got it since, and each campaign is one matter to look at."""
    state = CampaignRow.state
    begun = (state == CampaignState.SENDING) | ((state == CampaignState.SCHEDULED) & (CampaignRow.send_at <= now))
    paused = tuple(connection.scalars(select(CampaignRow.id).where(begun).order_by(CampaignRow.id)))
    connection.execute(update(CampaignRow).where(begun).values(state=CampaignState.PAUSED))
    of_them = select(CampaignRow.id).where(state == CampaignState.PAUSED)
    letters = OutboxRow.state == "waiting", OutboxRow.campaign_id.in_(of_them)
    connection.execute(update(OutboxRow).where(*letters).values(state="paused"))
    return paused


def _hold(connection: Connection) -> int:
    """Whoever was to get these may have got them since: somebody has to look."""
    return connection.execute(update(OutboxRow).where(OutboxRow.state == "waiting").values(state="held")).rowcount


def _sign_out(connection: Connection, now: datetime) -> None:
    """Who was signed out since, or has used a link, does not get in by that again: everybody signs in anew."""
    connection.execute(update(SignInRow).where(SignInRow.ended_at.is_(None)).values(ended_at=now))
    connection.execute(update(SignInLinkRow).where(SignInLinkRow.used_at.is_(None)).values(used_at=now))


def _read_again(connection: Connection, advance: Callable[[int], None]) -> None:
    """Read every row as pages will. Raises: BackupRefused when one of them could not be shown."""
    for table in Row.metadata.sorted_tables:
        at_once = _LARGE_AT_ONCE if table.name == "picture" else _AT_ONCE
        try:
            with connection.execute(select(table), execution_options={"yield_per": at_once}) as found:
                for some in found.partitions():
                    advance(len(some))
        except (ValueError, TypeError) as error:
            raise BackupRefused(
                f"The backup is damaged: a row of {table.name} says what cannot be. Take another one."
            ) from error
