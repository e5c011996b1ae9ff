"""What a trip was written as is kept, version after version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No trip has a version yet: its first one is kept when it is changed."""
    op.create_table(
        "trip_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_trip_version_trip_id_trip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_version")),
        sa.UniqueConstraint("trip_id", "number", name=op.f("uq_trip_version_trip_id_number")),
    )
