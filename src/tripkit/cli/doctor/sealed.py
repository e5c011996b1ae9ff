"""The doctor on what is sealed: whether anything sensitive lies open, and whether its keys are here; nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from tripkit.cli.doctor.findings import Finding, Patient, fine, warning, wrong
from tripkit.reads.sealed_counts import sealed_counts
from tripkit.storage.data_keys import vault_for

_SEAL = "Run: tripkit keys seal"


def look(patient: Patient) -> Iterator[Finding]:
    """Answers about health and diet: open, locked for good, sealed with an older key, or as they should be."""
    with Session(patient.engine) as session:
        counts = sealed_counts(session)
    vault = vault_for(patient.settings)
    if vault is None:
        yield (wrong if patient.is_real or counts.by_key else warning)(
            "There is no key to seal answers about health and diet with, so they lie open in the database.",
            "Make one with: tripkit keys new; put it into TRIPKIT_DATA_KEYS, start all processes anew, and run:"
            " tripkit keys seal",
        )
        names: tuple[str, ...] = ()
    else:
        names = vault.names if counts.by_key or patient.settings.data_keys else ()
        if counts.lying_open:
            yield warning(f"Sensitive answers that lie open in the database: {counts.lying_open}.", _SEAL)
    for name in sorted(counts.by_key.keys() - set(names)):
        yield wrong(
            f"Sealed with the key {name}, which is not here, so that nobody can open it: {counts.by_key[name]}.",
            "Put the key back, behind the others.",
        )
    for place, name in enumerate(names):
        yield from _of_key(name, counts.by_key.get(name, 0), is_newest=place == 0)


def _of_key(name: str, many: int, *, is_newest: bool) -> Iterator[Finding]:
    if is_newest:
        yield fine(f"Sealed with the newest key, {name}: {many}.")
    elif many:
        yield warning(f"Still sealed with an older key, {name}: {many}.", _SEAL)
    else:
        yield fine(f"The older key {name} is not needed any more, but for backups that were made while it was.")
