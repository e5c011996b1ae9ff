"""Which passwords are taken: long ones that nobody would try first."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tripkit.domain.passwords import (
    LONGEST_PASSWORD,
    LONGEST_PIECE,
    NAMES_ITS_OWNER,
    REPEATS_ITSELF,
    SHORTEST_PASSWORD,
    TOO_LONG,
    TOO_SHORT,
    WELL_KNOWN,
    refuse_bad_password,
)
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import Sentence

KNOWN = frozenset(
    {"password", "dragon", "sommar", "q1w2e3r4t5y6", "correct", "horse", "battery", "1234567", "lösenord"}
)
WORDS = ("Åsa Öberg-Lindström", "asa.oberg", "tripkit.example", "Sundby stads studieresor")


class Counted(frozenset[str]):
    """Known passwords that count how often they were asked."""

    asked = 0

    def __contains__(self, word: object) -> bool:
        Counted.asked += 1
        return super().__contains__(word)


def refused(password: str) -> Sentence | None:
    """The sentence by which a password is refused, None = it is taken."""
    try:
        refuse_bad_password(password, words=WORDS, known=KNOWN)
    except ChangeRefused as error:
        return error.sentence
    return None


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elva tecken", TOO_SHORT),
        ("fyra glada ord " * 20, TOO_LONG),
        ("ababababababab", REPEATS_ITSELF),
        ("qwertyuiopåas", REPEATS_ITSELF),
        ("q1w2e3r4t5y6", WELL_KNOWN),
        ("Q1W2E3R4T5Y6!", WELL_KNOWN),
        ("password1234", WELL_KNOWN),
        ("!!P@ssw0rd!!2026", WELL_KNOWN),
        ("Dragon-Password", WELL_KNOWN),
        ("dragonpassword1", WELL_KNOWN),
        ("Lösenord-2026", WELL_KNOWN),
        ("password 1234567", WELL_KNOWN),
        ("Öberg-Lindström", NAMES_ITS_OWNER),
        ("oberg-sommar-2026", NAMES_ITS_OWNER),
        ("asa.oberg kom hit", NAMES_ITS_OWNER),
        ("kom till tripkit.example", NAMES_ITS_OWNER),
        ("Sundby2026Stads!", NAMES_ITS_OWNER),
        ("studieresor 2026", NAMES_ITS_OWNER),
    ],
)
def test_what_would_be_tried_first_is_refused_with_what_is_wrong(password: str, sentence: Sentence) -> None:
    assert refused(password) == sentence


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "fyra glada ord här",
        "482915730264",
        "1918 2415 1615 11141",
        "vi bor i sundby med en häst",
        "k3!9Xz#Qp2Lm",
        "password x77 över taket",
        "  Tolv Tecken  ",
    ],
)
def test_three_words_or_anything_nobody_knows_is_taken_whatever_signs_are_in_it(password: str) -> None:
    assert refused(password) is None


@pytest.mark.parametrize("sign", ["ab1!x", "ﷺﷻabc", "1"])
def test_a_long_password_is_looked_up_a_bounded_number_of_times(sign: str) -> None:
    Counted.asked = 0
    known = Counted({"".join("abcdef"[one % 6] for one in range(size)) for size in range(4, 30)})
    password = (sign * LONGEST_PASSWORD)[:LONGEST_PASSWORD]
    with suppress(ChangeRefused):
        refuse_bad_password(password, words=WORDS, known=known)
    longest = 18 * LONGEST_PASSWORD  # One sign stands for so many at most (Unicode, NFKC).
    assert Counted.asked <= 2 * 2 * longest * LONGEST_PIECE


def test_no_password_is_refused_for_want_of_capitals_digits_or_signs() -> None:
    assert refused("b" * 4 + "c" * 4 + "dfgh") is None
    assert SHORTEST_PASSWORD == 12
