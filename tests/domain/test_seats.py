"""Pools and claims as values: all or nothing, alternatives in order, nothing beyond a size."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.trips import segment, trip
from tripkit.domain.seats import Pool, PoolKind, Seats, changes, pools_of
from tripkit.domain.waiting_list import PassedBecause, Waiting, parties, promote

SEGMENTS = ("city", "police", "guards")


def seats_of(size: int, *, guaranteed: int = 0, city_at_most: int | None = None) -> Seats:
    value = trip(
        size=size,
        segments=(
            segment("city", at_most=city_at_most),
            segment("police", guaranteed=guaranteed),
            segment("guards"),
        ),
    )
    return Seats(Pool(number, pool.kind, pool.key, pool.size, 0) for number, pool in enumerate(pools_of(value), 1))


@st.composite
def seats(draw: st.DrawFn) -> Seats:
    guaranteed = draw(st.integers(0, 3))
    at_most = draw(st.none() | st.integers(0, 4))
    return seats_of(draw(st.integers(guaranteed, 8)), guaranteed=guaranteed, city_at_most=at_most)


def places_taken(of: Seats) -> int:
    return sum(pool.taken for pool in of.pools.values() if pool.kind in {PoolKind.OPEN, PoolKind.GUARANTEE})


def within_size(of: Seats) -> bool:
    return all(pool.size is None or 0 <= pool.taken <= pool.size for pool in of.pools.values())


def test_open_and_guaranteed_places_add_up_to_the_trip() -> None:
    pools = {(pool.kind, pool.key): pool.size for pool in seats_of(10, guaranteed=4).pools.values()}
    assert pools[PoolKind.OPEN, ""] == 6
    assert pools[PoolKind.GUARANTEE, "police"] == 4


def test_a_guaranteed_place_is_taken_before_an_open_one() -> None:
    of = seats_of(3, guaranteed=1)
    first, second = of.claim(of.place_wants("police")), of.claim(of.place_wants("police"))
    assert first is not None and second is not None
    assert [of.pools[first[0]].kind, of.pools[second[0]].kind] == [PoolKind.GUARANTEE, PoolKind.OPEN]


def test_a_party_that_does_not_fit_leaves_no_trace() -> None:
    of = seats_of(2)
    before = dict(of.pools)
    assert of.claim_together([of.place_wants("city")] * 3) is None
    assert of.pools == before


def test_a_full_segment_gives_the_place_back() -> None:
    of = seats_of(5, city_at_most=1)
    assert of.claim(of.place_wants("city")) is not None
    assert of.claim(of.place_wants("city")) is None
    assert places_taken(of) == 1


@given(seats(), st.lists(st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4), max_size=8))
def test_claims_never_exceed_a_size_and_counters_equal_claims(of: Seats, groups: list[list[str]]) -> None:
    held: list[int] = []
    for group in groups:
        claims = of.claim_together([of.place_wants(key) for key in group])
        for claim in claims or ():
            held += claim
        assert within_size(of)
        assert all(pool.taken == held.count(pool.id) for pool in of.pools.values())


@given(seats(), st.lists(st.sampled_from(SEGMENTS), max_size=10))
def test_who_is_refused_really_did_not_fit(of: Seats, people: list[str]) -> None:
    for key in people:
        limit = next((p for p in of.pools.values() if p.kind is PoolKind.SEGMENT and p.key == key), None)
        usable = [
            p for p in of.pools.values() if p.kind is PoolKind.OPEN or (p.kind is PoolKind.GUARANTEE and p.key == key)
        ]
        fits = any(pool.has_room() for pool in usable) and (limit is None or limit.has_room())
        assert (of.claim(of.place_wants(key)) is not None) == fits


@given(seats(), st.lists(st.sampled_from(SEGMENTS), max_size=10), st.integers(0, 3))
def test_there_is_room_for_somebody_just_when_they_could_take_it(of: Seats, people: list[str], smaller: int) -> None:
    """Also on a trip that was made smaller than what is taken: queues are left unread by this."""
    for key in people:
        of.claim(of.place_wants(key))
    open_id = of.by_key[PoolKind.OPEN, ""]
    of.pools[open_id] = replace(of.pools[open_id], size=max(0, (of.pools[open_id].size or 0) - smaller))
    for key in SEGMENTS:
        has_room = of.has_room_for(of.place_wants(key))
        claims = of.claim(of.place_wants(key))
        assert has_room == (claims is not None)
        of.give_back(claims or ())


@given(seats(), st.lists(st.sampled_from(SEGMENTS), max_size=10))
def test_releasing_a_guarantee_keeps_the_number_of_places(of: Seats, people: list[str]) -> None:
    size = sum(p.size or 0 for p in of.pools.values() if p.kind in {PoolKind.OPEN, PoolKind.GUARANTEE})
    for key in people:
        of.claim(of.place_wants(key))
    if (PoolKind.GUARANTEE, "police") in of.by_key:
        of.release_guarantee("police")
        assert not of.pools[of.by_key[PoolKind.GUARANTEE, "police"]].has_room()
    assert size == sum(p.size or 0 for p in of.pools.values() if p.kind in {PoolKind.OPEN, PoolKind.GUARANTEE})
    assert within_size(of)


def test_a_guarantee_lets_nobody_in_on_a_trip_that_is_overfull() -> None:
    of = seats_of(4, guaranteed=2)
    open_id = of.by_key[PoolKind.OPEN, ""]
    of.pools[open_id] = replace(of.pools[open_id], taken=4)
    assert of.claim(of.place_wants("police")) is None
    of.give_back([open_id])
    assert of.claim(of.place_wants("city")) is None
    assert of.claim(of.place_wants("police")) == (of.by_key[PoolKind.GUARANTEE, "police"],)


@given(st.integers(1, 6), st.integers(0, 4), st.none() | st.integers(0, 6))
def test_places_add_up_to_the_trip_however_small_it_becomes(size: int, guaranteed: int, still_held: int | None) -> None:
    value = trip(size=size, segments=(segment("city"), segment("police", guaranteed=guaranteed)))
    released = None if still_held is None else {"police": still_held}
    sizes = [pool.size or 0 for pool in pools_of(value, released) if pool.kind in {PoolKind.OPEN, PoolKind.GUARANTEE}]
    assert sum(sizes) == size and min(sizes) >= 0


def test_people_with_open_places_move_to_free_guaranteed_ones() -> None:
    of = seats_of(3, guaranteed=1)
    guaranteed, open_place = of.by_key[PoolKind.GUARANTEE, "police"], of.by_key[PoolKind.OPEN, ""]
    for _ in range(3):
        of.claim(of.place_wants("police"))
    of.give_back([guaranteed])
    assert of.use_guarantees({"police": 2}) == {"police": 1}
    assert (of.pools[guaranteed].taken, of.pools[open_place].taken) == (1, 1)


def test_changes_name_people_and_places() -> None:
    of = seats_of(3, guaranteed=2)
    before = dict(of.pools)
    of.claim(of.place_wants("police"))
    of.release_guarantee("police")
    guaranteed, open_place = of.by_key[PoolKind.GUARANTEE, "police"], of.by_key[PoolKind.OPEN, ""]
    assert changes(before, of.pools) == {guaranteed: (1, -1), open_place: (0, 1)}


queues = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(SEGMENTS)), max_size=10)


@given(seats(), queues)
def test_a_queue_gives_places_without_splitting_or_overtaking_unsaid(of: Seats, people: list[tuple[int, str]]) -> None:
    queue = [Waiting(number, number, party, of.place_wants(key)) for number, (party, key) in enumerate(people, 1)]
    promotions, passings = promote(of, queue)
    assert within_size(of)
    promoted = {waiting.id for promotion in promotions for waiting in promotion.party}
    for party in parties(queue):
        assert {waiting.id in promoted for waiting in party} in ({True}, {False})
    said = {(passing.waiting_id, passing.by_participant) for passing in passings}
    order = parties(queue)
    for position, party in enumerate(order):
        if party[0].id in promoted:
            for earlier in order[:position]:
                for waiting in earlier:
                    assert waiting.id in promoted or (waiting.id, party[0].participant_id) in said
        else:
            assert of.claim_together([waiting.wants for waiting in party]) is None


def test_each_passing_says_why() -> None:
    of = seats_of(3, guaranteed=1, city_at_most=0)
    wants = {key: of.place_wants(key) for key in SEGMENTS}
    queue = [
        Waiting(1, 1, 1, wants["city"]),
        Waiting(2, 2, 2, wants["guards"]),
        Waiting(3, 3, 2, wants["guards"]),
        Waiting(4, 4, 2, wants["guards"]),
        Waiting(5, 5, 5, wants["police"]),
    ]
    _, passings = promote(of, queue)
    assert {(passing.waiting_id, passing.because) for passing in passings} == {
        (1, PassedBecause.SEGMENT_FULL),
        *((number, PassedBecause.GUARANTEED_TO_OTHERS) for number in (2, 3, 4)),
    }


def test_who_took_a_limits_last_place_did_not_find_it_reached() -> None:
    of = seats_of(5, city_at_most=1)
    pair = [Waiting(number, number, 1, of.place_wants("city")) for number in (1, 2)]
    _, passings = promote(of, [*pair, Waiting(3, 3, 3, of.place_wants("city"))])
    assert {(passing.waiting_id, passing.because) for passing in passings} == {
        (number, PassedBecause.PARTY_DOES_NOT_FIT) for number in (1, 2)
    }
