"""Who comes on a trip, as its organisers see it: found, filtered, in order, page by page; and who may see it."""

from __future__ import annotations

import tracemalloc
from datetime import date
from io import BytesIO
from urllib.parse import parse_qsl
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests.statements import count_statements
from tests.web.conftest import Site
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.erase_booking import erase_booking
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import Listing, Order
from tripkit.domain.rights import Role
from tripkit.domain.sought import Sought, VisitSought
from tripkit.domain.trips import Trip
from tripkit.reads import participants as reading
from tripkit.reads.participant_rows import Participant
from tripkit.reads.participants import participants_in_turn, participants_page
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import sessions, write
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.trips import TripRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_trip
from tripkit.web.organiser.listing_fields import fields_of, listing_in, query_of

LIST = f"{HOST}trips/hamnstad/participants/"


def found(session: Session, trip_id: int, order: Order = Order.NAME, **sought: object) -> list[str]:
    listing = Listing(sought=Sought(**sought), order=order)  # type: ignore[arg-type]
    shown = participants_page(session, trip_id=trip_id, listing=listing, page=1, with_money=True)
    assert shown is not None
    assert shown.count == len(shown.participants)
    return [one.name for one in shown.participants]


def plan(session: Session, trip_id: int) -> Trip:
    found = trip_plan(session, trip_id)
    assert found is not None
    return found[2]


def people(session: Session) -> int:
    """A trip of two places: Åsa and Örjan have them, Émile and Zoë wait."""
    trip_id = applied(session, make_trip(size=2))
    kommun = {"organisation": "50% & Co_op", "contact_email": "kontakt@tripkit.example"}
    booked(
        session, trip_id, [make_participant("Örjan Ek"), make_participant("Åsa Ny", email="ASA@x.example")], **kommun
    )
    booked(session, trip_id, [make_participant("Zoë Al"), make_participant("Émile Q")], organisation="Växjö kommun")
    return trip_id


