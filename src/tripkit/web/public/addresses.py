"""Where public pages stand, in each of their languages; no page."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for

from tripkit.i18n import LANGUAGES
from tripkit.web.frame import page_language


def spoken(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Languages a page can be read in: those it is written in that the interface speaks too."""
    return tuple(language for language in languages if language in LANGUAGES) or LANGUAGES


def alternates(endpoint: str, languages: tuple[str, ...] = LANGUAGES, **values: Any) -> dict[str, str]:
    """The same page by language, for the language switch and ``hreflang``."""
    return {language: url_for(endpoint, language=language, **values) for language in spoken(languages)}


def checked_language() -> str:
    """The language in the address; aborts with 404 when there is no such page."""
    return page_language() or abort(404)
