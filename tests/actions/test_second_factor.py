"""The second factor when many give it at once, on both databases: a code is good once, and guesses are counted together."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from tripkit.actions.give_second_factor import TOO_MANY, WRONG_CODE, give_code
from tripkit.actions.one_time_codes import place_of, sealed_for
from tripkit.actions.passwords import hash_of
from tripkit.actions.prove_again import prove_by_password
from tripkit.actions.recovery_codes import make_recovery_codes
from tripkit.actions.reset_account import reset_account
from tripkit.actions.seal_answers import seal_answers
from tripkit.domain.accounts import SIGN_IN_LASTS
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.second_factors import STEP, WAIT, WRONG_CODES
from tripkit.domain.sentences import Sentence
from tripkit.reads.sealed_counts import sealed_counts
from tripkit.storage import sessions, write
from tripkit.storage.accounts import AccountRow, RecoveryCodeRow, SignInRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.sealing import Vault
from tripkit.testing import NOW, make_moment

EMAIL = "asa@tripkit.example"
THREADS = 8


@dataclass(frozen=True)
class Owner:
    """Somebody with an app, and half signed in at as many browsers as there are threads."""

    account: int
    app: pyotp.TOTP
    sign_ins: list[int]


@pytest.fixture
def vaulted(engine: Engine) -> Engine:
    """The database, with a key."""
    return engine.execution_options(tripkit_vault=Vault(lambda: ("ab" * 32,)))


@pytest.fixture
def owner(vaulted: Engine) -> Owner:
    app = pyotp.TOTP(pyotp.random_base32())
    with sessions(vaulted)() as session, write(session):
        account = AccountRow(email=EMAIL, email_key=EMAIL, name="", language="en", made_at=NOW)
        session.add(account)
        session.flush()
        account.totp = sealed_for(session, app.secret, place_of(account.id))
        moments = {"made_at": NOW, "seen_at": NOW, "proved_at": NOW, "expires_at": NOW + SIGN_IN_LASTS}
        rows = [
            {
                "account_id": account.id,
                "digest": f"{number}",
                "device": "",
                "described": "?",
                "is_whole": False,
                **moments,
            }
            for number in range(THREADS)
        ]
        made = session.scalars(insert(SignInRow).returning(SignInRow.id), rows).all()
        return Owner(account.id, app, list(made))


def give(engine: Engine, owner: Owner, sign_in: int, code: str, at: datetime = NOW) -> Sentence | None:
    """Give a code; what was refused, None = nothing was."""
    with sessions(engine)() as session:
        try:
            give_code(session, account_id=owner.account, sign_in=sign_in, code=code, moment=make_moment(at))
        except ChangeRefused as refused:
            return refused.sentence
    return None


def all_at_once(engine: Engine, owner: Owner, code: str) -> Counter[str]:
    """What as many browsers are told that give the same code at the same moment."""
    together = threading.Barrier(THREADS)

    def one(sign_in: int) -> str:
        together.wait(10)
        return str(give(engine, owner, sign_in, code))

    with ThreadPoolExecutor(THREADS) as crowd:
        return Counter(crowd.map(one, owner.sign_ins))


def whole(engine: Engine) -> int:
    with sessions(engine)() as session:
        return len(session.scalars(select(SignInRow.id).where(SignInRow.is_whole)).all())


def test_one_code_given_at_once_by_many_lets_one_in(vaulted: Engine, owner: Owner) -> None:
    told = all_at_once(vaulted, owner, owner.app.at(NOW))
    assert told["None"] == 1
    assert whole(vaulted) == 1


def test_one_recovery_code_given_at_once_by_many_lets_one_in(vaulted: Engine, owner: Owner) -> None:
    with sessions(vaulted)() as session:
        codes = make_recovery_codes(session, account_id=owner.account, moment=make_moment())
    assert all_at_once(vaulted, owner, codes[0])["None"] == 1
    assert whole(vaulted) == 1


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has one writer at a time.
def test_without_the_lock_one_code_would_let_several_in(
    vaulted: Engine, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, get_one = threading.Barrier(THREADS), Session.get_one

    def unlocked(self: Session, *given: Any, with_for_update: object = None, **more: Any) -> Any:
        found = get_one(self, *given, **more)
        if with_for_update:
            together.wait(10)  # All have read before any writes.
        return found

    monkeypatch.setattr(Session, "get_one", unlocked)
    assert all_at_once(vaulted, owner, owner.app.at(NOW))["None"] > 1


def test_wrong_codes_are_counted_together_however_many_guess_at_once(vaulted: Engine, owner: Owner) -> None:
    wrong = "000000" if owner.app.at(NOW) != "000000" else "111111"
    assert all_at_once(vaulted, owner, wrong) == {str(WRONG_CODE): WRONG_CODES, str(TOO_MANY): THREADS - WRONG_CODES}
    assert give(vaulted, owner, owner.sign_ins[0], owner.app.at(NOW)) == TOO_MANY
    later = NOW + WAIT + STEP
    assert give(vaulted, owner, owner.sign_ins[0], owner.app.at(later), later) is None


def test_a_right_code_and_time_forget_wrong_ones(vaulted: Engine, owner: Owner) -> None:
    for number in range(WRONG_CODES - 1):
        give(vaulted, owner, owner.sign_ins[number], "none")
    assert give(vaulted, owner, owner.sign_ins[0], owner.app.at(NOW)) is None
    for number in range(WRONG_CODES - 1):
        at = NOW + number * (WAIT + timedelta(seconds=1))
        assert give(vaulted, owner, owner.sign_ins[1], "none", at) == WRONG_CODE
    with sessions(vaulted)() as session:
        assert session.scalar(select(AccountRow.wrong_codes)) == 1


def test_a_sign_in_of_somebody_else_or_one_that_ended_is_not_made_whole(vaulted: Engine, owner: Owner) -> None:
    with sessions(vaulted)() as session, write(session):
        other = AccountRow(email="b@x", email_key="b@x", name="", language="en", made_at=NOW)
        session.add(other)
        session.flush()
        session.get_one(SignInRow, owner.sign_ins[0]).account_id = other.id
        session.get_one(SignInRow, owner.sign_ins[1]).ended_at = NOW
    for sign_in in owner.sign_ins[:2]:
        assert give(vaulted, owner, sign_in, owner.app.at(NOW)) is not None
    assert whole(vaulted) == 0
    assert give(vaulted, owner, owner.sign_ins[2], owner.app.at(NOW)) is None, "the code was not used up"


def test_a_password_is_no_second_proof_for_who_is_half_in(vaulted: Engine, owner: Owner) -> None:
    with sessions(vaulted)() as session, write(session):
        session.get_one(AccountRow, owner.account).password = hash_of("fyra glada ord här")
    given = {"account_id": owner.account, "sign_in": owner.sign_ins[0], "password": "fyra glada ord här"}
    with sessions(vaulted)() as session, pytest.raises(ChangeRefused):
        prove_by_password(session, **given, moment=make_moment())
    assert whole(vaulted) == 0


def test_the_secret_is_sealed_anew_with_a_new_key_and_counted_until_then(vaulted: Engine, owner: Owner) -> None:
    new = Vault(lambda: ("cd" * 32, "ab" * 32))
    rotated = vaulted.execution_options(tripkit_vault=new)
    with sessions(rotated)() as session:
        assert sealed_counts(session).by_key == {new.names[1]: 1}
        session.rollback()
        assert seal_answers(session, moment=make_moment()).rows == 1
        assert sealed_counts(session).by_key == {new.names[0]: 1}
    assert give(rotated, owner, owner.sign_ins[0], owner.app.at(NOW)) is None


def test_without_the_key_no_code_is_right_and_a_recovery_code_still_gets_in(vaulted: Engine, owner: Owner) -> None:
    with sessions(vaulted)() as session:
        codes = make_recovery_codes(session, account_id=owner.account, moment=make_moment())
    for vault in (None, Vault(lambda: ("ef" * 32,))):
        keyless = vaulted.execution_options(tripkit_vault=vault)
        assert give(keyless, owner, owner.sign_ins[0], owner.app.at(NOW)) == WRONG_CODE
    assert give(keyless, owner, owner.sign_ins[0], codes[0]) is None


def test_a_reset_takes_every_proof_off_ends_every_sign_in_and_tells(vaulted: Engine, owner: Owner) -> None:
    with sessions(vaulted)() as session:
        make_recovery_codes(session, account_id=owner.account, moment=make_moment())
        reset_account(session, email=f" {EMAIL.upper()}", reason="the phone is lost", moment=make_moment())
        account = session.scalars(select(AccountRow)).one()
        assert (account.totp, account.password, account.wrong_codes) == (None, None, None)
        assert session.scalars(select(RecoveryCodeRow)).all() == []
        assert set(session.scalars(select(SignInRow.ended_at))) == {make_moment().at}
        told = session.scalars(select(OutboxRow.payload).order_by(OutboxRow.id.desc())).first()
        assert told is not None
        assert told["values"]["change"] == "reset"
        session.rollback()
        with pytest.raises(NotFound):
            reset_account(session, email="nobody@tripkit.example", reason="?", moment=make_moment())
