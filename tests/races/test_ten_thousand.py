"""Ten thousand people press at the same moment for forty places, on four processes of the site and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.rush import PLACED, QUEUED, Outcome, rush
from tests.conftest import drop_postgres_database, make_postgres_database

PEOPLE = 10_000
PLACES = 40

pytestmark = [pytest.mark.timeout(1500), pytest.mark.xdist_group("races")]


def test_forty_get_a_place_and_each_of_the_others_an_answer(
    postgres_server: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    url = make_postgres_database(postgres_server)
    try:
        outcome: Outcome = rush(url, tmp_path, people=PEOPLE, places=PLACES, processes=4)
    finally:
        drop_postgres_database(postgres_server, url)
    record_property("rush", outcome.report())
    assert outcome.told == {PLACED: PLACES, QUEUED: PEOPLE - PLACES}
    assert (outcome.placed, outcome.queued, outcome.bookings) == (PLACES, PEOPLE - PLACES, PEOPLE)
    assert outcome.drift == 0
