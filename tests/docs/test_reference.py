"""The reference of event directories is what the format says, and its examples are accepted by it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tests.docs.blocks import page_text
from tests.docs.scripts import script
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.programme import EventEntry
from tripkit.eventfile.format.story import StoryEntry
from tripkit.eventfile.yamltree import parse, plain

reference = script("event-directory/write_reference.py")
GROUPS: list[tuple[str, type[Entry]]] = [
    *reference.groups(EventEntry, ""),
    ("story", StoryEntry),
    *reference.groups(StoryEntry, ""),
]


def test_the_page_is_what_the_format_says() -> None:
    assert page_text("docs/event-directory/reference.md") == reference.page(), (
        "run: python docs/event-directory/write_reference.py"
    )


def accepted(field: FieldInfo, hint: Any, example: str) -> None:
    """Raises: ValidationError when the format does not take the example, read as YAML."""
    tree = parse("example.yaml", example.replace(", …", ", other") + "\n", Findings())
    assert tree is not None
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    # Of a key that may be left out, what is said of its type stands inside of it.
    said = [*field.metadata, *(one for inner in get_args(hint)[1:] for one in getattr(inner, "metadata", ()))]
    adapter.validate_python(plain(tree), strict=not any(getattr(one, "strict", True) is False for one in said))


@pytest.mark.parametrize(("path", "model"), GROUPS, ids=[path for path, _ in GROUPS])
def test_every_example_of_a_group_is_accepted(path: str, model: type[Entry]) -> None:
    hints, rows = reference.hints(model), list(reference.rows(model, path))
    assert len(rows) == len(model.model_fields)
    for (name, hint), (key, what, words, _default, example) in zip(hints.items(), rows, strict=True):
        assert what and words, key
        if example:
            accepted(model.model_fields[name], hint, example.strip("`"))
        else:
            assert reference.group_in(hint) is not None


def test_an_example_that_is_wrong_would_be_noticed() -> None:
    hints = reference.hints(dict(GROUPS)["trip"])
    with pytest.raises(ValidationError):
        accepted(EventEntry.model_fields["trip"], hints["size"], '"60"')
    with pytest.raises(LookupError):
        reference.allowed(set[str])
