"""Those who sign in to a grown installation, as rows: accounts of an organisation's members, where they are signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta

from bench.bulk import Bulk
from bench.grown_rows import NOW, VAULT
from tripkit.actions.one_time_codes import place_of
from tripkit.actions.passwords import hash_of
from tripkit.domain.accounts import INVITATION_LASTS, SIGN_IN_LASTS
from tripkit.domain.rights import Role
from tripkit.storage.accounts import AccountRow, PasskeyRow, RecoveryCodeRow, SignInLinkRow, SignInRow
from tripkit.storage.members import InvitationRow, MemberRow

PASSWORD = "grown without any worry"
ACCOUNTS = 72
"""How many of those who booked the trip that is looked at have one; each of them owns its organisation, too."""
WHOLE, HALF = "whole", "half"
"""Sign-ins: nothing is left to prove, or the second factor is."""


def sign_in_secret(account_id: int, kind: str) -> str:
    """The secret of one of an account's sign-ins."""
    return f"grown-{kind}-{account_id:037d}"


def recovery_code(account_id: int, number: int = 0) -> str:
    """One of an account's recovery codes."""
    return f"grown{account_id}recovery{number}"


def add_accounts(bulk: Bulk, host: int, bookings: Iterable[int]) -> list[int]:
    """Put the accounts of these bookings' contacts aside, with all that they prove themselves with; their ids."""
    password = hash_of(PASSWORD)
    made = []
    for booking in bookings:
        email = f"kontakt{booking}@tripkit.example"
        account = bulk.number(AccountRow)
        bulk.add(
            AccountRow,
            id=account,
            email=email,
            email_key=email,
            name=f"Kontakt {booking}",
            language="sv",
            password=password,
            totp=VAULT.seal("JBSWY3DPEHPK3PXP", place_of(account)),
            totp_step=None,
            wrong_codes=None,
            wrong_code_at=None,
            is_administrator=True,
            made_at=NOW,
            erased_at=None,
        )
        bulk.add(MemberRow, account_id=account, organisation_id=host, trip_id=None, role=Role.OWNER, made_at=NOW)
        _add_proofs(bulk, account)
        _add_invitation(bulk, account, host)
        _add_sign_ins(bulk, account, email)
        made.append(account)
    return made


def _add_invitation(bulk: Bulk, account: int, host: int) -> None:
    """One that the account has sent."""
    bulk.add(
        InvitationRow,
        organisation_id=host,
        trip_id=None,
        email=f"invited{account}@tripkit.example",
        role=Role.READER,
        digest=_digest(sign_in_secret(account, "invitation")),
        invited_by=account,
        made_at=NOW - timedelta(days=2),
        expires_at=NOW + INVITATION_LASTS,
        accepted_at=None,
        withdrawn_at=None,
    )


def _add_proofs(bulk: Bulk, account: int) -> None:
    for number in range(2):
        bulk.add(
            PasskeyRow,
            account_id=account,
            credential=f"{account} {number}".encode(),
            public_key=b"none",
            sign_count=0,
            name=f"Telefon {number}",
            made_at=NOW,
            used_at=None,
        )
    for number in range(10):
        bulk.add(RecoveryCodeRow, account_id=account, digest=_digest(recovery_code(account, number)), used_at=None)


def _add_sign_ins(bulk: Bulk, account: int, email: str) -> None:
    for kind, digest in _sign_ins(account):
        bulk.add(
            SignInRow,
            account_id=account,
            digest=digest,
            device="",
            described="Firefox, Linux",
            is_whole=kind == WHOLE,
            made_at=NOW,
            seen_at=NOW,
            proved_at=NOW,
            expires_at=NOW + SIGN_IN_LASTS,
            ended_at=None,
        )
    bulk.add(
        SignInLinkRow,
        digest=_digest(sign_in_secret(account, "link")),
        email=email,
        language="sv",
        next_page="",
        made_at=NOW,
        expires_at=NOW + timedelta(days=1),
        used_at=None,
    )


def _sign_ins(account: int) -> Iterator[tuple[str, str]]:
    for kind in (WHOLE, HALF):
        yield kind, _digest(sign_in_secret(account, kind))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
