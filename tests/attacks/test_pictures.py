"""Files that are given as pictures: nothing is kept of them but what they show, and none takes more memory or time than a picture may."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from PIL import Image

from tests.attacks import hostile_pictures
from tests.attacks.hostile_pictures import NO_PICTURES, SCRIPT, SECRET, TELLING, animated, encoded, plain
from tripkit.domain.refusals import PictureRefused
from tripkit.pictures import MOST_PIXELS, Drawn, draw_anew

LONGEST = 640


def drawn(data: bytes, **given: bool) -> Drawn:
    return draw_anew(data, longest=LONGEST, **given)


def pixels(found: Drawn) -> Image.Image:
    image = Image.open(BytesIO(found.data))
    image.load()
    return image


@pytest.mark.parametrize("what", TELLING)
@pytest.mark.parametrize("always_png", [False, True])
def test_nothing_is_left_of_what_a_file_holds_beside_its_picture(what: str, always_png: bool) -> None:
    data = TELLING[what]
    told = [word for word in (SECRET.encode(), SCRIPT, b"kanarie") if word in data]
    assert told, "the file tells nothing: this test guards nothing"
    found = drawn(data, always_png=always_png)
    assert not [word for word in told if word in found.data]
    image = pixels(found)
    assert {key for key in image.info if key not in {"jfif", "jfif_version", "jfif_unit", "jfif_density"}} <= {
        "progressive",
        "progression",
    }
    assert dict(image.getexif()) == {}
    assert not is_zipfile(BytesIO(found.data))


def test_an_archive_behind_a_picture_could_be_unpacked() -> None:
    with ZipFile(BytesIO(TELLING["a PNG that is an archive"])) as packed:
        assert packed.read("kanarie.html") == SCRIPT


def test_where_a_photograph_was_taken_stands_in_its_file_and_in_no_other() -> None:
    data = hostile_pictures.photograph()
    assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)[2] == (59.0, 19.0, 45.5)
    assert dict(pixels(drawn(data)).getexif().get_ifd(0x8825)) == {}


def test_a_photograph_taken_upright_stays_upright_without_saying_so() -> None:
    for orientation in range(1, 9):
        found = drawn(hostile_pictures.photograph(orientation))
        assert (found.width, found.height) == ((40, 60) if orientation > 4 else (60, 40))
    turned = pixels(drawn(hostile_pictures.photograph(6)))
    light = turned.getpixel((36, 3)), turned.getpixel((3, 56))
    assert [min(one) > 200 for one in light if isinstance(one, tuple)] == [True, False]


def test_an_orientation_that_is_none_refuses_no_picture() -> None:
    assert drawn(hostile_pictures.photograph(99)).width == 60


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_is_refused_in_words(what: str) -> None:
    with pytest.raises(PictureRefused, match=r"^(This|The|Pictures) .{20,}\.$"):
        drawn(NO_PICTURES[what])


def test_a_drawing_is_told_from_what_is_nothing() -> None:
    with pytest.raises(PictureRefused, match="which can hold programs"):
        drawn(NO_PICTURES["a drawing"])
    with pytest.raises(PictureRefused, match="of this kind are not taken"):
        drawn(NO_PICTURES["an AVIF"])


def test_a_file_larger_than_any_is_not_looked_at() -> None:
    with pytest.raises(PictureRefused, match="at most 5 MB"):
        drawn(plain_file() + bytes(5_000_000))


def plain_file() -> bytes:
    return encoded(plain(), "PNG")


_PEAK = """
import sys
data = sys.stdin.buffer.read()
if sys.argv[1] == "guarded":
    from tripkit.domain.refusals import PictureRefused
    from tripkit.pictures import draw_anew
    try:
        draw_anew(data, longest=640)
    except PictureRefused as refused:
        print(refused, file=sys.stderr)
else:
    from PIL import Image
    from io import BytesIO
    Image.MAX_IMAGE_PIXELS = None
    image = Image.open(BytesIO(data))
    image.load()
