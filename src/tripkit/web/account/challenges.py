"""What passkeys are asked, kept in the session until they answer; where passkeys are good; nothing is checked here."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask import session as cookie

from tripkit.actions.passkeys import NOT_THIS_PASSKEY, Answer, Site, can_have_passkeys, to_make_one, to_use_one
from tripkit.domain.accounts import SignIn
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.second_factors import CHALLENGE_LASTS
from tripkit.web.frame import now, settings

_KEPT = "challenges"
_AT_ONCE = 5
"""Pages somebody may have open at once; the oldest one has to be opened again."""


def site() -> Site | None:
    """Where passkeys are good: at the installation's own address, whatever a request names; None where there can be none.

    Browsers make none for a bare number, and none without encryption but on the machine itself.
    """
    parts = urlsplit(settings().url)
    host = parts.hostname or ""
    if not can_have_passkeys() or _is_number(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    return Site(host=host, origin=f"{parts.scheme}://{parts.netloc}")


def asked_to_use(known: Sequence[bytes] = ()) -> str | None:
    """What the page's script asks a passkey, as JSON; None where there can be none. ``known``: as in `to_use_one`."""
    place = site()
    return None if place is None else to_use_one(place, challenge=_new(), known=known)


def asked_to_make(somebody: SignIn, known: Sequence[bytes]) -> str | None:
    """The same for one that is to be made."""
    place = site()
    if place is None:
        return None
    return to_make_one(place, account_id=somebody.account_id, email=somebody.email, known=known, challenge=_new())


def answer() -> Answer:
    """What was answered. The challenge is the one in the browser's cookie that it says it answers. Raises: ChangeRefused."""
    place, credential = site(), request.form.get("credential", "")
    said = _challenge_in(credential)
    mine = {known for known, at in _kept() if now().timestamp() - at < CHALLENGE_LASTS.total_seconds()}
    if place is None or said not in mine:
        raise ChangeRefused(NOT_THIS_PASSKEY)
    cookie[_KEPT] = [one for one in _kept() if one[0] != said]
    return Answer(credential=credential, challenge=bytes.fromhex(said), site=place)


def _new() -> bytes:
    challenge = secrets.token_bytes(32)
    cookie[_KEPT] = [*_kept(), [challenge.hex(), int(now().timestamp())]][-_AT_ONCE:]
    return challenge


def _kept() -> list[Any]:
    return list(cookie.get(_KEPT, ()))


def _challenge_in(credential: str) -> str:
    """The challenge an answer names; empty when it names none. That it was signed is checked elsewhere."""
    try:
        sealed = json.loads(credential)["response"]["clientDataJSON"]
        client = json.loads(urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
        said = client["challenge"]
        return urlsafe_b64decode(said + "=" * (-len(said) % 4)).hex()
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
