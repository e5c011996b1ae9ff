"""Files damaged at random: whatever is in them, reading says what is wrong, or reads them; it never breaks."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.eventfile.written import EVENT, STORY, put
from tripkit.eventfile import EventErrors, read_event
from tripkit.i18n import say

ODD = """
~ [] {} true no -1 0 1e999 1e9999999999999999999 .inf .nan 0123 0x10 2027-02-30 10:30 24:00 02:30+02:00 0001-01-01
9999-12-31 '2199-12-31 23:59' ' " | > &a *a !x ? - % @ ` # {a: [[[[] --- ... <<: {sv: 3} {xx: y} ../x Mars http://[::1
x@y é ٣ \u2028 \u0085 \u202e \ud7ff
""".split()  # noqa: SIM905 (a list of words is read as one)
NASTY = [
    b"",
    b"\t",
    b"\xff",
    b"\0",
    b"\xef\xbb\xbf",
    b"9" * 5000,
    b'"\\ud800"',
    b'""',
    *(word.encode() for word in ODD),
]
VALUE = re.compile(rb"^(\s*(?:- )?\{?[\w-]+:)(.*)$")


def damaged(text: bytes, chance: random.Random) -> bytes:
    """The text with one to five things done to it that people, editors and disks do."""
    lines = text.split(b"\n")
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        at, other, odd = chance.randrange(len(lines)), chance.randrange(len(lines)), chance.choice(NASTY)
        line = lines[at]
        cut = chance.randrange(len(line) + 1)
        match chance.randrange(8):
            case 0 if len(lines) > 2:
                del lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], line
            case 3:
                lines[at] = line[:cut] + bytes([chance.randrange(256)]) + line[cut + 1 :]
            case 4:
                lines[at] = line[:cut] + odd + line[cut:]
            case 5:
                lines[at] = VALUE.sub(lambda found: found[1] + b" ", line) + odd
            case 6:
                lines[at] = b" " * chance.randrange(8) + line.lstrip()
            case _:
                lines[at] = re.sub(rb"(?<=: )[^,{}\[\]]+(?=[,}])", lambda _: odd, line, count=1)  # noqa: B023 (used at once)
    return b"\n".join(lines)


@pytest.mark.parametrize("seed", range(8))
def test_reading_damaged_files_says_what_is_wrong_or_reads_them(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    refused = 0
    for number in range(40):
        event, story = EVENT.encode(), STORY.encode()
        if number % 3:
            event = damaged(event, chance)
        else:
            story = damaged(story, chance)
        put(tmp_path, event, story_dot_yaml=story)
        try:
            found = read_event(tmp_path).warnings
        except EventErrors as errors:
            refused += bool(errors.errors)
            found = (*errors.errors, *errors.warnings)
        for one in found:
            assert one.line >= 1 and one.column >= 1 and one.file.endswith((".yaml", "/"))
            said = one.said(lambda sentence: say(sentence, "sv"))
            assert said.encode() and "Traceback" not in said
    assert 20 <= refused <= 40
