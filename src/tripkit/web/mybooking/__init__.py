"""A booking seen and changed through its secret link; no rule about seats, nothing without the link."""

from __future__ import annotations

from flask import Blueprint

from tripkit.web.security import keep_secret

blueprint = Blueprint("mybooking", __name__, template_folder="templates")
# The address is the key: no cache keeps it, no other site is told it, no search engine lists it.
blueprint.after_request(keep_secret)

from tripkit.web.mybooking import cancelling, contact, link, people, queues, unsubscribing, views  # noqa: E402, F401 (routes register)
