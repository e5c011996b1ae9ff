"""The tables, by domain word, and how a transaction is made; no rule lives here."""

from tripkit.storage import (  # noqa: F401 (tables register themselves)
    accounts,
    bookings,
    campaigns,
    listings,
    lottery,
    members,
    outbox,
    pictures,
    trip_parts,
    trips,
    versions,
    work,
)
from tripkit.storage.columns import Row
from tripkit.storage.session import (
    Database,
    note_told,
    open_briefly,
    open_engine,
    rewrite,
    sessions,
    undone,
    undone_together,
    wake_after_commit,
    write,
)

db = Database(model_class=Row, disable_autonaming=True)

__all__ = [
    "Database",
    "Row",
    "db",
    "note_told",
    "open_briefly",
    "open_engine",
    "rewrite",
    "sessions",
    "undone",
    "undone_together",
    "wake_after_commit",
    "write",
]
