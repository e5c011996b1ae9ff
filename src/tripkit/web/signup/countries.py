"""Countries by ISO 3166-1 code, named and sorted in the reader's language (CLDR)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
"""Codes of CLDR that are unions, parts or placeholders."""


@lru_cache(maxsize=8)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country."""
    names = Locale.parse(language).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code not in _NOT_COUNTRIES]
    return tuple(sorted(found, key=lambda country: country[1].casefold()))
