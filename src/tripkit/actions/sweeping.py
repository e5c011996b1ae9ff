"""Doing the same for many, one transaction each, so that a fault in one holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def sweep(what: str, work: Iterable[Callable[[], int]]) -> int:
    """Do each piece of work; how many were done. A piece that fails is left for the next sweep, the others go on.

    Raises: ExceptionGroup, after the last piece, with whatever went wrong in any.
    """
    done, wrong = 0, []
    for piece in work:
        try:
            done += piece()
        except Exception as error:  # noqa: BLE001 (raised below, when the others have had their turn)
            wrong.append(error)
    if wrong:
        raise ExceptionGroup(f"{what}: {len(wrong)} failed", wrong)
    return done
