"""What every group of keys in an event directory has: strict reading, no unknown keys, and where it is written."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator

from tripkit.eventfile.errors import Position
from tripkit.eventfile.yamltree import Mapping, Node, Path, Scalar, Sequence, key_position, node_at


class Located(dict[str, Any]):
    """A group of keys as a dict that remembers the tree it was made from. Keys with nothing after them are not in it."""

    def __init__(self, node: Mapping) -> None:
        super().__init__({key: located(value) for key, value in node.nodes.items() if not is_empty(value)})
        self.node = node


def is_empty(node: Node) -> bool:
    """Whether nothing is written there."""
    return isinstance(node, Scalar) and node.value is None


def located(node: Node) -> Any:
    """The tree as `Located`, lists and scalars."""
    if isinstance(node, Mapping):
        return Located(node)
    return [located(inner) for inner in node.nodes] if isinstance(node, Sequence) else node.value


class Entry(BaseModel):
    """A group of keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)
    _node: Node = PrivateAttr(default=Scalar(Position("event.yaml"), None, ""))

    @model_validator(mode="wrap")
    @classmethod
    def _remember_where(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        entry = handler(data)
        if isinstance(data, Located):
            entry._node = data.node
        return entry

    def where(self, *path: str | int) -> Position:
        """Where a value in this group is written; the group itself when it is not."""
        return node_at(self._node, path).at

    def key_at(self, *path: str | int) -> Position:
        """Where a key in this group is written."""
        return key_position(self._node, path)

    def has(self, path: Path) -> bool:
        """Whether it is written at all."""
        parent = node_at(self._node, path[:-1])
        return isinstance(parent, Mapping) and path[-1] in parent.nodes
