"""The requests that are sent: pages, and the sign-up form filled in as a browser would; no measuring."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from bench.visitors import KEY, Ask, Line
from tripkit.domain.questions import QuestionKind
from tripkit.domain.trips import Trip

HOST = "studieresekansliet"
"""The sample's organisation."""


def trip_path(trip: Trip) -> str:
    """Where the trip's page is."""
    return f"/sv/{HOST}/{trip.key}/"


def get(path: str, status: int = 200, **headers: str) -> Ask:
    """Ask for a page as browsers do. ``headers``: with _ for -."""
    lines = {
        "Host": "127.0.0.1",
        "Accept-Encoding": "gzip",
        **{name.replace("_", "-"): v for name, v in headers.items()},
    }
    return Ask(f"GET {path} HTTP/1.1\r\n{_head(lines)}\r\n".encode(), status)


def _head(lines: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())


def sign_up(path: str, body: str, cookie: str = "") -> Ask:
    """Send a form that signs up one person."""
    lines = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    if cookie:
        lines["Cookie"] = cookie
    return Ask(f"POST {path} HTTP/1.1\r\n{_head(lines)}\r\n{body}".encode(), 303)


def filled_in(port: int, trip: Trip) -> tuple[str, str]:
    """The form of a person who signs up, and the cookie of their session.

    The form is fetched once and sent many times, each time with another key: every sending is a sign-up of its own.
    """
    _, head, page = Line(port).ask(get(f"{trip_path(trip)}sign-up/", Accept_Encoding="identity").request)
    cookie = re.search(rb"(?i)set-cookie: ([^;\r]+)", head)
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert cookie is not None
    assert token is not None
    fields = {"csrf_token": token[1].decode(), "form_key": KEY.decode(), **typed(trip)}
    return urlencode(fields), cookie[1].decode()


def typed(trip: Trip) -> dict[str, str]:
    """What one person types who signs up, and presses."""
    fields = {
        "do": "send",
        "contact_name": "Karin Almfelt",
        "contact_email": "karin.almfelt@example.org",
        "contact_phone": "",
        "organisation": "Påhittade kommunen",
        "invoice_address": "Påhittade gatan 1\r\n123 45 Hamnstad",
        "invoice_reference": "4711",
        "contact_travels": "yes",
        "terms_version": trip.terms.version,
        "participants-0-segment": "planners",
    }
    for choice in trip.choices:
        fields[f"participants-0-choices-{choice.key}"] = next(
            one.key for one in trip.programme if one.choice == choice.key
        )
    for question in trip.questions:
        if question.required:
            chosen = question.options[0].key if question.options else "no"
            fields[f"participants-0-answers-{question.key}"] = chosen if question.kind is not QuestionKind.TEXT else "-"
    return fields
