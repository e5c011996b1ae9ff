"""Letters to many on the trip that is looked at, as rows: one that was sent to all, and a draft of each account; how many there are, others say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bench.bulk import Bulk
from bench.grown_rows import NOW
from tripkit.domain.campaigns import Audience, CampaignState, digest_of_letter
from tripkit.storage.campaigns import CampaignRow, LetterSeenRow
from tripkit.storage.outbox import OutboxRow

SUBJECT = {"sv": "Snart åker vi, {name}", "en": "Soon we leave, {name}"}
TEXT = {"sv": "Hej {name}!\n\nNi går på {visits}.", "en": "Hi {name},\n\nyou go to {visits}."}
SENT = "sent to all"
"""The key of the one that was sent."""


def draft_of(account: int) -> str:
    """The key of an account's draft."""
    return f"draft of {account}"


def add_letters(bulk: Bulk, trip_id: int, bookings: Sequence[int], accounts: Sequence[int]) -> None:
    """Put them aside; each account has read its own."""
    sent = _letter(bulk, trip_id, SENT, CampaignState.DONE)
    for booking in bookings:
        _sent_to(bulk, sent, booking)
    for account in accounts:
        bulk.add(
            LetterSeenRow,
            trip_id=trip_id,
            campaign_id=_letter(bulk, trip_id, draft_of(account), CampaignState.DRAFT),
            account_id=account,
            digest=digest_of_letter(SUBJECT, TEXT),
            at=NOW,
        )


def _letter(bulk: Bulk, trip_id: int, key: str, state: CampaignState) -> int:
    began = NOW - timedelta(days=1) if state is CampaignState.DONE else None
    number = bulk.number(CampaignRow)
    bulk.add(
        CampaignRow,
        id=number,
        trip_id=trip_id,
        key=key,
        subject=SUBJECT,
        text=TEXT,
        audience=Audience(),
        essential=False,
        state=state,
        made_at=NOW - timedelta(days=2),
        send_at=None,
        started_at=began,
        cursor=0,
        filled_at=began,
        ended_at=began,
        revision=0,
        timing=None,
    )
    return number


def _sent_to(bulk: Bulk, campaign: int, booking: int) -> None:
    at = NOW - timedelta(days=1)
    values: dict[str, Any] = {"leased_until": None, "leased_by": None, "last_error": None, "bounced_at": None}
    bulk.add(
        OutboxRow,
        booking_id=booking,
        trip_id=None,
        campaign_id=campaign,
        kind="letter",
        recipient=f"kontakt{booking}@tripkit.example",
        language="sv",
        payload={},
        message_id=f"{booking:016x}{9:016x}",
        priority=9,
        created_at=at,
        state="sent",
        attempts=1,
        next_at=at,
        sent_at=at,
        bounce_status=None,
        **values,
    )
