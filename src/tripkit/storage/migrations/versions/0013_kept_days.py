"""How long answers to a question are kept, where that is shorter than what else people wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Days, and when it had been done; empty for every question there is."""
    op.add_column("question", sa.Column("kept_days", sa.Integer(), nullable=True))
    op.add_column("question", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
