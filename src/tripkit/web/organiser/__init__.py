"""The pages of those who work with an organisation: its trips, its members, its settings; nothing that others may see."""

from __future__ import annotations

from flask import Blueprint

from tripkit.web.security import keep_secret

blueprint = Blueprint("organiser", __name__, template_folder="templates")
# What is on these pages is for members: no cache keeps it, no other site is told of it, no search engine lists it.
blueprint.after_request(keep_secret)

from tripkit.web.organiser import (  # noqa: E402 (routes register)
    booking,
    booking_by_hand,
    booking_notes,
    booking_people,
    booking_places,
    changing,
    changing_settings,
    day_list,
    drawing,
    editing,
    home,
    invitation,
    inviting,
    kept_lists,
    leaving,
    letter,
    letter_preview,
    letter_sending,
    letter_writing,
    letters,
    log,
    logo,
    members,
    organisation,
    own_address,
    participants,
    participants_file,
    processing,
    sensitive,
    settings,
    system_messages,
    together,
    trip_step,
)

__all__ = [
    "booking",
    "booking_by_hand",
    "booking_notes",
    "booking_people",
    "booking_places",
    "changing",
    "changing_settings",
    "day_list",
    "drawing",
    "editing",
    "home",
    "invitation",
    "inviting",
    "kept_lists",
    "leaving",
    "letter",
    "letter_preview",
    "letter_sending",
    "letter_writing",
    "letters",
    "log",
    "logo",
    "members",
    "organisation",
    "own_address",
    "participants",
    "participants_file",
    "processing",
    "sensitive",
    "settings",
    "system_messages",
    "together",
    "trip_step",
]
