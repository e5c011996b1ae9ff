"""Texts that organisers write to many at once: which words in braces stand for something else in each letter; no letter."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "trip", "code", "link")
"""What may stand in braces: the contact person's name, the trip's title, the booking's code, the secret link to it."""
_IN_BRACES = re.compile(r"\{([^{}\n]*)\}")


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Words in braces that stand for nothing, each once, in the order they are written."""
    return tuple(dict.fromkeys(word for word in _IN_BRACES.findall(text) if word not in PLACEHOLDERS))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: what stands in a value is never taken for a placeholder.

    Raises: KeyError for a placeholder without a value.
    """
    return _IN_BRACES.sub(lambda match: values[match[1]], text)
