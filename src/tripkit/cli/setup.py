"""``tripkit setup``: the first organisation and its owner, who signs in by a link that is printed."""

from __future__ import annotations

import click

from tripkit.actions.make_organisation import FirstOwner, set_up
from tripkit.cli.databases import given_back, ready_engine
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.domain.organisations import check_key
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.signup import check_email
from tripkit.i18n import LANGUAGES, say
from tripkit.reads.owners import is_unowned, owned
from tripkit.storage import sessions


@click.command()
@click.option("--organisation", "key", help="The organisation's key: its place in addresses, as in study-trips.")
@click.option("--name", help="The organisation's name. Not asked for one that is there already, with a trip.")
@click.option("--owner", "email", help="The owner's e-mail address.")
@click.option("--owner-name", help="The owner's name.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="The language of organisation and owner.",
)
@click.option("--another", is_flag=True, help="Make one more, although there is an organisation with an owner.")
def setup(
    key: str | None, name: str | None, email: str | None, owner_name: str | None, language: str, another: bool
) -> None:
    """Make the first organisation and its owner.

    What is not given as an option is asked for. The link that is printed signs the owner in, once, within half an hour.
    The first owner of all runs the installation, too. An organisation that came with a trip and has no owner yet is given
    one.
    """
    settings = read_settings()
    engine = ready_engine(settings)
    with given_back(engine), sessions(engine)() as session:
        there = owned(session)
        if there is not None and not another and not (key and is_unowned(session, key)):
            raise click.ClickException(f"{there} has an owner already. To make one more organisation, say --another.")
        key = _asked(key, "The organisation's key (its place in addresses, as in study-trips)")
        is_there = is_unowned(session, key)
        session.rollback()
        organisation = None if is_there else _asked(name, "The organisation's name")
        email = _asked(email, "The owner's e-mail address")
        owner_name = _asked(owner_name, "The owner's name")
        problems = [*(() if is_there else check_key("", key)), *check_email("", email)]
        if problems:
            raise click.ClickException(say(problems[0].sentence, "en"))
        wanted = FirstOwner(key=key, organisation=organisation, name=owner_name.strip(), email=email, language=language)
        moment = Moment(at=settings.clock.now(), actor="administrator", origin="tripkit setup")
        try:
            token = set_up(session, wanted=wanted, another=another, moment=moment)
        except ChangeRefused as refused:
            raise click.ClickException(say(refused.sentence, "en")) from refused
    click.echo(f"{email} owns {key}. Open this link to sign in; it works once, within half an hour:\n")
    click.echo(f"  {settings.url}/{language}/account/sign-in/{token}/\n")


def _asked(given: str | None, question: str) -> str:
    answer: str = given if given is not None else click.prompt(question)
    if not answer.strip():
        raise click.ClickException(f"{question}: this cannot be empty.")
    return answer.strip()
