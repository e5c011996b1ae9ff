"""What organisers note about a booking, and who accepted the terms of one that was made by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns that may be empty."""
    op.add_column("booking", sa.Column("note", sa.String(), nullable=True))
    op.add_column("booking", sa.Column("accepted_by", sa.String(), nullable=True))
