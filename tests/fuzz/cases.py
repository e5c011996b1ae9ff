"""One case: what somebody sends, made from a seed and a number and from nothing else; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import quote, quote_from_bytes

from tests.fuzz.browser import URL_ENCODED, Ask
from tests.fuzz.forms import Field, Form
from tests.fuzz.hostile import BODIES, FILES, HEADERS, KINDS, MARK, MARKUP, METHODS, RAW, VALUES
from tests.fuzz.known import Known
from tests.fuzz.stage import Mood
from tests.web.everywhere import ARGUMENT

Pairs = list[tuple[str, str]]
SENSIBLE = {
    "email": "nora@tripkit.example",
    "text": "Nora Ny",
    "tel": "000-00 00 00",
    "textarea": "Gatan 1\r\n123 45 Hamnstad",
    "number": "1",
    "password": "rätt häst batteri häftklammer",
    "date": "2027-05-05",
    "url": "https://tripkit.example/",
}
"""What an honest person might write."""
OTHER_QUERIES = (
    "people",
    "done",
    "sent",
    "waiting",
    "language",
    "next",
    "page",
    "sort",
    "q",
    "state",
    "topic",
    "segment",
    "id",
    "_method",
)
"""Names in queries that no link has, or that should do nothing."""


@dataclass(frozen=True)
class Case:
    """What somebody sends. ``known``: who, and what they know. ``mood``: how the site is just then."""

    number: int
    known: Known
    ask: Ask
    mood: Mood


def case(seed: int, number: int, people: Sequence[Known]) -> Case:
    """The case of this number: the same each time, for the same routes and forms."""
    dice = Random(f"{seed}:{number}")
    known = dice.choice(people)
    kinds: list[Callable[[Random, Known], Ask]] = [_address, _address, _headers, _body]
    if known.forms:
        kinds += [_form] * 8
    ask = dice.choice(kinds)(dice, known)
    headers = {"Accept-Language": dice.choice(("en", "sv")), **known.who.headers, **ask.headers}
    mood = dice.choices((Mood.WELL, Mood.LIMITED, Mood.AWAY), (94, 3, 3))[0]
    return Case(number, known, replace(ask, headers=headers), mood)


def hostile(dice: Random, known: Known) -> str:
    """Anything that was not meant, or something that is right elsewhere."""
    if dice.random() < 0.1:
        return dice.choice([*known.who.values.values()])
    return dice.choice(MARKUP if dice.random() < 0.25 else dice.choice(VALUES))


def _quoted(dice: Random, value: str) -> str:
    if dice.random() < 0.05:
        return quote_from_bytes(dice.choice(RAW))
    return quote(value, safe="", errors="surrogatepass")


def _query(dice: Random, known: Known) -> str:
    names = [*sorted(known.queries), *OTHER_QUERIES]
    pairs = [(dice.choice(names), hostile(dice, known)) for _ in range(dice.choice((0, 0, 1, 1, 2, 5)))]
    return "&".join(f"{_quoted(dice, name)}={_quoted(dice, value[:3000])}" for name, value in pairs)


def _address(dice: Random, known: Known) -> Ask:
    rule = dice.choice(known.rules)
    wrong = set(dice.sample(sorted(rule.arguments), dice.randint(0, len(rule.arguments))))

    def fill(name: str) -> str:
        return _quoted(dice, hostile(dice, known)[:3000]) if name in wrong else known.who.values.get(name, "1")

    path = ARGUMENT.sub(lambda found: fill(found[1]), rule.rule)
    if dice.random() < 0.1:
        path = dice.choice(
            (
                path.rstrip("/"),
                path + "/",
                path.replace("/", "//"),
                path + "%00",
                path + ";x",
                path + "/../",
                path.upper(),
                "/" + path,
            )
        )
    method = dice.choice(METHODS) if dice.random() < 0.2 else dice.choice(sorted(rule.methods or {"GET"}))
    return Ask(method, path or "/", _query(dice, known))


def _headers(dice: Random, known: Known) -> Ask:
    path = dice.choice(known.paths or ["/"])
    names = dice.sample(sorted(HEADERS), dice.randint(1, 4))
    return Ask(
        dice.choice(("GET", "GET", "HEAD", "POST")),
        path,
        _query(dice, known),
        headers={name: dice.choice(HEADERS[name]) for name in names},
    )


def _body(dice: Random, known: Known) -> Ask:
    """A body that is no form, where one is expected."""
    posts = [rule for rule in known.rules if "POST" in (rule.methods or ())]
    rule = dice.choice(posts or known.rules)
    path = ARGUMENT.sub(lambda found: known.who.values.get(found[1], "1"), rule.rule)
    return Ask("POST", path, "", dice.choice(BODIES), dice.choice((*KINDS, URL_ENCODED, URL_ENCODED)))


def _form(dice: Random, known: Known) -> Ask:
    # Filters of a page are one form like any other, and the least likely to do harm.
    form = dice.choices(known.forms, [1 if one.method == "GET" else 3 for one in known.forms])[0]
    pairs = filled_in(dice, form)
    change = dice.choices((_leave, _one, _some, _all, _names), (1, 4, 5, 3, 2))[0]
    pairs = change(dice, known, pairs)
    if dice.random() < 0.05:
        pairs = [(name, value) for name, value in pairs if name != "csrf_token"]
    if form.method == "GET":
        return Ask(
            "GET", form.path, "&".join(f"{_quoted(dice, name)}={_quoted(dice, value[:3000])}" for name, value in pairs)
        )
    files = [one.name for one in form.fields if one.kind == "file"]
    body, kind = _with_files(dice, pairs, files) if files and dice.random() < 0.8 else _written(dice, pairs)
    return Ask("POST", form.path, form.query if dice.random() < 0.9 else _query(dice, known), body, kind)


def filled_in(dice: Random, form: Form) -> Pairs:
    """The form as an honest person might send it: one of each group of buttons, something in every field."""
    pairs: Pairs = []
    radios: dict[str, list[str]] = {}
    buttons: Pairs = []
    for one in form.fields:
        if one.kind == "radio":
            radios.setdefault(one.name, []).append(one.values[0])
        elif one.kind in {"submit", "image", "button"}:
            buttons.append((one.name, one.values[0]))
        elif one.kind == "file":
            continue  # Sent in another way, see `_with_files`.
        elif one.kind == "checkbox":
            pairs += [(one.name, one.values[0])] if dice.random() < 0.6 else []
        else:
            pairs.append((one.name, _sensible(dice, one)))
    pairs += [(name, dice.choice(values)) for name, values in radios.items()]
    if buttons:
        # The first is what a form is for; the others are asked for too.
        pairs.append(buttons[0] if dice.random() < 0.6 else dice.choice(buttons))
    return pairs


def _sensible(dice: Random, one: Field) -> str:
    if one.kind == "select":
        return dice.choice(one.values or ("",))
    stands = one.values[0] if one.values else ""
    return stands or SENSIBLE.get(one.kind, "")


def _leave(_dice: Random, _known: Known, pairs: Pairs) -> Pairs:
    return pairs


def _one(dice: Random, known: Known, pairs: Pairs) -> Pairs:
    return _changed(dice, known, pairs, 1)


def _some(dice: Random, known: Known, pairs: Pairs) -> Pairs:
    return _changed(dice, known, pairs, dice.randint(2, 6))


def _all(dice: Random, known: Known, pairs: Pairs) -> Pairs:
    return [(name, value if name == "csrf_token" else hostile(dice, known)) for name, value in pairs]


def _changed(dice: Random, known: Known, pairs: Pairs, times: int) -> Pairs:
    pairs = pairs[:]
    for _ in range(times):
        places = [place for place, (name, _) in enumerate(pairs) if name != "csrf_token"]
        if not places:
            return [*pairs, (MARK, hostile(dice, known))]
        place = dice.choice(places)
        name, value = pairs[place]
        match dice.randrange(8):
            case 0:
                del pairs[place]
            case 1:
                pairs.append((name, hostile(dice, known)))
            case 2:
                pairs[place] = (name, value + hostile(dice, known))
            case 3:
                pairs[place] = (name, dice.choice(pairs)[1])
            case _:
                pairs[place] = (name, hostile(dice, known))
    return pairs


def _names(dice: Random, known: Known, pairs: Pairs) -> Pairs:
    """Names of fields nobody gave, and numbers within names that are not there."""
    pairs = pairs[:]
    for _ in range(dice.randint(1, 4)):
        name, value = dice.choice(pairs) if pairs else ("x", "x")
        new = dice.choice(
            (
                "".join(dice.choice("0123456789") if sign.isdigit() else sign for sign in name),
                name.replace("0", dice.choice(("-1", "99999", "9" * 30, "\u0661", "", "x"))),
                f"{name}[]",
                f"{name}-{name}",
                name.upper(),
                hostile(dice, known)[:2000],
            )
        )
        if dice.random() < 0.5 or name == "csrf_token" or not pairs:
            pairs.append((new, value))
        else:
            pairs[pairs.index((name, value))] = (new, value)
    return pairs


def _written(dice: Random, pairs: Pairs) -> tuple[bytes, str]:
    """The form as bytes, and what it is said to be."""
    way = dice.random()
    if way < 0.85:
        body = "&".join(f"{_quoted(dice, name)}={_quoted(dice, value)}" for name, value in pairs)
        return body.encode(), URL_ENCODED if dice.random() < 0.98 else dice.choice(KINDS)
    if way < 0.97:
        return _parts(dice, pairs), "multipart/form-data; boundary=kant"
    return dice.choice(BODIES), dice.choice(KINDS)


def _with_files(dice: Random, pairs: Pairs, files: Sequence[str]) -> tuple[bytes, str]:
    """The form with what somebody might have chosen in it, as browsers send that."""
    parts = b""
    for name in files:
        data = bytearray(dice.choice(FILES))
        for _ in range(dice.choice((0, 0, 1, 20)) if data else 0):
            data[dice.randrange(len(data))] = dice.randrange(256)
        called = dice.choice(("logga.png", "å ä.jpg", "../../x.png", "x.php", "", "a" * 3000, 'x"; name="csrf_token'))
        head = f'--kant\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n'
        parts += f"{head}Content-Type: {dice.choice(KINDS)}\r\n\r\n".encode() + bytes(data) + b"\r\n"
    return parts + _parts(dice, pairs), "multipart/form-data; boundary=kant"


def _parts(dice: Random, pairs: Pairs) -> bytes:
    parts = []
    for name, value in pairs:
        line = name.replace('"', "%22").replace("\r", " ").replace("\n", " ")
        file = '; filename="../x.svg"\r\nContent-Type: image/svg+xml' if dice.random() < 0.05 else ""
        head = f'--kant\r\nContent-Disposition: form-data; name="{line}"{file}\r\n\r\n'
        parts.append(head.encode("utf-8", "surrogatepass") + value.encode("utf-8", "surrogatepass") + b"\r\n")
    return b"".join(parts) + b"--kant--\r\n"
