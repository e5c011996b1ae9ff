"""Pages kept in memory by what they are made of, and answered with an ETag; no page is written here."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import cast

from flask import Response, current_app, request
from sqlalchemy.exc import OperationalError

from tripkit.web.public.shelf import Shelf

FRESH_SECONDS = 2.0
"""How long a page is answered from memory without asking the database whether anything has changed."""
BROWSER_SECONDS = 30
"""How long browsers and proxies may show a page without asking; its script renews the numbers meanwhile."""
_MOST = 200
"""Pages kept in one process; the largest is some hundred kilobytes."""


@dataclass
class _Page:
    made_of: object
    body: bytes
    packed: bytes
    etag: str
    asked_at: float


@dataclass
class Kept:
    """The pages of one application. Two threads may make the same page; the later one is kept.

    ``shelf``: where other processes have left theirs; None = there are none.
    """

    shelf: Shelf | None = None
    pages: OrderedDict[Hashable, _Page] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def fresh(self, name: Hashable) -> _Page | None:
        """The page, if it was compared with the database within the last two seconds."""
        with self.lock:
            page = self.pages.get(name)
            return page if page is not None and monotonic() - page.asked_at < FRESH_SECONDS else None

    def last(self, name: Hashable) -> _Page | None:
        """The page as it was last written, however long ago; for when nobody can say whether it has changed."""
        with self.lock:
            return self.pages.get(name)

    def of(self, name: Hashable, made_of: object, write: Callable[[], str], *, for_all: bool = False) -> _Page:
        """The page made of these values, written anew when they have changed.

        ``for_all``: it is the same for everybody, so that other processes may be given it.
        """
        with self.lock:
            page = self.pages.get(name)
        if page is None or page.made_of != made_of:
            shelf = self.shelf if for_all else None
            packed = shelf.find(name, made_of) if shelf else None
            body = write().encode() if packed is None else gzip.decompress(packed)
            if packed is None:
                packed = gzip.compress(body, 6, mtime=0)
                if shelf:
                    shelf.put(name, made_of, packed)
            page = _Page(made_of, body, packed, hashlib.sha256(body).hexdigest()[:32], monotonic())
        else:
            page.asked_at = monotonic()
        with self.lock:
            self.pages[name] = page
            self.pages.move_to_end(name)
            while len(self.pages) > _MOST:
                self.pages.popitem(last=False)
        return page


def kept() -> Kept:
    """The pages of this application."""
    return cast(Kept, current_app.extensions.setdefault("tripkit_pages", Kept()))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page would be made of now, and the function that writes it.

    ``filters``: of what it was asked for, the ones there are, in the order they were asked for in.
    """

    made_of: object
    write: Callable[[], str]
    filters: tuple[str, ...] = ()


def answer(look: Callable[[], Seen], *filters: str) -> Response:
    """Answer with a page from memory, or look at what it is made of.

    ``look`` aborts when there is no such page. ``filters``: what makes this page another than its neighbours at the same
    address, an empty one for what was not asked for. A filter nobody knows asks for nothing, so whoever makes them up
    fills no memory: the page without it is kept already.
    """
    page = kept().fresh((request.path, filters))
    if page is None:
        try:
            seen = look()
        except OperationalError:
            # The database is away. A page of a minute ago helps more than a page about that.
            page = kept().last((request.path, filters))
            if page is None:
                raise
        else:
            page = kept().of((request.path, seen.filters), seen.made_of, seen.write, for_all=True)
    packed = bool(request.accept_encodings["gzip"])
    response = Response(page.packed if packed else page.body, mimetype="text/html")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    # The same page, packed and not, is two answers: one strong tag for each.
    response.set_etag(f"{page.etag}-gzip" if packed else page.etag)
    response.headers["Cache-Control"] = f"public, max-age={BROWSER_SECONDS}"
    response.headers["Vary"] = "Accept-Encoding"
    response.make_conditional(request)
    return response
