"""Whether who visits an organisation may change anything there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Visits that are under way only look from now on; a new one is a click away."""
    op.add_column(
        "administrator_visit", sa.Column("may_change", sa.Boolean(), nullable=False, server_default=sa.false())
    )
