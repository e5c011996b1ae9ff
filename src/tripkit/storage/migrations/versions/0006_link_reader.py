"""To whom a link was sent by which one unsubscribes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The digest of an address, since a booking's may be another one by the time the link is used."""
    op.add_column("link", sa.Column("reader", sa.String(), nullable=True))
