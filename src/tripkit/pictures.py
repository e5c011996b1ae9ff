"""Pictures from people, drawn anew: what is kept holds their pixels and no byte of the file that came; no database, no form."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from tripkit.domain.refusals import PictureRefused
from tripkit.domain.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image
    from PIL.ImageFile import ImageFile

DRAWING = "image/svg+xml"
"""The type of what is no photograph: shapes and words, looked at by `eventfile.svg`, and never drawn anew."""
LARGEST_FILE = 5_000_000
"""Bytes in a file that is looked at."""
MOST_PIXELS = 25_000_000
"""Pixels in a picture that is decoded: at most four bytes each, so a hundred megabytes of memory."""
LONGEST_SHOWN = 2560
"""Pixels of the longer side of a photograph: twice the width of the widest page."""
LONGEST_LOGO = 512
"""Pixels of the longer side of a logo."""
_MOST_SCANS = 100
"""Passes in which a JPEG builds its picture up; cameras and programs make about ten, and each costs time for every pixel."""
_ORIENTATION = 0x0112
"""The EXIF tag that says which way is up."""

# Decoding is what takes memory: one picture at a time in a process, whoever else waits.
_one_at_a_time = Lock()

NO_PICTURE = sentence("This is not a picture. Choose a file that ends in .png, .jpg, .webp or .gif.")
IS_DRAWING = sentence(
    "This is a drawing (SVG), which can hold programs. Open it in a browser or a drawing program, save it as PNG, and choose that file."
)
IS_OTHER = sentence("Pictures of this kind are not taken. Save it as PNG or JPEG, and choose that file.")
IS_BROKEN = sentence("This picture is broken or not whole. Save it anew, and choose that file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture as it is kept. ``digest``: of its pixels, so that another version of the encoder makes no other picture of it."""

    data: bytes
    media_type: str
    width: int
    height: int
    digest: str


def draw_anew(data: bytes, *, longest: int, always_png: bool = False) -> Drawn:
    """Decode a picture, turn it the right way up, shrink it until no side is longer than ``longest``, and encode that.

    What it is follows from its content, never from a name. JPEG, PNG, WebP and GIF are taken; of what moves, the first
    frame. Colours become sRGB. What has no see-through parts and was a photograph becomes a JPEG, everything else a PNG.
    Drawn anew once more, a PNG is the same.

    Raises: PictureRefused with a sentence for every file that is not such a picture.
    """
    if len(data) > LARGEST_FILE:
        raise PictureRefused(
            sentence(
                "The file is too large. Take one of at most {megabytes} MB.", megabytes=f"{LARGEST_FILE // 1_000_000}"
            )
        )
    kind = _kind(data)
    if kind == "JPEG" and data.count(b"\xff\xda") > _MOST_SCANS:
        raise PictureRefused(IS_BROKEN)
    if kind == "WEBP":
        # Its decoder makes room for the whole picture as soon as it is opened.
        _check_size(*_webp_size(data))
    with _one_at_a_time:
        try:
            return _draw(data, kind, longest, always_png)
        except PictureRefused:
            raise
        except Exception as error:  # A decoder raises whatever it stumbles over: struct.error, SyntaxError, EOFError...
            raise PictureRefused(IS_BROKEN) from error


def draw_logo(data: bytes) -> Drawn:
    """A picture as a logo is kept: a PNG, large enough for where logos are shown and for screens with fine pixels."""
    return draw_anew(data, longest=LONGEST_LOGO, always_png=True)


def draw_shown(data: bytes) -> bytes:
    """What everybody sees of a photograph that somebody wrote down, of the same type. Raises: PictureRefused."""
    return draw_anew(data, longest=LONGEST_SHOWN).data


