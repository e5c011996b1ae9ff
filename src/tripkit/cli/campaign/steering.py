"""Starting, scheduling, pausing, resuming and cancelling a campaign; what each means is in the action of that name."""

from __future__ import annotations

from collections.abc import Callable

import click

from tripkit.actions import steer_campaign as act
from tripkit.cli.campaign.told import found, moment, moment_of, on_database


@click.command()
@click.argument("number", type=int)
def start(number: int) -> None:
    """Send a campaign, beginning now."""
    _steer(act.start_campaign, number, f"It is being sent. Watch it with: tripkit campaign watch {number}")


@click.command()
@click.argument("number", type=int)
@click.option(
    "--at", "given", required=True, metavar="MOMENT", help="When, by the clock where the trip is: 2027-04-01T09:00."
)
def schedule(number: int, given: str) -> None:
    """Have a campaign sent by itself at a moment."""
    with on_database() as (session, settings):
        _, trip = found(session, number)
        at = moment_of(given, trip.time_zone)
        act.schedule_campaign(session, campaign_id=number, send_at=at, moment=moment(settings))
    click.echo(f"It goes out by itself at {at.isoformat()}. Stop it with: tripkit campaign cancel {number}")


@click.command()
@click.argument("number", type=int)
def pause(number: int) -> None:
    """Stop a campaign at once.

    What is being handed to the mail server this very moment still goes out.
    """
    _steer(act.pause_campaign, number, f"It is paused. Go on with: tripkit campaign resume {number}")


@click.command()
@click.argument("number", type=int)
def resume(number: int) -> None:
    """Go on with a campaign that is paused."""
    _steer(act.resume_campaign, number, "It goes on.")


@click.command()
@click.argument("number", type=int)
def cancel(number: int) -> None:
    """End a campaign: what has not gone out never will."""
    _steer(act.cancel_campaign, number, "It is cancelled.")


def _steer(change: Callable[..., None], number: int, done: str) -> None:
    with on_database() as (session, settings):
        change(session, campaign_id=number, moment=moment(settings))
    click.echo(done)
