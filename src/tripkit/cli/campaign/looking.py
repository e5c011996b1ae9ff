"""Listing campaigns, showing one, and watching how far it is; nothing is changed."""

from __future__ import annotations

import time

import click

from tripkit.cli.campaign.told import found, on_database, preview, standing
from tripkit.cli.progress import progress
from tripkit.domain.campaigns import CampaignState
from tripkit.reads.campaign_list import CampaignProgress, campaign_list, campaign_progress

_LOOK_EVERY = 1.0


@click.command("list")
def list_campaigns() -> None:
    """List campaigns, the newest first."""
    with on_database() as (session, _):
        every = campaign_list(session)
    for one in every:
        click.echo(f"{one.id}  {one.key}, {one.address}: {standing(one)}")
    if not every:
        click.echo("There are no campaigns. A new one: tripkit campaign new --help")


@click.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show a campaign, whom it reaches and how far it is."""
    with on_database() as (session, settings):
        one, trip = found(session, number)
        click.echo(f"{one.key}, {one.address}: {standing(one)}")
        if one.state is not CampaignState.DRAFT:
            click.echo(_figures(campaign_progress(session, one, trip)))
        preview(session, settings, one, trip)


@click.command()
@click.argument("number", type=int)
def watch(number: int) -> None:
    """Show how far a campaign is, until it is through or stopped."""
    with on_database() as (session, _):
        one, trip = found(session, number)
        now = campaign_progress(session, one, trip)
        with progress(f"Letters of {one.key}", now.total) as shown:
            before = now.sent
            while _goes_on(now):
                shown.total, shown.done = now.total - before, now.sent - before
                session.rollback()
                time.sleep(_LOOK_EVERY)
                now = campaign_progress(session, one, trip)
    # A worker notes within half a minute that it is done; there is nothing more to be seen until then.
    how = "done" if now.state is CampaignState.SENDING else now.state.value
    click.echo(f"{how}. {_figures(now)}")


def _goes_on(now: CampaignProgress) -> bool:
    return now.state is CampaignState.SENDING and bool(now.unwritten or now.waiting)


def _figures(now: CampaignProgress) -> str:
    told = f"{now.sent} of {now.total} letters sent"
    others = (
        (now.unwritten, "to be written"),
        (now.waiting, "waiting"),
        (now.failed, "given up"),
        (now.left_out, "left out"),
        (now.bounced, "came back"),
    )
    return ", ".join([told, *(f"{number} {word}" for number, word in others if number)]) + "."
