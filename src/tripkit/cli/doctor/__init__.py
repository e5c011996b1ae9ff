"""``tripkit doctor``: whether everything is as it should be, counted anew; each matter has a module here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import click

from tripkit.cli.databases import given_back
from tripkit.cli.doctor import database, files, mail_server, messages, places, redis_server, report, sealed, site, work
from tripkit.cli.doctor.findings import Check, Finding, How, Patient, wrong
from tripkit.cli.progress import progress
from tripkit.cli.surroundings import read_given

AT_FIRST: tuple[tuple[str, Check], ...] = (("Settings", site.look), ("Files", files.look))
"""What needs no database."""
IN_ITS_TABLES: tuple[tuple[str, Check], ...] = (
    ("Places", places.look),
    ("Sealed answers", sealed.look),
    ("Messages", messages.look),
    ("Background work", work.look),
)
"""What is asked of a database whose tables are the newest."""
ELSEWHERE: tuple[tuple[str, Check], ...] = (("Redis", redis_server.look), ("Mail server", mail_server.look))
"""Servers beside it."""


@click.command()
@click.option("--no-mail", is_flag=True, help="Leave the mail server alone.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for monitors.")
def doctor(no_mail: bool, as_json: bool) -> None:
    """Look whether everything is as it should be.

    Settings, files, database, places, sealed answers, messages, background work, Redis, mail server. Changes nothing and sends nothing.
    Every place is recounted against who holds it. Ends with 1 if something is wrong; a warning is no reason to.
    """
    with progress("Looking") as shown:

        def look_at(name: str) -> None:
            shown.what = f"Looking ({name})"

        groups = examine(Patient(reading=read_given(), mail=not no_mail), look_at)
    (report.as_json if as_json else report.printed)(groups)
    if report.count(groups, How.WRONG):
        raise SystemExit(1)


def examine(patient: Patient, before_each: Callable[[str], None] = lambda _: None) -> list[tuple[str, list[Finding]]]:
    """Findings by what they are about. One that cannot be looked at is a finding; the rest is looked at all the same.

    ``before_each``: told what is looked at next.
    """
    groups: list[tuple[str, list[Finding]]] = []

    def look(name: str, check: Check, at: Patient = patient) -> None:
        before_each(name)
        groups.append((name, _looked(check, at)))

    for name, check in AT_FIRST:
        look(name, check)
    before_each("Database")
    found = database.opened(patient.settings)
    if isinstance(found, Finding):
        groups.append(("Database", [found]))
    else:
        with given_back(found):
            known = replace(patient, engine=found)
            look("Database", database.look, known)
            if database.is_ready(found):
                for name, check in IN_ITS_TABLES:
                    look(name, check, known)
    for name, check in ELSEWHERE:
        look(name, check)
    return groups


def _looked(check: Check, patient: Patient) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check(patient))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is something to be told, and no reason to stop looking)
        said = " ".join(str(getattr(error, "orig", error)).split())[:200]
        found.append(wrong(f"This could not be looked at: {type(error).__name__}: {said}", "Put right what is above."))
    return found
