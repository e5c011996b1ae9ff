"""The organisations of the installation: search, and pages of a hundred."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.domain.sentences import sentence
from tripkit.reads.organisation_list import organisation_list
from tripkit.web.account.page import show
from tripkit.web.administrator import blueprint
from tripkit.web.frame import page_language, session
from tripkit.web.mybooking.opening import whole
from tripkit.web.routing import Policy, route

DONE = {
    "made": sentence("The organisation is made, and its owner invited."),
    "confirmed": sentence("Confirmed. Its public pages stand under its own address."),
    "refused": sentence("Refused. The organisation reads why."),
}
_LONGEST_SEARCH = 200


@route(blueprint, "/<language>/administrator/", policy=Policy.ADMINISTRATOR)
def organisations(language: str) -> ResponseReturnValue:
    """A page of them."""
    page_language()
    number = whole(request.args.get("page", "1")) or abort(404)
    search = request.args.get("q", "").replace("\0", "").strip()[:_LONGEST_SEARCH]
    page = organisation_list(session(), search=search, page=number)
    if number > page.pages:
        abort(404)
    said = DONE.get(request.args.get("done", ""))
    return show("administrator/organisations.html", page=page, search=search, said=said)
