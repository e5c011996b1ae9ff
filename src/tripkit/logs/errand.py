"""What is being done just now: one request, one round of a worker, one job; its number stands in every line it logs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: none looks like another, and it can be read out on the telephone."""


@dataclass(slots=True)
class Errand:
    """``id``: its number. ``statements``: SQL statements sent for it so far, the begin of a transaction left out."""

    id: str
    statements: int = 0
    began: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return perf_counter() - self.began


current: ContextVar[Errand | None] = ContextVar("tripkit_errand", default=None)
"""What this thread is doing; None = nothing that has a number."""


def new_id() -> str:
    """A number for an errand: eight signs, at random."""
    return "".join(_SIGNS[byte % 32] for byte in secrets.token_bytes(8))


@contextmanager
def identified() -> Iterator[Errand]:
    """What the block does is an errand of its own."""
    errand = Errand(new_id())
    before = current.set(errand)
    try:
        yield errand
    finally:
        current.reset(before)


def note_statement() -> None:
    """A statement is sent for whatever is being done."""
    errand = current.get()
    if errand is not None:
        errand.statements += 1
