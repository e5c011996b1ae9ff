"""Pictures that hold more than they show, or are none, or cost more than they should; no test."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SCRIPT = b"<script>kanarie()</script>"
SECRET = "59.3293 kanarie"
"""Where the picture was taken, as its file says."""


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def plain(size: tuple[int, int] = (60, 40), colour: tuple[int, ...] = (31, 111, 139)) -> Image.Image:
    """A picture in one colour, with a light corner by which one sees which way is up."""
    image = Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)
    image.paste((255, 255, 255), (0, 0, size[0] // 4, size[1] // 4))
    return image


def photograph(orientation: int = 1) -> bytes:
    """A JPEG as a telephone makes it: it says where it was taken, in three places."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 19.0, 45.5), 29: SECRET})
    packet = b"http://ns.adobe.com/xap/1.0/\0" + SECRET.encode()
    made = encoded(plain(), "JPEG", exif=exif, comment=SECRET.encode())
    return made[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + made[2:]


def told_png() -> bytes:
    """A PNG with texts and a profile that is none."""
    told = PngInfo()
    told.add_text("Comment", SECRET)
    told.add_itxt("XML:com.adobe.xmp", SECRET)
    return encoded(plain(), "PNG", pnginfo=told, icc_profile=SECRET.encode())


def png_and_archive() -> bytes:
    """A PNG that is an archive as well."""
    out = BytesIO(encoded(plain(), "PNG"))
    with ZipFile(out, "a") as packed:
        packed.writestr("kanarie.html", SCRIPT)
    return out.getvalue()


def png_and_page() -> bytes:
    return encoded(plain(), "PNG") + b"<!doctype html><html>" + SCRIPT


def gif_and_script() -> bytes:
    """A GIF that is JavaScript as well: its size begins a comment, which ends before what runs."""
    made = bytearray(encoded(plain(), "GIF", comment=b"*/=1;kanarie();" + SCRIPT))
    made[6:8] = b"/*"
    return bytes(made)


def animated(kind: str) -> bytes:
    frames = [plain(colour=(shade, 0, 0)) for shade in (250, 130, 10)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def hidden() -> bytes:
    """A PNG whose middle was cut away by making it see-through: the colours are still there."""
    image = plain(colour=(9, 9, 9, 255))
    image.paste((77, 66, 55, 0), (10, 10, 50, 30))
    return encoded(image, "PNG")


def huge_png(side: int = 14_000) -> bytes:
    """Half a megabyte that is decoded to four bytes for each of many million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side * 4)
    rows = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def huge_webp() -> bytes:
    """A WebP of thirty bytes that says it is as large as a WebP can be."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + (16_383).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


def many_scans(count: int = 1000, side: int = 2000) -> bytes:
    """A JPEG whose last pass over all its pixels comes many times, at forty bytes each."""
    made = encoded(Image.new("RGB", (side, side), (200, 90, 30)), "JPEG", progressive=True)
    last = made.rindex(b"\xff\xda")
    return made[:last] + made[last:-2] * count + b"\xff\xd9"


def large_text_png(megabytes: int = 60) -> bytes:
    """A PNG with a text that unpacks to very much."""
    made = encoded(plain(), "PNG")
    data = b"Comment\0\0" + zlib.compress(bytes(megabytes << 20), 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return made[:33] + chunk + made[33:]


TELLING = {
    "a photograph": photograph(),
    "a PNG with texts": told_png(),
    "a PNG that is an archive": png_and_archive(),
    "a PNG that is a page": png_and_page(),
    "a GIF that is a script": gif_and_script(),
}
"""What is accepted, since it is a picture; and of which nothing but that may be left."""
NO_PICTURES = {
    "nothing": b"",
    "a text": b"kanarie",
    "a page": b"<!doctype html><html>" + SCRIPT,
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "an archive": b"PK\x03\x04" + bytes(30),
    "a PDF": b"%PDF-1.7\n",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a program": b"\x7fELF" + bytes(60),
    "an AVIF": b"\0\0\0\x20ftypavif" + bytes(60),
    "a TIFF": b"II*\0" + bytes(60),
    "the beginning of a PNG": b"\x89PNG\r\n\x1a\n",
    "the beginning of a JPEG": photograph()[:400],
    "half a PNG": encoded(Image.effect_noise((90, 90), 90), "PNG")[:-900],
    "the beginning of a WebP": b"RIFF\0\0\0\0WEBPVP8 ",
    "the beginning of a GIF": b"GIF89a\xff\xff\xff\xff",
    "a WebP too large": huge_webp(),
    "a PNG with a large text": large_text_png(70),
}
"""What is refused in words."""
