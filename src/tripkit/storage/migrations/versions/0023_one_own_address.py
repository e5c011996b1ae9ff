"""An address is one organisation's own."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Alone in its migration, since it is built while others write."""
    build_index("uq_organisation_own_host", "organisation", ["own_host"], unique=True)
