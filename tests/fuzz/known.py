"""Everything that can be asked for: every route, filled in for everybody who asks, and every form that stands in a page they get."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.fuzz.browser import Answer, Ask, Browser
from tests.fuzz.forms import Form, Found
from tests.fuzz.stage import Stage
from tests.fuzz.who import Who, askers
from tests.web.everywhere import ARGUMENT

PROVING = ("account.sign_in", "account.second_factor", "account.again", "account.home")
NOWHERE = "no page"
MOST_ALIKE = 4
"""Pages of one kind that are looked at for each who asks; of those that others were shown before, one."""


@dataclass
class Known:
    """What somebody can ask for. ``paths``: pages they were led to. ``opened``: endpoints that answered them with what is there."""

    who: Who
    browser: Browser
    rules: list[Rule]
    forms: list[Form] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)
    """Names that stand in queries."""


def filled(rule: Rule, who: Who) -> str:
    """A rule's address for somebody; what they know nothing for is 1."""
    return ARGUMENT.sub(lambda found: who.values.get(found[1], "1"), rule.rule)


def look_around(stage: Stage) -> list[Known]:
    """Ask for every route in everybody's name, follow every link, and write down every form."""
    people = [(who, Browser(stage.app)) for who in askers(stage)]
    for who, browser in people:
        who.sign_in(stage, browser)
    stage.keep()  # Signing in may write something down, and everybody stays signed in.
    found: list[Known] = []
    for who, browser in people:
        shown = {endpoint for known in found for endpoint in known.opened}
        found.append(seen_by(stage.app, who, browser, shown))
    stage.restore()
    return found


def seen_by(app: Flask, who: Who, browser: Browser, shown: set[str]) -> Known:
    """What one person can ask for. ``shown``: endpoints of which one page is enough."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    known = Known(who, browser, rules)
    waiting = deque([*who.begins, *((filled(rule, who), "") for rule in rules if "GET" in (rule.methods or ()))])
    seen, kinds = set(waiting), set()
    asked: Counter[str] = Counter()
    while waiting:
        path, query = waiting.popleft()
        at = endpoint_of(app, path)
        asked[at] += 1
        if asked[at] > (1 if at in shown else MOST_ALIKE):
            continue
        answer = browser.send(Ask("GET", path, query, headers={"Accept-Language": "en", **who.headers}))
        if answer.status < 400:
            known.paths.append(path)
        if answer.status == 200 or (answer.status < 400 and not _asks_to_sign_in(app, answer)):
            known.opened |= {rule.endpoint for rule in _rules_at(app, path)}
        found = Found(answer.text if answer.mimetype == "text/html" else "", path)
        for new in _led_to(answer, found):
            known.queries |= {pair.partition("=")[0] for pair in new[1].split("&")} - {""}
            if new not in seen:
                seen.add(new)
                waiting.append(new)
        for form in found.forms:
            kind = (endpoint_of(app, form.path), form.key())
            if kind not in kinds:
                kinds.add(kind)
                known.forms.append(form.written(who.writes))
    return known


def _led_to(answer: Answer, found: Found) -> Iterator[tuple[str, str]]:
    """Where a page leads: by its links, by its redirect, and to where its forms are."""
    for form in found.forms:
        yield form.path, form.query
    for link in [*found.links, answer.header("Location")]:
        parts = urlsplit(link)
        if link and not parts.netloc and not parts.scheme and not parts.path.startswith("/static/"):
            yield parts.path or "/", parts.query


def _asks_to_sign_in(app: Flask, answer: Answer) -> bool:
    """Whether it leads to where one proves to be somebody, instead of to what was asked for."""
    return endpoint_of(app, urlsplit(answer.header("Location")).path) in PROVING


def _rules_at(app: Flask, path: str) -> list[Rule]:
    adapter = app.url_map.bind("127.0.0.1")
    try:
        rule, _ = adapter.match(path, method="GET", return_rule=True)
    except HTTPException:
        return []
    return [rule]


def endpoint_of(app: Flask, path: str) -> str:
    """Who answers at an address."""
    adapter = app.url_map.bind("127.0.0.1")
    for method in ("POST", "GET"):
        try:
            return adapter.match(path, method=method)[0]
        except HTTPException:
            continue
    return NOWHERE
