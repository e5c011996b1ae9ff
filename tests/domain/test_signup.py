"""What can be seen to be wrong with a party before any seat is counted."""

from __future__ import annotations

import pytest

from tests.domain.trips import segment, trip
from tripkit.domain.bookings import BookingRequest, ParticipantRequest
from tripkit.domain.signup import check_request


def request(people: int, *, together: bool) -> BookingRequest:
    return BookingRequest(
        contact_name="Karin Almfelt",
        contact_email="karin@tripkit.example",
        contact_phone=None,
        organisation="Påhittade kommunen",
        invoice_address="",
        invoice_reference="",
        language="sv",
        together=together,
        participants=tuple(
            ParticipantRequest(name=f"Person {number}", segment="city", answers={}) for number in range(people)
        ),
        terms_version="1",
        form_key="a-form",
    )


def problems(size: int, at_most: int | None, people: int, *, together: bool) -> list[str]:
    of = trip(size=size, segments=(segment("city", at_most=at_most),), largest_party=8)
    return [problem.at for problem in check_request(of, request(people, together=together))]


@pytest.mark.parametrize(("size", "at_most"), [(2, None), (10, 2)])
def test_a_party_that_can_never_fit_is_not_left_to_wait_together(size: int, at_most: int | None) -> None:
    assert problems(size, at_most, 3, together=True) == ["together"]
    assert problems(size, at_most, 2, together=True) == []


@pytest.mark.parametrize(("size", "at_most"), [(2, None), (10, 2)])
def test_a_party_that_may_be_split_can_be_larger_than_what_fits(size: int, at_most: int | None) -> None:
    assert problems(size, at_most, 3, together=False) == []
