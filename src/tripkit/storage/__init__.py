"""The tables, by domain word, and how a transaction is made; no rule lives here."""

from tripkit.storage import bookings, outbox, trips  # noqa: F401 (tables register themselves)
from tripkit.storage.columns import Row
from tripkit.storage.session import Database, open_engine, sessions, write

db = Database(model_class=Row, disable_autonaming=True)

__all__ = ["Database", "Row", "db", "open_engine", "sessions", "write"]
