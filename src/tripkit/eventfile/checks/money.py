"""Money: a currency there is, whose hundredths prices are counted in."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_currency_precision, list_currencies

from tripkit.domain.sentences import sentence
from tripkit.eventfile.errors import Findings, nearest_word
from tripkit.eventfile.values import Draft

_USUAL = ("SEK", "EUR", "NOK", "DKK", "ISK", "GBP", "USD", "CHF", "PLN", "CZK")


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _meant(currency: str) -> str | None:
    """Written small, or one of those that trips are paid in: among all there are, any three letters are near to some."""
    return currency.upper() if currency.upper() in _currencies() else nearest_word(currency, _USUAL)


def check_money(draft: Draft, findings: Findings) -> None:
    """Note a currency that there is not."""
    if not draft.is_whole("trip.price"):
        return
    price = draft.entry.trip.price
    if price.currency not in _currencies():
        hint = sentence("write the three letters of ISO 4217, as in SEK or EUR")
        what = sentence("there is no currency “{currency}”", currency=price.currency)
        findings.error(price.where("currency"), what, hint, _meant(price.currency))
    elif get_currency_precision(price.currency) != 2:
        findings.error(
            price.where("currency"),
            sentence("prices in {currency} cannot be kept: it is not counted in hundredths", currency=price.currency),
        )
