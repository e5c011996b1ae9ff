"""What everybody is shown of a photograph, beside the file that it was written down with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be empty; a worker fills it."""
    op.add_column("picture", sa.Column("shown", sa.LargeBinary(), nullable=True))
