"""Both languages say everything, and say the same."""

from __future__ import annotations

import re
from pathlib import Path

from tests.sample_events.texts import texts_of
from tripkit.eventfile import Event

BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\xa0,](?=\d{3}\b)")


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, as digits: “1 500” and “1,500” are one, and so are “8.30” and “8:30”."""
    return sorted(re.findall(r"\d+", BETWEEN_DIGITS.sub("", text)))


def test_every_text_is_there_in_both_languages(event: Event) -> None:
    found = [*texts_of(event.trip), *texts_of(event.organisation)]
    assert len(found) > 200
    assert [
        path for path, text in found if text and {key for key, said in text.items() if said.strip()} != {"sv", "en"}
    ] == []


def test_both_languages_name_the_same_numbers(event: Event) -> None:
    differ = {
        path: text for path, text in texts_of(event.trip) if text and numbers_in(text["sv"]) != numbers_in(text["en"])
    }
    assert differ == {}


def test_times_are_written_as_each_language_does(event: Event) -> None:
    said = [text for _, text in texts_of(event.trip) if text]
    assert [text["sv"] for text in said if re.search(r"\b\d{1,2}:\d\d\b", text["sv"])] == []
    assert [text["en"] for text in said if re.search(r"\b\d{1,2}\.\d\d\b", text["en"])] == []


def test_texts_name_no_day_that_a_rerun_would_make_wrong(event: Event) -> None:
    months = r"januari|december|january|2018|2019"
    dated = {path: text for path, text in texts_of(event.trip) if re.search(months, str(text), re.IGNORECASE)}
    assert dated == {}


def test_no_picture_holds_words_that_are_seen(directory: Path) -> None:
    drawings = sorted((directory / "pictures").glob("*.svg"))
    assert len(drawings) == 8
    assert [
        drawing.name for drawing in drawings if re.search(r"<(text|tspan|image)\b", drawing.read_text("utf-8"))
    ] == []


def test_every_site_has_a_picture_and_the_panorama_its_words(event: Event) -> None:
    names = set(event.pictures)
    used = {site.picture for site in event.trip.sites} | {event.trip.picture}
    assert used == names
    assert len(used) == len(event.trip.sites) + 1
    assert all(len(event.trip.picture_text[language]) > 60 for language in ("sv", "en"))
