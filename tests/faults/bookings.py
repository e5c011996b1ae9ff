"""What people do with their bookings while things break: cancel, and say yes to an offer; on a lost line, once more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from tests.faults.people import Person, _until
from tests.web.signup_visitor import Page

_ANSWERED = {303, 409, 422}
_OFFER = re.compile(r"offers/\d+/")


def see(person: Person, ports: Sequence[int], path: str = "", *, patient: bool = True) -> Page:
    """A page of somebody's booking."""
    _, html = _until(person, ports, "GET", urlsplit(person.receipt).path + path, lambda status: status == 200)
    return Page(html)


def cancel(person: Person, ports: Sequence[int]) -> None:
    """Cancel the whole booking. Pressed again after a lost line, it says that it was cancelled before."""
    _do(person, ports, "cancel/", see(person, ports, "cancel/"))
    assert "cancelled" in see(person, ports).words


def accept(person: Person, ports: Sequence[int]) -> None:
    """Say yes to the offer that is open."""
    offer = _OFFER.search(see(person, ports).html)
    assert offer is not None, "there is an offer"
    _do(person, ports, f"{offer.group()}accept/", see(person, ports, f"{offer.group()}accept/"))


def _do(person: Person, ports: Sequence[int], path: str, page: Page) -> None:
    url = urlsplit(person.receipt).path + path
    _until(person, ports, "POST", url, _ANSWERED.__contains__, urlencode([*page.fields, ("do", "send")]))
