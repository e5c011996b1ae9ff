"""What is kept about one address, and what was done to one trip or booking, is found by an index."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each can be built once more; on PostgreSQL that is done while others write."""
    build_index("ix_participant_email", "participant", ["lower(email)"])
    build_index("ix_outbox_notice_recipient", "outbox", ["lower(recipient)"], where="kind = 'notice'")
    build_index("ix_audit_booking_id", "audit", ["booking_id"])
    build_index("ix_audit_trip_id", "audit", ["trip_id"])
