"""``tripkit account``: who has lost their proofs, or gets no mail, is helped in; who did it and why stands in the log."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell
from tripkit.actions.recording import digest_of
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, PasskeyRow, SignInLinkRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW

EMAIL = "asa@tripkit.example"


@pytest.fixture
def account(served: Shell, session: Session) -> int:
    with write(session):
        row = AccountRow(email=EMAIL, email_key=EMAIL, name="", language="sv", password="x", totp="y", made_at=NOW)
        session.add(row)
        session.flush()
        session.add(
            PasskeyRow(account_id=row.id, credential=b"1", public_key=b"2", sign_count=0, name="Key", made_at=NOW)
        )
        return row.id


def test_a_reset_takes_every_proof_off_and_is_logged_and_told(served: Shell, session: Session, account: int) -> None:
    done = served("account", "reset", "Asa@Tripkit.example", "--reason", "Lost the phone, called back")
    assert (done.exit_code, done.output) == (0, "Reset. A mailed link gets in now; the account has been told.\n")
    session.rollback()
    row = session.get_one(AccountRow, account)
    assert (row.password, row.totp, session.scalars(select(PasskeyRow)).all()) == (None, None, [])
    entry = session.scalars(select(AuditRow).where(AuditRow.action == "reset_account")).one()
    said = (entry.actor, entry.origin, entry.reason, entry.details)
    assert said == (
        "administrator",
        "tripkit account reset",
        "Lost the phone, called back",
        {"account": account},
    )
    (told,) = session.scalars(select(OutboxRow)).all()
    assert (told.recipient, told.payload["values"]["change"]) == (EMAIL, "reset")


def test_a_link_is_printed_and_mailed_to_nobody(served: Shell, session: Session, account: int) -> None:
    done = served("account", "link", EMAIL, "--reason", "No mail arrives", "--language", "en")
    assert done.exit_code == 0
    found = re.match(r"http://\S+/en/account/sign-in/(\S+)/\n", done.output)
    assert found is not None
    session.rollback()
    link = session.scalars(select(SignInLinkRow)).one()
    assert (link.digest, link.email, link.used_at) == (digest_of(found[1]), EMAIL, None)
    assert session.scalars(select(OutboxRow)).all() == []
    entry = session.scalars(select(AuditRow).where(AuditRow.action == "hand_over_link")).one()
    assert (entry.reason, entry.details) == ("No mail arrives", {"account": account})


@pytest.mark.parametrize("command", ["reset", "link"])
def test_nobody_s_address_and_no_reason_are_refused(
    served: Shell, session: Session, account: int, command: str
) -> None:
    unknown = served("account", command, "nobody@tripkit.example", "--reason", "Asked")
    assert (unknown.exit_code, unknown.output) == (1, "Error: No account has this address.\n")
    assert served("account", command, EMAIL).exit_code == 2
    assert served("account", command, EMAIL, "--reason", " ").exit_code == 2
    session.rollback()
    assert session.get_one(AccountRow, account).totp == "y"
    assert session.scalars(select(AuditRow)).all() == []
