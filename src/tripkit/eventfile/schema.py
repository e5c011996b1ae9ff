"""The published format as JSON Schema, for editors and other programs; made from the models, and shipped as files."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.programme import SECTIONS, EventEntry
from tripkit.eventfile.format.story import StoryEntry

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES = ("event", "story", *SECTIONS)
"""What there is a schema for: the two files, and every list that may stand in a file of its own."""
FOLDER = ".tripkit"
"""The hidden folder of an event directory that schemas are kept in, so that editors find them without a network."""
SCHEMA_LINE = f"# yaml-language-server: $schema={FOLDER}/event.schema.json"
"""The first line of event.yaml by which an editor knows what may be written."""
_LANGUAGE = "^[a-z]{2,3}(-[A-Z]{2})?$"
_FILES: dict[str, type[Entry]] = {"event": EventEntry, "story": StoryEntry}


@lru_cache(maxsize=16)
def schema_text(name: str) -> str:
    """The JSON Schema of ``event.yaml``, ``story.yaml`` or one of the lists, as text.

    Raises: KeyError when there is nothing of this name.
    """
    if name in _FILES:
        return files("tripkit.eventfile").joinpath(f"{name}.schema.json").read_text("utf-8")
    event = json.loads(schema_text("event"))
    part = {"$schema": DIALECT, "title": f"{name}.yaml", **event["properties"][name], "$defs": event["$defs"]}
    return _as_text(part)


def schema_files() -> dict[str, bytes]:
    """The files that make editors complete an event directory, by name within it: one for each file there may be."""
    return {f"{FOLDER}/{name}.schema.json": schema_text(name).encode() for name in NAMES}


def generated_schema(name: str) -> str:
    """What the shipped file has to hold."""
    model = _FILES[name]
    schema: Schema = _simpler(model.model_json_schema(by_alias=True))
    return _as_text({"$schema": DIALECT, "title": f"{name}.yaml", **schema})


def _as_text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _simpler(node: Any) -> Any:
    """Without what only Python means: made-up titles, and null, which nobody writes (a line is left out instead)."""
    if isinstance(node, list):
        return [_simpler(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    schema = {key: value for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if schema.get("default", 0) is None:
        del schema["default"]
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del schema["anyOf"]
        schema = {**choices[0], **schema}
    if (
        "additionalProperties" in schema
        and isinstance(schema["additionalProperties"], dict)
        and "properties" not in schema
    ):
        schema["propertyNames"] = {"pattern": _LANGUAGE}
    return {key: _simpler(value) for key, value in schema.items()}
