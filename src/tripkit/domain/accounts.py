"""Rules of accounts: how addresses are compared, how long somebody stays signed in; passwords have a module of their own, no rows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

LINK_LASTS = timedelta(minutes=30)
"""How long a mailed link signs somebody in."""
INVITATION_LASTS = timedelta(days=14)
SIGN_IN_LASTS = timedelta(days=30)
"""After this long everybody signs in again, however often they come."""
UNUSED_LASTS = timedelta(days=7)
"""After this long without a visit somebody is signed out."""
PROOF_LASTS = timedelta(minutes=15)
"""How long somebody who has proved to be themselves may do dangerous things without proving it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody who is signed in, in one browser.

    ``id``: of the sign-in, ``account_id``: of the account. ``is_whole``: False while the second factor is still to be given.
    ``has_second_factor``: whether the account has one at all. ``has_password``: whether it has a password.
    """

    id: int
    account_id: int
    email: str
    name: str
    language: str
    is_administrator: bool
    is_whole: bool
    has_second_factor: bool
    has_password: bool
    seen_at: datetime
    proved_at: datetime

    def has_proved_lately(self, now: datetime) -> bool:
        """Whether dangerous things may be done without proving anything again."""
        return now - self.proved_at < PROOF_LASTS


def email_key(email: str) -> str:
    """An address as it is compared: two ways to write the same letters are one address, in capitals or not."""
    # Small letters, and not casefold(): that makes one of some letters that mail servers tell apart.
    return unicodedata.normalize("NFC", email.strip()).lower()


def is_local(path: str) -> bool:
    """Whether a path leads on within this site only, whatever a browser makes of it."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
