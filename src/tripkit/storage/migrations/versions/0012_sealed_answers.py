"""Where a sealed answer is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Beside the clear one. What is clear by now is sealed by `tripkit keys seal`, or a worker: here no key is at hand."""
    op.add_column("answer", sa.Column("sealed", sa.String(), nullable=True))
