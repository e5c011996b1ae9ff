"""Places can be drawn by lot: a trip's moment for it, its draws, and the lots in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be empty, and two tables of their own."""
    op.add_column("trip", sa.Column("draws_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "lottery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("promise", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_lottery_trip_id_trip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lottery")),
        sa.UniqueConstraint("trip_id", name=op.f("uq_lottery_trip_id")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("got_place", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_lot_trip_id_trip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("trip_id", "place", name=op.f("uq_lot_trip_id_place")),
    )
