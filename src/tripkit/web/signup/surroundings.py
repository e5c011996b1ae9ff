"""What the frame is told of a page that belongs to a trip: its host, and the same page in other languages."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from tripkit.i18n import LANGUAGES
from tripkit.reads.trip_page import TripPage
from tripkit.web.frame import page_language


def surroundings(page: TripPage) -> dict[str, Any]:
    """Values for the frame."""
    return {
        "language": page_language(),
        "organisation": page.organisation,
        "fallback": page.trip.languages,
        "alternates": other_languages(),
    }


def other_languages() -> dict[str, str]:
    """The address of this page by language."""
    values = request.view_args or {}
    return {language: url_for(str(request.endpoint), **{**values, "language": language}) for language in LANGUAGES}
