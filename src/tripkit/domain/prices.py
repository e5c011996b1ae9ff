"""Money and what a party pays: integers in minor units, tax by rate; no invoice, no payment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount. ``minor``: minor units of ``currency`` (öre for SEK); ``currency``: ISO 4217."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {Decimal(self.minor) / 100:,.2f}"


@dataclass(frozen=True, slots=True)
class Price:
    """A price for one person, without tax. ``vat_percent``: 25 means 25 %."""

    net: Money
    vat_percent: Decimal


@dataclass(frozen=True, slots=True)
class Sum:
    """What a party pays together. ``vat`` is a row per rate: (percent, amount)."""

    net: Money
    vat: tuple[tuple[Decimal, Money], ...]
    total: Money


def add_up(prices: Iterable[Price], currency: str) -> Sum:
    """Add up the prices of a party.

    Tax is worked out per rate on the rate's sum and rounded half up to a minor unit (EN 16931, BR-CO-17), never per
    person, so that the invoice shows the same figure.
    """
    by_rate: dict[Decimal, int] = defaultdict(int)
    for price in prices:
        if price.net.currency != currency:
            raise ValueError(f"a price in {price.net.currency} on a trip sold in {currency}")
        by_rate[price.vat_percent] += price.net.minor
    vat = tuple(
        (rate, Money(int((Decimal(net) * rate / 100).quantize(Decimal(1), ROUND_HALF_UP)), currency))
        for rate, net in sorted(by_rate.items())
    )
    net = sum(by_rate.values())
    return Sum(Money(net, currency), vat, Money(net + sum(amount.minor for _, amount in vat), currency))
