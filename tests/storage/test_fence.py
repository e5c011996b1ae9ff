"""The second fence: what a forgotten filter would leak of every table there is, and that behind the fence it leaks nothing."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Engine, LargeBinary, delete, func, literal_column, select, text, update
from sqlalchemy.orm import Mapper, Session, aliased
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, Numeric, Time, TypeDecorator

from tests.statements import count_statements
from tripkit.domain.rights import Role
from tripkit.storage import db, sessions, write
from tripkit.storage.columns import Row
from tripkit.storage.fence import CrossesTheFence, fence, fenced, unfence
from tripkit.storage.members import MemberRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import OrganisationRow, TripRow
from tripkit.testing import NOW

NOBODYS = {
    *("account", "passkey", "recovery_code", "refused_sign_in", "sign_in", "sign_in_link", "used_challenge"),
    *("worker", "job", "mail_server"),
}
"""Tables that belong to no organisation: who signs in, wherever they work then, and the installation's own work."""
NEVER_CHANGED = {"audit"}
"""The database refuses it whatever the session says."""
_numbers = count(1)
Rows = dict[str, dict[str, int]]
"""By organisation and table, the id of a row."""


def put_one_row_in_every_table(session: Session, mine: dict[str, int]) -> None:
    """Fill every table with a row that belongs to one organisation, whatever its columns are. ``mine``: ids by table."""
    for table in db.metadata.sorted_tables:
        if table.name in NOBODYS and table.name in mine:
            continue
        values = {column.name: written(column, mine) for column in table.columns}
        names = ", ".join(f'"{name}"' for name in values)
        said = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(values.values())})'
        session.execute(text(said.replace(":", r"\:")))
        if "id" in table.columns:
            mine[table.name] = int(values["id"].strip("'x"))


def written(column: Column[Any], mine: dict[str, int]) -> str:
    """A value for a column, as SQL."""
    number = 1000 + next(_numbers)
    for key in column.foreign_keys:
        return str(mine[key.column.table.name]) if key.column.table.name in mine else "NULL"
    if column.name in {"organisation_id", "trip_id", "booking_id"}:  # What the log keeps of them is bound by no key.
        return str(mine[column.name.removesuffix("_id")])
    if column.nullable:
        return "NULL"
    kind: Any = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Integer | Float | Numeric):
        return str(number)
    words = {
        JSON: "'{}'",
        Boolean: "true",
        DateTime: f"'{NOW:%Y-%m-%d %H:%M:%S}+00:00'",
        Date: "'2027-03-01'",
        Time: "'09:00'",
    }
    if isinstance(kind, LargeBinary):
        return f"'{number}'"
    return next((said for known, said in words.items() if isinstance(kind, known)), f"'x{number}'")


@pytest.fixture
def rows(session: Session) -> Rows:
    """Two organisations with a row in every table."""
    found: Rows = defaultdict(dict)
    with write(session):
        put_one_row_in_every_table(session, found["mine"])
        shared = {name: found["mine"][name] for name in NOBODYS if name in found["mine"]}
        found["theirs"].update(shared)
        put_one_row_in_every_table(session, found["theirs"])
    return found


def tables() -> list[tuple[Mapper[Any], Any]]:
    """Every mapped table that is somebody's, and its class."""
    return [(mapper, mapper.class_) for mapper in fenced()]


def test_every_table_is_fenced_or_known_to_be_nobodys() -> None:
    is_fenced = {mapper.class_.__tablename__ for mapper in fenced()}
    mapped = {mapper.class_.__tablename__ for mapper in Row.registry.mappers}
    assert mapped == {table.name for table in db.metadata.sorted_tables}, "what is no class is seen by no fence"
    assert mapped - is_fenced == NOBODYS, "does a new table belong to an organisation? See storage/fence.py"


def test_without_the_fence_a_forgotten_filter_reads_what_is_theirs_and_behind_it_nothing(
    session: Session, rows: Rows
) -> None:
    def seen(wanted: Any) -> set[int]:
        session.rollback()
        return set(session.scalars(wanted))

    for mapper, row in tables():
        name, other = mapper.local_table.name, aliased(row)  # type: ignore[attr-defined]
        mine, theirs = rows["mine"][name], rows["theirs"][name]
        ways = (
            select(row.id),
            select(other.id),
            select(row.id).select_from(row).join(aliased(OrganisationRow), literal_column("true")),
            select(OrganisationRow.id).join(other, literal_column("true")).with_only_columns(other.id),
            select(row.id).where(row.id.in_(select(row.id))),
        )
        for way in ways:
            unfence(session)
            assert seen(way) >= {mine, theirs}, name
            fence(session, rows["mine"]["organisation"])
            assert seen(way) == {mine}, name
        counted = select(func.count()).select_from(row), select(select(func.count(row.id)).scalar_subquery())
        assert [session.scalar(way) for way in counted] == [1, 1], name
        unfence(session)


def test_behind_the_fence_nothing_of_theirs_is_got_changed_or_deleted(session: Session, rows: Rows) -> None:
    for mapper, row in tables():
        name = mapper.local_table.name  # type: ignore[attr-defined]
        theirs = rows["theirs"][name]
        fence(session, rows["mine"]["organisation"])
        assert session.get(row, theirs) is None, name
        if name in NEVER_CHANGED:
            unfence(session)
            continue
        change = update(row).where(row.id == theirs).values(id=theirs).execution_options(synchronize_session=False)
        assert changed(session, change) == 0, name
        gone = delete(row).where(row.id == theirs).execution_options(synchronize_session=False)
        assert changed(session, gone) == 0, name
        unfence(session)
        assert changed(session, change) == 1, f"without the fence it is changed: {name}"


def changed(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement)
    session.rollback()
    return int(result.rowcount)


def test_a_row_for_another_organisation_is_refused_before_it_is_written(session: Session, rows: Rows) -> None:
    account, theirs = rows["mine"]["account"], rows["theirs"]["organisation"]
    fence(session, rows["mine"]["organisation"])
    row = MemberRow(account_id=account, organisation_id=theirs, trip_id=None, role=Role.OWNER, made_at=NOW)
    with pytest.raises(CrossesTheFence), write(session):
        session.add(row)
    moved = session.scalars(select(MemberRow.id)).one()
    with pytest.raises(CrossesTheFence), write(session):
        session.add(AuditRow(at=NOW, actor="account", origin="web", action="x", organisation_id=theirs, details={}))
    unfence(session)
    session.rollback()
    assert moved == rows["mine"]["member"]
    assert session.scalar(select(func.count()).select_from(MemberRow)) == 2


def test_the_fence_costs_no_statement_and_ends_with_the_request(session: Session, rows: Rows) -> None:
    def looked() -> int:
        with count_statements(session) as sent:
            session.rollback()
            session.scalars(select(TripRow.id)).all()
        return len(sent)

    before = looked()
    fence(session, rows["mine"]["organisation"])
    assert looked() == before


def test_two_fences_side_by_side_are_two(engine: Engine, session: Session, rows: Rows) -> None:
    with sessions(engine)() as other:
        fence(session, rows["mine"]["organisation"])
        fence(other, rows["theirs"]["organisation"])
        for _ in range(2):
            for one, whose in ((session, "mine"), (other, "theirs")):
                assert one.scalars(select(TripRow.id)).all() == [rows[whose]["trip"]]


def test_neither_commands_nor_workers_are_fenced_in(engine: Engine, session: Session, rows: Rows) -> None:
    fence(session, rows["mine"]["organisation"])
    with sessions(engine)() as other:
        assert len(other.scalars(select(OrganisationRow.id)).all()) == 2
