"""The organisation's own address: asking for one, how it stands, giving it up; which pages stand there is decided elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.own_address import ask_for_address, remove_address
from tripkit.domain.own_address import check_host, host_of, is_host, shown_host
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.rights import ORGANISATION, Level
from tripkit.domain.sentences import Sentence, sentence
from tripkit.outgoing import Bounds, Lead, where_it_leads
from tripkit.reads.own_address import own_address
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session, settings
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, account, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm, check_button

AGAIN = Need(ORGANISATION, Level.CHANGE, again=True)
_LOOKS = Limit("looks at an own address by one member", 10, 600, account)
DONE: dict[str, Sentence] = {
    "asked": sentence("Asked for. It is in use when whoever runs the site has confirmed it."),
    "removed": sentence("The organisation has no address of its own any more."),
    Lead.HERE: sentence("It leads here."),
}
NOT_YET: dict[str, Sentence] = {
    Lead.ELSEWHERE: sentence(
        "It leads to another server. Let the record in DNS name this site, and take others of the same name away."
    ),
    Lead.NOWHERE: sentence(
        "It does not exist yet. Make the record in DNS; it may take an hour until everybody sees it."
    ),
    Lead.UNTRUSTED: sentence(
        "A server answers, and has no certificate for this name yet. Whoever runs the site sees to it."
    ),
    Lead.INSIDE: sentence("It leads to an address inside a network, which is not asked. Let it lead to this site."),
    Lead.SILENT: sentence("No server answers there, or not in time. Look at the record in DNS, and try again."),
}


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/address/",
    policy=Policy.MEMBER,
    needs=AGAIN,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def address(language: str, organisation: str) -> ResponseReturnValue:
    """How it stands, what to do about it, and a form to ask for one."""
    page_language()
    if request.method != "POST":
        return address_page(organisation)
    typed = request.form.get("host", "").replace("\0", "").strip()
    host = host_of(typed)
    problems = list(check_host("host", host, site=settings().host)) if CsrfForm().is_ours() else [LOST_SESSION]
    if not problems:
        try:
            ask_for_address(session(), organisation_id=here().organisation_id, host=host, moment=member_acts())
            return redirect(
                url_for("organiser.address", language=language, organisation=organisation, done="asked"), 303
            )
        except ChangeRefused as refused:
            problems = [Problem("host", refused.sentence)]
    return address_page(organisation, typed=typed, problems=problems)


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/address/remove/",
    policy=Policy.MEMBER,
    needs=AGAIN,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def remove(language: str, organisation: str) -> ResponseReturnValue:
    """What it means, and the button."""
    page_language()
    stands = own_address(session(), organisation) or abort(404)
    if request.method != "POST":
        return show("organiser/remove_address.html", stands=stands, shown=shown_host)
    if not CsrfForm().is_ours():
        return show("organiser/remove_address.html", stands=stands, shown=shown_host, problems=[LOST_SESSION])
    remove_address(session(), organisation_id=here().organisation_id, moment=member_acts())
    return redirect(url_for("organiser.address", language=language, organisation=organisation, done="removed"), 303)


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/address/look/",
    policy=Policy.MEMBER,
    needs=AGAIN,
    methods=("POST",),
    limits=(_LOOKS,),
)
def look_where(language: str, organisation: str) -> ResponseReturnValue:
    """Ask where it leads; no longer than five seconds."""
    page_language()
    check_button()
    stands = own_address(session(), organisation) or abort(404)
    host = stands.asked or stands.in_use or abort(404)
    session().rollback()  # No transaction stays open while another server is waited for.
    chosen = settings()
    port = urlsplit(chosen.url).port
    bounds = Bounds(
        seconds=5, most=1000, networks=chosen.http_networks, ports=frozenset() if port is None else frozenset({port})
    )
    lead = where_it_leads(chosen.address_of(host), key=current_app.config["SECRET_KEY"], bounds=bounds)
    return redirect(url_for("organiser.address", language=language, organisation=organisation, done=lead.value), 303)


def address_page(organisation: str, *, typed: str = "", **values: Any) -> ResponseReturnValue:
    """The page. ``typed``: what was asked for and cannot be."""
    stands = own_address(session(), organisation) or abort(404)
    done = request.args.get("done", "")
    return show(
        "organiser/address.html",
        stands=stands,
        typed=typed,
        said=DONE.get(done),
        not_yet=NOT_YET.get(done),
        shown=shown_host,
        site=settings().host,
        site_is_name=is_host(settings().host),
        **values,
    )
