"""A backup and back, on both databases and across: everything, from one moment, or a sentence and nothing."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from tests.emptying import empty
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import open_engine, sessions
from tripkit.storage.accounts import AccountRow, SignInLinkRow, SignInRow
from tripkit.storage.backup import BackupRefused, Restored, checking, open_backup, restore, restoring, save
from tripkit.storage.bookings import BookingRow, ParticipantRow, WaitingRow
from tripkit.storage.migrations import current, newest, upgrade
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.pictures import LogoRow, PictureRow
from tripkit.storage.trips import TripRow
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.testing import NOW, applied, booked, make_participant, make_trip

both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
EMAIL = "asa@tripkit.example"
PICTURE = bytes(range(256)) * 300


def nothing(_: int) -> None:
    """Nobody looks how far it is."""


def fill(session: Session) -> None:
    """A trip with a picture, people with a place and in the queue, messages, and processes at work."""
    trip = applied(session, make_trip(size=2))
    session.add(
        PictureRow(
            trip_id=trip, name="å.png", media_type="image/png", digest="0" * 64, data=PICTURE, shown=PICTURE[::-1]
        )
    )
    host = session.get_one(TripRow, trip).organisation_id
    session.add(LogoRow(organisation_id=host, digest="1" * 64, data=PICTURE))
    session.commit()
    for name in ("Åsa Ö", "Bo 'Ä\\u0000", "Cæcilie 🚌\n"):
        booked(session, trip, [make_participant(name)])
    session.execute(update(OutboxRow).where(OutboxRow.id == 1).values(leased_by="w1", leased_until=NOW))
    session.add(WorkerRow(id="w1", host="h", pid=1, started_at=NOW, beat_at=NOW))
    session.add(JobRow(name="sweep", due_at=NOW, held_by="w1"))
    session.commit()


@pytest.fixture
def filled(session: Session) -> Session:
    fill(session)
    return session


@pytest.fixture(scope="module")
def backup(migrated_sqlite: Engine) -> bytes:
    """What is saved of it, for tests of how it is read: that is the same wherever it came from, and wherever it goes."""
    with sessions(migrated_sqlite)() as session:
        fill(session)
    found = saved(migrated_sqlite)
    empty(migrated_sqlite)
    return found


def saved(engine: Engine) -> bytes:
    out = BytesIO()
    save(engine, out, made_at=NOW, advance=nothing)
    return out.getvalue()


def parts(backup: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(backup)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def put(engine: Engine, backup: bytes, *, send_waiting: bool = True, now: datetime = NOW) -> Restored:
    return restore(engine, open_backup(BytesIO(backup)), send_waiting=send_waiting, now=now, advance=nothing)


def packed(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def changed(backup: bytes, table: str, change: Callable[[list[list[Any]], list[str]], None]) -> bytes:
    """A backup by somebody who knows how sums are made."""
    files = parts(backup)
    manifest = json.loads(files["manifest.json"])
    part = next(part for part in manifest["parts"] if part["table"] == table)
    rows = [json.loads(line) for line in files[f"tables/{table}.jsonl"].splitlines()]
    change(rows, part["columns"])
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    part |= {"rows": len(rows), "bytes": len(lines), "sha256": hashlib.sha256(lines).hexdigest()}
    files |= {f"tables/{table}.jsonl": lines, "manifest.json": json.dumps(manifest).encode()}
    return packed(files)


def everything_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return not connection.scalar(select(func.count()).select_from(TripRow))


@both
def test_everything_comes_back_on_either_database(filled: Session, engine: Engine, fresh_url: str) -> None:
    backup = saved(engine)
    target = open_engine(fresh_url)
    manifest = open_backup(BytesIO(backup)).manifest
    assert put(target, backup) == Restored(rows=manifest.rows, held=0, paused=())
    again = parts(saved(target))
    assert again.keys() == parts(backup).keys()
    assert "tables/worker.jsonl" not in again
    assert {name: again[name] for name in again if name != "manifest.json"} == {
        name: lines for name, lines in parts(backup).items() if name != "manifest.json"
    }
    with sessions(target)() as session:
        assert pool_recount(session) == ()
        assert session.scalars(select(PictureRow.data)).all() == [PICTURE]
        names = session.scalars(select(ParticipantRow.name).order_by(ParticipantRow.id)).all()
        assert names == filled.scalars(select(ParticipantRow.name).order_by(ParticipantRow.id)).all()
        assert session.scalars(select(JobRow.held_by)).all() == [None]
        assert session.scalars(select(OutboxRow.leased_by).distinct()).all() == [None]
        trip = session.scalars(select(TripRow.id)).one()
        highest = session.scalar(select(func.max(BookingRow.id))) or 0
        booked(session, trip, [make_participant("Ny")])
        assert session.scalar(select(func.max(BookingRow.id))) == highest + 1
    target.dispose()


@both
def test_messages_that_waited_are_held(filled: Session, engine: Engine, fresh_url: str) -> None:
    waiting = filled.scalar(select(func.count()).where(OutboxRow.state == "waiting"))
    target = open_engine(fresh_url)
    assert waiting
    assert put(target, saved(engine), send_waiting=False).held == waiting
    with sessions(target)() as session:
        assert session.scalars(select(OutboxRow.state).distinct()).all() == ["held"]
    target.dispose()


@both
@pytest.mark.parametrize("send_waiting", [False, True])
def test_who_signed_out_since_is_not_signed_in_again(
    filled: Session, engine: Engine, fresh_url: str, send_waiting: bool
) -> None:
    account = AccountRow(email=EMAIL, email_key=EMAIL, name="", language="sv", made_at=NOW)
    filled.add(account)
    filled.flush()
    moments = {"made_at": NOW, "expires_at": NOW + timedelta(days=1)}
    filled.add(SignInLinkRow(digest="l", email=EMAIL, language="sv", next_page="", **moments))
    here = {"device": "", "described": "?", "is_whole": True, "seen_at": NOW, "proved_at": NOW}
    filled.add(SignInRow(account_id=account.id, digest="s", **here, **moments))
    filled.commit()
    target = open_engine(fresh_url)
    put(target, saved(engine), send_waiting=send_waiting)
    over = NOW if not send_waiting else None  # Nothing was done in between, where messages go on as they were.
    with sessions(target)() as session:
        assert session.scalars(select(SignInRow.ended_at)).all() == [over]
        assert session.scalars(select(SignInLinkRow.used_at)).all() == [over]
    target.dispose()


@both
def test_an_older_database_is_saved_and_restored_to_the_newest(fresh_url: str, engine: Engine) -> None:
    old = open_engine(fresh_url)
    upgrade(old, "0001")
    backup = saved(old)
    old.dispose()
    put(engine, backup)
    assert (open_backup(BytesIO(backup)).manifest.revision, current(engine)) == ("0001", newest())


def test_a_number_given_once_is_not_given_again(
    filled: Session, engine: Engine, request: pytest.FixtureRequest
) -> None:
    if engine.dialect.name != "postgresql":
        return  # SQLite itself gives the number of a last row that was deleted again.
    last = filled.scalar(select(func.max(WaitingRow.id)))
    filled.execute(delete(WaitingRow))
    filled.commit()
    backup = saved(engine)
    empty(engine)
    put(engine, backup)
    filled.expire_all()
    person = filled.scalars(select(ParticipantRow)).first()
    assert person is not None
    row = WaitingRow(trip_id=person.trip_id, participant_id=person.id, item="x", party=1, segment="city", joined_at=NOW)
    filled.add(row)
    filled.flush()
    assert last is not None
    assert row.id == last + 1
    filled.rollback()


def test_a_backup_is_of_one_moment_while_people_sign_up(filled: Session, engine: Engine) -> None:
    trip = filled.scalars(select(TripRow.id)).one()
    before = parts(saved(engine))
    out, done = BytesIO(), []

    def meanwhile(_: int) -> None:
        if not done:
            done.append(True)
            with sessions(engine)() as other:
                booked(other, trip, [make_participant("Medan")])

    save(engine, out, made_at=NOW, advance=meanwhile)
    assert done
    during = parts(out.getvalue())
    del before["manifest.json"], during["manifest.json"]
    assert during == before


def test_a_database_with_something_in_it_is_left_as_it_is(filled: Session, engine: Engine) -> None:
    backup = saved(engine)
    with pytest.raises(BackupRefused, match="not empty"):
        put(engine, backup)
    assert saved(engine) is not None
    del backup


def test_a_row_that_does_not_fit_leaves_nothing(backup: bytes, engine: Engine) -> None:
    def orphan(rows: list[list[Any]], columns: list[str]) -> None:
        rows[-1][columns.index("participant_id")] = 999

    with pytest.raises(BackupRefused, match="do not fit together"):
        put(engine, changed(backup, "claim", orphan))
    assert everything_empty(engine)
    assert current(engine) == newest()


def _set(table: str, column: str, value: Any) -> Callable[[bytes], bytes]:
    def change(rows: list[list[Any]], columns: list[str]) -> None:
        rows[0][columns.index(column)] = value

    return lambda backup: changed(backup, table, change)


def _manifest(**changes: Any) -> Callable[[bytes], bytes]:
    def change(backup: bytes) -> bytes:
        files = parts(backup)
        files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | changes).encode()
        return packed(files)

    return change


def _other(table: str) -> Callable[[bytes], bytes]:
    def change(backup: bytes) -> bytes:
        files = parts(backup)
        files[f"tables/{table}.jsonl"] = files.pop("tables/note.jsonl")
        files["manifest.json"] = files["manifest.json"].replace(b'"note"', json.dumps(table).encode())
        return packed(files)

    return change


def _bomb(backup: bytes) -> bytes:
    files = parts(backup)
    manifest = json.loads(files["manifest.json"])
    zeros = b"0" * (3 << 20)
    next(part for part in manifest["parts"] if part["table"] == "note")["bytes"] = len(zeros)
    return packed(files | {"tables/note.jsonl": zeros, "manifest.json": json.dumps(manifest).encode()})


def _tampered(backup: bytes) -> bytes:
    files = parts(backup)
    files["tables/participant.jsonl"] = files["tables/participant.jsonl"].replace("Åsa".encode(), "Ása".encode())
    return packed(files)


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no zip": (lambda _: b"hello", "no backup of tripkit"),
    "empty": (lambda _: b"", "no backup of tripkit"),
    "cut off": (lambda backup: backup[: len(backup) // 2], "no backup of tripkit"),
    "no manifest": (lambda _: packed({"a": b"b"}), "no manifest"),
    "newer form": (_manifest(format=2), "form 2"),
    "newer tables": (_manifest(revision="9999"), "9999"),
    "absurd number": (_manifest(format=10**30), "form 1000"),
    "no form": (_manifest(format=None), "format"),
    "parts missing": (_manifest(parts=[]), "not those its manifest names"),
    "a path": (_other("../../etc/passwd"), "damaged"),
    "unknown table": (_other("passwd"), "not those of its revision"),
    "one more file": (lambda backup: packed(parts(backup) | {"../evil": b""}), "not those its manifest names"),
    "tampered": (_tampered, "not what its manifest says"),
    "bomb": (_bomb, "absurdly"),
    "text for number": (_set("booking", "trip_id", "1"), "line 1 of the part booking"),
    "truth for number": (_set("booking", "trip_id", True), "line 1 of the part booking"),
    "number too large": (_set("pool", "taken", 2**31), "line 1 of the part pool"),
    "no zone": (_set("booking", "booked_at", "2026-01-01T00:00:00"), "line 1 of the part booking"),
    "a zero": (_set("booking", "contact_name", "a\x00b"), "line 1 of the part booking"),
    "half a sign": (_set("booking", "contact_name", "\ud800"), "line 1 of the part booking"),
    "nothing": (_set("booking", "contact_name", None), "line 1 of the part booking"),
    "endless": (_set("site", "latitude", float("inf")), "line 1 of the part site"),
}


WRITTEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no price": (_set("participant", "price", {"x": 1}), "says what cannot be"),
    "no status": (_set("participant", "status", "dreaming"), "says what cannot be"),
}
"""What only shows when the rows are read as pages read them."""


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_damaged_or_hostile_is_refused_with_a_sentence(
    backup: bytes, sqlite_engine: Engine, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is written, so that one database stands for both."""
    monkeypatch.setattr(checking, "_HARMLESS", 1 << 20)
    monkeypatch.setattr(restoring, "_write", lambda *_: pytest.fail("it was written"))
    spoil, why = HOSTILE[case]
    with pytest.raises(BackupRefused, match=why):
        put(sqlite_engine, spoil(backup))
    assert everything_empty(sqlite_engine)


@pytest.mark.parametrize("case", WRITTEN)
def test_what_no_page_could_show_is_refused_and_taken_out_again(backup: bytes, engine: Engine, case: str) -> None:
    spoil, why = WRITTEN[case]
    with pytest.raises(BackupRefused, match=why):
        put(engine, spoil(backup))
    assert everything_empty(engine)


def test_a_byte_that_fell_over_is_noticed_wherever_it_is(backup: bytes, sqlite_engine: Engine) -> None:
    same = {name: lines for name, lines in parts(backup).items() if name != "manifest.json"}
    chance = random.Random(21)
    for place in chance.sample(range(len(backup)), 25):
        spoilt = bytearray(backup)
        spoilt[place] ^= 1 << chance.randrange(8)
        try:
            put(sqlite_engine, bytes(spoilt))
        except BackupRefused:
            assert everything_empty(sqlite_engine)
        else:  # A time stamp in the zip, or a place nobody reads: then nothing is lost.
            again = parts(saved(sqlite_engine))
            assert {name: again[name] for name in same} == same
            empty(sqlite_engine)
