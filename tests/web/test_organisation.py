"""An organisation and its members: who is invited, who joins, who leaves, and who stays in any case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.web.accounts import Browser, mailed_token, signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.membership import HOST, join, member, send
from tests.web.signup_visitor import page
from tripkit.actions import invite_member
from tripkit.domain.accounts import INVITATION_LASTS, PROOF_LASTS
from tripkit.domain.rights import Role
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, SignInRow
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_organisation

INVITE = f"{HOST}members/invite/"
MEMBERS = f"{HOST}members/"
NEW = "new@tripkit.example"


@pytest.fixture
def hosted(site: Site) -> Site:
    site.publish()
    return site


def count(site: Site, table: type) -> int:
    site.session.rollback()
    return site.session.scalar(select(func.count()).select_from(table)) or 0


def first(site: Site, wanted: Any) -> Any:
    """The first one there is now."""
    site.session.rollback()
    return site.session.scalars(wanted).first()


def roles(site: Site) -> list[tuple[str, Role]]:
    site.session.rollback()
    rows = site.session.execute(
        select(AccountRow.email, MemberRow.role).join(AccountRow, AccountRow.id == MemberRow.account_id)
    )
    return sorted((str(email), role) for email, role in rows)


def actions(site: Site) -> list[str]:
    site.session.rollback()
    return list(
        site.session.scalars(select(AuditRow.action).where(AuditRow.organisation_id.is_not(None)).order_by(AuditRow.id))
    )


def invited(site: Site, email: str = NEW, role: Role = Role.READER, trip: str = "*") -> str:
    """The path of the link in the invitation that an owner sends."""
    owner = member(site, Role.OWNER, email="owner@tripkit.example")
    answer = send(owner, INVITE, email=email, role=role.value, trip=trip)
    assert (answer.status_code, answer.location) == (303, f"{MEMBERS}?done=invited")
    return f"/en/account/invitation/{mailed_token(engine_of(site), 'invitation')}/"


def test_who_is_invited_accepts_by_the_link_alone_and_is_in(hosted: Site) -> None:
    link = invited(hosted)
    browser = Browser(hosted.app, engine_of(hosted))
    shown = browser.see(link)
    assert "You are invited to The made-up travel bureau, as reader." in shown.words
    assert "owner@tripkit.example invites you." in shown.words
    accepted = browser.send(link, do="accept")
    assert (accepted.status_code, accepted.location) == (303, HOST)
    overview = browser.see(HOST)
    assert "The made-up travel bureau" in overview.title
    assert (NEW, Role.READER) in roles(hosted)
    assert actions(hosted) == ["invite", "accept_invitation"]
    assert browser.post(link, do="accept").status_code == 404, "good once"
    assert "is over" in page(browser.get(link)).title


def test_looking_at_an_invitation_accepts_nothing(hosted: Site) -> None:
    link = invited(hosted)
    scanner = Browser(hosted.app, engine_of(hosted))
    scanner.see(link)
    assert scanner.post(link, do="accept").status_code == 422, "without the token of the form"
    assert [email for email, _ in roles(hosted)] == ["owner@tripkit.example"]
    assert Browser(hosted.app, engine_of(hosted)).send(link, do="accept").status_code == 303


def test_who_is_signed_in_accepts_with_the_account_they_have(hosted: Site) -> None:
    link = invited(hosted, email="work@tripkit.example")
    client = signed_in_client(hosted.app, engine_of(hosted), "private@tripkit.example")
    before = count(hosted, AccountRow)
    assert "private@tripkit.example" in page(client.get(link, headers={"Accept-Language": "en"})).words
    assert send(client, link, do="accept").location == HOST
    assert count(hosted, AccountRow) == before, "no account is made"
    assert ("private@tripkit.example", Role.READER) in roles(hosted)


def test_an_account_with_a_second_factor_gives_it_before_anything_is_open(hosted: Site) -> None:
    signed_in_client(hosted.app, engine_of(hosted), NEW, totp="sealed")
    link = invited(hosted)
    browser = Browser(hosted.app, engine_of(hosted))
    accepted = browser.send(link, do="accept")
    assert "second" in accepted.location
    assert (NEW, Role.READER) in roles(hosted)
    assert browser.get(HOST).status_code == 303, "half signed in"


def test_an_invitation_is_declined_without_an_account(hosted: Site) -> None:
    link = invited(hosted)
    before = count(hosted, AccountRow)
    browser = Browser(hosted.app, engine_of(hosted))
    declined = browser.send(link, do="decline")
    assert (declined.status_code, declined.location) == (303, "/en/account/declined/")
    assert "You have declined" in browser.see(declined.location).title
    assert browser.get(link).status_code == 404
    assert count(hosted, AccountRow) == before
    assert actions(hosted) == ["invite", "decline_invitation"]


def test_an_invitation_that_is_too_old_withdrawn_or_sent_anew_opens_nothing(hosted: Site) -> None:
    earlier = invited(hosted)
    owner = signed_in_client(hosted.app, engine_of(hosted), "owner@tripkit.example")
    one = first(hosted, select(InvitationRow.id))
    again = send(owner, f"{MEMBERS}invitations/{one}/", do="again")
    assert again.location == f"{MEMBERS}?done=invited"
    second = f"/en/account/invitation/{mailed_token(engine_of(hosted), 'invitation')}/"
    assert earlier != second
    assert hosted.get(earlier).status_code == 404
    assert hosted.get(second).status_code == 200
    hosted.at(NOW + INVITATION_LASTS + timedelta(minutes=1))
    assert hosted.get(second).status_code == 404
    hosted.at(NOW)
    newest = first(hosted, select(InvitationRow.id).order_by(InvitationRow.id.desc()))
    assert send(owner, f"{MEMBERS}invitations/{newest}/", do="withdraw").location == f"{MEMBERS}?done=withdrawn"
    assert hosted.get(second).status_code == 404
    assert owner.get(f"{MEMBERS}invitations/{newest}/").status_code == 404
    assert hosted.client.post(second, data={"do": "accept"}).status_code == 404


def test_the_secret_of_an_invitation_is_stored_nowhere_but_in_its_message(hosted: Site) -> None:
    token = invited(hosted).split("/")[-2]
    hosted.session.rollback()
    row = first(hosted, select(InvitationRow))
    assert len(row.digest) == 64
    assert token not in row.digest
    assert NEW not in str(hosted.session.execute(select(AuditRow.details, AuditRow.reason)).all())


def test_inviting_says_the_same_whether_anybody_has_the_address(hosted: Site) -> None:
    signed_in_client(hosted.app, engine_of(hosted), "known@tripkit.example")
    owner = member(hosted, Role.OWNER)
    answers = [
        send(owner, INVITE, email=email, role="reader", trip="*")
        for email in ("known@tripkit.example", "unknown@tripkit.example")
    ]
    assert len({(answer.status_code, answer.location, answer.data) for answer in answers}) == 1
    shown = page(owner.get(MEMBERS, headers={"Accept-Language": "en"})).words
    assert shown.count("known@tripkit.example Reader") == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "", "role": "reader", "trip": "*"}, "Write your colleague's e-mail address."),
        ({"email": "half@", "role": "reader", "trip": "*"}, "not whole"),
        ({"email": "a\u202e@tripkit.example", "role": "reader", "trip": "*"}, "cannot be seen"),
        ({"email": NEW, "role": "emperor", "trip": "*"}, "Choose what they may do."),
        ({"email": NEW, "role": "reader", "trip": ""}, "Choose where."),
        ({"email": NEW, "role": "reader", "trip": "elsewhere"}, "no such trip"),
        ({"email": NEW, "role": "owner", "trip": "hamnstad"}, "Nobody owns a trip alone."),
        ({"email": "owner.all@resebyran.tripkit.example", "role": "reader", "trip": "*"}, "is a member already"),
    ],
)
def test_what_cannot_be_invited_is_refused_in_words(hosted: Site, fields: dict[str, str], said: str) -> None:
    owner = member(hosted, Role.OWNER)
    answer = send(owner, INVITE, **fields)
    assert answer.status_code == 422
    assert said in page(answer).words
    assert page(answer).value("email") == fields["email"]
    assert count(hosted, InvitationRow) == 0
    assert count(hosted, OutboxRow) == 0


def test_a_trip_of_another_organisation_is_no_place_to_invite_to(hosted: Site) -> None:
    hosted.publish(make_organisation("another"), key="theirs")
    owner = member(hosted, Role.OWNER)
    assert "no such trip" in page(send(owner, INVITE, email=NEW, role="reader", trip="theirs")).words


def test_invitations_are_no_mail_cannon(hosted: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hosted.publish(make_organisation("another"), key="theirs")
    owner, other = member(hosted, Role.OWNER), member(hosted, Role.OWNER, "another")
    theirs = "/en/organise/another/members/invite/"
    to_one = [
        send(owner, INVITE, email=NEW.upper() if n else NEW, role="reader", trip="*").status_code for n in range(4)
    ]
    assert to_one == [303, 303, 303, 422], "one address a day, whatever it is written like"
    assert send(other, theirs, email=NEW, role="reader", trip="*").status_code == 303
    monkeypatch.setattr(invite_member, "OF_ONE_ADDRESS_ANYWHERE", 4)
    assert send(other, theirs, email=NEW, role="reader", trip="*").status_code == 422, "from all of them together"
    monkeypatch.setattr(invite_member, "OF_ONE_ORGANISATION", 5)
    for n in range(2):
        assert send(owner, INVITE, email=f"{n}@tripkit.example", role="reader", trip="*").status_code == 303
    refused = send(owner, INVITE, email="last@tripkit.example", role="reader", trip="*")
    assert "Send more tomorrow" in page(refused).words
    one = first(hosted, select(InvitationRow.id).order_by(InvitationRow.id.desc()))
    assert send(owner, f"{MEMBERS}invitations/{one}/", do="again").status_code == 422, "sending again counts"
    hosted.at(NOW + timedelta(days=1, minutes=1))
    renewed = signed_in_client(hosted.app, engine_of(hosted), "owner.all@resebyran.tripkit.example")
    assert send(renewed, INVITE, email=NEW, role="reader", trip="*").status_code == 303


def test_a_role_changes_at_once_and_so_does_its_end(hosted: Site) -> None:
    owner = member(hosted, Role.OWNER)
    leader = member(hosted, Role.TOUR_LEADER)
    one = first(hosted, select(MemberRow.id).where(MemberRow.role == Role.TOUR_LEADER))
    assert leader.get(MEMBERS).status_code == 403
    assert send(owner, f"{MEMBERS}{one}/", role="organiser").location == f"{MEMBERS}?done=changed"
    assert leader.get(MEMBERS).status_code == 200
    assert send(owner, f"{MEMBERS}{one}/", do="remove").location == f"{MEMBERS}?done=removed"
    assert leader.get(HOST).status_code == 404
    assert owner.get(f"{MEMBERS}{one}/").status_code == 404
    assert actions(hosted) == ["change_role", "remove_member"]


@pytest.mark.parametrize("fields", [{"do": "remove"}, {"role": "organiser"}])
def test_who_is_an_owner_no_more_has_left_no_door_open(hosted: Site, fields: dict[str, str]) -> None:
    link = invited(hosted, "second.address.of.theirs@tripkit.example", Role.OWNER)
    owner = member(hosted, Role.OWNER)
    assert send(owner, INVITE, email=NEW, role="reader", trip="*").status_code == 303
    one = first(hosted, select(MemberRow.id).join(AccountRow).where(AccountRow.email == "owner@tripkit.example"))
    assert send(owner, f"{MEMBERS}{one}/", role="owner").status_code == 303
    assert hosted.get(link).status_code == 200, "who stays one keeps them open"
    assert send(owner, f"{MEMBERS}{one}/", **fields).status_code == 303
    assert hosted.get(link).status_code == 404
    assert hosted.get(f"/en/account/invitation/{mailed_token(engine_of(hosted), 'invitation')}/").status_code == 200
    assert "ne invitation withdrawn" in page(owner.get(f"{HOST}log/")).words


def test_the_last_owner_stays(hosted: Site) -> None:
    owner = member(hosted, Role.OWNER)
    one = first(hosted, select(MemberRow.id))
    for fields in ({"role": "reader"}, {"do": "remove"}):
        refused = send(owner, f"{MEMBERS}{one}/", **fields)
        assert refused.status_code == 422
        assert "the only owner" in page(refused).words
    leave = f"/en/account/memberships/{one}/"
    assert "the only owner" in page(send(owner, leave)).words
    second = member(hosted, Role.OWNER, email="second@tripkit.example")
    assert send(owner, leave).location == "/en/organise/?done=left"
    assert owner.get(HOST).status_code == 404
    assert second.get(HOST).status_code == 200


def test_an_owner_of_another_organisation_is_no_other_owner(hosted: Site) -> None:
    hosted.publish(make_organisation("another"), key="theirs")
    member(hosted, Role.OWNER, "another")
    owner = member(hosted, Role.OWNER)
    one = join(hosted, "owner.all@another.tripkit.example", Role.READER)
    assert send(owner, f"{MEMBERS}{one}/", do="remove").status_code == 303
    mine = first(hosted, select(MemberRow.id).join(OrganisationRow).where(OrganisationRow.key == "resebyran"))
    assert send(owner, f"{MEMBERS}{mine}/", do="remove").status_code == 422


def test_nobody_leaves_for_somebody_else(hosted: Site) -> None:
    member(hosted, Role.OWNER)
    theirs = first(hosted, select(MemberRow.id))
    stranger = member(hosted, Role.READER)
    assert stranger.get(f"/en/account/memberships/{theirs}/").status_code == 404


def test_a_member_of_one_trip_sees_that_trip_and_nothing_else(hosted: Site) -> None:
    hosted.publish(key="second")
    only = member(hosted, Role.ORGANISER, trip="hamnstad")
    assert only.get(f"{HOST}trips/hamnstad/").status_code == 200
    assert only.get(f"{HOST}trips/second/").status_code == 404
    assert only.get(HOST).status_code == 403
    assert only.get(MEMBERS).status_code == 403
    home = page(only.get("/en/organise/"))
    assert f"{HOST}trips/hamnstad/" in home.links
    assert HOST not in home.links


def test_dangerous_pages_ask_for_a_proof_first_and_lead_back(hosted: Site) -> None:
    owner = member(hosted, Role.OWNER)
    with write(hosted.session):
        hosted.session.execute(update(SignInRow).values(proved_at=NOW - PROOF_LASTS))
    assert owner.get(INVITE).location == f"/en/account/again/?next={INVITE}"
    assert owner.post(INVITE, data={}).location == f"/en/account/again/?next={INVITE}"
    assert owner.get(MEMBERS).status_code == 200


def test_an_organisation_that_demands_a_second_factor_lets_nobody_in_without_one(hosted: Site) -> None:
    owner = member(hosted, Role.OWNER)
    with write(hosted.session):
        hosted.session.execute(update(OrganisationRow).values(second_factor=True))
    assert owner.get("/en/organise/").status_code == 200
    with write(hosted.session):
        hosted.session.execute(update(AccountRow).values(totp="sealed"))
    assert owner.get(HOST).status_code == 200


def test_a_list_of_members_has_pages_of_a_hundred(hosted: Site) -> None:
    owner = member(hosted, Role.OWNER)
    host = first(hosted, select(OrganisationRow.id))
    accounts = [
        AccountRow(
            email=f"m{n}@tripkit.example", email_key=f"m{n}@tripkit.example", name="", language="en", made_at=NOW
        )
        for n in range(120)
    ]
    hosted.session.add_all(accounts)
    hosted.session.flush()
    hosted.session.add_all(
        MemberRow(account_id=one.id, organisation_id=host, role=Role.READER, made_at=NOW) for one in accounts
    )
    hosted.session.commit()
    one, two = (page(owner.get(f"{MEMBERS}?page={n}", headers={"Accept-Language": "en"})).words for n in (1, 2))
    assert "121 roles" in one
    assert one.count("Reader") == 99
    assert two.count("Reader") == 21
    for wrong in ("3", "0", "-1", "x", "9" * 30):
        assert owner.get(f"{MEMBERS}?page={wrong}").status_code == 404


def test_where_a_role_does_not_reach_the_page_leads_back_to_work(hosted: Site) -> None:
    reader = member(hosted, Role.READER)
    for path, status, said in (
        (MEMBERS, 403, "Your role does not open it."),
        (f"{HOST}nothing/", 404, "not yours to see"),
    ):
        answer = reader.get(path)
        assert answer.status_code == status
        shown = page(answer)
        assert said in shown.words
        assert {"/en/organise/", "/en/account/"} <= set(shown.links), path
    assert "/en/organise/" not in page(reader.get("/en/nothing/")).links, "elsewhere the way on is to the trips"


def test_what_is_wrong_in_an_invitation_is_said_in_the_order_of_its_form(hosted: Site) -> None:
    owner = member(hosted, Role.OWNER)
    html = send(owner, INVITE, email="", trip="", role="").text
    assert [html.index(f'href="#{at}"') for at in ("email", "trip", "role")] == sorted(
        html.index(f'href="#{at}"') for at in ("email", "trip", "role")
    )
