"""Requests nobody would think of find no fault; and where one is planted, they find it."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, redirect, request

from tests.fuzz.cases import case
from tests.fuzz.hostile import MARK
from tests.fuzz.known import endpoint_of
from tests.fuzz.run import Finding, Fuzzer, Run, fuzzer
from tests.fuzz.stage import STRANGER, stage
from tripkit import app as application
from tripkit.web.routing import Policy

SEED = 1
CASES = 2600
"""Some 3,000 requests; `make fuzz` sends as many as one likes."""
NOBODY = {"static", "setup.begin", "proving_here.proves", "proving_here.serves"}
"""What nobody gets into here: files are no pages; a site that has begun begins no more, and is asked where nobody has; what other
servers ask takes a word."""

pytestmark = [
    pytest.mark.timeout(600),
    # A form that breaks off in the middle of a file leaves that to the collector; werkzeug closes what it has read to the end.
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning"),
]


@pytest.fixture(scope="module")
def fuzz() -> Iterator[Fuzzer]:
    """A site that is asked, for all tests here; after each case it is as before."""
    with fuzzer() as found:
        yield found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def not_begun() -> Iterator[Fuzzer]:
    """The same, on a site at which nobody has an account."""
    with fuzzer(begun=False) as found:
        yield found


def until_found(fuzz: Fuzzer, endpoint: str, wrong: str) -> Finding:
    """The first thing of this kind that is found by what is sent to an endpoint."""
    done = Run()
    for number in range(40_000):
        if endpoint_of(fuzz.stage.app, case(SEED, number, fuzz.people).ask.path) != endpoint:
            continue
        list(fuzz.walk(SEED, number, done))
        for finding in done.findings:
            if wrong in finding.wrong:
                return finding
    pytest.fail(f"not found in {done.requests} requests: {wrong}")


def test_no_answer_is_an_error_or_unguarded_or_lets_anything_out_of_its_text(fuzz: Fuzzer) -> None:
    done = list(fuzz.run(SEED, range(CASES)))[-1]
    assert "\n".join(finding.told() for finding in done.findings) == ""
    assert done.requests > CASES
    # They get far enough to matter: forms are taken, and refused in words, and by limits and without a database.
    assert done.statuses[303] > 200
    assert done.statuses[422] > 200
    assert {400, 404, 405, 429, 503} <= set(done.statuses)


def test_every_route_is_opened_by_somebody_and_every_form_is_found(fuzz: Fuzzer) -> None:
    """A route that nobody gets into is asked for in vain: whoever may has to stand in `who.py`."""
    opened = {endpoint for known in fuzz.people for endpoint in known.opened}
    takes_forms = {form.path for known in fuzz.people for form in known.forms if form.method == "POST"}
    opened |= {endpoint_of(fuzz.stage.app, path) for path in takes_forms}
    assert {rule.endpoint for rule in fuzz.stage.app.url_map.iter_rules()} - opened - NOBODY == set()


def test_a_site_that_nobody_has_begun_stands_the_same(not_begun: Fuzzer) -> None:
    done = list(not_begun.run(SEED, range(CASES // 4)))[-1]
    assert "\n".join(finding.told() for finding in done.findings) == ""
    at = [form for known in not_begun.people for form in known.forms if form.path.endswith("/setup/")]
    assert len(at) >= 2, "its form is found, by who knows the code and by who does not"
    assert done.served["organiser.overview"] > 3, "who knows it begins"
    assert done.statuses[422] > 50


def test_a_fault_in_its_form_is_found(not_begun: Fuzzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(not_begun.stage.app.view_functions, "setup.begin", lambda **_: falls_over_a_key())
    assert "ValueError" in until_found(not_begun, "setup.begin", "500").said


def falls_over_a_key() -> Response:
    return Response(str(int(request.form.get("key", "1"))))


def falls_over() -> Response:
    return Response(str(int(request.form.get("contact_email", "1"))))


def repeats() -> Response:
    return Response(f"<h1>{request.form.get('contact_email', '')}</h1>")


def into_an_attribute() -> Response:
    quoted = request.form.get("contact_email", "").replace("<", "&lt;").replace(">", "&gt;")
    return Response(f'<h1>Hello</h1><input value="{quoted}">')


def sends_away() -> Response:
    return redirect(request.form.get("contact_email", "/"), 303)


def forgets_its_guard() -> Response:
    return Response("<h1>Hello</h1>", headers={"Content-Security-Policy": "default-src * 'unsafe-inline'"})


def names_somebody_else() -> Response:
    return Response(f"<h1>{STRANGER}</h1>")


def tells_its_inside() -> Response:
    return Response("<h1>Traceback (most recent call last)</h1>")


def says_nothing() -> Response:
    return Response("no", 400)


def asks_for_an_age(number: str) -> str:
    return f'<h1>{len(number)}</h1><form method="post"><input name="age"></form>{int(request.form.get("age", "1"))}'


@pytest.mark.parametrize(
    ("view", "wrong"),
    [
        (falls_over, "500"),
        (repeats, "markup of others"),
        (into_an_attribute, "markup of others"),
        (sends_away, "leads to"),
        (forgets_its_guard, "a loose policy"),
        (names_somebody_else, "somebody else's"),
        (tells_its_inside, "the inside of the application"),
        (says_nothing, "refused without a word"),
    ],
)
def test_a_fault_that_is_planted_is_found_and_found_again_by_its_number(
    fuzz: Fuzzer, monkeypatch: pytest.MonkeyPatch, view: Callable[[], Response], wrong: str
) -> None:
    monkeypatch.setitem(fuzz.stage.app.view_functions, "mybooking.contact", lambda **_: view())
    first = until_found(fuzz, "mybooking.contact", wrong)
    again = list(fuzz.run(SEED, [first.case.number]))[-1]
    assert [(one.case.ask, one.wrong) for one in again.findings] == [(first.case.ask, first.wrong)]
    assert f"CASE={first.case.number}" in first.told()


def test_a_route_that_is_added_is_asked_for_without_anyone_remembering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach = application.words.teach

    def teach_and_add(app: Flask) -> None:
        teach(app)
        asks_for_an_age.__dict__["policy"] = Policy.PUBLIC
        app.add_url_rule("/new/<number>/", "new", asks_for_an_age, methods=["GET", "POST"])

    monkeypatch.setattr(application.words, "teach", teach_and_add)
    with stage(f"sqlite:///{tmp_path}/new.sqlite3", tmp_path) as on:
        found = Fuzzer(on)
        assert any(form.path == "/new/1/" for known in found.people for form in known.forms)
        assert "ValueError" in until_found(found, "new", "500").said


def test_after_a_case_everything_is_as_before(fuzz: Fuzzer) -> None:
    def there() -> list[str]:
        with fuzz.stage.engine.connect() as connection:
            return list(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]

    before = there()
    changed = [number for number in range(200) if _was_taken(fuzz, number)]
    assert len(changed) > 10
    assert there() == before


def _was_taken(fuzz: Fuzzer, number: int) -> bool:
    done = list(fuzz.run(SEED, [number]))[-1]
    return done.statuses[303] > 0


def test_the_same_number_is_the_same_request(fuzz: Fuzzer) -> None:
    sent, again = ([case(SEED, number, fuzz.people).ask for number in range(200)] for _ in range(2))
    assert sent == again
    assert len({ask.path for ask in sent}) > 50
    assert sum(MARK.encode() in ask.body for ask in sent) > 20
