"""What is a good password: long enough, and nothing a stranger would try first; no list of passwords, and no hash."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from itertools import pairwise

from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
"""Characters. No mixture of kinds is demanded (NIST SP 800-63B, 3.1.1.2)."""
SHORTEST_PIECE, LONGEST_PIECE = 4, 32
"""Characters of what a password is taken apart into: shorter words stand by chance in any, and no known password is longer."""
_MOST_KNOWN = 2
"""Of so many known passwords, put together, none is made: there are fewer of these than are guessed in a day."""
_MOST_BETWEEN = 8
"""Digits and signs around and between them that make a password no better; more of them may be what it is made of."""
_STAND_IN = str.maketrans("@4301!5$7", "aaeoiisst")
"""Signs that are written for letters, and guessed as such."""

TOO_SHORT = sentence("Take at least {count} characters. Three or four words do well.", count=SHORTEST_PASSWORD)
TOO_LONG = sentence("Take at most {count} characters.", count=LONGEST_PASSWORD)
REPEATS_ITSELF = sentence("This repeats itself, and would be guessed. Take three or four words.")
NAMES_ITS_OWNER = sentence(
    "This is made of your name, your address, or what this site or your organisation is called, and would be guessed. "
    "Take other words."
)
WELL_KNOWN = sentence(
    "This is one of the passwords that are tried first, or nearly one. Take three or four words that have nothing to do with each other."
)


def refuse_bad_password(password: str, *, words: Iterable[str], known: Container[str]) -> None:
    """Refuse a new password that is not good. Raises: ChangeRefused.

    ``words``: what a stranger would try first, such as the name and the address. ``known``: passwords that others have
    had, in small letters. The work is bounded by the length: for each character, pieces of `LONGEST_PIECE` at most.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise ChangeRefused(TOO_SHORT)
    if len(password) > LONGEST_PASSWORD:
        raise ChangeRefused(TOO_LONG)
    plain = _plain(password)
    if len(set(plain)) < 5 or _is_a_row(plain):
        raise ChangeRefused(REPEATS_ITSELF)
    if _is_made_of(plain, (), known):
        raise ChangeRefused(WELL_KNOWN)
    own = {_plain(word) for word in words}
    if any(len(word) >= SHORTEST_PIECE and word in plain for word in own) or _is_made_of(plain, _parts(own), known):
        raise ChangeRefused(NAMES_ITS_OWNER)


def _parts(words: Iterable[str]) -> set[str]:
    """The single words in these, also without dots and rings: who is called Åsa Öberg is guessed as oberg, too."""
    parts = {part for word in words for part in re.split(r"[\W_]+", word)}
    return parts | {_without_marks(part) for part in parts}


def _is_made_of(plain: str, own: Container[str], known: Container[str]) -> bool:
    """Whether it is nothing but words of one's own and at most two known passwords, with few digits and signs around them.

    ``between[many]``: the fewest digits and signs with which all before a place is so many known passwords.
    """
    too_many = _MOST_BETWEEN + 1
    guessed = plain.translate(_STAND_IN)
    reached = [[too_many] * (_MOST_KNOWN + 1) for _ in range(len(plain) + 1)]
    reached[0][0] = 0
    for start, between in enumerate(reached[:-1]):
        if min(between) >= too_many:
            continue
        if not plain[start].isalpha():
            _better(reached[start + 1], [fewest + 1 for fewest in between])
        for end in range(start + 1, min(start + LONGEST_PIECE, len(plain)) + 1):
            spellings = {plain[start:end], guessed[start:end]}
            if any(spelling in own for spelling in spellings):
                _better(reached[end], between)
            elif end - start >= SHORTEST_PIECE and any(spelling in known for spelling in spellings):
                _better(reached[end], [too_many, *between[:-1]])
    return min(reached[-1]) < too_many


def _better(there: list[int], between: list[int]) -> None:
    there[:] = map(min, there, between)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _without_marks(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _is_a_row(signs: str) -> bool:
    """Whether it is a piece of a row of keys, or of the alphabet, forwards or backwards, over and over."""
    steps = {ord(after) - ord(before) for before, after in pairwise(signs)}
    if len(steps) == 1:
        return True
    rows = ("qwertyuiopåasdfghjklöäzxcvbnm", "1234567890", "qazwsxedcrfvtgbyhnujmikolp")
    return any(signs in row * 4 or signs[::-1] in row * 4 for row in rows)
