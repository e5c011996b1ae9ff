"""What is written in another way than ours, and the right way that a hint names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tripkit.eventfile.format.nearly_right import as_day, as_key, as_moment, as_reminder_day, as_time
from tripkit.eventfile.format.programme import EventEntry, ItemEntry
from tripkit.eventfile.format.trip import GuaranteedEntry, SegmentEntry
from tripkit.eventfile.other_words import word_meant


@pytest.mark.parametrize(
    ("right", "written", "said"),
    [
        (as_key, "Höstresan 2027", "hostresan-2027"),
        (as_key, "hyresgäster", "hyresgaster"),
        (as_key, "Tromsø_nord", "tromso-nord"),
        (as_key, "a" * 70, "a" * 60),
        (as_key, "日本", ""),
        (as_day, "2027/5/3", "2027-05-03"),
        (as_day, "20270503", "2027-05-03"),
        (as_day, "3/5 2027", None),
        (as_day, "2027-02-30", None),
        (as_time, "9.30", "09:30"),
        (as_time, "9", "09:00"),
        (as_time, "kl. 7.15", "07:15"),
        (as_time, "0930", "09:30"),
        (as_time, "25.00", None),
        (as_time, "lunch", None),
        (as_moment, "2027-03-31 kl 17", "2027-03-31 17:00"),
        (as_moment, "2027-03-31 9.00", "2027-03-31 09:00"),
        (as_moment, "2027-03-31", "2027-03-31 09:00"),
        (as_moment, "2027-03-31 in the evening", None),
        (as_moment, "31 mars", None),
        (as_reminder_day, "3 days before the trip", "{days: 3, before: trip_starts, at: 09:00}"),
        (as_reminder_day, "2 veckor innan anmälan stänger kl 8", "{days: 14, before: signup_closes, at: 08:00}"),
        (as_reminder_day, "1 dag efter resans slut, 17.30", "{days: 1, after: trip_ends, at: 17:30}"),
        (as_reminder_day, "5 days before free cancelling ends", "{days: 5, before: free_cancel_until, at: 09:00}"),
        (as_reminder_day, "1 day before changes end", "{days: 1, before: changes_until, at: 09:00}"),
        (as_reminder_day, "before the trip", None),
    ],
)
def test_the_right_way_is_found_where_there_is_only_one(
    right: Callable[[str], str | None], written: str, said: str | None
) -> None:
    assert right(written) == said


@pytest.mark.parametrize(
    ("model", "word", "meant"),
    [
        (SegmentEntry, "max", "at_most"),
        (ItemEntry, "max", "size"),
        (ItemEntry, "plats", "site"),
        (ItemEntry, "datum", "day"),
        (GuaranteedEntry, "antal", "places"),
        (EventEntry, "grupper", "segments"),
        (EventEntry, "hosts", "partners"),
        (EventEntry, "questionss", "questions"),
        (EventEntry, "zzz", None),
    ],
)
def test_a_key_by_another_name_is_understood_where_it_stands(
    model: type[EventEntry | ItemEntry | SegmentEntry | GuaranteedEntry], word: str, meant: str | None
) -> None:
    assert word_meant(word, [field.alias or name for name, field in model.model_fields.items()]) == meant


def test_a_journey_is_taken_for_a_transfer_and_not_for_the_word_that_looks_like_it() -> None:
    assert word_meant("resa", ["break", "transfer"]) == "transfer"
    assert word_meant("resa", ["break"]) is None
