"""The organisations and trips one works with."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tripkit.domain.rights import TITLES
from tripkit.domain.sentences import sentence
from tripkit.reads.account_page import memberships
from tripkit.web.account.page import show
from tripkit.web.frame import page_language, session
from tripkit.web.organiser import blueprint
from tripkit.web.routing import Policy, route
from tripkit.web.who import me

DONE = {"left": sentence("You have left. What was open to you there is so no more.")}


@route(blueprint, "/<language>/organise/", policy=Policy.ACCOUNT)
def home(language: str) -> ResponseReturnValue:
    """Where one works."""
    page_language()
    return show(
        "organiser/home.html",
        memberships=memberships(session(), me().account_id),
        titles=TITLES,
        said=DONE.get(request.args.get("done", "")),
    )
