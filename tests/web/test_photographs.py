"""Photographs of event directories: everybody sees the picture and nothing else in its file, and who wrote it down gets the file back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import select, update

from tests.attacks.hostile_pictures import NO_PICTURES, SECRET, photograph
from tests.web.conftest import TRIP, Site
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.draw_pictures import draw_pictures
from tripkit.domain.trips import Picture
from tripkit.eventfile import read_event, write_event
from tripkit.reads.trip_page import pictures
from tripkit.storage import write
from tripkit.storage.pictures import PictureRow
from tripkit.testing import both, make_moment, make_organisation, make_trip

ADDRESS = "/resebyran/hamnstad/pictures/port.jpg"
FILE = photograph(orientation=6)


def put(site: Site, folder: Path, data: bytes = FILE) -> int:
    """A trip with a photograph on the site, by way of its files."""
    picture = Picture(name="port.jpg", media_type="image/jpeg", data=data)
    trip = make_trip(picture=picture.name, picture_text=both("Hamnen.", "The port."))
    write_event(folder / "trip", make_organisation(), trip, {picture.name: picture})
    event = read_event(folder / "trip")
    done = apply_trip(
        site.session,
        organisation=event.organisation,
        trip=event.trip,
        pictures=event.pictures,
        moment=make_moment(),
    )
    site.session.rollback()
    return done.trip_id


def as_it_was_before(site: Site, **values: object) -> None:
    """As an earlier version wrote it down."""
    with write(site.session):
        site.session.execute(update(PictureRow).values(shown=None, **values))


def kept(site: Site) -> bytes | None:
    site.session.rollback()
    return site.session.scalars(select(PictureRow.shown)).one()


def test_everybody_sees_the_picture_and_not_where_it_was_taken(site: Site, tmp_path: Path) -> None:
    trip = put(site, tmp_path)
    assert SECRET.encode() in FILE
    served = site.get(ADDRESS)
    assert (served.status_code, served.mimetype) == (200, "image/jpeg")
    assert SECRET.encode() not in served.data
    image = Image.open(BytesIO(served.data))
    assert (dict(image.getexif()), image.size) == ({}, (40, 60))
    assert ADDRESS in site.get(TRIP).text
    again = site.get(ADDRESS, headers={"If-None-Match": served.headers["ETag"]})
    assert again.status_code == 304
    # And who wrote it down gets it back, byte for byte.
    shown = pictures(site.session, trip)
    write_event(
        tmp_path / "again", make_organisation(), make_trip(picture="port.jpg", picture_text=both("a", "b")), shown
    )
    assert (tmp_path / "again/pictures/port.jpg").read_bytes() == FILE


def test_one_of_an_earlier_version_is_drawn_on_its_way_out_and_then_once_for_all(site: Site, tmp_path: Path) -> None:
    put(site, tmp_path)
    drawn = kept(site)
    as_it_was_before(site)
    assert site.get(ADDRESS).data == drawn
    assert kept(site) is None
    assert draw_pictures(site.session, moment=make_moment()) == 1
    assert kept(site) == drawn
    assert site.get(ADDRESS).data == drawn
    assert draw_pictures(site.session, moment=make_moment()) == 0


def test_one_that_cannot_be_drawn_is_shown_to_nobody(site: Site, tmp_path: Path) -> None:
    put(site, tmp_path)
    as_it_was_before(site, data=NO_PICTURES["a page"])
    assert site.get(ADDRESS).status_code == 404
    assert draw_pictures(site.session, moment=make_moment()) == 1
    assert kept(site) == b""
    assert site.get(ADDRESS).status_code == 404
    assert draw_pictures(site.session, moment=make_moment()) == 0
