"""Rules of what somebody proves themselves with besides their mailbox: codes, steps, how often one may guess; no rows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence

HALF_LASTS = timedelta(minutes=15)
"""How long somebody may take to give the second factor."""
WRONG_CODES, WAIT = 5, timedelta(minutes=15)
"""After so many wrong codes no code of the account is looked at for so long."""
STEP = timedelta(seconds=30)
"""How long a one-time password is shown (RFC 6238, 4)."""
DRIFT = 1
"""Steps a clock may be ahead or behind."""
CHALLENGE_LASTS = timedelta(minutes=10)
"""How long a passkey may take to answer."""
RECOVERY_CODES = 10
MOST_PASSKEYS = 10
LONGEST_NAME = 60
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: none that is taken for another one, read from paper."""
_GROUPS, _GROUP = 4, 4


def step_at(at: datetime) -> int:
    """The step of one-time passwords at a moment (RFC 6238, 4.2)."""
    return int(at.timestamp() // STEP.total_seconds())


def steps_to_try(at: datetime, last: int | None) -> Iterator[int]:
    """The steps whose password may be given now, the likeliest first. ``last``: the last one that was used; it and all before are over."""
    now = step_at(at)
    for step in (now, *(now + way * drift for drift in range(1, DRIFT + 1) for way in (-1, 1))):
        if last is None or step > last:
            yield step


def is_waiting(wrong: int | None, last_at: datetime | None, now: datetime) -> bool:
    """Whether too many wrong codes were given a short while ago."""
    return (wrong or 0) >= WRONG_CODES and last_at is not None and now < last_at + WAIT


def new_recovery_codes() -> tuple[str, ...]:
    """Ten of them; each has 79 random bits, so a digest without salt is enough to store."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(RECOVERY_CODES * _GROUPS))
    return tuple("-".join(next(groups) for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES))


def plain_code(typed: str) -> str:
    """A code as it is compared, however it was grouped."""
    return "".join(sign for sign in typed.casefold() if sign.isalnum())


def is_one_time(code: str) -> bool:
    """Whether a plain code has the form of a one-time password; else it may be a recovery code."""
    return code.isascii() and code.isdecimal() and len(code) == 6


def check_passkey_name(at: str, name: str) -> Iterator[Problem]:
    """What is wrong with the name somebody gives to a passkey."""
    if not name or not name.isprintable():
        yield Problem(at, sentence("Give it a name by which you know it again, such as “my phone”."))
    elif len(name) > LONGEST_NAME:
        yield Problem(at, sentence("Take at most {count} characters.", count=LONGEST_NAME))
