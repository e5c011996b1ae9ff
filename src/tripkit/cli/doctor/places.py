"""The doctor on places: every pool counted anew against who holds it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from tripkit.cli.doctor.findings import Finding, Patient, fine, shortened, wrong
from tripkit.reads.pool_recount import pool_recount


def look(patient: Patient) -> Iterator[Finding]:
    """Each pool that is counted wrong, or one sentence."""
    with Session(patient.engine) as session:
        drifts = pool_recount(session)
    if not drifts:
        yield fine("Every place is counted right.")
    yield from shortened(
        (
            wrong(
                f"Trip {drift.trip_id}, {f'{drift.kind} {drift.key}'.strip()}: "
                f"counted {drift.taken}, held {drift.claims}, at most {drift.bound}.",
                "Should never be: save the database, and report it with the log.",
            )
            for drift in drifts
        ),
        "pools that are counted wrong",
    )
