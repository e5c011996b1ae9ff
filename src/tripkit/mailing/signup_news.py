"""The words of the news that sign-up has opened or ended, with its figures: Markdown in one language; no layout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.signup_figures import GroupFigures, SignupFigures
from tripkit.i18n import say, text

_MARKS = re.compile(r"([!-/:-@\[-`|~])")
_BRACES = str.maketrans("{}", "()")


def signup_news(figures: SignupFigures, *, opened: bool, language: str, fallback: tuple[str, ...]) -> tuple[str, str]:
    """(subject, text) of the letter to who organises the trip. ``fallback``: the trip's languages.

    The trip's title is left to the letter, in whose place ``{trip}`` stands.
    """
    title = "{trip}"
    first = (
        sentence("Sign-up has opened: {trip}", trip=title)
        if opened
        else sentence("Sign-up has ended: {trip}", trip=title)
    )
    lines = [say(one, language) for one in _whole(figures)]
    groups = [f"- {_name(group, language, fallback)}: {say(_of_group(group), language)}" for group in figures.groups]
    missing = [
        "- " + _plain(text(name, language, fallback)) + ": " + say(_not_answered(people), language)
        for name, people in figures.missing
    ]
    blocks = [" ".join(lines), "\n".join(groups)]
    if missing:
        blocks += [say(sentence("Answers that are missing:"), language), "\n".join(missing)]
    return say(first, language), "\n\n".join(blocks)


def _whole(figures: SignupFigures) -> Iterator[Sentence]:
    room = figures.trip
    if figures.before_draw:
        yield sentences(
            "One person is in the draw for {size} places.",
            "{count} people are in the draw for {size} places.",
            figures.applied,
            size=room.size or 0,
        )
        return
    yield sentences(
        "One of {size} places is taken.", "{count} of {size} places are taken.", room.taken, size=room.size or 0
    )
    if room.offered:
        yield sentences("One of them is on offer.", "{count} of them are on offer.", room.offered)
    yield sentences("One person waits in the queue.", "{count} people wait in the queue.", room.waiting)


def _of_group(group: GroupFigures) -> Sentence:
    if group.applied:
        return sentences("one person in the draw", "{count} people in the draw", group.applied)
    if group.waiting:
        return sentence("{placed} with a place, {waiting} waiting", placed=group.placed, waiting=group.waiting)
    return sentence("{placed} with a place", placed=group.placed)


def _not_answered(people: int) -> Sentence:
    return sentences("one person has not answered", "{count} people have not answered", people)


def _name(group: GroupFigures, language: str, fallback: tuple[str, ...]) -> str:
    return _plain(text(group.name, language, fallback))


def _plain(words: str) -> str:
    """Words that mean nothing to Markdown, and in which nothing is filled in."""
    return _MARKS.sub(r"\\\1", words.translate(_BRACES))
