"""Texts in several languages, and which one a reader gets; no markup, no catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Text = Mapping[str, str]
"""Language code (BCP 47: "sv", "en") to text."""


def in_language(text: Text, language: str, fallback: Sequence[str] = ()) -> tuple[str, str]:
    """Return (text, language it is in): the reader's language, else the first fallback there is, else any.

    The language comes back so that a page can mark a fallback with its ``lang`` (WCAG 3.1.2).
    """
    for candidate in (language, *fallback, *text):
        if text.get(candidate):
            return text[candidate], candidate
    return "", language
