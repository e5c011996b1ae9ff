"""As what a message came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The status of a bounce, which until now stood in words only."""
    op.add_column("outbox", sa.Column("bounce_status", sa.String(), nullable=True))
    op.execute(
        "UPDATE outbox SET bounce_status = substr(last_error, 12)"
        " WHERE bounced_at IS NOT NULL AND last_error LIKE 'Came back: %'"
    )
