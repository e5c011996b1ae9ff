"""What was sent in a form, as a digest by which the same form sent again is known; nothing of it can be read from that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from tripkit.domain.bookings import BookingRequest
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow
from tripkit.storage.sealing import Locked, is_sealed, vault_of


def form_place(trip_id: int, form_key: str) -> str:
    """What the digest of a form is sealed for."""
    return f"form/{trip_id}/{form_key}"


def form_digest(session: AnySession, trip_id: int, request: BookingRequest) -> str:
    """The digest as it is kept: sealed. All else that is in it lies beside it, so an answer could be guessed and tried."""
    vault, digest = vault_of(session), _digest(request)
    return digest if vault is None else vault.seal(digest, form_place(trip_id, request.form_key))


def is_same_form(session: AnySession, booking: BookingRow, request: BookingRequest) -> bool:
    """Whether a booking was made from just this; no where its key is lost, since nobody can say any more."""
    digest, vault = booking.form_digest, vault_of(session)
    if vault is not None and is_sealed(digest):
        try:
            digest = vault.open(digest, form_place(booking.trip_id, booking.form_key))
        except Locked:
            return False
    return digest == _digest(request)


def _digest(request: BookingRequest) -> str:
    return hashlib.sha256(json.dumps(asdict(request), sort_keys=True, default=str).encode()).hexdigest()
