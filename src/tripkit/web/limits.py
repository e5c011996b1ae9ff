"""Limits of how often something may be asked for: what they are, and how a route is held to its own; no counting, no page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from tripkit.web.visitors import is_here

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds, counted together by what ``by`` says of each; None = this one is not counted.

    Every form that is sent counts. ``done``: only those that did something, which lead on to a page that says so.
    ``misses``: errors; only requests that end with one of them, whatever their method, and no other is ever refused.
    ``name`` is said in the log, and tells limits with the same numbers apart.
    """

    name: str
    most: int
    seconds: int
    by: Callable[[], str | None]
    done: bool = False
    misses: tuple[type[Exception], ...] = ()

    def of_request(self) -> str | None:
        """What the request is counted by; None when it is not counted."""
        return self.by() if self.misses or request.method == "POST" else None


class Limiter(Protocol):
    """What counts (`tripkit.web.counters`). Both answer with the seconds to wait, or None for: go on."""

    def count(self, limit: Limit, who: str) -> int | None:
        """Count one more, unless there were too many."""

    def wait(self, limit: Limit, who: str) -> int | None:
        """Whether there were too many; nothing is counted."""


def limiter() -> Limiter | None:
    """What counts in this application; None where nothing is limited."""
    return cast("Limiter | None", current_app.extensions.get("tripkit_limiter"))


def use(limit: Limit) -> bool:
    """Count one more; False when there were too many. For a view that answers as always then, and does nothing."""
    counter, who = limiter(), limit.of_request()
    return counter is None or who is None or counter.count(limit, who) is None


def limited(view: View, limits: Iterable[Limit]) -> View:
    """The view, held to its limits. Beyond them it is not called, and the answer is 429 (RFC 6585) with Retry-After."""
    declared = tuple(limits)
    if not declared:
        return view  # Pages that have none pay nothing.

    @wraps(view)
    def held(**values: Any) -> Any:
        counter = limiter()
        if counter is None:
            return view(**values)
        asked = [(limit, who) for limit in declared if (who := limit.of_request()) is not None]
        for limit, who in asked:
            if not limit.misses:
                _refuse(limit, (counter.wait if limit.done else counter.count)(limit, who))
        try:
            answer = view(**values)
        except Exception as error:
            for limit, who in asked:
                if isinstance(error, limit.misses):
                    _refuse(limit, counter.count(limit, who))
            raise
        for limit, who in asked:
            if limit.done and getattr(answer, "status_code", None) == 303:
                counter.count(limit, who)
        return answer

    return cast(View, held)


def _refuse(limit: Limit, seconds: int | None) -> None:
    if seconds is None:
        return
    if is_here():
        # Behind a proxy that nobody believes, all the world is one visitor.
        log.warning("the limit of %s was reached from this machine: is TRIPKIT_PROXIES set right?", limit.name)
    raise TooManyRequests(retry_after=seconds)
