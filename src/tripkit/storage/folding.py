"""How texts are searched and put in order, alike on SQLite and PostgreSQL: without case and accents; nothing is stored here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

_ALONE = {"æ": "a", "ø": "o", "ð": "d", "đ": "d", "ł": "l", "ß": "s"}
"""Letters that are no letter with an accent, and what people type who have no key for them."""
_AFTER_Z = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"}
"""The last letters of the Nordic alphabets, as the characters that come after z."""
_ACCENTS = "".join(map(chr, range(0x300, 0x370)))
"""Marks that stand behind their letter, as some keyboards and files have them."""


def _plain(letter: str) -> str | None:
    """The letter of a to z that somebody types for this one; None where there is none."""
    small = letter.lower()
    base = unicodedata.normalize("NFKD", small)[:1]
    return _ALONE.get(small) or (base if base.isascii() and base.isalpha() else None)


_LETTERS = {
    letter: plain for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))) if (plain := _plain(letter))
}
_ORDER = {letter: _AFTER_Z.get(letter.lower(), plain) for letter, plain in _LETTERS.items()}


def fold(text: str) -> str:
    """A text as it is searched: `Åsa Ek` is `asa ek`."""
    return _folded(text, _SEARCHED)


def _folded(text: str, table: Mapping[int, str | None]) -> str:
    # Most texts have nothing to become something else, and looking for it takes ten times as long.
    return text.lower() if text.isascii() else text.translate(table).lower()


def _table(letters: Mapping[str, str]) -> dict[int, str | None]:
    return {**{ord(letter): plain for letter, plain in letters.items()}, **{ord(mark): None for mark in _ACCENTS}}


_SEARCHED, _SORTED = _table(_LETTERS), _table(_ORDER)


class Folded(FunctionElement[str]):
    """What `fold` makes of a column, in the database."""

    name = "tripkit_folded"
    type = String()
    inherit_cache = True


class InOrder(FunctionElement[str]):
    """A column to sort by: accents do not count, and å, ä and ö come last, as a Swedish reader looks for them."""

    name = "tripkit_in_order"
    type = String()
    inherit_cache = True


@compiles(Folded)
@compiles(InOrder)
def _call(element: FunctionElement[str], compiler: Any, **options: Any) -> str:
    # Into Python and back takes ten times as long as what SQLite knows how to do by itself, which is a to z.
    text = compiler.process(element.clauses, **options)
    is_plain = f"length({text}) = length(CAST({text} AS BLOB))"
    return f"CASE WHEN {is_plain} THEN lower({text}) ELSE {element.name}({text}) END"


@compiles(Folded, "postgresql")
def _fold_on_postgres(element: Folded, compiler: Any, **options: Any) -> str:
    return _on_postgres(element, compiler, _LETTERS, options)


@compiles(InOrder, "postgresql")
def _order_on_postgres(element: InOrder, compiler: Any, **options: Any) -> str:
    # The server's own order of letters is another one on each server.
    return f'{_on_postgres(element, compiler, _ORDER, options)} COLLATE "C"'


def _on_postgres(
    element: FunctionElement[str], compiler: Any, letters: Mapping[str, str], options: Mapping[str, Any]
) -> str:
    # The server goes through the whole list for each character of a text, so that the list is as short as the text allows.
    # What has nothing to become in the second list is left out, which is what is to happen to the marks.
    text = compiler.process(element.clauses, **options)
    few = {letter: plain for letter, plain in letters.items() if ord(letter) < 0x100}
    return (
        f"lower(CASE WHEN octet_length({text}) = char_length({text}) THEN {text}"
        f" WHEN {text} !~ '[^\\u0001-\\u00ff]' THEN translate({text}, '{''.join(few)}', '{''.join(few.values())}')"
        f" ELSE translate({text}, '{''.join(letters) + _ACCENTS}', '{''.join(letters.values())}') END)"
    )


def teach_sqlite(connection: Any) -> None:
    """Give a connection the two functions, which SQLite has none of its own for."""
    for name, table in ((Folded.name, _SEARCHED), (InOrder.name, _SORTED)):
        connection.create_function(
            name, 1, lambda text, table=table: None if text is None else _folded(text, table), deterministic=True
        )
