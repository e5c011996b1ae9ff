"""Somebody who signs in, as in a browser without scripts; no test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests.web.signup_visitor import Page, page
from tripkit.actions.recording import digest_of
from tripkit.domain.accounts import SIGN_IN_LASTS
from tripkit.storage import sessions
from tripkit.storage.accounts import AccountRow, SignInRow
from tripkit.storage.outbox import OutboxRow

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
SIGN_IN = "/en/account/sign-in/"
HOME = "/en/account/"


@dataclass
class Browser:
    """A browser of somebody's own."""

    app: Flask
    engine: Engine
    agent: str = FIREFOX

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, headers={"User-Agent": self.agent, "Accept-Language": "en"})

    def see(self, path: str) -> Page:
        """Look at a page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return page(answer)

    def send(self, path: str, at: str = "", **fields: str) -> TestResponse:
        """Send a form that is on the page ``at``, with its token."""
        token = dict(self.see(at or path).fields)["csrf_token"]
        return self.post(path, csrf_token=token, **fields)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send fields, whatever page they come from."""
        return self.client.post(path, data=fields, headers={"User-Agent": self.agent, "Accept-Language": "en"})

    def sign_in(self, email: str) -> TestResponse:
        """Sign in by a mailed link."""
        self.send(SIGN_IN, email=email)
        return self.send(f"/en/account/sign-in/{mailed_token(self.engine)}/")


def mailed_token(engine: Engine, what: str = "sign_in") -> str:
    """The secret in the last notice of this kind that waits to be sent."""
    with sessions(engine)() as session:
        payloads = session.scalars(
            select(OutboxRow.payload).where(OutboxRow.kind == "notice").order_by(OutboxRow.id.desc())
        )
        return str(next(payload["token"] for payload in payloads if payload["what"] == what))


def signed_in_client(
    app: Flask, engine: Engine, email: str = "member@tripkit.example", *, is_whole: bool = True, **account: object
) -> FlaskClient:
    """A browser in which somebody is signed in, as if they had signed in a moment ago; the account is made if need be.

    ``is_whole``: False = the second factor is still to be given.
    """
    secret, now = secrets.token_hex(16), app.extensions["tripkit"].clock.now()
    with sessions(engine)() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.email_key == email))
        if row is None:
            row = AccountRow(email=email, email_key=email, name="", language="en", made_at=now, **account)
            session.add(row)
            session.flush()
        moments = {"made_at": now, "seen_at": now, "proved_at": now, "expires_at": now + SIGN_IN_LASTS}
        session.add(
            SignInRow(
                account_id=row.id, digest=digest_of(secret), device="", described="?", is_whole=is_whole, **moments
            )
        )
        session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    return client
