"""Writing a letter to many: a new one, from nothing or from another one, and a draft that is gone on with."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.write_letter import Draft, begin_letter, change_letter
from tripkit.domain.free_texts import PLACEHOLDERS
from tripkit.domain.letters import LONGEST_SUBJECT, LONGEST_TEXT
from tripkit.domain.refusals import ChangedMeanwhile, ChangeRefused, NotFound, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.sought import EVERYBODY, Sought
from tripkit.reads.letter_writing import Writing, writing_page
from tripkit.reads.participants import visits_to_choose
from tripkit.reads.sought import to_ask_for
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.letter_form import sought_query, typed_key, typed_letter
from tripkit.web.organiser.letters import CHANGE, LIST, ONE, READERS, narrowed
from tripkit.web.organiser.listing_fields import listing_in
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm

MEANINGS = {
    "name": sentence("the contact person's name"),
    "trip": sentence("what the trip is called"),
    "code": sentence("the booking's code"),
    "dates": sentence("the days of the trip"),
    "place": sentence("where it goes"),
    "contact": sentence("whom to ask"),
    "people": sentence("who travels on the booking"),
    "visits": sentence("the visits they have places on"),
    "link": sentence("the secret link to their booking, in the text only"),
}
DONE = {"saved": sentence("Saved. Nothing has gone out.")}


@route(blueprint, f"{LIST}new/", policy=Policy.MEMBER, needs=CHANGE, methods=("GET", "POST"), limits=(ACTS,))
def new_letter(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """A form for a new letter; it is stored when it is sent for the first time."""
    page_language()
    if request.method != "POST":
        return _shown(begin=request.args.get("begin", ""), sought=listing_in(request.args).sought)
    key, typed = typed_key(), typed_letter()
    if (refused := _not_to_be_saved()) is not None:
        return _shown(typed=typed, key=key, problems=refused)
    try:
        made = begin_letter(
            session(),
            trip_id=here().trip_id or abort(404),
            key=key or _new_key(),
            draft=_draft(typed),
            moment=member_acts(),
        )
    except ChangedMeanwhile as refused_by:
        # The same form sent a second time with other words: they become a letter of their own.
        return _shown(typed=typed, problems=[Problem("", refused_by.sentence)])
    return _onwards(made)


@route(blueprint, f"{ONE}write/", policy=Policy.MEMBER, needs=CHANGE, methods=("GET", "POST"), limits=(ACTS,))
def write_letter(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """A draft, to go on with."""
    page_language()
    if request.method != "POST":
        return _shown(letter=letter)
    typed = typed_letter()
    if (refused := _not_to_be_saved()) is not None:
        return _shown(letter=letter, typed=typed, problems=refused)
    try:
        change_letter(
            session(),
            trip_id=here().trip_id or abort(404),
            campaign_id=letter,
            revision=typed.revision,
            draft=_draft(typed),
            moment=member_acts(),
        )
    except NotFound:
        abort(404)
    except ChangedMeanwhile as refused_by:
        return _shown(letter=letter, typed=typed, changed=True, problems=[Problem("", refused_by.sentence)])
    except ChangeRefused as refused_by:
        return _shown(letter=letter, typed=typed, problems=[Problem("", refused_by.sentence)])
    return _onwards(letter)


def _not_to_be_saved() -> list[Problem] | None:
    """What is wrong where it is not to be saved now; nothing where somebody only wants to look. None = save it."""
    if not CsrfForm().is_ours():
        return [LOST_SESSION]
    return [] if request.form.get("do") == "look" else None


def _draft(typed: Writing) -> Draft:
    return Draft(subject=typed.subject, text=typed.text, audience=typed.audience, essential=typed.essential)


def _new_key() -> str:
    return f"letter-{secrets.token_hex(8)}"


def _onwards(letter: int) -> ResponseReturnValue:
    values = {**(request.view_args or {}), "letter": letter}
    if request.form.get("do") == "preview":
        return redirect(url_for("organiser.letter_preview", **values), 303)
    return redirect(url_for("organiser.write_letter", **values, done="saved"), 303)


def _shown(
    *,
    letter: int | None = None,
    begin: str = "",
    sought: Sought = EVERYBODY,
    typed: Writing | None = None,
    key: str | None = None,
    changed: bool = False,
    **values: Any,
) -> ResponseReturnValue:
    """The form. ``changed``: somebody else has changed what is stored; saving once more keeps what was typed."""
    place = here()
    page = writing_page(
        session(), trip_id=place.trip_id or abort(404), campaign_id=letter, begin=begin, sought=sought, typed=typed
    )
    if page is None:
        abort(404)
    if page.campaign is not None and typed is None and not page.campaign.may("write"):
        return redirect(url_for("organiser.letter", **(request.view_args or {})), 303)
    revision = page.campaign.revision if changed and page.campaign else page.writing.revision
    return show(
        "organiser/letter_write.html",
        page=page,
        revision=revision,
        key=key or _new_key(),
        changed=changed,
        looked=typed is not None,
        readers=READERS,
        placeholders=[(word, MEANINGS[word]) for word in PLACEHOLDERS],
        visits=tuple(visits_to_choose(page.trip)),
        questions=tuple(one for one in to_ask_for(page.trip) if one.when is None),
        narrowed=narrowed(page.writing.audience, page.trip),
        sought=sought_query(page.writing.audience.sought),
        longest=(LONGEST_SUBJECT, LONGEST_TEXT),
        said=DONE.get(request.args.get("done", "")) if typed is None else None,
        **values,
    )
