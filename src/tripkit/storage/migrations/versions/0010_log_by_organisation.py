"""The log of one organisation, and the bookings of one address, are found by an index."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each can be built once more; on PostgreSQL that is done while others write."""
    build_index("ix_audit_organisation_id", "audit", ["organisation_id"])
    build_index("ix_booking_contact_email", "booking", ["lower(contact_email)"])
