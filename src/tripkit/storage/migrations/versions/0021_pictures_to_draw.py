"""Pictures of which nothing is drawn yet are found by an index, without reading any of them."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It can be built once more; on PostgreSQL that is done while others write."""
    build_index("ix_picture_to_draw", "picture", ["id"], where="shown IS NULL AND media_type <> 'image/svg+xml'")
