"""Writing a campaign down, and sending its letter to oneself."""

from __future__ import annotations

import re
from pathlib import Path

import click

from tripkit.actions.create_campaign import create_campaign
from tripkit.actions.steer_campaign import schedule_campaign
from tripkit.actions.try_campaign import try_campaign
from tripkit.cli.campaign.told import found, moment, moment_of, on_database, preview
from tripkit.domain.campaigns import Audience, Who
from tripkit.reads.trip_plan import find_trip, trip_plan

_BY_LANGUAGE = re.compile(r"^(?P<language>[a-z]{2})=(?P<value>.*)$", re.DOTALL)
_IN_ITS_NAME = re.compile(r"\.(?P<language>[a-z]{2})\.md$")


@click.command()
@click.argument("trip", metavar="ORGANISATION/TRIP")
@click.option("--key", required=True, help="What it is called, as in info-1.")
@click.option(
    "--subject",
    "subjects",
    required=True,
    multiple=True,
    metavar="sv=TEXT",
    help="Its subject, once for each language.",
)
@click.option(
    "--text",
    "texts",
    required=True,
    multiple=True,
    metavar="FILE.sv.md",
    help="Its text, a Markdown file for each language; one with another name as in sv=FILE.",
)
@click.option(
    "--to",
    "who",
    type=click.Choice([who.value for who in Who]),
    default=Who.WITH_PLACE.value,
    show_default=True,
    help="Whom it is for.",
)
@click.option("--segment", "segments", multiple=True, metavar="KEY", help="Only those in this group; may be repeated.")
@click.option(
    "--visit", "visits", multiple=True, metavar="KEY", help="Only those who go to this visit; may be repeated."
)
@click.option(
    "--missing",
    "missing",
    multiple=True,
    metavar="QUESTION",
    help="Only those who have not answered this question; may be repeated.",
)
@click.option(
    "--at",
    metavar="MOMENT",
    help="Send it by itself then, by the clock where the trip is: 2027-04-01T09:00. Asks first.",
)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask whether it is to go out at that moment.")
@click.option(
    "--essential", is_flag=True, help="About the trip they take part in: nobody can have unsubscribed from it."
)
def new(
    trip: str,
    key: str,
    subjects: tuple[str, ...],
    texts: tuple[str, ...],
    who: str,
    segments: tuple[str, ...],
    visits: tuple[str, ...],
    missing: tuple[str, ...],
    at: str | None,
    is_sure: bool,
    essential: bool,
) -> None:
    """Write a campaign down and show whom it reaches.

    It shows how the letter reads, too. Nothing is sent before it is started, or its moment has been confirmed.

    In the text, {name}, {code}, {people}, {visits} and {link} stand for what each recipient's booking says, {trip},
    {dates}, {place} and {contact} for what the trip says; in the subject, all of them but the link.
    """
    subject, text = _by_language(subjects), {language: _read(file) for language, file in map(_named, texts)}
    with on_database() as (session, settings):
        organisation, _, name = trip.partition("/")
        trip_id = find_trip(session, organisation, name)
        plan = None if trip_id is None else trip_plan(session, trip_id)
        if trip_id is None or plan is None:
            raise click.ClickException(f"There is no trip {trip} here.")
        send_at = None if at is None else moment_of(at, plan[2].time_zone)
        made = create_campaign(
            session,
            trip_id=trip_id,
            key=key,
            subject=subject,
            text=text,
            audience=Audience(who=Who(who), segments=segments, visits=visits, missing=missing),
            essential=essential,
            moment=moment(settings),
        )
        one, found_trip = found(session, made)
        preview(session, settings, one, found_trip)
        session.rollback()
        if send_at is not None and (is_sure or _asked(f"Send it by itself at {send_at.isoformat()}?")):
            schedule_campaign(session, campaign_id=made, send_at=send_at, moment=moment(settings))
            click.echo(f"Campaign {made} goes out by itself. Stop it with: tripkit campaign cancel {made}")
            return
    click.echo(f"Campaign {made} is written down. Send it with: tripkit campaign start {made}")


@click.command("test")
@click.argument("number", type=int)
@click.option("--to", "recipient", required=True, metavar="ADDRESS", help="Your own address.")
def try_out(number: int, recipient: str) -> None:
    """Send a campaign's letter to yourself, in each language.

    It has nobody's name and no secret link in it.
    """
    with on_database() as (session, settings):
        sent = try_campaign(session, campaign_id=number, recipient=recipient, moment=moment(settings))
    click.echo(f"Written: {sent}. They go out with the next messages.")


def _asked(question: str) -> bool:
    try:
        return click.confirm(question)
    except click.Abort:  # Nobody is there to answer: it stays a draft.
        click.echo()
        return False


def _by_language(given: tuple[str, ...]) -> dict[str, str]:
    found_words: dict[str, str] = {}
    for one in given:
        match = _BY_LANGUAGE.match(one)
        if match is None:
            raise click.UsageError(f"“{one[:40]}”: write the language first, as in sv=Välkommen.")
        found_words[match["language"]] = match["value"]
    return found_words


def _named(given: str) -> tuple[str, Path]:
    """A file and the language it is in, told before it or by its name."""
    before, in_name = _BY_LANGUAGE.match(given), _IN_ITS_NAME.search(given)
    if before is not None:
        return before["language"], Path(before["value"])
    if in_name is None:
        raise click.UsageError(f"“{given[:80]}”: which language? Name it letter.sv.md, or write sv={given[:80]}.")
    return in_name["language"], Path(given)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8. Save it as UTF-8.") from error
