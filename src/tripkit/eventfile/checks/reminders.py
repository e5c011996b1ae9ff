"""Reminders: one day to count from, before what people wrote is erased, to somebody, with placeholders there are."""

from __future__ import annotations

from tripkit.domain.campaigns import Who
from tripkit.domain.deadlines import anchor_day, erased_at, reminder_at
from tripkit.domain.free_texts import PLACEHOLDERS, unknown_placeholders
from tripkit.domain.places import begins_at
from tripkit.domain.reminders import Reminder
from tripkit.domain.sentences import sentence
from tripkit.eventfile.errors import Findings, list_words, nearest_word
from tripkit.eventfile.format.reminders import ReminderEntry
from tripkit.eventfile.values import Draft

_DATES = ("trip.days", "trip.time_zone", "trip.sign_up", "trip.retention")


def check_reminders(draft: Draft, findings: Findings) -> None:
    """Note reminders that cannot be sent as they are written; warn of those that hardly anybody would get."""
    if not draft.is_whole("reminders"):
        return
    for written, reminder in zip(draft.entry.reminders, draft.trip.reminders, strict=True):
        if _says_one_day(written, findings) and draft.is_whole(*_DATES):
            _check_moment(draft, written, reminder, findings)
        if draft.is_whole("programme"):
            _check_visits(draft, written, findings)
        _check_placeholders(written, findings)


def _says_one_day(written: ReminderEntry, findings: Findings) -> bool:
    when = written.when
    if when.at.tzinfo is not None:
        hint = sentence("write hours and minutes, as in {example}", example=f"{when.at:%H:%M}")
        findings.error(when.where("at"), sentence("a time without an offset is wanted here"), hint)
    if (when.before is None) is not (when.after is None):
        return True
    hint = sentence(
        "write either before or after, as in {example}", example="{days: 3, before: trip_starts, at: 09:00}"
    )
    if when.before is None:
        findings.error(written.where("when"), sentence("the day it counts from is missing"), hint)
    else:
        findings.error(when.where("after"), sentence("it cannot be both before and after"), hint)
    return False


def _check_moment(draft: Draft, written: ReminderEntry, reminder: Reminder, findings: Findings) -> None:
    trip, when = draft.trip, written.when
    at = when.where(reminder.side.value)
    if anchor_day(trip, reminder.anchor) is None:
        what = sentence("nothing is written for “{key}” in sign_up", key=reminder.anchor.value)
        findings.error(at, what, sentence("write it there, or count from another day"))
        return
    moment = reminder_at(trip, reminder)
    if moment is None:
        return
    if moment >= erased_at(trip):
        hint = sentence("send it earlier, or keep what people wrote for longer, in retention")
        findings.error(when.where("days"), sentence("what people wrote is erased by then"), hint)
    if trip.signup_opens_at is not None and moment <= trip.signup_opens_at:
        hint = sentence("nobody has signed up by then")
        findings.warn(when.where("days"), sentence("this is before sign-up opens"), hint)
    if reminder.audience is Who.WAITING and moment >= begins_at(trip):
        findings.warn(written.where("to"), sentence("nobody waits any more when the trip has started"))


def _check_visits(draft: Draft, written: ReminderEntry, findings: Findings) -> None:
    everyone = {item.key for item in draft.trip.programme if item.choice is None}
    for index, key in enumerate(written.visits):
        if key in everyone:
            hint = sentence("name items that are chosen, or leave visits out")
            findings.error(written.where("visits", index), sentence("everybody goes to “{key}”", key=key), hint)


def _check_placeholders(written: ReminderEntry, findings: Findings) -> None:
    for name, known in (("subject", PLACEHOLDERS[:-1]), ("text", PLACEHOLDERS)):
        for language, text in getattr(written, name).items():
            wrong = [*unknown_placeholders(text)]
            if name == "subject" and "{link}" in text:
                wrong.append("link")
            for word in wrong:
                findings.error(
                    written.where(name, language),
                    sentence("“{word}” stands for nothing here", word="{" + word[:40] + "}"),
                    sentence("in braces there may be: {words}", words=list_words(f"{{{one}}}" for one in known)),
                    nearest_word(f"{{{word}}}", [f"{{{one}}}" for one in known]),
                )
