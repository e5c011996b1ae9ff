"""Finding one trip's offers, one group's queue, and what can be due, among those of a thousand trips."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index, take_index

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Offers by their trip; a queue by its groups, so that counting it looks at the index alone; what jobs look for."""
    build_index("ix_offer_trip_id_state", "offer", ["trip_id", "state"])
    build_index("ix_segment_guaranteed_until", "segment", ["guaranteed_until"])
    build_index("ix_trip_ends_on", "trip", ["ends_on"], where="erased_at IS NULL")
    build_index("ix_waiting_trip_id_item_segment", "waiting", ["trip_id", "item", "segment"])
    take_index("ix_waiting_trip_id_item", "waiting")
