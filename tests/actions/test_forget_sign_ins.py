"""Links, sign-ins and notices go when nobody needs them any more, and not before; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from tests.conftest import in_files
from tests.statements import count_statements
from tripkit.actions import forget_sign_ins as module
from tripkit.actions.ask_to_sign_in import ask_to_sign_in
from tripkit.actions.forget_sign_ins import INVITATIONS_KEPT, LINKS_KEPT, NOTICES_KEPT, SIGN_INS_KEPT, forget_sign_ins
from tripkit.actions.note_refused import note_refusals, note_refused
from tripkit.actions.sign_in import Browser, sign_in_by_link
from tripkit.actions.sign_out import sign_out
from tripkit.domain.accounts import LINK_LASTS, SIGN_IN_LASTS
from tripkit.domain.rights import Role
from tripkit.storage import open_engine, sessions, write
from tripkit.storage.accounts import AccountRow, RefusedSignInRow, SignInLinkRow, SignInRow, UsedChallengeRow
from tripkit.storage.members import InvitationRow
from tripkit.storage.migrations import upgrade
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow
from tripkit.testing import NOW, applied, booked, make_moment, make_trip

EMAIL = "asa@tripkit.example"
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with sessions(engine)() as opened:
        yield opened


def ask(session: Session, at: datetime = NOW) -> str:
    ask_to_sign_in(session, email=EMAIL, language="en", next_page="", moment=make_moment(at))
    notices = select(OutboxRow.payload).where(OutboxRow.kind == "notice").order_by(OutboxRow.id.desc())
    return str(session.scalars(notices).first()["token"])  # type: ignore[index]  # one was written


def sign_in(session: Session, at: datetime = NOW) -> None:
    token = ask(session, at)
    session.rollback()
    sign_in_by_link(session, token=token, browser=Browser(None, "?"), moment=make_moment(at))


def forget(session: Session, at: datetime) -> int:
    session.rollback()
    return forget_sign_ins(session, moment=make_moment(at))


def left(session: Session, table: type) -> int:
    session.rollback()
    return len(session.scalars(select(table.id)).all())  # type: ignore[attr-defined]  # every row has one


def test_a_link_goes_a_day_after_it_was_used_or_ran_out(session: Session) -> None:
    sign_in(session)
    session.rollback()
    ask(session)
    assert forget(session, NOW + LINKS_KEPT) == 0
    assert forget(session, NOW + LINKS_KEPT + A_MINUTE) == 1, "the one that was used"
    assert forget(session, NOW + LINKS_KEPT + LINK_LASTS + A_MINUTE) == 1
    assert left(session, SignInLinkRow) == 0
    assert left(session, SignInRow) == 1


def test_a_sign_in_goes_ninety_days_after_it_ended_or_was_last_used(session: Session) -> None:
    sign_in(session)
    sign_in(session)
    session.rollback()
    account = session.scalar(select(AccountRow.id)) or 0
    first = session.scalars(select(SignInRow.id).order_by(SignInRow.id)).first() or 0
    session.rollback()
    sign_out(session, account_id=account, sign_in=first, moment=make_moment())
    forget(session, NOW + SIGN_INS_KEPT)
    assert left(session, SignInRow) == 2
    forget(session, NOW + SIGN_INS_KEPT + A_MINUTE)
    assert left(session, SignInRow) == 1
    forget(session, NOW + SIGN_INS_KEPT + SIGN_IN_LASTS + A_MINUTE)
    assert left(session, SignInRow) == 0
    assert left(session, AccountRow) == 1


def test_of_a_notice_that_was_sent_nobody_s_address_is_left_and_of_bookings_letters_all_is(session: Session) -> None:
    booked(session, applied(session, make_trip()), 1)
    ask(session)
    ask(session)
    session.rollback()
    with write(session):
        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == "notice").limit(1)):
            row.state = "sent"
        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind != "notice")):
            row.state = "sent"
    assert forget(session, NOW + NOTICES_KEPT) == 2, "the links"
    assert forget(session, NOW + NOTICES_KEPT + A_MINUTE) == 1
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    kept = [(row.kind, row.recipient != "", row.payload != {}) for row in rows]
    assert sorted(kept) == sorted([(rows[0].kind, True, True), ("notice", False, False), ("notice", True, True)]), (
        "one still waits to be sent"
    )
    assert forget(session, NOW + NOTICES_KEPT + A_MINUTE) == 0


def test_to_whom_an_invitation_went_goes_ninety_days_after_it_was_answered_or_over(session: Session) -> None:
    trip = applied(session, make_trip())
    host = session.scalar(select(TripRow.organisation_id).where(TripRow.id == trip))
    session.rollback()
    over = {"accepted_at": (NOW, None, None, None), "withdrawn_at": (None, NOW, None, None)}
    with write(session):
        for number, days in enumerate((14, 14, 0, 14)):
            session.add(
                InvitationRow(
                    organisation_id=host,
                    email=EMAIL,
                    role=Role.READER,
                    digest=f"{number}",
                    made_at=NOW,
                    expires_at=NOW + timedelta(days=days),
                    **{name: at[number] for name, at in over.items()},
                )
            )
    assert forget(session, NOW + INVITATIONS_KEPT) == 0
    assert forget(session, NOW + INVITATIONS_KEPT + A_MINUTE) == 3
    assert forget(session, NOW + INVITATIONS_KEPT + A_MINUTE) == 0
    rows = session.execute(select(InvitationRow.email, InvitationRow.withdrawn_at).order_by(InvitationRow.id)).all()
    assert [row.email for row in rows] == ["", "", "", EMAIL], "one can still be accepted"
    assert rows[2].withdrawn_at is not None, "so that no list shows one to nobody"


def test_challenges_that_were_answered_go_after_a_day(session: Session) -> None:
    with write(session):
        session.add(UsedChallengeRow(digest="a", used_at=NOW))
    assert forget(session, NOW + LINKS_KEPT) == 0
    assert forget(session, NOW + LINKS_KEPT + A_MINUTE) == 1


def test_refusals_go_after_ninety_days_and_those_of_nobody_once_they_are_noted(session: Session) -> None:
    sign_in(session)
    session.rollback()
    account = session.scalar(select(AccountRow.id))
    session.rollback()
    for whose in (account, None):
        note_refused(session, "wrong_password", account_id=whose, moment=make_moment())
    forget(session, NOW + SIGN_INS_KEPT / 2)
    assert left(session, RefusedSignInRow) == 2, "the log is told first"
    note_refusals(session, moment=make_moment(NOW + SIGN_INS_KEPT / 2))
    forget(session, NOW + SIGN_INS_KEPT / 2)
    assert left(session, RefusedSignInRow) == 1
    forget(session, NOW + SIGN_INS_KEPT + A_MINUTE)
    assert left(session, RefusedSignInRow) == 0


@pytest.mark.parametrize("is_overwritten", [True, False], ids=["as it is", "without the guard"])
@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_nothing_of_them_is_left_in_the_file(fresh_url: str, is_overwritten: bool) -> None:
    engine = open_engine(fresh_url)
    if not is_overwritten:
        event.listen(engine, "connect", lambda line, _: line.execute("PRAGMA secure_delete = OFF"))
    upgrade(engine)
    with sessions(engine)() as session:
        with write(session):
            session.add_all(links([f"somebody who was here {number:04}@tripkit.example" for number in range(300)]))
        assert in_files(engine).count(b"somebody who was here") >= 300
        assert forget(session, NOW + LINK_LASTS + LINKS_KEPT + A_MINUTE) == 300
    assert (b"somebody who was here" in in_files(engine)) is not is_overwritten
    engine.dispose()


def links(emails: list[str]) -> list[SignInLinkRow]:
    moments = {"made_at": NOW, "expires_at": NOW + LINK_LASTS}
    return [
        SignInLinkRow(digest=f"{number}", email=email, language="en", next_page="", **moments)
        for number, email in enumerate(emails)
    ]


def test_many_go_in_pieces_and_one_look_is_enough_when_none_is_due(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    for _ in range(5):
        ask(session)
        session.rollback()
    assert forget(session, NOW + LINK_LASTS + LINKS_KEPT + A_MINUTE) == 5
    with count_statements(engine) as statements:
        assert forget(session, NOW + LINK_LASTS + LINKS_KEPT + A_MINUTE) == 0
    assert len(statements) == 1
