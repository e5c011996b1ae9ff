"""What notices say, by what they are about: sentences with their values; no layout, nobody's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tripkit.domain.rights import TITLES, Role
from tripkit.domain.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The sentences of one notice. ``path``: where its link leads below the language, with ``{token}`` for the secret."""

    heading: Sentence
    paragraphs: tuple[Sentence, ...]
    button: Sentence | None = None
    path: str = ""
    small: Sentence | None = None
    why: Sentence


_ACCOUNT = sentence("You get it because somebody wrote this address on the page for signing in.")
_YOURS = sentence("You get it because you have an account here.")


def sign_in(values: Mapping[str, Any]) -> Words:
    """The link by which somebody signs in."""
    return Words(
        heading=sentence("Sign in to {site}", site=values["site"]),
        paragraphs=(sentence("The link signs you in. It works once, within half an hour."),),
        button=sentence("Sign in"),
        path="account/sign-in/{token}/",
        small=sentence("If it was not you who asked for it, do nothing: nobody gets in without this message."),
        why=_ACCOUNT,
    )


def new_device(values: Mapping[str, Any]) -> Words:
    """Somebody signed in from a browser that was not known."""
    return Words(
        heading=sentence("New sign-in to {site}", site=values["site"]),
        paragraphs=(
            sentence(
                "Somebody signed in to your account with a browser that we have not seen before: {browser}.",
                browser=values["browser"],
            ),
            sentence("If it was you, all is well."),
        ),
        button=sentence("Not me: see where I am signed in"),
        path="account/",
        why=_YOURS,
    )


CHANGES = {
    "password": sentence("The password of your account was changed, and other browsers were signed out."),
    "password_removed": sentence("The password was taken off your account. You sign in by mailed links now."),
    "one_time_added": sentence("Codes from an app are demanded from now on when you sign in."),
    "one_time_removed": sentence("Codes from an app are no longer demanded when you sign in."),
    "passkey_added": sentence("A passkey was added to your account: {name}."),
    "passkey_removed": sentence("A passkey was taken off your account: {name}."),
    "recovery_made": sentence("New recovery codes were made for your account. Those you had are void."),
    "recovery_used": sentence("A recovery code of your account was used."),
    "reset": sentence(
        "Who runs the site has taken the password, passkeys, app and recovery codes off your account."
        " You sign in by mailed links, and can choose new ones."
    ),
}
"""What may have changed, by what stands as ``change`` in a notice."""


def changed(values: Mapping[str, Any]) -> Words:
    """How somebody proves to be themselves has changed."""
    what = CHANGES[values["change"]]
    return Words(
        heading=sentence("Something changed in your account at {site}", site=values["site"]),
        paragraphs=(
            Sentence(what.text, {"name": values.get("name", "")}),
            sentence("If it was not you, sign out everywhere and tell who runs the site."),
        ),
        button=sentence("See my account"),
        path="account/",
        why=_YOURS,
    )


def invitation(values: Mapping[str, Any]) -> Words:
    """A role on offer. ``values``: organisation (text), role (its word), trip (text, None = in all of it)."""
    named = {"organisation": values["organisation"], "role": TITLES[Role(values["role"])]}
    where = (
        sentence("You are invited to {organisation}, as {role}.", **named)
        if values.get("trip") is None
        else sentence("You are invited to “{trip}” by {organisation}, as {role}.", **named, trip=values["trip"])
    )
    return Words(
        heading=sentence("Invitation to {organisation}", organisation=values["organisation"]),
        paragraphs=(where, sentence("The link works for two weeks, once.")),
        button=sentence("See the invitation"),
        path="account/invitation/{token}/",
        small=sentence("If you do not know why, do nothing."),
        why=sentence("You get it because somebody in the organisation wrote your address."),
    )


def visit(values: Mapping[str, Any]) -> Words:
    """Somebody who runs the installation entered an organisation. ``values``: organisation (text), key, who, reason, helps (bool)."""
    # One that was written before there was a choice was of somebody who could do everything.
    what_they_may = (
        sentence("They can do what you can. What they do stands in the organisation's log.")
        if values.get("helps", True)
        else sentence("They see what you see, and can change nothing. When they came stands in the organisation's log.")
    )
    return Words(
        heading=sentence("Somebody who runs the site has entered {organisation}", organisation=values["organisation"]),
        paragraphs=(
            sentence(
                "{who} has entered it for an hour, and gave this reason: {reason}",
                who=values["who"],
                reason=values["reason"],
            ),
            what_they_may,
        ),
        button=sentence("See the organisation"),
        path=f"organise/{values['key']}/",
        why=sentence("You get it because you own this organisation."),
    )


def mail_test(values: Mapping[str, Any]) -> Words:
    """A message as participants of an organisation's trips get them. ``values``: organisation (text)."""
    return Words(
        heading=sentence("A message from {organisation}, to try it out", organisation=values["organisation"]),
        paragraphs=(
            sentence("Messages to participants come from this address. An answer to this one goes where theirs go."),
        ),
        why=sentence("You get it because you asked for it on the organisation's pages."),
    )


NOTICES: dict[str, Callable[[Mapping[str, Any]], Words]] = {
    "sign_in": sign_in,
    "new_device": new_device,
    "changed": changed,
    "invitation": invitation,
    "visit": visit,
    "mail_test": mail_test,
}
"""By what stands as ``what`` in the payload of a notice."""
