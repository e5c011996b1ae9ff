"""What a site stands on, looked at anew: database, tables, Redis, somebody who works; no request, no answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from time import monotonic

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tripkit.reads.last_beat import last_beat
from tripkit.settings import Settings
from tripkit.storage import open_briefly
from tripkit.storage.revision import Age, age_of, revision_of

OK, AWAY = "ok", "away"
PATIENCE = 2
"""Seconds the database is given to let us in, and as many for each answer. libpq takes 2 for the least."""
_REDIS_PATIENCE = 1.0
FRESH_SECONDS = 1.0
"""How long what was seen is told again: a stranger who asks all the time makes no work for the database."""
LIVES = timedelta(seconds=60)
"""A worker beats every five seconds, and counts as dead after thirty."""
_TABLES = {Age.NONE: "old", Age.OLDER: "old", Age.UNKNOWN: "unknown", Age.NEWEST: OK, Age.NEWER: OK}


class Readiness:
    """Looks for everybody who asks: one at a time, and who has waited for another's look is told what that one saw."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None
        self._looking = Lock()
        self._seen: tuple[float, dict[str, str]] | None = None

    def look(self, now: datetime) -> dict[str, str]:
        """A word for each thing. ``status`` is ``ok``, or the word for what keeps the site from being served."""
        seen = self._seen
        if seen is not None and monotonic() - seen[0] < FRESH_SECONDS:
            return seen[1]
        with self._looking:
            if self._seen is seen:  # Else somebody has looked while this one waited.
                found = self._look(now)
                self._seen = monotonic(), found
            assert self._seen is not None
            return self._seen[1]

    def _look(self, now: datetime) -> dict[str, str]:
        found = {"status": AWAY, "database": AWAY}
        try:
            with Session(self._open()) as session:
                found["database"] = found["status"] = _TABLES[age_of(revision_of(session.connection()))]
                if found["status"] == OK:
                    beat = last_beat(session)
                    found["worker"] = OK if beat is not None and now - beat < LIVES else AWAY
        except (SQLAlchemyError, OSError):
            return {"status": AWAY, "database": AWAY}
        if self._settings.redis_url is not None:
            found["redis"] = OK if _redis_answers(self._settings.redis_url) else AWAY
        return found

    def _open(self) -> Engine:
        url = make_url(self._settings.database_url)
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).stat()  # A file that is gone must not be made by looking.
        if self._engine is None:
            self._engine = open_briefly(self._settings.database_url, PATIENCE)
        return self._engine


def _redis_answers(url: str) -> bool:
    from redis import RedisError  # noqa: PLC0415 (an extra, which who names a Redis has)

    from tripkit.storage.redis_server import connect  # noqa: PLC0415 (needs the same extra)

    server = connect(url, _REDIS_PATIENCE)
    try:
        return bool(server.ping())
    except (RedisError, OSError):
        return False
    finally:
        server.close()
