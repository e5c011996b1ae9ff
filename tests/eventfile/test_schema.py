"""The JSON Schemas: what the code says, true of the sample, and refusing the wrong types that reading refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.eventfile.test_validation import TABLE
from tests.eventfile.written import EVENT, STORY, changed
from tripkit.eventfile import write_event
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.format.programme import SECTIONS
from tripkit.eventfile.schema import NAMES, SCHEMA_LINE, generated_schema, schema_text
from tripkit.eventfile.yamltree import Mapping, Node, Sequence, parse
from tripkit.testing import make_organisation, make_trip

SAMPLES = sorted((Path(__file__).parents[2] / "sample_events").iterdir())


def as_json(node: Node) -> Any:
    """What an editor sees: numbers as JSON has them; keys with nothing after them are null."""
    if isinstance(node, Mapping):
        return {key: as_json(inner) for key, inner in node.nodes.items()}
    if isinstance(node, Sequence):
        return [as_json(inner) for inner in node.nodes]
    return node.value if isinstance(node.value, str | int | None) else float(node.value)


def wrong(name: str, text: str) -> list[str]:
    """What the schema finds wrong in a text, as paths."""
    node = parse(f"{name}.yaml", text, Findings())
    assert node is not None
    validator = Draft202012Validator(json.loads(schema_text(name)))
    return [f"{error.json_path}: {error.message[:60]}" for error in validator.iter_errors(as_json(node))]


@pytest.mark.parametrize("name", ["event", "story"])
def test_the_shipped_schema_is_the_one_that_the_code_says(name: str) -> None:
    assert schema_text(name) == generated_schema(name), f"write generated_schema({name!r}) to {name}.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema_text(name)))


def test_there_is_no_schema_of_another_name() -> None:
    with pytest.raises(KeyError):
        schema_text("trips")


@pytest.mark.parametrize("directory", SAMPLES, ids=lambda directory: directory.name)
def test_the_samples_fit_the_schema(directory: Path) -> None:
    names = [name for name in NAMES if (directory / f"{name}.yaml").exists()]
    assert "event" in names
    found = {name: wrong(name, (directory / f"{name}.yaml").read_text("utf-8")) for name in names}
    assert found == {name: [] for name in names}


def test_what_is_exported_fits_the_schema_beside_it(tmp_path: Path) -> None:
    write_event(tmp_path, make_organisation(), make_trip(), {})
    text = (tmp_path / "event.yaml").read_text("utf-8")
    assert text.startswith(f"{SCHEMA_LINE}\n")
    assert (tmp_path / SCHEMA_LINE.partition("=")[2]).read_text("utf-8") == schema_text("event")
    assert wrong("event", text) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_a_list_in_its_own_file_has_the_schema_that_it_has_in_the_whole(section: str) -> None:
    begin = EVENT.index(f"{section}:\n") + len(section) + 2
    end = min([at for other in SECTIONS if (at := EVENT.find(f"\n{other}:\n", begin)) > 0], default=len(EVENT))
    assert wrong(section, EVENT[begin:end]) == []
    assert wrong(section, "- {unheard-of: 1}") != []
    assert wrong(section, "{}") != []


BEYOND_A_SCHEMA = {
    "an amount has at most two decimals",
    "there is no day",
    "there is no time",
    "there is no moment",
    "the year is not",
    "“hej@” is not an e-mail address",
    "“javascript:alert(1)” is not a web address",
    "a number is wanted here",
    "this text goes on one line",
    "the text is empty",
}
"""What needs a calendar, or a look at the whole text. Not a number (.nan) has no place in JSON at all."""


@pytest.mark.parametrize(("old", "new", "said"), TABLE)
def test_what_reading_refuses_the_schema_refuses_too_where_it_can(old: str, new: str, said: str) -> None:
    found = wrong("event", changed(old, new))
    if not found:
        what = said.partition(": ")[2]
        assert any(what.startswith(known) for known in BEYOND_A_SCHEMA), what
    assert wrong("event", EVENT) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("language: sv", "language: 5"),
        ("language: sv", "lang: sv"),
        ("at: 2027-02-01 09:10", "at: 2027-02-01"),
        ("together: true", "together: yes"),
        ("taken: 0", "taken: -1"),
        ("taken: 0", "taken: many"),
        ("cancel: town", "cancel: [town]"),
    ],
)
def test_a_wrong_story_is_refused_by_its_schema(old: str, new: str) -> None:
    story = STORY.replace("    language: sv\n", "    language: sv\n    together: true\n")
    assert wrong("story", story) == []
    assert wrong("story", changed(old, new, text=story)) != []
