"""The two applications that are measured: tripkit with its sample trip, and bare Flask doing the least that could do."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from dataclasses import replace
from typing import Any

import waitress
from flask import Flask, Response, redirect, request
from sqlalchemy import make_url
from werkzeug.wrappers import Response as AnyResponse

from tripkit.actions.apply_trip import apply_trip
from tripkit.app import create_app
from tripkit.cli.demo import BEGINS_AT, sample_directory
from tripkit.domain.bookings import Moment
from tripkit.domain.trips import Trip
from tripkit.eventfile import read_event
from tripkit.settings import Clock, Settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.migrations import upgrade
from tripkit.web.public.kept import kept

DATA_KEYS = ("5e" * 32,)
"""What sensitive answers are sealed with."""
THREADS = 4
VARIABLE = "TRIPKIT_BENCH_SERVED"
"""Holds what a server process serves, as JSON: ``kind``, ``database``, ``redis`` and ``size`` of the bare page in bytes."""


def sample_trip() -> Trip:
    """The sample trip, open for sign-up."""
    return read_event(sample_directory()).trip


def roomy_trip() -> Trip:
    """The sample trip with room for everybody: what is measured is signing up, not being refused."""
    trip = sample_trip()
    segments = tuple(replace(one, at_most=None, guaranteed=0, guaranteed_until=None) for one in trip.segments)
    programme = tuple(replace(one, size=None if one.size is None else 1_000_000) for one in trip.programme)
    return replace(trip, size=1_000_000, segments=segments, programme=programme)


def make_tripkit_database(url: str, trip: Trip) -> None:
    """Put the sample trip, or another one of its host's, into an empty database."""
    event = read_event(sample_directory())
    engine = open_engine(url)
    upgrade(engine)
    with sessions(engine)() as session:
        apply_trip(
            session,
            organisation=event.organisation,
            trip=trip,
            pictures=event.pictures,
            logo=event.logo,
            moment=Moment(at=BEGINS_AT, actor="bench"),
        )
    engine.dispose()


def make_bare_database(url: str) -> None:
    """Put one pool and no booking into an empty database."""
    connection = _connect(url)
    key = "INTEGER PRIMARY KEY" if url.startswith("sqlite") else "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    connection.execute("CREATE TABLE pool (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, taken INTEGER NOT NULL)")
    connection.execute(f"CREATE TABLE booking (id {key}, name VARCHAR NOT NULL)")
    connection.execute("INSERT INTO pool VALUES (1, 1000000, 0)")
    connection.commit()
    connection.close()


def tripkit_application(database: str, redis: str | None = None) -> Flask:
    """Our application as it is served. A header of the bench makes it forget pages, so that they can be measured, too."""
    settings = Settings(
        database_url=database,
        secret_key="only for measuring, 32 signs....",
        data_keys=DATA_KEYS,
        clock=Clock(BEGINS_AT),
        redis_url=redis,
    )
    app = create_app(settings)

    @app.before_request
    def forget() -> None:
        what = request.headers.get("X-Bench")
        if what == "write anew":
            kept().pages.clear()
        elif what == "ask":
            for page in list(kept().pages.values()):
                page.asked_at = float("-inf")

    return app


def bare_application(database: str, size: int) -> Flask:
    """A page of so many bytes, and a place taken: one conditional update, one insert, one commit, no other thought."""
    app = Flask("bare")
    page = os.urandom(size)
    own = threading.local()
    sign = "?" if database.startswith("sqlite") else "%s"

    @app.get("/page")
    def show() -> Response:
        return Response(page, mimetype="text/html")

    @app.post("/sign-up")
    def sign_up() -> AnyResponse:
        if not hasattr(own, "connection"):
            own.connection = _connect(database)
        connection = own.connection
        if database.startswith("sqlite"):
            connection.execute("BEGIN IMMEDIATE")
        done = connection.execute("UPDATE pool SET taken = taken + 1 WHERE id = 1 AND taken < size")
        if done.rowcount != 1:
            connection.rollback()
            return Response("full", 409)
        connection.execute(f"INSERT INTO booking (name) VALUES ({sign})", (request.form["contact_name"],))
        connection.commit()
        return redirect("/done", 303)

    return app


def _connect(url: str) -> Any:
    """A connection of the driver's own; SQLite as careful with what is committed as tripkit's (see decision 12)."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "", timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection
    import psycopg  # noqa: PLC0415 (an extra: SQLite is measured without it)

    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def application() -> Flask:
    """What the environment asks for; gunicorn calls it."""
    asked: dict[str, Any] = json.loads(os.environ[VARIABLE])
    if asked["kind"] == "tripkit":
        return tripkit_application(asked["database"], asked.get("redis"))
    return bare_application(asked["database"], asked["size"])


if __name__ == "__main__":
    waitress.serve(application(), host="127.0.0.1", port=int(os.environ["PORT"]), threads=THREADS, _quiet=True)
