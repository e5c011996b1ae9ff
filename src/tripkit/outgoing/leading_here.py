"""Whether a host leads to this very server, asked over the network as a visitor would; what may be a host is decided elsewhere."""

from __future__ import annotations

import secrets
from enum import StrEnum

from tripkit.domain.own_address import proof
from tripkit.outgoing.answers import InsideANetwork, NoAnswer, NoSuchName, NotTrusted
from tripkit.outgoing.client import Bounds, ask


class Lead(StrEnum):
    """Where a host leads."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    UNTRUSTED = "untrusted"
    """Its certificate is none, or for another name."""
    INSIDE = "inside"
    """To an address that is not asked."""
    SILENT = "silent"


def where_it_leads(address: str, *, key: str, bounds: Bounds) -> Lead:
    """Ask at an address, as in https://trips.example, for what only a server with this key can answer."""
    word = secrets.token_urlsafe(24)
    try:
        answer = ask(f"{address}/.well-known/tripkit?word={word}", bounds=bounds)
    except InsideANetwork:
        return Lead.INSIDE
    except NoSuchName:
        return Lead.NOWHERE
    except NotTrusted:
        return Lead.UNTRUSTED
    except NoAnswer:
        return Lead.SILENT
    is_ours = answer.status == 200 and secrets.compare_digest(answer.body.strip(), proof(key, word).encode())
    return Lead.HERE if is_ours else Lead.ELSEWHERE
