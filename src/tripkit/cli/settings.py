"""``tripkit settings``: what is set, and where each value comes from; no secret is shown, no database is asked."""

from __future__ import annotations

import json

import click

from tripkit.cli.surroundings import read_given
from tripkit.settings import Settings
from tripkit.settings.table import SETTINGS


@click.command()
@click.option("--check", is_flag=True, help="Only check them; say nothing but what is wrong.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def settings(check: bool, as_json: bool) -> None:
    """Show every setting, its value and where it comes from.

    Needs no database. Passwords and keys are not shown. Ends with 1, and every fault there is, if one cannot be used.
    """
    reading = read_given()
    if missing := Settings.of(reading).missing_keys():
        raise click.ClickException("\n".join(missing))
    if check:
        return
    rows = [(one.name, one.show(reading.values[one.field]), reading.origins[one.field]) for one in SETTINGS]
    if as_json:
        found = [{"name": name, "value": value, "from": origin} for name, value, origin in rows]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    names, origins = (max(len(row[column]) for row in rows) for column in (0, 2))
    for name, value, origin in rows:
        click.echo(f"{name:{names}}  {origin:{origins}}  {value}")
