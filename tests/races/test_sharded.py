"""The measurement of shards and batches never gives out more places than there are, and would show it if it did."""

from __future__ import annotations

import pytest

from bench.sharded import WAYS, rush
from tests.conftest import drop_postgres_database, make_postgres_database

PLACES, PEOPLE, CLIENTS = 40, 120, 8


@pytest.mark.parametrize(("shards", "batch"), [(shards, batch) for _, shards, batch in WAYS])
def test_no_place_is_given_twice(postgres_server: str, shards: int, batch: int) -> None:
    url = make_postgres_database(postgres_server)
    try:
        run = rush(url, shards, batch, CLIENTS, places=PLACES, people=PEOPLE)
    finally:
        drop_postgres_database(postgres_server, url)
    assert not run.is_wrong(PLACES, batch), run
    assert run.counted == PLACES


def test_without_lock_and_bound_places_are_given_twice(postgres_server: str) -> None:
    url = make_postgres_database(postgres_server)
    try:
        run = rush(url, 1, 1, CLIENTS, places=PLACES, people=PEOPLE, guarded=False)
    finally:
        drop_postgres_database(postgres_server, url)
    assert run.placed > PLACES
    assert run.is_wrong(PLACES, 1)
