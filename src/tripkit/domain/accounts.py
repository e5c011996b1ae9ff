"""Rules of accounts: how addresses are compared, what is a good password, how long somebody stays signed in; no rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence

LINK_LASTS = timedelta(minutes=30)
"""How long a mailed link signs somebody in."""
INVITATION_LASTS = timedelta(days=14)
SIGN_IN_LASTS = timedelta(days=30)
"""After this long everybody signs in again, however often they come."""
UNUSED_LASTS = timedelta(days=7)
"""After this long without a visit somebody is signed out."""
PROOF_LASTS = timedelta(minutes=15)
"""How long somebody who has proved to be themselves may do dangerous things without proving it again."""
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
"""Characters. No mixture of kinds is demanded (NIST SP 800-63B, 3.1.1.2)."""


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
    return unicodedata.normalize("NFC", email.strip()).casefold()


def check_password(at: str, password: str, *, words: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with a new password. ``words``: what a stranger would try first, such as the name and the address."""
    if len(password) < SHORTEST_PASSWORD:
        yield Problem(
            at, sentence("Take at least {count} characters. Three or four words do well.", count=SHORTEST_PASSWORD)
        )
    elif len(password) > LONGEST_PASSWORD:
        yield Problem(at, sentence("Take at most {count} characters.", count=LONGEST_PASSWORD))
    elif len(set(password.casefold())) < 5 or _is_a_row(password):
        yield Problem(at, sentence("This repeats itself, and would be guessed. Take three or four words."))
    elif any(len(word) > 3 and word in _plain(password) for word in map(_plain, words)):
        yield Problem(at, sentence("This holds your name, your address or the name of this site. Take other words."))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_a_row(password: str) -> bool:
    """Whether it is a piece of a row of keys, or of the alphabet, forwards or backwards, over and over."""
    signs = password.casefold()
    steps = {ord(after) - ord(before) for before, after in pairwise(signs)}
    if len(steps) == 1:
        return True
    rows = ("qwertyuiopåasdfghjklöäzxcvbnm", "1234567890", "qazwsxedcrfvtgbyhnujmikolp")
    return any(signs in row * 4 or signs[::-1] in row * 4 for row in rows)


def is_local(path: str) -> bool:
    """Whether a path leads on within this site only, whatever a browser makes of it."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
