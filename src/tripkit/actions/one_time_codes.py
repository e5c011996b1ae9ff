"""One-time passwords as they are kept and compared (RFC 6238): sealed, and each good once; no page."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

from tripkit.domain.second_factors import steps_to_try
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.sealing import Locked, vault_of


def new_secret() -> str:
    """160 random bits, in base 32, as apps take them."""
    return pyotp.random_base32()


def address_of(secret: str, *, email: str, site: str) -> str:
    """What the picture says that an app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=site)


def place_of(account_id: int) -> str:
    """Where an account's secret is kept; sealed, it opens nowhere else."""
    return f"account {account_id} totp"


def pending_place(account_id: int, sign_in: int) -> str:
    """Where a secret is kept that was not confirmed yet: in the page of this sign-in."""
    return f"account {account_id} sign-in {sign_in} totp"


def can_keep_secrets(session: AnySession) -> bool:
    """Whether there is a key to seal with; without one nobody is offered one-time passwords."""
    return vault_of(session) is not None


def sealed_for(session: AnySession, secret: str, place: str) -> str:
    """A secret as it is kept. Raises: Locked when there is no key."""
    vault = vault_of(session)
    if vault is None:
        raise Locked("there is no key to seal with")
    return vault.seal(secret, place)


def opened_at(session: AnySession, sealed: str, place: str) -> str:
    """A secret that is kept. Raises: Locked."""
    vault = vault_of(session)
    if vault is None:
        raise Locked("there is no key to open it with")
    return vault.open(sealed, place)


def step_of_code(secret: str, code: str, *, at: datetime, last: int | None) -> int | None:
    """The step whose password this is, None when it is that of none that is still good."""
    totp = pyotp.TOTP(secret)
    found = None
    for step in steps_to_try(at, last):
        # As bytes: of texts it compares ASCII only, and whoever guesses may write anything.
        if hmac.compare_digest(totp.at(step * totp.interval).encode(), code.encode("utf-8", "surrogatepass")):
            found = step
    return found
