"""Texts: in the first language always, in the others as far as they go, and in no language nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings, list_words, nearest_word
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.programme import EventEntry
from tripkit.eventfile.format.reminders import ReminderEntry
from tripkit.eventfile.format.trip import NoteEntry, TermsEntry
from tripkit.eventfile.values import Draft

_NEEDED = {(TermsEntry, "text"), (NoteEntry, "text"), (ReminderEntry, "text")}
"""Texts that may stand in a file of their own, so the format does not ask for them, and that cannot be left out."""
_MEANT = {
    "se": "sv",
    "swe": "sv",
    "svenska": "sv",
    "gb": "en",
    "uk": "en",
    "us": "en",
    "eng": "en",
    "dk": "da",
    "ee": "et",
    "cz": "cs",
    "gr": "el",
    "ua": "uk",
}
"""Codes of countries and the like, and the language (ISO 639-1) that is meant by them."""
Owned = tuple[Entry, tuple[str | int, ...], dict[str, str], bool]
"""(the group a text is in, the path to it, the text, whether it is needed)."""


def check_languages(draft: Draft, findings: Findings) -> None:
    """Note missing first languages and unknown ones; warn of missing translations."""
    entry = draft.entry
    if draft.is_whole("organisation.languages", "trip.languages"):
        spoken = tuple(dict.fromkeys((*entry.organisation.languages, *entry.trip.languages)))
        for owned in _texts(entry.organisation):
            _check(owned, entry.organisation.languages, spoken, findings)
    if draft.is_whole("trip.languages"):
        for owned in texts(entry):
            _check(owned, entry.trip.languages, entry.trip.languages, findings)
    for owner, name in ((entry.organisation, "organisation"), (entry.trip, "trip")):
        if draft.is_whole(f"{name}.languages"):
            for index, language in enumerate(owner.languages):
                if language in owner.languages[:index]:
                    findings.error(
                        owner.where("languages", index), sentence("“{key}” is in this list twice", key=language)
                    )


def texts(entry: EventEntry) -> Iterator[Owned]:
    """Every text of the trip itself and of its lists."""
    yield from _texts(entry.trip)
    for section in type(entry).model_fields:
        if section not in {"organisation", "trip"}:
            for one in getattr(entry, section):
                yield from _texts(one)


def _texts(owner: Entry) -> Iterator[Owned]:
    for name, field in type(owner).model_fields.items():
        value = getattr(owner, name)
        needed = field.is_required() or (type(owner), name) in _NEEDED or _says_what_a_picture_shows(owner, name)
        if isinstance(value, dict):
            yield owner, (field.alias or name,), value, needed
        elif isinstance(value, Entry):
            yield from _texts(value)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                if isinstance(inner, Entry):
                    yield from _texts(inner)
                elif isinstance(inner, dict):
                    yield owner, (name, index), inner, True


def _says_what_a_picture_shows(owner: Entry, name: str) -> bool:
    return name == "picture_text" and getattr(owner, "picture", None) is not None


def _check(owned: Owned, wanted: Sequence[str], allowed: Sequence[str], findings: Findings) -> None:
    owner, path, text, needed = owned
    for language in text:
        if language not in allowed:
            findings.error(
                owner.key_at(*path, language),
                sentence("“{language}” is not one of the languages of the trip", language=language),
                sentence("they are {words}", words=list_words(allowed)),
                nearest_word(_MEANT.get(language.casefold(), language), allowed),
            )
    if not text and not needed:
        return
    missing = [language for language in wanted if language not in text]
    if wanted[0] in missing:
        findings.error(owner.where(*path), *_missing(path, wanted[0], text))
    elif missing:
        hint = sentence("those who read {words} see the text in {first}", words=list_words(missing), first=wanted[0])
        findings.warn(owner.where(*path), sentence("no translation to {words}", words=list_words(missing)), hint)


def _missing(path: tuple[str | int, ...], first: str, text: dict[str, str]) -> tuple[Sentence, Sentence]:
    name = next(str(step) for step in reversed(path) if isinstance(step, str))
    if not text:
        what = sentence("“{key}” is missing", key=name)
    else:
        what = sentence("“{key}” is not written in {language}, the first language", key=name, language=first)
    return what, sentence("every text is written in {language} at least", language=first)
