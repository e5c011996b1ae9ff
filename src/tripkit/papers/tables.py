"""Tables as files for a spreadsheet, in which nothing that people wrote is reckoned with; what is in them is read elsewhere."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

_STARTERS = frozenset("=+-@\u2212")
"""With what a spreadsheet takes a cell for a formula; the last is the minus sign."""
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_QUOTES = frozenset("\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00ab\u00bb")
_PIECES = re.compile(r"([,;|\t\r\n])")
"""What another spreadsheet, or one set to another country, may take for the end of a cell."""
_AT_ONCE = 200


def harmless(cell: str) -> str:
    """A cell that every spreadsheet takes for text: with an apostrophe before what it would take for the beginning of a formula.

    It counts what the beginning looks like to a program that leaves out spaces, quotes and characters nobody sees, and that
    takes full-width signs for the usual ones; and what stands behind a sign that may end a cell elsewhere. Telephone numbers
    that begin with + get one too: `'+46 70 000 00 00` is read as easily, and a formula is not told from a number for sure.

    Source: OWASP, CSV Injection.
    """
    if cell[:1] in {"\t", "\r", "\n"}:
        cell = f"'{cell}"
    return "".join(f"'{piece}" if _begins_a_formula(piece) else piece for piece in _PIECES.split(cell))


def _begins_a_formula(piece: str) -> bool:
    for character in piece:
        # A full-width sign becomes the usual one, as it does for some programs.
        plain = unicodedata.normalize("NFKC", character)
        if plain[:1] in _STARTERS:
            return True
        if unicodedata.category(character) not in _UNSEEN and plain.strip() and character not in _QUOTES:
            return False
    return False


def csv_of(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A table as CSV (RFC 4180), some rows at a time, so that a long one takes no more memory than a short one.

    A double click in Sweden opens it right, with Swedish letters in columns of their own: Excel takes a file for UTF-8 by the
    mark at its beginning, and parts cells by what the country parts lists with, which where the decimal sign is a comma
    is the semicolon.
    """
    text = StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow([harmless(cell) for cell in heading])
    for number, row in enumerate(rows, start=1):
        writer.writerow([harmless(cell) for cell in row])
        if number % _AT_ONCE == 0:
            yield _emptied(text)
    yield _emptied(text)


def _emptied(text: StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written
