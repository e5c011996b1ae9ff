"""The draw as values: the order a seed gives, parties whole, limits kept; reckoned once more by hand."""

from __future__ import annotations

import hashlib
from random import Random

from tests.domain.test_seats import seats_of, within_size
from tripkit.domain.lottery import Lot, give_places, in_drawn_order, lot_number, lot_text, promise_of

SEED = "5e" * 32


def lots(count: int, *, people: int = 1, segment: str = "city") -> list[Lot]:
    return [
        Lot(
            number=lot_number(lot_text(f"CODE-{nth:04}", None)),
            participant_ids=tuple(range(nth * 100, nth * 100 + people)),
            segments=(segment,) * people,
        )
        for nth in range(count)
    ]


def test_the_order_is_that_of_the_digests_whoever_came_first() -> None:
    entered = lots(40)
    expected = sorted(entered, key=lambda lot: hashlib.sha256(f"{SEED}:{lot.number}".encode()).hexdigest())
    assert list(in_drawn_order(SEED, entered)) == expected
    Random(1).shuffle(entered)
    assert list(in_drawn_order(SEED, entered)) == expected


def test_the_promise_is_the_digest_of_the_seed_as_it_is_written() -> None:
    assert promise_of(SEED) == hashlib.sha256(SEED.encode("ascii")).hexdigest()
    assert promise_of("5f" * 32) != promise_of(SEED)


def test_a_lot_is_known_by_the_digest_of_the_code_and_of_whose_it_is() -> None:
    assert lot_text("ABCD-EFGH", None) == "ABCD-EFGH"
    assert lot_text("ABCD-EFGH", 2) == "ABCD-EFGH/2"
    assert lot_number("ABCD-EFGH/2") == hashlib.sha256(b"ABCD-EFGH/2").hexdigest()


def test_the_first_drawn_get_the_places() -> None:
    of = seats_of(3)
    promotions, passings = give_places(of, in_drawn_order(SEED, lots(9)))
    assert [promotion.party[0].party for promotion in promotions] == [0, 1, 2]
    assert not passings
    assert within_size(of)


def test_a_party_gets_places_for_all_or_none_and_those_who_fit_pass_it() -> None:
    drawn = [*lots(1, people=2), *lots(4, people=2)[1:2], *lots(4)[3:]]
    promotions, passings = give_places(seats_of(3), drawn)
    assert [promotion.party[0].party for promotion in promotions] == [0, 2]
    assert {passing.because.value for passing in passings} == {"party_does_not_fit"}
    assert {passing.participant_id for passing in passings} == set(drawn[1].participant_ids)


def test_guaranteed_places_and_limits_hold_in_the_draw() -> None:
    of = seats_of(4, guaranteed=2, city_at_most=1)
    cities, police = lots(5), lots(5, segment="police")
    promotions, _ = give_places(of, [*cities, *police])
    assert [promotion.party[0].party for promotion in promotions] == [0, 5, 6, 7]
    assert within_size(of)
