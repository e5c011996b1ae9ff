"""Every text of a trip, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from tripkit.domain.texts import Text


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Where each text stands, and the text."""
    if isinstance(value, Mapping):
        yield path, value
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from texts_of(one, f"{path}.{getattr(one, 'key', index)}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_of(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
