"""The doctor on PostgreSQL: encoding, clock, and what its settings mean for what was confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from tripkit.cli.doctor.findings import Finding, fine, heard_on_the_way, is_this_machine, warning, wrong

NEARLY_THE_SAME = timedelta(seconds=5)
FAR = timedelta(minutes=1)


def look(engine: Engine) -> Iterator[Finding]:
    """All of it in one connection."""
    # Alone, so that asking does not wait for a transaction to begin while time is measured.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def shows(name: str) -> str:
            return str(connection.exec_driver_sql(f"SHOW {name}").scalar())

        encoding = shows("server_encoding")
        if encoding != "UTF8":
            yield wrong(
                f"Its encoding is {encoding}, which not every name can be written in.",
                "Make a database with ENCODING 'UTF8' TEMPLATE template0, and move everything there.",
            )
        else:
            yield fine("Its encoding is UTF8.")
        yield from _line(connection)
        if shows("transaction_read_only") == "on":
            yield wrong("It can only be read.", "Let TRIPKIT_DATABASE name the server that may be written to.")
        if shows("fsync") == "off" or shows("full_page_writes") == "off":
            yield wrong(
                "It does not wait for the disk (fsync or full_page_writes is off): a power cut may break it.",
                "Set both to on.",
            )
        if shows("synchronous_commit") == "off":
            yield warning(
                "It confirms before it has written (synchronous_commit is off): a power cut may lose the last bookings.",
                "Set synchronous_commit to on.",
            )
        before = datetime.now(UTC)
        there: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        after = datetime.now(UTC)
    yield clocks(there - before - (after - before) / 2)


def _line(connection: Connection) -> Iterator[Finding]:
    """Whether the line to it is encrypted, where it leaves this machine; as the line itself says, whatever was asked for."""
    ours = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]  # psycopg's, which has no types here
    host = ours.host.decode()
    if not host or is_this_machine(host):
        return
    if not ours.ssl_in_use:
        yield heard_on_the_way(host, "End TRIPKIT_DATABASE with ?sslmode=verify-full, and let the server speak TLS.")
    else:
        yield fine("The line to it is encrypted.")


def clocks(ahead: timedelta) -> Finding:
    """What it means that the database's clock is so far ahead of ours."""
    by = abs(ahead)
    said = f"Its clock and the one of this machine differ by {by.total_seconds():.1f} seconds."
    todo = "Let both machines follow the same time server (NTP)."
    if by > FAR:
        return wrong(said, todo)
    return warning(said, todo) if by > NEARLY_THE_SAME else fine("Its clock and the one of this machine agree.")
