"""What was typed into the form of a letter to many, as a value; nothing is judged here, and nothing that was typed is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict

from tripkit.domain.campaigns import Audience, Who
from tripkit.domain.listings import Listing
from tripkit.domain.sought import EVERYBODY, Sought
from tripkit.reads.letter_writing import Writing
from tripkit.web.organiser.listing_fields import fields_of, listing_in, query_of

_KEY = re.compile(r"letter-[0-9a-f]{16}")
_FIELD = re.compile(r"(?P<name>subject|text)-(?P<language>[a-z]{2,3})")
_LONGEST_QUERY = 4000
_MOST = 200
"""Groups, visits or questions that are chosen; no trip has more."""


def typed_letter() -> Writing:
    """The letter that was sent. Languages in which nothing is written are left out."""
    subject, text = _by_language("subject"), _by_language("text")
    return Writing(
        subject={language: " ".join(words.split()) for language, words in subject.items() if words.strip()},
        text={language: words for language, words in text.items() if words.strip()},
        audience=Audience(
            who=_who(request.form.get("who", "")),
            segments=_chosen("segments"),
            visits=_chosen("visits"),
            missing=_chosen("missing"),
            sought=_sought(),
        ),
        essential=request.form.get("essential") != "no",
        revision=_number(request.form.get("revision", "")),
    )


def typed_key() -> str | None:
    """The key of the form that a new letter was written in; None for one that no page of ours gave out."""
    key = request.form.get("key", "")
    return key if _KEY.fullmatch(key) else None


def _by_language(name: str) -> Mapping[str, str]:
    found = {}
    for field, value in request.form.items():
        match = _FIELD.fullmatch(field)
        if match and match["name"] == name:
            found[match["language"]] = value.replace("\0", "").replace("\r\n", "\n")
    return found


def _who(word: str) -> Who:
    return Who(word) if word in set(Who) else Who.WITH_PLACE


def _sought() -> Sought:
    """Those of a list of participants, as its address says it; a page of ours has put it there."""
    if request.form.get("keep") != "yes":
        return EVERYBODY
    query = request.form.get("sought", "")[:_LONGEST_QUERY]
    return listing_in(MultiDict(parse_qsl(query))).sought


def sought_query(sought: Sought) -> str:
    """The same as a field."""
    return query_of(fields_of(Listing(sought=sought)))


def _chosen(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.replace("\0", "") for one in request.form.getlist(name)[:_MOST]))


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0
