"""How often an account was refused to somebody, by the hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table."""
    op.create_table(
        "refused_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("is_noted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_refused_sign_in_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_sign_in")),
        sa.UniqueConstraint("account_id", "what", "began_at", name=op.f("uq_refused_sign_in_account_id_what_began_at")),
    )
    op.create_index(op.f("ix_refused_sign_in_began_at"), "refused_sign_in", ["began_at"])
