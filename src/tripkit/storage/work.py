"""Tables of background work: who is working, what is scheduled, how a mail server fares; no message, no rule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import Row, UtcMoment


class WorkerRow(Row):
    """A worker, as long as it lives. ``beat`` is raised every few seconds: where it stands still, its worker is dead.

    ``beat_at``: when that was by the worker's own clock, for people to read; nothing is decided by it.
    """

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    beat: Mapped[int] = mapped_column(default=0, server_default="0")
    beat_at: Mapped[datetime] = mapped_column(UtcMoment)


class JobRow(Row):
    """A piece of scheduled work. ``held_by``: the worker that does it now; ``due_at``: when it is to be done next.

    ``done``: pieces of work in the last round; ``failures``: rounds that failed one after the other.
    """

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    held_by: Mapped[str | None]
    started_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str | None]


class MailServerRow(Row):
    """A mail server as all workers know it. ``name``: host and port.

    ``away_until``: nobody tries before; ``failures``: how often it did not answer since it last did; ``next_at``: when
    the next message may go, where so many a minute are allowed.
    """

    __tablename__ = "mail_server"

    name: Mapped[str] = mapped_column(primary_key=True)
    away_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    next_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    last_error: Mapped[str | None]
