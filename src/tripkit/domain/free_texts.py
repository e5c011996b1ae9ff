"""Texts that organisers write to many at once: which words in braces stand for something else in each letter; no letter."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "trip", "code", "dates", "place", "contact", "people", "visits", "link")
"""What may stand in braces.

The contact person's name, the trip's title, the booking's code, the trip's days and place, whom to ask, who travels, which
visits they have a place on, and last the secret link to the booking.
"""
_IN_BRACES = re.compile(r"\{([^{}\n]*)\}")


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Words in braces that stand for nothing, each once, in the order they are written."""
    return tuple(dict.fromkeys(word for word in _IN_BRACES.findall(text) if word not in PLACEHOLDERS))


def used_placeholders(*texts: str) -> tuple[str, ...]:
    """Those that there are and that stand in one of these texts, in the order of `PLACEHOLDERS`."""
    written = {word for text in texts for word in _IN_BRACES.findall(text)}
    return tuple(word for word in PLACEHOLDERS if word in written)


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: what stands in a value is never taken for a placeholder.

    Raises: KeyError for a placeholder without a value.
    """
    return _IN_BRACES.sub(lambda match: values[match[1]], text)
