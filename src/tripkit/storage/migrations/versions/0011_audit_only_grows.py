"""The audit log only grows: the database itself refuses to take anything out of it, or to write anything in it anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ERASED = ("reason", "details")
_KEPT = "the audit log only grows: nothing is taken out of it"
_AS_IT_WAS = "the audit log only grows: what was noted stays as it was"


def upgrade() -> None:
    """Refuse every DELETE, TRUNCATE and UPDATE, but the one that erasing needs: reason and details may be emptied."""
    if op.get_bind().dialect.name == "postgresql":
        _on_postgres()
    else:
        _on_sqlite()


def _on_postgres() -> None:
    # All columns are compared as they lie on disk (*=): JSON knows no equality, and one that is added later is held too.
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            otherwise audit%ROWTYPE;
        BEGIN
            IF TG_OP <> 'UPDATE' THEN
                RAISE EXCEPTION '{_KEPT}' USING ERRCODE = 'restrict_violation';
            END IF;
            otherwise := NEW;
            otherwise.reason := OLD.reason;
            otherwise.details := OLD.details;
            IF NEW.reason IN (OLD.reason, '') AND NEW.details::text IN (OLD.details::text, '{{}}')
                AND otherwise *= OLD
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{_AS_IT_WAS}' USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    for name, what in (
        ("audit_is_not_changed", "BEFORE UPDATE OR DELETE ON audit FOR EACH ROW"),
        ("audit_is_not_emptied", "BEFORE TRUNCATE ON audit FOR EACH STATEMENT"),
    ):
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON audit")
        op.execute(f"CREATE TRIGGER {name} {what} EXECUTE FUNCTION audit_only_grows()")


def _on_sqlite() -> None:
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("audit")]
    same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in columns if name not in _ERASED)
    erased = "NEW.reason IN (OLD.reason, '') AND NEW.details IN (OLD.details, '{}')"
    for name, what, why in (
        ("audit_is_not_taken_out", "DELETE ON audit", _KEPT),
        ("audit_is_not_changed", f"UPDATE ON audit WHEN NOT ({same} AND {erased})", _AS_IT_WAS),
        # INSERT OR REPLACE takes the row that is there out without any DELETE that a trigger would see.
        ("audit_is_not_replaced", "INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)", _AS_IT_WAS),
    ):
        op.execute(f"CREATE TRIGGER {name} BEFORE {what} BEGIN SELECT RAISE(ABORT, '{why}'); END")
