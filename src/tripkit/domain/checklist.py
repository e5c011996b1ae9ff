"""What is missing before a trip should be public: what somebody who thinks of signing up would ask; nothing is forbidden here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tripkit.domain.places import has_started
from tripkit.domain.programme import ItemKind
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing. ``part``: where it is written: ``sign-up``, or the name of a list; ``stops``: nobody could sign up without."""

    sentence: Sentence
    part: str
    stops: bool = False


def missing(trip: Trip, *, untranslated: int, now: datetime) -> Iterator[Missing]:
    """What is missing, what matters most first. ``untranslated``: texts without some of the trip's languages."""
    if has_started(trip, now):
        yield Missing(sentence=sentence("The trip's first day is over already."), part="basics", stops=True)
    elif trip.signup_closes_at is not None and trip.signup_closes_at <= now:
        yield Missing(sentence=sentence("Sign-up has closed already."), part="sign-up", stops=True)
    if not any(trip.terms.text.values()):
        yield Missing(sentence=sentence("There are no terms to agree to."), part="terms", stops=True)
    if not trip.programme:
        yield Missing(sentence=sentence("Nothing is in the programme yet."), part="programme")
    for choice in trip.choices:
        among = sum(item.choice == choice.key for item in trip.programme)
        if among < (2 if choice.required else 1):
            said = sentence("“{choice}”: there is nothing to choose among yet.", choice=choice.title)
            yield Missing(sentence=said, part="programme")
    visits = [item for item in trip.programme if item.kind is ItemKind.SITE_VISIT]
    if homeless := sum(item.site is None for item in visits):
        said = sentences("One visit has no site.", "{count} visits have no site.", homeless)
        yield Missing(sentence=said, part="programme")
    if not trip.price.net.minor:
        yield Missing(sentence=sentence("The price is 0."), part="price")
    if trip.contact.email is None and trip.contact.phone is None:
        yield Missing(sentence=sentence("Nobody can be asked: no e-mail, no telephone."), part="basics")
    if not trip.practical:
        yield Missing(
            sentence=sentence("Nothing practical is said: how one gets there, where to sleep."), part="practical"
        )
    if trip.picture is None:
        yield Missing(sentence=sentence("There is no picture."), part="picture")
    if untranslated:
        said = sentences("One text is not translated.", "{count} texts are not translated.", untranslated)
        yield Missing(sentence=said, part="texts")
