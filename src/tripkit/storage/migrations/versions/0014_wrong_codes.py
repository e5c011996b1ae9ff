"""How many wrong codes were guessed, which challenges were answered, and whose addresses are looked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty for every account there is."""
    op.add_column("account", sa.Column("wrong_codes", sa.Integer(), nullable=True))
    op.add_column("account", sa.Column("wrong_code_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "used_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_challenge")),
        sa.UniqueConstraint("digest", name=op.f("uq_used_challenge_digest")),
    )
    op.create_index(op.f("ix_used_challenge_used_at"), "used_challenge", ["used_at"])
