"""Changing an organisation's settings: what it is called and says, whom to ask, its colours, and what it demands of its members."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.change_organisation import change_organisation, demand_second_factor
from tripkit.domain.organisations import check_organisation
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.rights import ORGANISATION, Level
from tripkit.domain.trips import Organisation
from tripkit.i18n import LANGUAGES
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.organiser.settings import CHANGE
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/change/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def change_settings(language: str, organisation: str) -> ResponseReturnValue:
    """The form; a look at the colours first, or all of it changed."""
    page_language()
    host = find_organisation(session(), organisation) or abort(404)
    if request.method != "POST":
        return _form(host)
    wanted = _typed(host)
    problems = [*check_organisation(wanted)] if CsrfForm().is_ours() else [LOST_SESSION]
    if problems or request.form.get("do") == "look":
        return _form(wanted, problems=problems, looked=not problems)
    changed = change_organisation(
        session(), organisation_id=here().organisation_id, wanted=wanted, moment=member_acts()
    )
    done = "changed" if changed else "same"
    return redirect(url_for("organiser.settings", language=language, organisation=organisation, done=done), 303)


def _form(typed: Organisation, **values: Any) -> ResponseReturnValue:
    spoken = dict.fromkeys((*typed.languages, *LANGUAGES))
    return show("organiser/change_settings.html", typed=typed, spoken=tuple(spoken), **values)


def _typed(host: Organisation) -> Organisation:
    form = {name: value.replace("\0", "").strip() for name, value in request.form.items()}
    languages = tuple(form.get("languages", "").replace(",", " ").split())
    colours: dict[str, Any] = {name: form.get(name) or None for name in ("brand", "accent")}

    def texts(what: str) -> dict[str, str]:
        # In the order of the languages, and in none that it does not write in.
        written = {one: form.get(f"{what}-{one}", "") for one in languages}
        return {one: text for one, text in written.items() if text}

    return replace(
        host,
        name=texts("name"),
        description=texts("description"),
        languages=languages,
        email=form.get("email", ""),
        phone=form.get("phone") or None,
        url=form.get("url") or None,
        look=replace(host.look, **colours),
    )


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/second-proof/",
    policy=Policy.MEMBER,
    needs=Need(ORGANISATION, Level.CHANGE, again=True),
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def second_proof(language: str, organisation: str) -> ResponseReturnValue:
    """Whether everybody here has to have a second proof."""
    page_language()
    if request.method != "POST":
        return show("organiser/second_proof.html")
    if not CsrfForm().is_ours():
        return show("organiser/second_proof.html", problems=[LOST_SESSION])
    demanded = request.form.get("demanded") == "yes"
    try:
        demand_second_factor(session(), organisation_id=here().organisation_id, demanded=demanded, moment=member_acts())
    except ChangeRefused as refused:
        return show("organiser/second_proof.html", problems=[Problem("", refused.sentence)])
    done = "demanded" if demanded else "allowed"
    return redirect(url_for("organiser.settings", language=language, organisation=organisation, done=done), 303)
