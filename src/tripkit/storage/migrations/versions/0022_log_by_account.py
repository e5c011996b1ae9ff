"""The log is asked for by who did it, and no longer read whole to find them."""

from __future__ import annotations

from tripkit.storage.migrations.online import build_index

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index more."""
    build_index("ix_audit_account_id", "audit", ["account_id"])
