"""Two owners who leave at the same moment: one of them stays, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from tests.emptying import empty
from tripkit.actions import change_member
from tripkit.actions.change_member import leave_organisation
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.rights import Role
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import sessions
from tripkit.storage.accounts import AccountRow
from tripkit.storage.columns import columns_of
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_moment, make_organisation

TIMES = 10


def two_owners(engine: Engine, number: int) -> list[tuple[int, int]]:
    """A new organisation with two owners; (account, membership) of each."""
    with sessions(engine)() as session:
        host = OrganisationRow(**columns_of(make_organisation(f"race-{number}"), OrganisationRow))
        emails = [f"{letter}{number}@tripkit.example" for letter in "ab"]
        people = [AccountRow(email=one, email_key=one, name="", language="sv", made_at=NOW) for one in emails]
        session.add_all([host, *people])
        session.flush()
        rows = [MemberRow(account_id=one.id, organisation_id=host.id, role=Role.OWNER, made_at=NOW) for one in people]
        session.add_all(rows)
        session.commit()
        return [(row.account_id, row.id) for row in rows]


def left_over(engine: Engine, number: int) -> int:
    """Let both leave at once; how many owners there are then."""
    owners = two_owners(engine, number)
    both = Barrier(2)

    def leave(owner: tuple[int, int]) -> None:
        account, member = owner
        with sessions(engine)() as session:
            session.scalars(select(MemberRow.id)).all()
            both.wait()
            try:
                leave_organisation(session, member=member, account_id=account, moment=make_moment(actor="account"))
            except ChangeRefused:
                session.rollback()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(leave, owners))
    with sessions(engine)() as session:
        accounts = [account for account, _ in owners]
        return len(session.scalars(select(MemberRow.id).where(MemberRow.account_id.in_(accounts))).all())


def test_one_of_two_owners_who_leave_at_once_stays(engine: Engine) -> None:
    assert {left_over(engine, number) for number in range(TIMES)} == {1}


@pytest.fixture
def postgres(migrated_postgres: Engine) -> Iterator[Engine]:
    """PostgreSQL alone: on SQLite whoever writes is the only one."""
    yield migrated_postgres
    empty(migrated_postgres)


def test_without_the_lock_both_would_be_gone(postgres: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(session: AnySession, organisation_id: int) -> OrganisationRow:
        both.wait(timeout=20)  # Each has begun before either has counted.
        return session.get_one(OrganisationRow, organisation_id)

    both = Barrier(2)
    keep = change_member._keep_an_owner

    def counted(session: AnySession, row: MemberRow) -> None:
        keep(session, row)
        both.wait(timeout=20)  # Each has counted before either has gone.

    monkeypatch.setattr(change_member, "lock_organisation", look)
    monkeypatch.setattr(change_member, "_keep_an_owner", counted)
    assert left_over(postgres, 0) == 0
