"""An organisation's logo: looked at, chosen, shown on every page at an address of its own, replaced, taken away; and nothing else that was sent."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.attacks.hostile_pictures import NO_PICTURES, SECRET, TELLING, encoded, plain
from tests.web.conftest import TRIP, Site
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.actions.change_logo import change_logo
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.rights import Role
from tripkit.domain.trips import Logo
from tripkit.pictures import draw_logo
from tripkit.storage.outbox import AuditRow
from tripkit.storage.pictures import LogoRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import make_moment, make_organisation
from tripkit.web.security import LARGEST_UPLOAD

SETTINGS = f"{HOST}settings/"
LOGO = f"{SETTINGS}logo/"
ENGLISH = {"Accept-Language": "en"}
PNG = encoded(plain((300, 100), (31, 111, 139, 255)), "PNG")
TYPED = {"text-sv": "Resebyråns märke å ä ö", "text-en": "The bureau"}


@pytest.fixture
def owner(site: Site) -> FlaskClient:
    site.publish()
    return member(site, Role.OWNER)


def give(client: FlaskClient, data: bytes = PNG, name: str = "logga ü.png", **fields: str) -> TestResponse:
    token = page(client.get(LOGO, headers=ENGLISH)).value("csrf_token") or ""
    return upload(client, LOGO, data, name, csrf_token=token, **fields)


def upload(client: FlaskClient, path: str, data: bytes, name: str, **fields: str) -> TestResponse:
    """As a browser sends it. Encoded at once: left to it, the client puts what is large into a file that it never closes."""
    file = FileStorage(BytesIO(data), filename=name)
    boundary, body = encode_multipart({**fields, "picture": file})
    return client.post(path, data=body, headers=ENGLISH, content_type=f"multipart/form-data; boundary={boundary}")


def logo(site: Site) -> Logo | None:
    site.session.rollback()
    return site.session.scalars(select(OrganisationRow.look)).one().logo


def rows(site: Site) -> list[LogoRow]:
    site.session.rollback()
    return list(site.session.scalars(select(LogoRow)))


def shown(answer: TestResponse) -> str | None:
    """The address of the logo at the head of a page."""
    _, found, rest = answer.text.partition('<img class="logo" src="')
    return rest.partition('"')[0] if found else None


def test_every_page_shows_it_at_an_address_that_browsers_keep(site: Site, owner: FlaskClient) -> None:
    before = site.get().headers["ETag"]
    assert give(owner, **TYPED).location == f"{SETTINGS}?done=logo"
    kept = logo(site)
    assert kept is not None
    assert (kept.name, kept.width, kept.height, dict(kept.text)) == (
        "logo.png",
        300,
        100,
        {"sv": "Resebyråns märke å ä ö", "en": "The bureau"},
    )
    address = f"/resebyran/logo.{kept.digest}.png"
    assert site.get().headers["ETag"] != before
    for path in (TRIP, "/en/resebyran/", f"{TRIP}sign-up/", f"{TRIP}sites/port/"):
        answer = site.get(path)
        if answer.status_code == 200:
            assert shown(answer) == address, path
    assert shown(owner.get(SETTINGS)) == address
    served = site.get(address)
    assert (served.status_code, served.mimetype, served.data) == (200, "image/png", rows(site)[0].data)
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert site.get(address, headers={"If-None-Match": served.headers["ETag"]}).status_code == 304
    assert site.get(f"/another/logo.{kept.digest}.png").status_code == 404
    assert site.get(f"/resebyran/logo.{'0' * 64}.png").status_code == 404


def test_the_name_stands_beside_it_unless_it_says_the_name(site: Site, owner: FlaskClient) -> None:
    give(owner)
    head = site.get().text.partition("<main")[0]
    assert 'alt=""' in head
    assert "<span>The made-up travel bureau</span>" in head
    send(owner, LOGO, **TYPED)
    head = site.get().text.partition("<main")[0]
    assert 'alt="The bureau"' in head
    assert "<span>The made-up travel bureau</span>" not in head
    assert 'alt="Resebyråns märke å ä ö"' in site.get("/sv/resebyran/").text


def test_it_is_looked_at_first_and_then_need_not_be_chosen_again(site: Site, owner: FlaskClient) -> None:
    looked = give(owner, do="look", **TYPED)
    assert looked.status_code == 200
    assert (logo(site), rows(site)) == (None, [])
    assert 'src="data:image/png;base64,' in looked.text
    carried = page(looked).value("carried") or ""
    assert page(looked).value("text-sv") == TYPED["text-sv"]
    assert send(owner, LOGO, carried=carried, **TYPED).location == f"{SETTINGS}?done=logo"
    assert [row.data for row in rows(site)] == [draw_logo(PNG).data]


@pytest.mark.parametrize(
    "carried",
    ["x", "å", "AAAA", b64encode(NO_PICTURES["a drawing"]).decode(), b64encode(NO_PICTURES["a page"]).decode()],
)
def test_what_is_carried_by_a_form_is_looked_at_as_any_file_is(site: Site, owner: FlaskClient, carried: str) -> None:
    answer = send(owner, LOGO, carried=carried)
    assert answer.status_code == 422
    assert logo(site) is None
    told = send(owner, LOGO, carried=b64encode(TELLING["a photograph"]).decode())
    assert told.status_code == 303
    assert SECRET.encode() not in rows(site)[0].data


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_is_said_and_what_was_typed_is_still_there(
    site: Site, owner: FlaskClient, what: str
) -> None:
    answer = give(owner, NO_PICTURES[what], **TYPED)
    assert answer.status_code == 422
    assert page(answer).value("text-sv") == TYPED["text-sv"]
    assert 'href="#picture"' in answer.text
    assert logo(site) is None


def test_a_text_that_is_too_long_is_said_and_the_picture_is_still_there(site: Site, owner: FlaskClient) -> None:
    answer = give(owner, **{"text-sv": "x" * 201})
    assert answer.status_code == 422
    assert "at most 200" in page(answer).words
    assert page(answer).value("carried") == b64encode(draw_logo(PNG).data).decode()
    assert logo(site) is None


def test_no_file_is_a_sentence_where_there_is_no_logo_and_changes_the_text_where_there_is(
    site: Site, owner: FlaskClient
) -> None:
    empty = send(owner, LOGO, **TYPED)
    assert empty.status_code == 422
    assert "Choose a picture first." in page(empty).words
    give(owner)
    assert send(owner, LOGO, **TYPED).location == f"{SETTINGS}?done=logo"
    assert send(owner, LOGO, **TYPED).location == f"{SETTINGS}?done=same"


def test_another_one_takes_its_place_and_none_its_place_too(site: Site, owner: FlaskClient) -> None:
    give(owner)
    first = logo(site)
    give(owner, encoded(plain((80, 80), (200, 10, 10)), "JPEG"), "logo.jpg")
    second = logo(site)
    assert first is not None
    assert second is not None
    assert first.digest != second.digest
    assert site.get(f"/resebyran/logo.{first.digest}.png").status_code == 404
    assert [row.digest for row in rows(site)] == [second.digest]
    removed = send(owner, LOGO, do="remove")
    assert removed.location == f"{SETTINGS}?done=no_logo"
    assert (logo(site), rows(site)) == (None, [])
    assert send(owner, LOGO, do="remove").location == f"{SETTINGS}?done=same"
    assert shown(site.get()) is None
    noted = site.session.scalars(select(AuditRow).where(AuditRow.action == "change_organisation")).all()
    assert [row.details["changes"] for row in noted] == [{"look": None}] * 3


def test_colours_are_changed_without_losing_the_logo(site: Site, owner: FlaskClient) -> None:
    give(owner)
    before = logo(site)
    typed = {"languages": "sv, en", "name-sv": "Byrån", "email": "a@tripkit.example", "brand": "#7a1f6b"}
    assert send(owner, f"{SETTINGS}change/", **typed).status_code == 303
    assert logo(site) == before


def test_who_changed_another_logo_meanwhile_is_told(site: Site, owner: FlaskClient) -> None:
    give(owner)
    known = logo(site)
    give(owner, encoded(plain((80, 80)), "PNG"))
    host = site.session.scalars(select(OrganisationRow.id)).one()
    site.session.rollback()
    with pytest.raises(ChangeRefused, match="another one meanwhile"):
        change_logo(site.session, organisation_id=host, logo=known, data=None, moment=make_moment())


def test_a_body_with_room_for_a_file_is_taken_here_and_nowhere_else(site: Site, owner: FlaskClient) -> None:
    large = PNG + bytes(3_000_000)
    assert give(owner, large).status_code == 303
    too_large = give(owner, PNG + bytes(6_000_000), **TYPED)
    assert too_large.status_code == 422
    assert "at most 5 MB" in page(too_large).words
    assert page(too_large).value("text-sv") == TYPED["text-sv"]
    beyond = give(owner, bytes(LARGEST_UPLOAD))
    assert beyond.status_code == 413
    assert "a smaller file" in page(beyond).words
    assert owner.post(f"{SETTINGS}change/", data={"x": "y" * 1_000_001}).status_code == 413
    stranger = site.app.test_client()
    assert upload(stranger, LOGO, large, "x.png").status_code == 403


def test_without_its_token_nothing_is_changed(site: Site, owner: FlaskClient) -> None:
    answer = upload(owner, LOGO, PNG, "x.png", **TYPED)
    assert answer.status_code == 422
    assert logo(site) is None


def test_who_may_only_see_the_settings_sees_the_logo_and_changes_nothing(site: Site, owner: FlaskClient) -> None:
    give(owner)
    organiser = member(site, Role.ORGANISER)
    seen = organiser.get(SETTINGS, headers=ENGLISH)
    assert shown(seen) is not None
    assert LOGO not in page(seen).links
    assert organiser.get(LOGO).status_code == 403


def test_another_organisation_has_its_own(site: Site, owner: FlaskClient) -> None:
    site.publish(make_organisation("another"))
    give(owner)
    digest = rows(site)[0].digest
    assert site.get(f"/another/logo.{digest}.png").status_code == 404
    assert shown(site.get("/en/another/")) is None


def test_pictures_are_at_most_as_large_as_they_are_shown(site: Site, owner: FlaskClient) -> None:
    give(owner, encoded(Image.new("RGB", (3000, 1000), (9, 9, 9)), "JPEG"))
    kept = logo(site)
    assert kept is not None
    assert (kept.width, kept.height) == (512, 171)
