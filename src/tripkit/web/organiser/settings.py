"""An organisation's settings as they are, a message to try them out, and the colours that somebody thinks of."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.change_organisation import try_mail
from tripkit.domain.rights import ORGANISATION, Level
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Look
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import account, member_acts, show
from tripkit.web.public.small import css_of
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import check_button
from tripkit.web.who import me

CHANGE = Need(ORGANISATION, Level.CHANGE)
DONE = {
    "changed": sentence("Changed. Every page of the organisation and its trips shows it."),
    "same": sentence("Nothing was changed: it was so already."),
    "logo": sentence("That is the logo now. Every page of the organisation and its trips shows it."),
    "no_logo": sentence("The logo is gone. The name stands alone again."),
    "tried": sentence("The message is on its way to you."),
    "demanded": sentence("From now on nobody gets in without a second proof."),
    "allowed": sentence("A second proof is demanded no more."),
}
_MESSAGES = Limit("messages to try out by one member", 5, 3600, account)


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/",
    policy=Policy.MEMBER,
    needs=Need(ORGANISATION, Level.SEE),
)
def settings(language: str, organisation: str) -> ResponseReturnValue:
    """What they are now."""
    page_language()
    host = find_organisation(session(), organisation)
    return show("organiser/settings.html", host=host, said=DONE.get(request.args.get("done", "")))


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/mail/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("POST",),
    limits=(_MESSAGES,),
)
def try_out(language: str, organisation: str) -> ResponseReturnValue:
    """Send a message as participants get them to oneself."""
    page_language()
    check_button()
    try_mail(
        session(),
        organisation_id=here().organisation_id,
        email=me().email,
        language=language,
        moment=member_acts(),
    )
    return redirect(url_for("organiser.settings", language=language, organisation=organisation, done="tried"), 303)


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/colours.css",
    policy=Policy.MEMBER,
    needs=CHANGE,
)
def colours(language: str, organisation: str) -> ResponseReturnValue:
    """Colours that are not chosen yet, as a style sheet."""
    look = Look(brand=request.args.get("brand"), accent=request.args.get("accent"))
    return Response(css_of(look), content_type="text/css; charset=utf-8")
