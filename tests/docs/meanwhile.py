"""What happens to a page's reader between two blocks: people sign up, through the form on the site."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.docs.running import TODAY
from tests.web.signup_visitor import page, send
from tripkit.app import create_app
from tripkit.reads.trip_plan import find_trip
from tripkit.settings import Clock, Settings
from tripkit.storage import db, open_engine, sessions
from tripkit.testing import booked, make_participant

PEOPLE = (
    ("Maja Ekström", "housing", "green-roofs"),
    ("Ali Rask", "housing", "green-roofs"),
    ("Stina Wall", "tenants", "laundry-house"),
)


def three_people_sign_up(folder: Path) -> None:
    """A contact person signs up three people in one go; all of them get places."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'var' / 'tripkit.sqlite3'}",
        secret_key="only for tests, 32 characters..",
        clock=Clock(datetime.fromisoformat(TODAY)),
    )
    app = create_app(settings)
    client = app.test_client()
    url = "/en/vinterhamn-homes/courtyards-2027/sign-up/"
    shown = client.get(f"{url}?people={len(PEOPLE)}")
    assert shown.status_code == 200
    typed: dict[str, Any] = {
        "contact_name": PEOPLE[0][0],
        "contact_email": "maja@homes.example",
        "organisation": "Påhittade bostäder",
        "terms_version": "1",
    }
    for number, (name, segment, visit) in enumerate(PEOPLE):
        typed |= {
            f"participants-{number}-name": name,
            f"participants-{number}-segment": segment,
            f"participants-{number}-choices-visit": visit,
            f"participants-{number}-answers-arrives-by": "train",
        }
    answer = send(client, url, page(shown), typed)
    assert answer.status_code == 303, page(answer).words
    receipt = page(client.get(answer.location))
    assert "All 3 places are confirmed." in receipt.words
    with app.app_context():
        db.engine.dispose()


def somebody_signs_up_in_the_small_trip(folder: Path) -> None:
    """One person signs up for the trip that `tripkit event new harbour` writes."""
    engine = open_engine(f"sqlite:///{folder / 'var' / 'tripkit.sqlite3'}")
    with sessions(engine)() as session:
        trip_id = find_trip(session, "my-organisation", "harbour")
        assert trip_id is not None
        guest = make_participant("Maja Ekström", "municipalities", items=("harbour-walk",))
        booked(
            session,
            trip_id,
            [guest],
            when=datetime.fromisoformat(TODAY),
            contact_name="Maja Ekström",
            contact_email="maja@homes.example",
        )
    engine.dispose()


MEANWHILE = {
    "three people sign up": three_people_sign_up,
    "somebody signs up in the small trip": somebody_signs_up_in_the_small_trip,
}
