"""``tripkit account``: helping somebody in who has lost what they prove themselves with, or gets no mail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from tripkit.actions.reset_account import hand_over_link, reset_account
from tripkit.cli.databases import given_back, ready_engine
from tripkit.cli.surroundings import read_settings
from tripkit.domain.accounts import LINK_LASTS
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import NotFound
from tripkit.i18n import LANGUAGES
from tripkit.settings import Settings
from tripkit.storage import sessions

_REASON = click.option("--reason", required=True, help="Why, for the log. Name nobody in it.")


@click.group()
def account() -> None:
    """Somebody's account, by its address: help them in."""


@account.command()
@click.argument("email")
@_REASON
def reset(email: str, reason: str) -> None:
    """Take every proof off an account; a mailed link gets in.

    Password, passkeys, app and recovery codes go, and it is signed out everywhere.

    Make sure first that it is them who ask: call a number you know. It is logged, and the account is told by mail.
    """
    with _at_work(reason) as (settings, session):
        moment = Moment(at=settings.clock.now(), actor="administrator", origin="tripkit account reset")
        reset_account(session, email=email, reason=reason.strip(), moment=moment)
    click.echo("Reset. A mailed link gets in now; the account has been told.")


@account.command()
@click.argument("email")
@_REASON
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="The language of the page.")
def link(email: str, reason: str, language: str) -> None:
    """Print a link to sign in by, for when no mail arrives.

    Who holds it is that account, but for its second proof, which is asked for as always. It is logged.
    """
    with _at_work(reason) as (settings, session):
        moment = Moment(at=settings.clock.now(), actor="administrator", origin="tripkit account link")
        token = hand_over_link(session, email=email, language=language, reason=reason.strip(), moment=moment)
    click.echo(f"{settings.url}/{language}/account/sign-in/{token}/")
    click.echo(f"It works once, within {LINK_LASTS.seconds // 60} minutes.", err=True)


@contextmanager
def _at_work(reason: str) -> Iterator[tuple[Settings, Session]]:
    if not reason.strip():
        raise click.BadParameter("Say why, in a few words.", param_hint="--reason")
    settings = read_settings()
    engine = ready_engine(settings)
    with given_back(engine), sessions(engine)() as session:
        try:
            yield settings, session
        except NotFound as refused:
            raise click.ClickException(str(refused.sentence)) from refused
