"""One thing that is asked of a site, as a value, with the SQL statements it may send; what all is asked, others say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.askers import NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One request. ``statements``: how many it may send at most, however much there is in the database.

    ``path``, ``fields``: with names of an `asker` in braces. ``form``: the page its form is on, where it is another one.
    """

    name: str
    endpoint: str
    path: str
    statements: int
    method: str = "GET"
    who: str = NOBODY
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    status: int = 200


def act(
    name: str,
    endpoint: str,
    path: str,
    who: str,
    statements: int,
    fields: Mapping[str, str] | None = None,
    form: str = "",
) -> Look:
    """A form that is sent, and leads on to a page."""
    return Look(
        name=name,
        endpoint=endpoint,
        path=path,
        who=who,
        statements=statements,
        method="POST",
        status=303,
        fields=fields or {},
        form=form,
    )
