"""Letters to many are written in the browser: how often, when they go out by the trip's days, and who has read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns more, and a table of who has read what."""
    op.add_column("campaign", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("campaign", sa.Column("timing", sa.JSON(), nullable=True))
    op.create_table(
        "letter_seen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_letter_seen_trip_id_trip")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_letter_seen_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_seen")),
        sa.UniqueConstraint("campaign_id", "account_id", name=op.f("uq_letter_seen_campaign_id_account_id")),
    )