# Of this program alone: what the system calls its largest size counts the process that it was split off from, too.
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024)
"""


def peak(data: bytes, how: str) -> tuple[int, str]:
    """Megabytes a process takes at most to decode it, and what it says."""
    command = [sys.executable, "-c", _PEAK, how]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=True)
    return int(done.stdout), done.stderr.decode()


def test_what_would_take_a_gigabyte_is_refused_before_there_is_room_for_it() -> None:
    bomb = hostile_pictures.huge_png()
    assert len(bomb) < 1_000_000
    assert peak(bomb, "bare")[0] > 700
    taken, said = peak(bomb, "guarded")
    assert taken < 350
    assert "14000 × 14000 pixels" in said
    assert "at most 25 million" in said


def test_the_largest_that_is_taken_takes_bounded_memory() -> None:
    side = int(MOST_PIXELS**0.5)
    assert peak(hostile_pictures.huge_png(side), "guarded")[0] < 400


def test_a_picture_built_up_in_a_thousand_passes_is_refused_at_once() -> None:
    bomb, once = hostile_pictures.many_scans(), hostile_pictures.many_scans(1)
    assert len(bomb) < 100_000

    def seconds(data: bytes) -> float:
        began = time.process_time()
        Image.open(BytesIO(data)).load()
        return time.process_time() - began

    assert seconds(bomb) > 10 * seconds(once)
    began = time.process_time()
    with pytest.raises(PictureRefused, match="broken"):
        drawn(bomb)
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_what_moves_the_first_frame_is_kept(kind: str) -> None:
    data = animated(kind)
    assert getattr(Image.open(BytesIO(data)), "n_frames", 1) == 3
    found = drawn(data, always_png=True)
    image = pixels(found)
    assert getattr(image, "n_frames", 1) == 1
    colour = image.convert("RGB").getpixel((50, 30))
    assert isinstance(colour, tuple)
    assert colour[0] > 240


def test_what_was_made_invisible_is_gone() -> None:
    data = hostile_pictures.hidden()
    before = Image.open(BytesIO(data))
    assert before.getpixel((20, 20)) == (77, 66, 55, 0)
    after = pixels(drawn(data))
    assert after.getpixel((20, 20)) == (0, 0, 0, 0)
    assert after.getpixel((55, 35)) == before.getpixel((55, 35))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_every_way_to_keep_colours_is_read(mode: str, kind: str) -> None:
    if (mode, kind) in {("I;16", "GIF"), ("I;16", "WEBP"), ("1", "WEBP"), ("P", "WEBP")}:
        mode = "L"
    found = drawn(encoded(Image.new(mode, (70, 30)), kind), always_png=True)
    assert (found.media_type, found.width, found.height) == ("image/png", 70, 30)
    assert pixels(found).mode in {"RGB", "RGBA"}


def test_colours_for_print_and_sixteen_bits_are_as_bright_as_they_were() -> None:
    cyan = pixels(drawn(encoded(Image.new("CMYK", (20, 20), (255, 0, 0, 0)), "JPEG", quality=95)))
    colour = cyan.getpixel((9, 9))
    assert isinstance(colour, tuple)
    assert colour[0] < 40
    assert colour[2] > 200
    grey = pixels(drawn(encoded(Image.new("I;16", (20, 20), 0x8000), "PNG")))
    assert grey.getpixel((9, 9)) == (128, 128, 128)


def test_the_same_picture_is_the_same_bytes_and_drawn_again_it_stays_what_it_is() -> None:
    large = Image.effect_noise((1600, 900), 80).convert("RGB")
    first = drawn(encoded(large, "JPEG"), always_png=True)
    assert first == drawn(encoded(large, "JPEG"), always_png=True)
    assert (first.width, first.height) == (640, 360)
    assert drawn(first.data, always_png=True) == first


def test_no_broken_picture_is_anything_but_refused_or_drawn() -> None:
    chance = random.Random(4711)
    whole = [
        *TELLING.values(),
        *(animated(kind) for kind in ("GIF", "PNG", "WEBP")),
        encoded(Image.effect_noise((64, 64), 50), "JPEG", progressive=True),
        encoded(Image.effect_noise((64, 64), 50).convert("P"), "PNG"),
    ]
    refused = 0
    for _ in range(600):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.choice((1, 1, 3, 30))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        try:
            drawn(bytes(data))
        except PictureRefused:
            refused += 1
    assert 50 < refused < 590
