"""How many SQL statements a sign-up takes in the application, and what its page tells the script."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tests.web.signup_visitor import app_on, page, send, visitor
from tests.web.test_signup import CONTACT, URL, form, party
from tripkit.storage import db
from tripkit.testing import applied, booked, make_segment, make_trip


def statements_of_a_sign_up(engine: Engine, people: int) -> list[str]:
    client = visitor(engine)
    form(client)  # The trip is read once in a process, by whoever comes first.
    with app_on(engine).app_context():
        own = db.engine
    with count_statements(own) as statements:
        shown = form(client, f"{URL}?people={people}")
        names = [f"Person {number}" for number in range(1, people)]
        answer = send(client, URL, shown, party(*names))
        assert answer.status_code == 303
    return statements


@pytest.mark.parametrize("there", [10, 10_000])
def test_a_sign_up_takes_at_most_25_statements_at_any_size(
    engine: Engine, session: Session, fill: Callable[[int, int], None], there: int
) -> None:
    trip_id = applied(session, make_trip(size=20_000))
    fill(trip_id, there)
    assert len(statements_of_a_sign_up(engine, 3)) <= 25


@pytest.mark.parametrize("waiting", [1, 10])
def test_a_sign_up_to_the_queue_takes_at_most_25_statements(engine: Engine, session: Session, waiting: int) -> None:
    trip_id = applied(session, make_trip(size=1))
    booked(session, trip_id, 1)
    for _ in range(waiting):
        booked(session, trip_id, 1)
    assert len(statements_of_a_sign_up(engine, 3)) <= 25


def facts(engine: Engine) -> dict[str, object]:
    html = visitor(engine).get(URL).text
    told: dict[str, object] = json.loads(html.split('id="signup-facts">')[1].split("</script>")[0])
    return told


def test_the_script_is_told_what_collides_in_words(engine: Engine, session: Session) -> None:
    applied(session)
    told = facts(engine)["collisions"]
    assert isinstance(told, list)
    assert [(one["items"], one["at"], one["segments"]) for one in told] == [
        (["port", "hill"], "pm", []),
        (["mill", "hill"], "pm", []),
    ]
    assert told[0]["text"].startswith("{name} cannot make it. “Visit port” ends at 12:30")


def test_the_script_is_told_how_many_places_each_group_has(engine: Engine, session: Session) -> None:
    police = make_segment("police", guaranteed=3)
    trip_id = applied(session, make_trip(segments=(make_segment("city", at_most=5), police)))
    booked(session, trip_id, 1)
    told = facts(engine)
    segments = told["segments"]
    assert isinstance(segments, dict)
    assert {key: (one["left"], one["guaranteed"]) for key, one in segments.items()} == {
        "city": (4, 0),
        "police": (9, 3),
    }
    assert (told["open"], told["waiting"], told["full"], told["money"]) == (6, 0, False, "SEK\xa00")


def test_what_the_script_is_told_cannot_end_its_block(engine: Engine, session: Session) -> None:
    name = {"sv": "</script><b>", "en": "</script><b>"}
    applied(session, make_trip(segments=(make_segment("city", name=name), make_segment("police"))))
    answer = visitor(engine).get(URL)
    assert answer.text.count("</script>") == answer.text.count("<script")
    assert page(answer).title == "Sign up for Hamnstad, 5–6 May 2027"
    assert CONTACT["participants-0-segment"] in answer.text
