"""Signing in while the password goes, or by several links to an address for the first time, at the same moment; on each database."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from tripkit.actions import sign_in
from tripkit.actions.ask_to_sign_in import new_sign_in_link
from tripkit.actions.passwords import hash_of
from tripkit.actions.reset_account import reset_account
from tripkit.actions.sign_in import Browser, sign_in_by_link, sign_in_by_password
from tripkit.storage import sessions, write
from tripkit.storage.accounts import AccountRow, SignInRow
from tripkit.testing import NOW, make_moment

EMAIL, PASSWORD = "asa@tripkit.example", "fyra glada ord här"
BROWSER = Browser(None, "?")
TOGETHER = 4


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
