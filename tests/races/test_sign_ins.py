"""What goes or comes at the very moment somebody signs in or joins: a password, an account, a member; on each database."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from tripkit.actions import answer_invitation, sign_in
from tripkit.actions.answer_invitation import accept_invitation
from tripkit.actions.ask_to_sign_in import new_sign_in_link
from tripkit.actions.erase_account import erase_account
from tripkit.actions.passwords import hash_of
from tripkit.actions.recording import digest_of
from tripkit.actions.reset_account import reset_account
from tripkit.actions.sign_in import Browser, sign_in_by_link, sign_in_by_password
from tripkit.domain.accounts import LINK_LASTS, SignIn
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.rights import Role
from tripkit.storage import sessions, write
from tripkit.storage.accounts import AccountRow, SignInRow
from tripkit.storage.columns import columns_of
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_moment, make_organisation

EMAIL, PASSWORD = "asa@tripkit.example", "fyra glada ord här"
BROWSER = Browser(None, "?")
TOGETHER = 4
SOMEBODY = SignIn(
    id=0,
    account_id=0,
    email=EMAIL,
    name="",
    language="sv",
    is_administrator=False,
    is_whole=True,
    has_second_factor=False,
    has_password=False,
    seen_at=NOW,
    proved_at=NOW,
)


def test_a_password_that_goes_while_it_is_given_leaves_nobody_signed_in(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions(engine)() as session, write(session):
        account = {"email": EMAIL, "email_key": EMAIL, "name": "", "language": "sv", "made_at": NOW}
        session.add(AccountRow(**account, password=hash_of(PASSWORD)))
    begin, going = sign_in.begin, list[Future[None]]()

    def take_away() -> None:
        with sessions(engine)() as session:
            reset_account(session, email=EMAIL, reason="it was stolen", moment=make_moment())

    with ThreadPoolExecutor(1) as threads:

        def begun(*given: Any, **more: Any) -> Any:
            # It was found right. Now it goes, unless somebody is held up by us: then it goes as soon as we are through.
            going.append(threads.submit(take_away))
            with suppress(NotYet):
                going[0].result(1)
            return begin(*given, **more)

        monkeypatch.setattr(sign_in, "begin", begun)
        with sessions(engine)() as session:
            sign_in_by_password(session, email=EMAIL, password=PASSWORD, browser=BROWSER, moment=make_moment())
        going[0].result(20)
    with sessions(engine)() as session:
        assert [row.ended_at for row in session.scalars(select(SignInRow))] == [make_moment().at]


def test_several_links_pressed_at_once_make_one_account(engine: Engine) -> None:
    with sessions(engine)() as session, write(session):
        links = [
            new_sign_in_link(session, email=EMAIL, language="sv", next_page="", moment=make_moment())
            for _ in range(TOGETHER)
        ]
    together = Barrier(TOGETHER)

    def press(token: str) -> None:
        with sessions(engine)() as session:
            session.scalars(select(AccountRow.id)).all()
            together.wait(10)
            sign_in_by_link(session, token=token, browser=BROWSER, moment=make_moment())

    with ThreadPoolExecutor(TOGETHER) as threads:
        list(threads.map(press, links))
    with sessions(engine)() as session:
        assert session.scalar(select(func.count()).select_from(AccountRow)) == 1
        assert session.scalar(select(func.count()).select_from(SignInRow)) == TOGETHER


def test_who_is_erased_while_they_accept_an_invitation_is_no_member(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions(engine)() as session, write(session):
        host = OrganisationRow(**columns_of(make_organisation("race"), OrganisationRow))
        account = AccountRow(email=EMAIL, email_key=EMAIL, name="", language="sv", made_at=NOW)
        session.add_all([host, account])
        session.flush()
        owner = {"organisation_id": host.id, "email": "at.work@tripkit.example", "role": Role.OWNER, "made_at": NOW}
        session.add(InvitationRow(**owner, digest=digest_of("secret"), expires_at=NOW + LINK_LASTS))
        somebody = replace(SOMEBODY, account_id=account.id)
    erased = list[Future[object]]()
    take_on = answer_invitation._take_on

    def erase() -> object:
        with sessions(engine)() as session:
            return erase_account(session, somebody=somebody, cancel=True, moment=make_moment())

    with ThreadPoolExecutor(1) as threads:

        def taken(*given: Any) -> None:
            erased.append(threads.submit(erase))
            with suppress(NotYet):
                erased[0].result(1)
            take_on(*given)

        monkeypatch.setattr(answer_invitation, "_take_on", taken)
        with sessions(engine)() as session, suppress(ChangeRefused):
            accept_invitation(
                session,
                token="secret",
                account_id=somebody.account_id,
                browser=BROWSER,
                language="sv",
                moment=make_moment(),
            )
        erased[0].exception(20)  # Refused, where they own an organisation by then.
    with sessions(engine)() as session:
        gone = AccountRow.erased_at.is_not(None)
        of_nobody = select(MemberRow.id).join(AccountRow, AccountRow.id == MemberRow.account_id).where(gone)
        assert session.scalars(of_nobody).all() == []
