"""Messages that were given up or came back are found without reading those that arrived."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Alone in its migration, since it is built while others write."""
    build_index("ix_outbox_failed", "outbox", ["booking_id"], where="state = 'dead' OR bounced_at IS NOT NULL")
