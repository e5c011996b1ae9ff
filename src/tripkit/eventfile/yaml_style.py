"""Plain groups and lists as YAML that people like to read and edit; what is in them is elsewhere."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from tripkit.eventfile.yamltree import scalar_value

_WIDEST = 100
"""Characters in a group or list that is written on one line."""


_LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_STARTS_SOMETHING = "-?:,[]{}#&*!|>'\"%@`"
"""Characters that YAML begins something with; ruamel writes some of them without quotes where that cannot be read again."""


class _Representer(RoundTripRepresenter):
    """Writes amounts with their decimals: 4850.00; and one day on two lines twice, not as an alias of itself."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is an alias."""
        return True

    def represent_decimal(self, value: Decimal) -> ScalarNode:
        """An amount as it is."""
        node: ScalarNode = self.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")
        return node


_Representer.add_representer(Decimal, _Representer.represent_decimal)


def to_yaml(written: Mapping[str, Any]) -> str:
    """One file: its groups and lists with an empty line between them."""
    return "\n".join(_dump(CommentedMap({key: _styled(value, top=True)})) for key, value in written.items())


def _dump(value: CommentedMap) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    yaml.width = 1_000_000  # Folding could break a text where that means something.
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def _styled(value: Any, *, top: bool = False) -> Any:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        group = CommentedMap({key: _styled(inner) for key, inner in value.items()})
        if not top and _fits(value):
            group.fa.set_flow_style()
        return group
    if isinstance(value, list | tuple):
        listed = CommentedSeq(_styled(inner, top=top and isinstance(inner, Mapping)) for inner in value)
        if not top and _fits(value):
            listed.fa.set_flow_style()
        return listed
    return value


def _string(text: str) -> str:
    if "\n" in text and text == text.strip() and _is_plain(text):
        return cast(str, LiteralScalarString(text))
    if _LINE_BREAK.search(text) or scalar_value(text) != text or text[0] in _STARTS_SOMETHING:
        return cast(str, DoubleQuotedScalarString(text))
    return text


def _is_plain(text: str) -> bool:
    """Whether a block shows every character of the text as it is."""
    return all(line == line.rstrip() and (line == "" or line.isprintable()) for line in text.split("\n"))


def _fits(value: Any) -> bool:
    """Whether it is short and simple enough for one line."""
    inner = list(value.values()) if isinstance(value, Mapping) else list(value)
    if not all(isinstance(one, str | int | float | Decimal | date) for one in inner):
        return False
    keys = sum(len(key) + 2 for key in value) if isinstance(value, Mapping) else 0
    texts = [str(one) for one in inner]
    return keys + sum(len(text) + 2 for text in texts) <= _WIDEST and not any("\n" in text for text in texts)
