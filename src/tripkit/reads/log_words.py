"""How the log speaks: who did something and from where, what it was, what changed, why; no row is read here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tripkit.domain.done import DONE
from tripkit.domain.rights import TITLES
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.eventfile.noted_changes import said_change, said_changes

_WHO = {
    "account": sentence("Somebody"),
    "administrator": sentence("Whoever looks after the site"),
    "command": sentence("Whoever looks after the site"),
    "contact": sentence("The contact person"),
    "demo": sentence("The demonstration"),
    "mail server": sentence("The mail server"),
    "organiser": sentence("Whoever looks after the site"),
    "story": sentence("The sample's story"),
    "worker": sentence("The site itself"),
}
_FORMER = sentence("A former member")
_SOMEBODY_ERASED = sentence("Somebody who was erased")
_WHERE = {"web": sentence("on the site"), "command": sentence("from a terminal")}
_FIELDS = {
    "answers": sentence("answers"),
    "asked_host": sentence("address asked for"),
    "own_host": sentence("own address"),
    "contact_email": sentence("contact's e-mail"),
    "contact_name": sentence("contact"),
    "contact_phone": sentence("contact's telephone"),
    "email": sentence("e-mail"),
    "invoice_address": sentence("address of the invoice"),
    "invoice_reference": sentence("reference of the invoice"),
    "look": sentence("colours or logo"),
    "name": sentence("name"),
    "note": sentence("note"),
    "segment": sentence("group"),
    "organisation": sentence("workplace"),
    "status": sentence("how it stands"),
    "visits": sentence("visits"),
}
_VALUES = {
    "applied": sentence("entered in the draw"),
    "cancelled": sentence("cancelled"),
    "confirmed": sentence("confirmed"),
    "offered": sentence("on offer"),
    "waiting": sentence("in the queue"),
    **{role.value: title for role, title in TITLES.items()},
}
CODES = frozenset(
    {
        "added",
        "declined",
        "expired",
        "handed_over",
        "joined",
        "left",
        "moved",
        "reinstated",
        "taken_back",
        "withdrawn",
    }
)
"""Reasons that are words of ours for what was done; the sentence of that says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What those in the log are called now, by number. Empty, or not there: they were erased."""

    accounts: Mapping[int, str]
    participants: Mapping[int, str]


def who_of(actor: str, account_id: int | None, names: Names) -> Sentence:
    """Who did it."""
    if account_id is None:
        return _WHO.get(actor) or sentence("{name}", name=actor)
    name = names.accounts.get(account_id)
    if name and actor == "administrator":
        return sentence("{name}, who runs the site", name=name)
    return sentence("{name}", name=name) if name else _FORMER


def where_of(origin: str) -> Sentence | None:
    """From where they did it; None where that says nothing that is not said by who it was."""
    if origin.startswith("tripkit "):
        return sentence("by the command “{command}”", command=origin)
    return _WHERE.get(origin)


def what_of(action: str) -> Sentence:
    """What was done. What no version of ours does any more is said by its name."""
    return DONE.get(action) or sentence("{name}", name=action)


def why_of(reason: str) -> str:
    """The reason that somebody gave."""
    return "" if reason in CODES else reason


def notes_of(action: str, details: Mapping[str, Any], names: Names) -> tuple[Sentence, ...]:
    """What it was about, and what changed."""
    about = [_ABOUT[key](details[key], names) for key in _ABOUT if key in details]
    return (*about, *_changes(action, details.get("changes", {}), names))


def _changes(action: str, changes: Mapping[str, Sequence[Any] | None], names: Names) -> Iterator[Sentence]:
    if action == "change_trip":
        yield from said_changes(changes)
        return
    for path, both in changes.items():
        first, _, rest = path.partition("/")
        if first == "people":
            number, _, field = rest.partition("/")
            who = names.participants.get(int(number) if number.isdecimal() else 0) or _SOMEBODY_ERASED
            yield sentence("{thing}: {change}", thing=who, change=_change(field, both))
        elif first == "answers" and rest:
            yield said_change(sentence("answer to “{question}”", question=rest), None)
        else:
            yield _change(path, both)


def _change(field: str, both: Sequence[Any] | None) -> Sentence:
    words = [_VALUES.get(one, one) if isinstance(one, str) else one for one in both] if both is not None else None
    return said_change(_FIELDS[field], words) if field in _FIELDS else next(iter(said_changes({field: words})))


_ABOUT: Mapping[str, Callable[[Any, Names], Sentence]] = {
    "people": lambda many, _: sentences("one person", "{count} people", many),
    "account": lambda number, names: sentence("account: {name}", name=names.accounts.get(number) or _FORMER),
    "helps": lambda helps, _: sentence("to help, as an owner may") if helps else sentence("to look only"),
    "times": lambda many, _: sentences("once", "{count} times", many),
    "campaign": lambda number, _: sentence("letter {number}", number=number),
    "message": lambda number, _: sentence("message {number}", number=number),
    "member": lambda number, names: sentence("member: {name}", name=names.accounts.get(number) or _FORMER),
    "role": lambda role, _: sentence("role: {role}", role=_VALUES.get(role, role)),
    "invitations": lambda many, _: sentences("one invitation withdrawn", "{count} invitations withdrawn", many),
    "segments": lambda keys, _: sentence("groups: {names}", names=", ".join(keys)),
    "accepted_by": lambda name, _: sentence("terms accepted by telephone: {name}", name=name),
    "untold": lambda *_: sentence("no mail about it"),
    "question": lambda key, _: sentence("question “{name}”", name=key),
}
