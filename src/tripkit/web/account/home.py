"""The first page of an account: where one works, what one has booked, where one is signed in."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tripkit.domain.rights import TITLES
from tripkit.domain.sentences import sentence
from tripkit.reads.account_page import account_page
from tripkit.reads.signed_in import open_sign_ins
from tripkit.web.account import blueprint
from tripkit.web.account.page import show
from tripkit.web.frame import now, page_language, session
from tripkit.web.routing import Policy, route
from tripkit.web.who import me

DONE = {
    "left": sentence("The visit is over."),
    "out_there": sentence("That browser is signed out."),
    "out_elsewhere": sentence("All other browsers are signed out."),
}


@route(blueprint, "/<language>/account/", policy=Policy.ACCOUNT)
def home(language: str) -> ResponseReturnValue:
    """Everything of one's own."""
    page_language()
    somebody = me()
    return show(
        "account/home.html",
        page=account_page(session(), account_id=somebody.account_id, email=somebody.email),
        sign_ins=open_sign_ins(session(), account_id=somebody.account_id, here=somebody.id, now=now()),
        titles=TITLES,
        said=DONE.get(request.args.get("done", "")),
    )
