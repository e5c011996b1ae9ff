"""An organisation has an address of its own, asks for one, or was refused one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has one yet."""
    for name in ("own_host", "asked_host", "host_refusal"):
        op.add_column("organisation", sa.Column(name, sa.String(), nullable=True))
