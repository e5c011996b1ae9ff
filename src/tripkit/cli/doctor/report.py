"""What the doctor found, for people and for programs; nothing is looked at here."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from tripkit.cli.doctor.findings import Finding, How

Groups = Sequence[tuple[str, Sequence[Finding]]]
"""Findings by what they are about, in the order they are shown."""


def count(groups: Groups, how: How) -> int:
    """How many findings are so bad."""
    return sum(finding.how is how for _, findings in groups for finding in findings)


def printed(groups: Groups) -> None:
    """Groups, a line each, what to do behind what is wrong; at the end, whether all is well."""
    colour = {How.FINE: None, How.WARNING: "yellow", How.WRONG: "red"}
    for name, findings in groups:
        if findings:
            click.echo(name)
        for finding in findings:
            mark = click.style(f"{finding.how:7}", fg=colour[finding.how], bold=finding.how is How.WRONG)
            click.echo(f"  {mark}  {_sentences(finding)}")
    click.echo()
    wrong, warnings = count(groups, How.WRONG), count(groups, How.WARNING)
    counts = [f"{word}: {number}." for word, number in (("Wrong", wrong), ("Warnings", warnings)) if number]
    if counts:
        click.echo(" ".join(counts))
    if not wrong:
        click.echo("All is well: every place is counted right, and no message is lost.")


def _sentences(finding: Finding) -> str:
    # What a server said ends as it pleases.
    what = finding.what if finding.what.endswith((".", "…", "!", "?")) else f"{finding.what}."
    return f"{what} {finding.todo}".rstrip()


def as_json(groups: Groups) -> None:
    """One object: the counts, and each finding with its group."""
    found = {
        "wrong": count(groups, How.WRONG),
        "warnings": count(groups, How.WARNING),
        "findings": [
            {"group": name, "how": str(finding.how), "what": finding.what, "todo": finding.todo}
            for name, findings in groups
            for finding in findings
        ],
    }
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
