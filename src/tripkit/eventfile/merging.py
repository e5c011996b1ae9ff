"""Two people change one document: what each changed is put together, and where both changed the same is said; plain values only."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from tripkit.eventfile.yamltree import Path

_GONE: Any = object()
"""In place of what is not there."""


def merged(base: Any, mine: Any, theirs: Any) -> tuple[Any, tuple[Path, ...]]:
    """(``theirs`` with what ``mine`` changed since ``base``, the paths at which both changed the same to different things).

    At those paths it has mine. Groups are put together key by key, lists of things that have keys thing by thing; every
    other value, a text too, is one. The paths are in what was put together.
    """
    clashes: list[Path] = []
    found = _merged(base, mine, theirs, (), clashes)
    return found, tuple(clashes)


def _merged(base: Any, mine: Any, theirs: Any, path: Path, clashes: list[Path]) -> Any:
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        known = base if isinstance(base, dict) else {}
        pairs = {
            key: _merged(known.get(key, _GONE), mine.get(key, _GONE), theirs.get(key, _GONE), (*path, key), clashes)
            for key in dict.fromkeys((*theirs, *mine))
        }
        return {key: value for key, value in pairs.items() if value is not _GONE}
    if _are_keyed(mine) and _are_keyed(theirs) and (base is _GONE or _are_keyed(base)):
        return _merged_list([] if base is _GONE else base, mine, theirs, path, clashes)
    clashes.append(path)
    return mine


def _merged_list(base: list[Any], mine: list[Any], theirs: list[Any], path: Path, clashes: list[Path]) -> list[Any]:
    by_key = [{_key(one): one for one in entries} for entries in (base, mine, theirs)]
    known, ours, others = by_key
    # Whoever moved things around decides on the order; of two who did, the later one.
    kept = [key for key in known if key in ours and key in others]
    moved = [key for key in ours if key in kept] != kept
    order = _order(list(ours), list(others)) if moved else _order(list(others), list(ours))
    found: list[Any] = []
    for key in order:
        was, mine_is, theirs_is = (table.get(key, _GONE) for table in by_key)
        value = _merged(was, mine_is, theirs_is, (*path, len(found)), clashes)
        if value is not _GONE:
            found.append(value)
    return found


def _order(first: list[Hashable], others: list[Hashable]) -> list[Hashable]:
    """All keys: those of the first list in its order, each other one behind what it stood behind."""
    found = list(first)
    for index, key in enumerate(others):
        if key not in found:
            before = next((one for one in reversed(others[:index]) if one in found), None)
            found.insert(0 if before is None else found.index(before) + 1, key)
    return found


def _are_keyed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and _key(one) is not None for one in value)


def _key(entry: dict[str, Any]) -> Hashable:
    """What a thing is known by in its list: its key, of a journey its two sites, of a day's text the day; None = by nothing."""
    if "between" in entry:
        return frozenset(entry["between"])
    found: Hashable = entry.get("key", entry.get("day"))
    return found