def test_words_are_found_whatever_their_case_and_accents(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = people(session)
        code = session.scalars(select(BookingRow.code).order_by(BookingRow.id)).first()
        assert found(session, trip_id, words="asa") == ["Åsa Ny"]
        assert found(session, trip_id, words="ÅSA  ny") == ["Åsa Ny"]
        assert found(session, trip_id, words="A\u030asa") == ["Åsa Ny"], "with the ring on its own"
        assert found(session, trip_id, words="EMILE") == ["Émile Q"]
        assert found(session, trip_id, words="vaxjo zoe") == ["Zoë Al"]
        assert found(session, trip_id, words="asa@X.EXAMPLE") == ["Åsa Ny"]
        assert found(session, trip_id, words=str(code).lower()) == ["Åsa Ny", "Örjan Ek"]
        assert found(session, trip_id, words="asa zoe") == []


@pytest.mark.parametrize(
    ("words", "names"), [("50%", 2), ("%", 2), ("co_op", 2), ("_", 2), ("c_op", 0), ("/", 0), ("'", 0)]
)
def test_signs_of_the_database_are_only_signs(engine: Engine, words: str, names: int) -> None:
    with sessions(engine)() as session:
        assert len(found(session, people(session), words=words)) == names


def test_the_list_is_in_the_order_of_the_alphabet_or_first_come_first(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = people(session)
        assert found(session, trip_id) == ["Émile Q", "Zoë Al", "Åsa Ny", "Örjan Ek"]
        assert found(session, trip_id, order=Order.CAME) == ["Örjan Ek", "Åsa Ny", "Zoë Al", "Émile Q"]


def test_it_is_filtered_by_how_it_stands_by_group_and_by_visit(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = people(session)
        assert found(session, trip_id, states=(ParticipantStatus.WAITING,)) == ["Émile Q", "Zoë Al"]
        assert found(session, trip_id, segments=("city",), words="ek") == ["Örjan Ek"]
        assert found(session, trip_id, segments=("nobody",)) == []
        other = applied(session, make_trip(key="other"))
        booked(session, other, [make_participant("Gast", items=("port",))])
        assert found(session, other, visits=(VisitSought(visits=("port",)),)) == ["Gast"]
        assert found(session, trip_id, visits=(VisitSought(visits=("port",)),)) == []


def test_the_list_takes_as_many_statements_for_one_as_for_many(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = applied(session, make_trip(size=300, largest_party=150))
        taken = []
        for more in (1, 2, 120):
            booked(session, trip_id, more)
            session.rollback()
            with count_statements(session) as statements:
                shown = participants_page(session, trip_id=trip_id, listing=Listing(), page=1, with_money=False)
            taken.append(len(statements))
        assert shown is not None
        assert (len(shown.participants), shown.count, shown.pages) == (100, 123, 2)
        assert len(set(taken)) == 1 and taken[0] <= 8
        last = participants_page(session, trip_id=trip_id, listing=Listing(), page=2, with_money=False)
        assert last is not None
        assert len({one.id for one in (*shown.participants, *last.participants)}) == 123


def test_all_of_them_are_read_some_at_a_time_and_each_once(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = people(session)
        found: list[Participant] = list(
            participants_in_turn(session, trip_id=trip_id, trip=plan(session, trip_id), listing=Listing(), at_once=2)
        )
        assert [one.name for one in found] == ["Örjan Ek", "Åsa Ny", "Zoë Al", "Émile Q"]
        assert [one.position for one in found] == [None, None, 1, 2]


def test_a_long_list_is_read_in_as_much_memory_as_a_short_one(sqlite_engine: Engine) -> None:
    with sessions(sqlite_engine)() as session:
        trip_id = applied(session)
        booked(session, trip_id, 1)
        session.rollback()
        one = session.scalars(select(ParticipantRow)).one()
        row = {key: getattr(one, key) for key in ("booking_id", "trip_id", "segment", "status", "price", "wished")}

        def peak(more: int) -> int:
            with write(session):
                session.execute(insert(ParticipantRow), [{**row, "name": f"Person {n}"} for n in range(more)])
            list(
                zip(
                    range(600),
                    participants_in_turn(session, trip_id=trip_id, trip=plan(session, trip_id), listing=Listing()),
                    strict=False,
                )
            )
            tracemalloc.start()
            read = sum(
                1
                for _ in participants_in_turn(session, trip_id=trip_id, trip=plan(session, trip_id), listing=Listing())
            )
            taken = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert read > more
            return taken

        short, long = peak(2_000), peak(10_000)
        assert long < 1.2 * short


def test_who_may_is_led_from_the_trip_to_its_people_and_their_bookings(site: Site) -> None:
    trip_id = people(site.session)
    made = site.session.scalars(select(BookingRow.code).where(BookingRow.trip_id == trip_id)).all()
    site.session.rollback()
    client = member(site, Role.READER)
    assert LIST in client.get(f"{HOST}trips/hamnstad/", headers={"Accept-Language": "en"}).text
    shown = client.get(LIST)
    words = page(shown).words
    assert shown.status_code == 200
    assert "4 people on the trip" in words and "Örjan Ek" in words and "number 1 in the queue" in words
    assert all(f"/bookings/{code}/" in shown.text for code in made)
    one = page(client.get(f"{LIST}?words=zoe&state=waiting")).words
    assert "One person of 4 matches" in one and "Zoë Al" in one and "Örjan" not in one
    nobody = page(client.get(f"{LIST}?words=kurt")).words
    assert "Nobody matches." in nobody and "Show everybody" in nobody


@pytest.mark.parametrize("query", ["page=2", "page=0", "page=x", "state=gone", "order=size"])
def test_what_cannot_be_looked_for_is_not_there(site: Site, query: str) -> None:
    people(site.session)
    assert member(site, Role.OWNER).get(f"{LIST}?{query}").status_code == 404


def test_strange_searches_find_nobody_and_break_nothing(site: Site) -> None:
    people(site.session)
    client = member(site, Role.OWNER)
    for words in ("%00", "x" * 5000, "a " * 900, "%5c", "%F0%9F%98%80", "%ff", "<script>"):
        assert client.get(f"{LIST}?words={words}&segment=%00&visit=%27").status_code == 200, words


def test_a_trip_without_people_and_one_that_was_erased_say_so(site: Site) -> None:
    trip_id = site.publish()
    client = member(site, Role.OWNER)
    assert "Nobody has signed up yet." in page(client.get(LIST)).words
    made = site.book(trip_id, [make_participant("Kvar Ek")])
    gone = site.book(trip_id, [make_participant("Borta Al")])
    erase_booking(site.session, code=gone.code, cancel=True, reason="asked", moment=make_moment())
    shown = page(client.get(LIST)).words
    assert "Kvar Ek" in shown and "Erased" in shown and "Borta" not in shown
    erased = page(client.get(f"{HOST}trips/hamnstad/bookings/{gone.code}/")).words
    assert "This booking was erased on" in erased and "Borta" not in erased and "Cancelled" in erased
    cancel_participants(site.session, booking_id=made.booking_id, moment=make_moment())
    with write(site.session):
        site.session.execute(update(TripRow).where(TripRow.id == trip_id).values(erased_at=NOW))
    shown = page(client.get(LIST)).words
    assert "What people wrote for this trip was erased on" in shown and "Kvar Ek" not in shown


def test_pages_keep_what_was_looked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    people(site.session)
    monkeypatch.setattr(reading, "PAGE", 3)
    client = member(site, Role.OWNER)
    shown = client.get(f"{LIST}?order=came")
    assert "Page 1 of 2" in page(shown).words and "Émile" not in page(shown).words
    assert "page=2" in shown.text and "order=came" in shown.text
    assert "Émile Q" in page(client.get(f"{LIST}?order=came&page=2")).words


def test_a_list_is_said_by_its_address_there_and_back() -> None:
    sent = (
        "words=Åsa Ny&state=waiting&state=offered&segment=police&visit=port&how=none&unanswered=1&answer.hotel=is.yes"
        "&answer.bed=missing&workplace=V%C3%A4xj%C3%B6&mail=bounced&since=2027-01-31&before=2027-02-01&company=1"
        "&order=latest&column=phone&column=answer.hotel"
    )
    listing = listing_in(MultiDict(parse_qsl(sent)))
    assert listing.sought.since == date(2027, 1, 31) and listing.order is Order.LATEST
    assert set(parse_qsl(query_of(fields_of(listing)))) == set(parse_qsl(sent))
    assert fields_of(listing_in(MultiDict())) == ()


def test_what_it_is_narrowed_down_by_stands_above_it_and_is_taken_away_one_by_one(site: Site) -> None:
    people(site.session)
    client = member(site, Role.OWNER)
    shown = client.get(f"{LIST}?state=waiting&visit=mill&how=none&answer.arrives=missing&since=2027-01-31&order=came")
    words = page(shown).words
    assert "One person" not in words and "2 people of 4 match" in words
    for chip in (
        "In the queue",
        "Visit mill: neither has one nor waits",
        "“Arrives by”: no answer",
        "since 2027-01-31",
    ):
        assert chip in words
    ways = {link for link in page(shown).links if link.startswith("?")}
    assert "?since=2027-01-31&visit=mill&how=none&answer.arrives=missing&order=came" in ways, "without the state"
    wrong = page(client.get(f"{LIST}?since=31.1.&words=zoe"))
    assert "Write the day as year-month-day" in wrong.words and wrong.value("since") == "31.1."


def test_columns_are_chosen_and_money_is_for_who_sees_it(site: Site) -> None:
    trip_id = site.publish()
    answers = {"diet": "vegan", "arrives": "tåg från Växjö"}
    site.book(trip_id, [make_participant("Åsa Ny", answers=answers)], contact_phone="070-111")
    chosen = "&".join(
        f"column={one}" for one in ("phone", "price", "mail", "party", "booked", "answer.arrives", "answer.diet")
    )
    shown = page(member(site, Role.OWNER).get(f"{LIST}?{chosen}")).words
    for told in ("tåg från Växjö", "070-111", "SEK 1,000", "on its way", "1 March 2027"):
        assert told in shown
    assert "Vegan" not in shown
    heads = member(site, Role.READER).get(f"{LIST}?{chosen}").text
    assert "Price without VAT" not in heads and "1,000" not in heads
    answer = send(
        member(site, Role.TOUR_LEADER), f"{LIST}file/", at=f"{LIST}?{chosen}", column=["price", "answer.arrives"]
    )
    assert answer.text.splitlines()[0].lstrip("\ufeff") == '"Name";"Arrives by";"Booking"'


def test_a_workbook_holds_what_is_shown(site: Site) -> None:
    people(site.session)
    owner = member(site, Role.OWNER)
    fields = {"state": "waiting", "column": ["email", "state"], "as": "xlsx"}
    answer = send(owner, f"{LIST}file/", at=LIST, **fields)  # type: ignore[arg-type]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hamnstad-2027-03-01.xlsx"'
    sheet = ZipFile(BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()
    assert "Zoë Al" in sheet and "Position in the queue" in sheet and "Örjan" not in sheet and "Växjö" not in sheet
    assert send(owner, f"{LIST}file/", at=LIST, **{"as": "exe"}).status_code == 404


def test_a_booking_is_told_which_list_one_came_from(site: Site) -> None:
    people(site.session)
    shown = member(site, Role.READER).get(f"{LIST}?state=waiting&order=came").text
    assert "?list=state%3Dwaiting%26order%3Dcame" in shown
