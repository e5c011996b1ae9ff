"""Every sentence people read exists in Swedish, with the same values in it, and no translation is left over."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import get_args

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from pydantic import BaseModel

from tests.house.tree import PACKAGE, files, modules, pages, shown
from tripkit.eventfile.format.programme import EventEntry
from tripkit.eventfile.format.story import StoryEntry

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "sentence": None,
    "sentences": (1, 2),
}
NAMED = re.compile(r"(?<!\{)\{(\w+)\}(?!\})|%\((\w+)\)[sd]")


@cache
def catalogue() -> Catalog:
    with (PACKAGE / "translations" / "sv" / "LC_MESSAGES" / "tripkit.po").open("rb") as file:
        return read_po(file, locale="sv", abort_invalid=True)


@cache
def used() -> dict[str | tuple[str, str], str]:
    """The sentences in code and templates, each with the first place it is used at; English one and many for those that count."""
    found: dict[str | tuple[str, str], str] = {}
    templates = [path for path in files() if path.is_relative_to(PACKAGE) and "templates" in path.parts]
    sources = [("python", path) for path in modules()] + [
        ("jinja2.ext:babel_extract", path) for path in {*templates, *pages()}
    ]
    for method, path in sources:
        # A template that cannot be read is an error, not an absence of sentences.
        options = {"silent": "false", "extensions": "jinja2.ext.do"} if method != "python" else {}
        with path.open("rb") as file:
            for line, message, _comments, _context in extract(method, file, keywords=KEYWORDS, options=options):
                key = message if isinstance(message, str) else (message[0], message[1])
                found.setdefault(key, f"{shown(path)}:{line}")
    return found


def groups_of_keys(model: type[BaseModel]) -> set[type[BaseModel]]:
    """A group of keys of the event directory's format, and every group below it."""
    found = {model}
    for field in model.model_fields.values():
        found |= {one for inner in models_in(field.annotation) for one in groups_of_keys(inner)}
    return found


def models_in(annotation: object) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {one for part in get_args(annotation) for one in models_in(part)}


def named(text: str) -> set[str]:
    return {one or other for one, other in NAMED.findall(text)}


def translated(message: Message | None, *, counts: bool) -> bool:
    if message is None or message.fuzzy:
        return False
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings) and len(strings) == (2 if counts else 1)


def test_every_sentence_is_translated_into_swedish() -> None:
    assert used(), "there are sentences"
    missing = {}
    for key, place in used().items():
        message = catalogue().get(key if isinstance(key, str) else key[0])
        if not translated(message, counts=isinstance(key, tuple)):
            missing[place] = key
    assert missing == {}


def test_what_is_said_of_a_missing_key_is_translated_into_swedish() -> None:
    required = {
        f"{model.__name__}.{name}": field.description
        for model in groups_of_keys(EventEntry) | groups_of_keys(StoryEntry)
        for name, field in model.model_fields.items()
        if field.is_required() and field.description
    }
    assert required["TripEntry.size"], "the descriptions of the format are found"
    missing = {key: text for key, text in required.items() if not translated(catalogue().get(text), counts=False)}
    assert missing == {}


def test_a_translation_names_the_values_of_its_sentence() -> None:
    wrong = []
    for message in catalogue():
        originals = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        known = set().union(*(named(one) for one in originals))
        # “One place is left” may count in words; what is said of several names every value.
        fits = all(named(one) <= known for one in strings) and named(strings[-1]) == known
        if message.id and not fits:
            wrong.append(message.id)
    assert wrong == []


def test_no_translation_is_left_over() -> None:
    single = {one for key in used() for one in ((key,) if isinstance(key, str) else key)}
    # Words that are looked up by a value (a kind, a state) stand somewhere in the code as plain strings.
    for path in modules():
        single |= {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue() if message.id}
    assert ids - single == set()
