"""The doctor on places: every pool counted anew against who holds it, and everybody with a place against what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from tripkit.cli.doctor.findings import Finding, Patient, fine, shortened, wrong
from tripkit.reads.pool_recount import people_recount, pool_recount


def look(patient: Patient) -> Iterator[Finding]:
    """Each pool that is counted wrong, each trip with people who hold none, or one sentence."""
    with Session(patient.engine) as session:
        drifts, people = pool_recount(session), people_recount(session)
    if not drifts and not people:
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
    yield from shortened(
        (
            wrong(
                f"Trip {trip}: {number} with a place, or offered one, do not hold exactly one.",
                "Should never be: save the database, and report it with the log.",
            )
            for trip, number in people.items()
        ),
        "trips with people who do not hold one place",
    )