def _kind(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" or data.startswith((b"BM", b"II*\0", b"MM\0*")):
        raise PictureRefused(IS_OTHER)
    if b"<svg" in data[:4096].lower():
        raise PictureRefused(IS_DRAWING)
    raise PictureRefused(NO_PICTURE)


def _check_size(width: int, height: int) -> None:
    """Raises: PictureRefused. Sizes are looked at as they are declared, before there is memory for them."""
    if width * height > MOST_PIXELS:
        raise PictureRefused(
            sentence(
                "The picture has {width} × {height} pixels, and at most {most} million are taken. Make it smaller, and choose that file.",
                width=f"{width}",
                height=f"{height}",
                most=f"{MOST_PIXELS // 1_000_000}",
            )
        )


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of a WebP (RFC 9649, 2.5 to 2.7)."""

    def number(start: int, size: int = 3) -> int:
        return int.from_bytes(data[start : start + size], "little")

    match data[12:16]:
        case b"VP8X":
            return number(24) + 1, number(27) + 1
        case b"VP8L":
            bits = number(21, 4)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return number(26, 2) & 0x3FFF, number(28, 2) & 0x3FFF
    raise PictureRefused(IS_BROKEN)


def _draw(data: bytes, kind: str, longest: int, always_png: bool) -> Drawn:
    opened = _opened(data, kind)
    _check_size(*opened.size)
    if kind == "JPEG":
        opened.draft(None, (longest, longest))  # Decoded at a half, a quarter or an eighth where that is enough.
    opened.load()
    profile = opened.info.get("icc_profile")
    turned = _upright(opened)
    shown = _in_plain_colours(turned, longest, profile)
    is_photograph = shown.mode == "RGB" and kind in {"JPEG", "WEBP"} and not always_png
    encoded = BytesIO()
    if is_photograph:
        shown.save(encoded, "JPEG", quality=85, optimize=True, progressive=True)
    else:
        shown.save(encoded, "PNG", compress_level=9)
    pixels = hashlib.sha256(f"{shown.mode} {shown.width} {shown.height} ".encode() + shown.tobytes())
    return Drawn(
        data=encoded.getvalue(),
        media_type="image/jpeg" if is_photograph else "image/png",
        width=shown.width,
        height=shown.height,
        digest=pixels.hexdigest(),
    )


def _opened(data: bytes, kind: str) -> ImageFile:
    """Its headers only. By its own decoder: no list of others is tried, and none of them looks for files or programs."""
    # Slow to load, and most processes never see a picture.
    from PIL.GifImagePlugin import GifImageFile  # noqa: PLC0415
    from PIL.JpegImagePlugin import JpegImageFile  # noqa: PLC0415
    from PIL.PngImagePlugin import PngImageFile  # noqa: PLC0415
    from PIL.WebPImagePlugin import WebPImageFile  # noqa: PLC0415

    decoders: dict[str, Callable[[BytesIO], ImageFile]]
    decoders = {"GIF": GifImageFile, "JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
    return decoders[kind](BytesIO(data))


def _upright(image: Image.Image) -> Image.Image:
    from PIL.Image import Transpose  # noqa: PLC0415 (slow to load)

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 (what a camera wrote there is no reason to refuse its picture)
        turn = None
    return image if turn is None else image.transpose(turn)


def _in_plain_colours(image: Image.Image, longest: int, profile: bytes | None) -> Image.Image:
    """In RGB, or RGBA where something shows through; nothing in it but its pixels."""
    from PIL import Image  # noqa: PLC0415 (slow to load)

    if image.mode.startswith("I"):  # Sixteen bits of grey: the upper eight.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    shows_through = image.has_transparency_data
    if image.mode != "CMYK":
        image = image.convert("RGBA" if shows_through else "RGB")
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    image = _in_srgb(image, profile)
    if not shows_through:
        plain = Image.new("RGB", image.size)
        plain.paste(image)
        return plain
    # What lies under nothing is seen by nobody, and might be what somebody cut away.
    there = image.getchannel("A").point(lambda alpha: 255 if alpha else 0)
    return Image.composite(image, Image.new("RGBA", image.size), there)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours that its profile means; without one, or with one that is none, they are taken for sRGB."""
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        from PIL import ImageCms  # noqa: PLC0415 (slow to load)

        try:
            meant = ImageCms.ImageCmsProfile(BytesIO(profile))
            if meant.profile.xcolor_space.strip() == ("CMYK" if image.mode == "CMYK" else "RGB"):
                found = ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode=wanted)
                if found is not None:
                    return found
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # Said by nobody but a broken file; the picture is there all the same.
    return image.convert(wanted)
