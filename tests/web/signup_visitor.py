"""A visitor with a browser that has no scripts: gets pages, reads their forms, fills them in, presses buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from tests.conftest import DATA_KEYS
from tripkit.app import create_app
from tripkit.settings import Clock, Settings
from tripkit.testing import NOW

_apps: dict[str, Flask] = {}


def app_on(engine: Engine) -> Flask:
    """The application on a test's database, its clock at the time of the tests; one for each database of the run."""
    url = engine.url.render_as_string(hide_password=False)
    if url not in _apps:
        settings = Settings(
            database_url=url,
            secret_key="only for tests, 32 characters..",
            data_keys=() if url.startswith("sqlite") else DATA_KEYS,  # There the session's lies beside the database.
            clock=Clock(NOW),
            worker=False,
        )
        _apps[url] = create_app(settings)
    return _apps[url]


def visitor(engine: Engine) -> FlaskClient:
    """Somebody with a browser of their own."""
    return app_on(engine).test_client()


@dataclass
class Page(HTMLParser):
    """What a reader of a page sees: its forms' fields as they would be sent, its words, its links."""

    html: str
    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    title: str = ""
    _skip: int = 0
    _open: list[str] = field(default_factory=list)
    _select: str = ""
    _area: list[str] | None = None
    _area_name: str = ""
    _words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.ids.update({has["id"]} if "id" in has and not self._skip else ())
        if tag == "template":
            self._skip += 1
        if self._skip:
            return
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        name = has.get("name", "")
        if tag == "input" and name and "disabled" not in has:
            if has.get("type") not in {"radio", "checkbox"} or "checked" in has:
                self.fields.append((name, has.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in has:
            self.fields.append((self._select, has["value"]))
        elif tag == "textarea":
            self._area, self._area_name = [], name
        if tag in {"title", "script", "style"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._skip -= 1
        elif tag == "textarea" and self._area is not None and not self._skip:
            # A browser leaves out the line break right after the start tag.
            self.fields.append((self._area_name, "".join(self._area).removeprefix("\n")))
            self._area = None
        elif self._open and self._open[-1] == tag:
            self._open.pop()
        if tag not in {"span", "a", "strong", "b", "em"}:
            self._words.append(" ")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)
        if self._open[-1:] == ["title"]:
            self.title += data
        elif not self._open and not self._skip:
            self._words.append(data)

    @property
    def words(self) -> str:
        """The text of the page, with single spaces."""
        return " ".join("".join(self._words).split())

    def value(self, name: str) -> str | None:
        """What a field holds, None when it holds nothing that would be sent."""
        return dict(self.fields).get(name)


def page(response: TestResponse) -> Page:
    """A page that was answered."""
    return Page(response.get_data(as_text=True))


def send(client: FlaskClient, url: str, shown: Page, changes: Mapping[str, Any], *, do: str = "send") -> TestResponse:
    """Fill in a form and press a button. ``changes``: field to value, a list for several, None to clear."""
    kept = [(name, value) for name, value in shown.fields if name not in changes]
    typed = [
        (name, one)
        for name, value in changes.items()
        if value is not None
        for one in (value if isinstance(value, list) else [value])
    ]
    data: dict[str, list[str]] = {}
    for name, value in [*kept, *typed, ("do", do)]:
        data.setdefault(name, []).append(value)
    return client.post(url, data=data)


def filled_in(fields: Iterable[tuple[str, str]], email: str = "asa@tripkit.example") -> dict[str, str]:
    """The sign-up form of the trip in `tripkit.testing` as it would be sent, with signs in it that have to survive."""
    return {
        **dict(fields),
        "contact_name": 'Åsa "Ö" <b>Öberg</b>',
        "contact_email": email,
        "organisation": "Påhittade kommunen",
        "invoice_address": "Gatan 1\r\n123 45 Hamnstad",
        "contact_travels": "yes",
        "terms_version": "1",
        "participants-0-segment": "city",
        "participants-0-choices-am": "mill",
        "do": "send",
    }
