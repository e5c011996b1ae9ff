"""Money in minor units, and tax per rate on the sum."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripkit.domain.prices import Money, Price, add_up


def price(minor: int, vat: str = "25", currency: str = "SEK") -> Price:
    return Price(Money(minor, currency), Decimal(vat))


def test_tax_is_worked_out_on_the_sum_not_per_person() -> None:
    # Three times 0.33 kr at 25 %: 0.2475 in all, while three rounded parts of 0.0825 would make 0.24.
    added = add_up([price(33)] * 3, "SEK")
    assert (added.net.minor, added.vat, added.total.minor) == (99, ((Decimal(25), Money(25, "SEK")),), 124)


def test_half_an_ore_goes_up() -> None:
    assert add_up([price(2)], "SEK").total.minor == 3


def test_every_rate_has_its_row() -> None:
    added = add_up([price(1000), price(1000, "12"), price(500, "0")], "SEK")
    assert added.vat == (
        (Decimal(0), Money(0, "SEK")),
        (Decimal(12), Money(120, "SEK")),
        (Decimal(25), Money(250, "SEK")),
    )
    assert added.total == Money(2870, "SEK")


def test_nobody_pays_nothing() -> None:
    assert add_up([], "SEK").total == Money(0, "SEK")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="EUR"):
        add_up([price(1, currency="EUR")], "SEK")
    with pytest.raises(ValueError, match="EUR"):
        Money(1, "SEK") + Money(1, "EUR")


@given(st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from(["0", "6", "12", "25"])), max_size=12))
def test_the_total_is_net_and_tax_whatever_the_order(rows: list[tuple[int, str]]) -> None:
    prices = [price(minor, vat) for minor, vat in rows]
    added = add_up(prices, "SEK")
    assert added == add_up(prices[::-1], "SEK")
    assert added.total.minor == added.net.minor + sum(amount.minor for _, amount in added.vat)
    exact = sum(Decimal(minor) * Decimal(vat) / 100 for minor, vat in rows)
    assert abs(sum(amount.minor for _, amount in added.vat) - exact) <= Decimal("0.5") * len(added.vat)
