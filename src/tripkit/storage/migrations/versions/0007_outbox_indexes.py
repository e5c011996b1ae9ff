"""Indexes of the outbox, built while messages are written to it."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is due next, what a worker has in hand, and one letter of a campaign for each booking."""
    build_index("ix_outbox_campaign_id_booking_id", "outbox", ["campaign_id", "booking_id"], unique=True)
    build_index("ix_outbox_due", "outbox", ["priority", "next_at", "id"], where="state = 'waiting'")
    build_index("ix_outbox_leased_by", "outbox", ["leased_by"], where="leased_by IS NOT NULL")
