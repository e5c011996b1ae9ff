"""Whether a drawn picture (SVG) is only that: shapes and words, nothing that runs, moves or fetches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType, errors

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings, Position

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_INERT = (
    "http://www.inkscape.org/",
    "http://sodipodi.sourceforge.net/",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
)
"""Namespaces that drawing programs leave their notes in; browsers do nothing with them."""
_SHAPES = frozenset(
    """
    svg g defs symbol use switch style title desc metadata
    path rect circle ellipse line polyline polygon text tspan textPath
    linearGradient radialGradient stop clipPath mask pattern marker
    filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
    feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode
    feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
    """.split()  # noqa: SIM905 (a list of words is read as one)
)
"""What may be drawn with (SVG 2); images, links, scripts, foreign content and animation are not among it."""
_OWN_PART = re.compile(r"\s*#[\w.:-]+\s*")
_FETCHES = re.compile(
    r"url\(\s*['\"]?\s*(?!['\"#\s])|image-set|src\(|expression|javascript:|data:|//|@import|\\", re.IGNORECASE
)
_MOST = 10


class _Enough(Exception):
    """Nothing more needs to be read."""


def check_svg(name: str, data: bytes, findings: Findings) -> None:
    """Note everything in a drawing that is not drawing, with its place."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.error(Position(name), sentence("this picture is not UTF-8"), sentence("save it as SVG in UTF-8"))
        return
    parser = ParserCreate("utf-8", " ")
    _Check(name, parser, findings)
    try:
        parser.Parse(text.encode(), True)
    except _Enough:
        pass
    except ExpatError as error:
        at = Position(name, error.lineno, error.offset + 1)
        findings.error(at, sentence("this is not a whole SVG picture: {problem}", problem=errors.messages[error.code]))


class _Check:
    """What is found while the parser walks through one picture."""

    def __init__(self, name: str, parser: XMLParserType, findings: Findings) -> None:
        self._name, self._parser, self._findings = name, parser, findings
        self._style: str | None = None
        self._found = 0
        self._depth = 0
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.buffer_text = True

    def _wrong(self, what: Sentence, hint: Sentence | None = None) -> None:
        at = Position(self._name, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)
        self._findings.error(at, what, hint)
        self._found += 1
        if self._found >= _MOST:
            raise _Enough

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # A browser believes it, and would read other characters than those that are checked here.
        if encoding is not None and encoding.lower() not in {"utf-8", "utf8", "us-ascii"}:
            self._wrong(sentence("this picture is not UTF-8"), sentence("save it as SVG in UTF-8"))

    def _doctype(self, *_: object) -> None:
        # Entities are declared in it, and may grow without end: not even looked at.
        self._wrong(sentence("a picture has no DOCTYPE or entities here"), sentence("take the line away"))
        raise _Enough

    def _instruction(self, target: str, _data: str) -> None:
        self._wrong(sentence("a picture has no <?{target}?> here", target=target), sentence("take the line away"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, word = name.rpartition(" ")
        if self._depth == 0 and (namespace, word) != (_SVG, "svg"):
            self._wrong(
                sentence("this is not an SVG picture"),
                sentence('the first tag is <svg xmlns="{namespace}">', namespace=_SVG),
            )
            raise _Enough
        self._depth += 1
        if namespace == _SVG and word == "style":
            self._style = ""
        if not (word in _SHAPES if namespace == _SVG else namespace.startswith(_INERT)):
            self._wrong(
                sentence("<{word}> is not allowed in a picture", word=word),
                sentence("a picture holds shapes and words only: nothing that runs, moves or is fetched"),
            )
        for what, hint in _wrong_attributes(attributes):
            self._wrong(what, hint)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == f"{_SVG} style":
            if _FETCHES.search(self._style or ""):
                self._wrong(*_fetching("style"))
            self._style = None

    def _characters(self, data: str) -> None:
        if self._style is not None:
            self._style += data


def _wrong_attributes(attributes: dict[str, str]) -> Iterator[tuple[Sentence, Sentence]]:
    for name, value in attributes.items():
        namespace, _, word = name.rpartition(" ")
        if namespace and namespace != _XLINK:
            continue  # Notes of drawing programs, xml:space and xml:lang; xml:base is for links, which are none.
        if word.lower().startswith("on"):
            yield sentence("{name}= is not allowed in a picture", name=word), sentence("a picture does nothing")
        elif word.lower() in {"href", "src"}:
            if not _OWN_PART.fullmatch(value):
                yield (
                    sentence("{name}= points out of the picture", name=word),
                    sentence("only a part of the same picture can be used, as in #wave"),
                )
        elif word != "d" and _FETCHES.search(value):
            yield _fetching(word)


def _fetching(where: str) -> tuple[Sentence, Sentence]:
    return (
        sentence("{name} fetches something from outside", name=where),
        sentence("only a part of the same picture can be used, as in url(#wave)"),
    )
