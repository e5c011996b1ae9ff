"""An organisation's logo: chosen, looked at before it is shown, replaced, taken away; what a picture is, is decided elsewhere."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.change_logo import change_logo as change
from tripkit.domain.organisations import LONGEST_NAME
from tripkit.domain.refusals import ChangeRefused, PictureRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Logo, Organisation
from tripkit.pictures import LARGEST_FILE, Drawn, draw_logo
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import account, member_acts, show
from tripkit.web.organiser.settings import CHANGE
from tripkit.web.routing import Policy, route
from tripkit.web.security import LARGEST_UPLOAD
from tripkit.web.signup.csrf import CsrfForm

NAME = "logo.png"
"""What it is called in an event directory that is exported."""
_UPLOADS = Limit("pictures sent by one member", 20, 300, account)


@route(
    blueprint,
    "/<language>/organise/<organisation>/settings/logo/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(_UPLOADS,),
    room=LARGEST_UPLOAD,
)
def change_logo(language: str, organisation: str) -> ResponseReturnValue:
    """The form; a look at a logo first, or it changed, or taken away."""
    page_language()
    host = find_organisation(session(), organisation) or abort(404)
    there = host.look.logo
    if request.method != "POST":
        return _form(host, there.text if there else {})
    if not CsrfForm().is_ours():
        return _form(host, _typed(host), problems=[LOST_SESSION])
    if request.form.get("do") == "remove":
        return _changed(None, None)
    text, drawn, problems = _typed(host), None, []
    try:
        drawn = _given()
    except PictureRefused as refused:
        problems.append(Problem("picture", refused.sentence))
    too_long = sentence("Take at most {count} characters.", count=LONGEST_NAME)
    problems += [Problem(f"text-{one}", too_long) for one, words in text.items() if len(words) > LONGEST_NAME]
    logo = _logo(there, drawn, text)
    if logo is None and not problems:
        problems.append(Problem("picture", sentence("Choose a picture first.")))
    if problems or request.form.get("do") == "look":
        return _form(host, text, drawn=drawn, problems=problems)
    try:
        return _changed(logo, drawn)
    except ChangeRefused as refused:
        return _form(host, text, drawn=drawn, problems=[Problem("picture", refused.sentence)])


def _changed(logo: Logo | None, drawn: Drawn | None) -> ResponseReturnValue:
    changed = change(
        session(),
        organisation_id=here().organisation_id,
        logo=logo,
        data=drawn.data if drawn else None,
        moment=member_acts(),
    )
    done = "same" if not changed else "logo" if logo else "no_logo"
    organisation = here().organisation_key
    return redirect(url_for("organiser.settings", language=page_language(), organisation=organisation, done=done), 303)


def _form(host: Organisation, text: Text, *, drawn: Drawn | None = None, **values: Any) -> ResponseReturnValue:
    """``drawn``: a picture that was sent and is not the logo yet; the form carries it, so that it is not chosen twice."""
    carried = b64encode(drawn.data).decode() if drawn else ""
    return show(
        "organiser/logo.html",
        host=host,
        text=text,
        carried=carried,
        shown=_logo(host.look.logo, drawn, text),
        **values,
    )


def _typed(host: Organisation) -> Text:
    written = {one: request.form.get(f"text-{one}", "").replace("\0", "") for one in host.languages}
    return {one: " ".join(words.split()) for one, words in written.items() if words.strip()}


def _given() -> Drawn | None:
    """The picture that was sent, or the one that an earlier answer carries; None when there is neither. Raises: PictureRefused."""
    file = request.files.get("picture")
    if file is not None and file.filename:
        return draw_logo(file.stream.read(LARGEST_FILE + 1))
    carried = request.form.get("carried", "")
    if not carried:
        return None
    # It was ours, but who sends it may have written another one: it is looked at as any file is.
    try:
        return draw_logo(b64decode(carried, validate=True))
    except ValueError:
        raise PictureRefused(sentence("The picture was lost on the way. Choose it once more.")) from None


def _logo(there: Logo | None, drawn: Drawn | None, text: Text) -> Logo | None:
    """What the logo would be: what was sent, or the one there is, with this text."""
    if drawn is None or (there is not None and there.digest == drawn.digest):
        return None if there is None else replace(there, text=text)
    return Logo(name=NAME, digest=drawn.digest, width=drawn.width, height=drawn.height, text=text)
