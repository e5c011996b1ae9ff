"""The forms that stand in a page, with all their fields, hidden ones too; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass(frozen=True)
class Field:
    """One control. ``kind``: its type, or ``select``, ``textarea``. ``values``: what stands in it, or may be chosen."""

    name: str
    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One form. ``path`` and ``query``: where it is sent to."""

    method: str
    path: str
    query: str
    fields: tuple[Field, ...]

    def key(self) -> tuple[str, ...]:
        """What tells a form from others at its address: its fields, not what stands in them."""
        return (self.method, *sorted({one.name for one in self.fields}))

    def written(self, words: Mapping[str, str]) -> Form:
        """The same with these words standing in the fields of these names."""
        fields = (replace(one, values=(words[one.name],)) if one.name in words else one for one in self.fields)
        return replace(self, fields=tuple(fields))


@dataclass
class Found(HTMLParser):
    """A page's forms and the addresses it leads to. ``form`` attributes of controls outside count for their form."""

    html: str
    url: str
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    _open: list[tuple[str, str, str]] = field(default_factory=list)
    _fields: list[list[Field]] = field(default_factory=list)
    _ids: dict[str, int] = field(default_factory=dict)
    _inside: int | None = None
    _select: tuple[str, list[str]] | None = None
    _area: tuple[str, list[str]] | None = None

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        self.forms = [
            Form(method, path, query, tuple(fields))
            for (method, path, query), fields in zip(self._open, self._fields, strict=True)
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            parts = urlsplit(urljoin(self.url, has.get("action") or self.url))
            self._inside = len(self._open)
            self._ids[has.get("id", "")] = self._inside
            self._open.append((has.get("method", "get").upper(), parts.path, parts.query))
            self._fields.append([])
        elif tag in {"a", "link"} and "href" in has:
            self.links.append(urljoin(self.url, has["href"]))
        elif tag in {"iframe", "img", "script"} and "src" in has:
            self.links.append(urljoin(self.url, has["src"]))
        elif tag in {"input", "button"} and has.get("name"):
            self._put(
                Field(has["name"], has.get("type", "text" if tag == "input" else "submit"), (has.get("value", "on"),)),
                has,
            )
            if "formaction" in has:
                self.links.append(urljoin(self.url, has["formaction"]))
        elif tag == "select" and has.get("name"):
            self._select = (has["name"], [])
        elif tag == "option" and self._select is not None:
            self._select[1].append(has.get("value", ""))
        elif tag == "textarea" and has.get("name"):
            self._area = (has["name"], [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select" and self._select is not None:
            self._put(Field(self._select[0], "select", tuple(self._select[1])), {})
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._put(Field(self._area[0], "textarea", ("".join(self._area[1]).removeprefix("\n"),)), {})
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def _put(self, one: Field, has: dict[str, str]) -> None:
        number = self._ids.get(has.get("form", "")) if has.get("form") else self._inside
        if number is not None:
            self._fields[number].append(one)
