"""What an organiser reads about a directory, in Swedish: findings on a broken sample, and a plan between two editions."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from tripkit.domain.sentences import Sentence
from tripkit.eventfile.errors import EventErrors
from tripkit.eventfile.plan import Edition, differences
from tripkit.eventfile.reading import read_event
from tripkit.i18n import say

SAMPLE = Path(__file__).parents[2] / "sample_events" / "gothenburg_2019"


def swedish(one: Sentence) -> str:
    return say(one, "sv")


def sample_with(tmp_path: Path, was: str, becomes: str) -> Path:
    directory = tmp_path / "trip"
    copytree(SAMPLE, directory)
    (directory / "story.yaml").unlink()
    event = directory / "event.yaml"
    text = event.read_text("utf-8")
    assert was in text
    event.write_text(text.replace(was, becomes, 1), "utf-8")
    return directory


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("  size: 60\n", "", "”size” saknas; hur många som kan följa med"),
        ("key: gothenburg-2019", f"key: {'a' * 61}", "texten är för lång; högst 60 tecken"),
        ("to: 2019-01-25}", "to: 2019-01-23}", "resan slutar innan den börjar"),
        ("currency: SEK", "currency: JPY", "priser i JPY går inte att använda: valutan räknas inte i hundradelar"),
        ("site: lindholmen", "site: lindholm", "menade du ”lindholmen”?"),
        ("places: 4", "places: 56", "fler platser är garanterade än det finns; hittills 62, och resan tar 60"),
        ("when: {question: diet, answers: [other]}", "when: {question: diet, answers: [ohter]}", "menade du ”other”?"),
        ("vat: 25", "vat: 125", "talet är för stort; högst 100"),
    ],
)
def test_an_error_is_said_in_swedish(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    with pytest.raises(EventErrors) as caught:
        read_event(sample_with(tmp_path, was, becomes))
    lines = [error.said(swedish) for error in caught.value.errors]
    assert [line for line in lines if said in line], lines


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("  size: 60\n", "  size: 55\n", "resan: antalet platser ändras från 60 till 55"),
        (
            "    - {sv: Försäkringar, en: Insurance}\n",
            "",
            "resan: ur det som inte ingår tas ”Försäkringar” bort",
        ),
        (
            "en: City of Gothenburg}\n    description",
            "en: Gothenburg}\n    description",
            "partnern ”Göteborgs Stad”: namnet (en) ändras från ”City of Gothenburg” till ”Gothenburg”",
        ),
        (
            "  - {between: [central-station, lindholmen], minutes: 20}\n",
            "",
            "vägen mellan central-station och lindholmen",
        ),
    ],
)
def test_a_difference_is_said_in_swedish(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    before, after = read_event(SAMPLE), read_event(sample_with(tmp_path, was, becomes))
    editions = [Edition(organisation=e.organisation, trip=e.trip, pictures=e.pictures) for e in (before, after)]
    assert [swedish(one.sentence) for one in differences(*editions)] == [said]
