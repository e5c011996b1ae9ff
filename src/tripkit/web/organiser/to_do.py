"""What needs doing for a trip, said, each with the one link that leads to where it is done; what that is, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from tripkit import i18n
from tripkit.domain.rights import MESSAGES, PARTICIPANTS, SENSITIVE, TRIP, Level, Permission, Rights
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.texts import Text
from tripkit.domain.to_do import Task, ToDo
from tripkit.domain.trips import Trip
from tripkit.web.organiser.listing_fields import ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to do. ``link``: where it is done, and what is done there; None = nowhere that this reader may go."""

    title: Sentence
    note: Sentence
    link: tuple[str, Sentence] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, in which language, about which trip. ``address``: what its pages' addresses have in common."""

    language: str
    rights: Rights
    trip: Trip
    address: Mapping[str, Any]

    def text(self, value: Text) -> str:
        """A text of the trip."""
        return i18n.text(value, self.language, self.trip.languages)

    def moment(self, value: datetime) -> str:
        """A moment by the clock of the trip."""
        return i18n.moment(value, self.language, self.trip.time_zone)

    def name_of(self, parts: Any, key: str) -> str:
        """What a part of the trip is called; its key, where it is gone."""
        for part in parts:
            if part.key == key:
                return self.text(part.title if hasattr(part, "title") else part.name)
        return key

    def link(
        self, endpoint: str, label: Sentence, needs: Permission, level: Level = Level.SEE, **values: Any
    ) -> tuple[str, Sentence] | None:
        """The way to a page, where their role opens it."""
        if not self.rights.may(needs, level):
            return None
        return url_for(endpoint, **{**self.address, **values}), label


def lines(to_do: tuple[ToDo, ...], reader: Reader) -> tuple[Line, ...]:
    """What needs doing, in words."""
    return tuple(_SAID[one.task](one, reader) for one in to_do)


def _undelivered(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentences("Mail does not reach one booking", "Mail does not reach {count} bookings", one.count),
        note=sentence("It came back, or could not be delivered. Call them, or write to somebody else in the booking."),
        link=reader.link(
            "organiser.booking", sentence("Open booking {code}", code=one.key), PARTICIPANTS, code=one.key
        ),
    )


def _draw(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentence("Sign-up has closed: places are to be drawn"),
        note=sentences("One person is in the draw.", "{count} people are in the draw.", one.count),
        link=reader.link("organiser.draw", sentence("To the draw"), PARTICIPANTS, Level.CHANGE),
    )


def _offers(one: ToDo, reader: Reader) -> Line:
    until = reader.moment(one.at) if one.at else ""
    label = sentence("See who they are")
    if one.key:
        visit = reader.name_of(reader.trip.programme, one.key)
        return Line(
            title=sentences("One place on a visit is on offer", "{count} places on a visit are on offer", one.count),
            note=sentence(
                "{visit}. The first offer ends {moment}; then the place goes to the next one.",
                visit=visit,
                moment=until,
            ),
            link=reader.link("organiser.participants", label, PARTICIPANTS, visit=one.key),
        )
    return Line(
        title=sentences(
            "One offered place waits for an answer", "{count} offered places wait for an answer", one.count
        ),
        note=sentence(
            "The first offer ends {moment}. Who does not answer loses it to the next one in the queue.", moment=until
        ),
        link=reader.link("organiser.participants", label, PARTICIPANTS, state="offered"),
    )


def _unanswered(one: ToDo, reader: Reader) -> Line:
    asked: dict[str, Any] = {"state": ["confirmed", "offered"], f"{ANSWER}{one.key}": "missing"}
    return Line(
        title=sentences(
            "One person has an answer left to give", "{count} people have an answer left to give", one.count
        ),
        note=sentence(
            "They have a place and have not answered “{question}”.",
            question=reader.name_of(reader.trip.questions, one.key),
        ),
        link=reader.link(
            "organiser.participants",
            label=sentence("See who they are"),
            needs=PARTICIPANTS,
            **asked,
        ),
    )


def _sensitive(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentences(
            "One person's answer about health or diet is to be passed on",
            "{count} people's answers about health or diet are to be passed on",
            one.count,
        ),
        note=sentence("The kitchen, and whoever goes along, need them before {moment}.", moment=_day(one, reader)),
        link=reader.link("organiser.trip_answers", sentence("Health and diet"), SENSITIVE),
    )


def _guarantee_ends(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentences(
            "One guaranteed place is soon released", "{count} guaranteed places are soon released", one.count
        ),
        note=sentence(
            "{group}. From {moment} anybody may have them.",
            group=reader.name_of(reader.trip.segments, one.key),
            moment=reader.moment(one.at) if one.at else "",
        ),
        link=reader.link("organiser.participants", sentence("See the group"), PARTICIPANTS, segment=one.key),
    )


def _signup_ends(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentence("Sign-up ends {moment}", moment=reader.moment(one.at) if one.at else ""),
        note=sentences("One place is still free.", "{count} places are still free.", one.count),
        link=reader.link("public.trip", sentence("Show the page"), TRIP),
    )


def _reminder(one: ToDo, reader: Reader) -> Line:
    subject = next((each.subject for each in reader.trip.reminders if each.key == one.key), {})
    return Line(
        title=sentence("A reminder goes out by itself {moment}", moment=reader.moment(one.at) if one.at else ""),
        note=sentence("“{subject}”. See to it that what it says is still right.", subject=reader.text(subject)),
        link=reader.link("organiser.system_messages", sentence("See the messages"), MESSAGES),
    )


def _no_host(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentences(
            "One visit has nobody who receives you", "{count} visits have nobody who receives you", one.count
        ),
        note=sentence(
            "The first is {visit}, {moment}. No speaker, partner or contact at the site is named.",
            visit=reader.name_of(reader.trip.programme, one.key),
            moment=reader.moment(one.at) if one.at else "",
        ),
        link=reader.link("public.item", sentence("Show the visit"), TRIP, item=one.key),
    )


def _erased(one: ToDo, reader: Reader) -> Line:
    return Line(
        title=sentence("What people wrote is erased on {day}", day=_day(one, reader)),
        note=sentence("Names, addresses and answers go then, figures stay. Take out before what you have to keep."),
        link=reader.link("organiser.participants", sentence("See the participants"), PARTICIPANTS),
    )


def _day(one: ToDo, reader: Reader) -> str:
    if one.at is None:
        return ""
    return i18n.day(one.at.astimezone(ZoneInfo(reader.trip.time_zone)).date(), reader.language, year=True)


_SAID: Mapping[Task, Callable[[ToDo, Reader], Line]] = {
    Task.UNDELIVERED: _undelivered,
    Task.DRAW: _draw,
    Task.OFFERS: _offers,
    Task.UNANSWERED: _unanswered,
    Task.SENSITIVE: _sensitive,
    Task.GUARANTEE_ENDS: _guarantee_ends,
    Task.SIGNUP_ENDS: _signup_ends,
    Task.REMINDER: _reminder,
    Task.NO_HOST: _no_host,
    Task.ERASED: _erased,
}
