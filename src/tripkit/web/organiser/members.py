"""Who belongs to an organisation, and who is invited."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.domain.rights import MEMBERS, Level
from tripkit.domain.sentences import sentence
from tripkit.reads.members_page import members_page
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.who import me

DONE = {
    "invited": sentence("The invitation is on its way. It waits here until it is answered."),
    "withdrawn": sentence("The invitation is withdrawn. Its link opens nothing any more."),
    "changed": sentence("The role is changed, from now on."),
    "removed": sentence("That member is one no more, from now on."),
}


@route(
    blueprint,
    "/<language>/organise/<organisation>/members/",
    policy=Policy.MEMBER,
    needs=Need(MEMBERS, Level.SEE),
)
def members(language: str, organisation: str) -> ResponseReturnValue:
    """A page of the members, and the invitations that nobody has answered."""
    page_language()
    number = whole(request.args.get("page", "1")) or abort(404)
    page = members_page(session(), organisation_id=here().organisation_id, page=number, now=now())
    if number > page.pages:
        abort(404)
    return show("organiser/members.html", page=page, mine=me().account_id, said=DONE.get(request.args.get("done", "")))
