"""What the YAML parser refuses, in words that say what to do about it; nothing is parsed here."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Position

Said = tuple[Position, Sentence, Sentence | None]
"""(where, what is wrong, what to do)."""
_QUOTES = sentence("put quotes around the text")
_STARTS_BADLY = (
    "cannot start any token",
    "mapping keys are not allowed",
    "expected the node content",
    "expected alphabetic or numeric",
    "expected ' '",
    "expected URI",
    "did not find expected",
)
"""What the parser says of texts that start with one of YAML's own characters."""


def syntax_error(error: MarkedYAMLError, file: str, text: str) -> Said:
    """Say what the parser could not read. ``text``: the whole file."""
    mark = error.problem_mark or error.context_mark
    at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
    lines = text.split("\n")
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    problem = error.problem or ""
    if "\t" in line[: at.column]:
        return at, sentence("a tab stands where YAML wants spaces"), sentence("indent with spaces")
    if "mapping values are not allowed" in problem:
        return _misplaced_colon(at, lines)
    if "expected ':'" in problem:
        hint = sentence("write “key: value”, with a space after the colon")
        # The parser notices only where the next key is; what has no colon is where it began.
        return _begin(error, file, at), sentence("a key without a colon after it"), hint
    if "end of stream" in problem or "<stream end>" in problem:
        return _unclosed(error, file, at)
    if "expected ',' or" in problem:
        return _in_brackets(error, file, at)
    if "sequence entries are not allowed" in problem:
        return at, sentence("a list starts on a line of its own"), sentence("write “- ” below the key, not beside it")
    if "escape" in problem:
        hint = sentence("write “\\\\” for the character itself, or put single quotes around the text")
        return at, sentence("between double quotes, “\\” starts a code, and this is none"), hint
    if "a comment or a line break" in problem:
        hint = sentence("indent it by two spaces")
        return at, sentence("the text starts on the line below “|” or “>”"), hint
    if "block end" in problem or "<block" in problem:
        return _out_of_line(at, line)
    if any(said in problem for said in _STARTS_BADLY):
        return at, sentence("a text cannot start with this character"), _QUOTES
    return at, sentence("this is not valid YAML: {problem}", problem=problem or str(error)), None


def _begin(error: MarkedYAMLError, file: str, at: Position) -> Position:
    mark = error.context_mark
    return Position(file, mark.line + 1, mark.column + 1) if mark is not None else at


def _misplaced_colon(at: Position, lines: list[str]) -> Said:
    """A colon too many, or one too few just before."""
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if match := re.match(r"\s*(?:- )?([\w-]+) +[{\[\"']", line):
        hint = sentence("write “key: value”, with a space after the colon")
        return Position(at.file, at.line, match.end(1) + 1), sentence("a key without a colon after it"), hint
    above = at.line - 2
    while above >= 0 and not lines[above].strip():
        above -= 1
    before = lines[above] if above >= 0 else ""
    if match := re.match(r"\s*-(?=[^\s-])", before):
        return (
            Position(at.file, above + 1, match.end()),
            sentence("a space is missing after this “-”"),
            sentence("write “- ”, and then the key"),
        )
    if match := re.match(r"\s*(?:- )?([\w-]+):(?=[^\s:])", before):
        return (
            Position(at.file, above + 1, match.end()),
            sentence("a space is missing after this colon"),
            sentence("write “key: value”, with a space after the colon"),
        )
    if re.fullmatch(r"\s*(?:- )?[\w-]+\s*", before):
        hint = sentence("write “key: value”, with a space after the colon")
        column = len(before) - len(before.lstrip()) + 1
        return Position(at.file, above + 1, column), sentence("a key without a colon after it"), hint
    return (
        at,
        sentence("this colon makes no sense here"),
        sentence("a text with a colon in it needs quotes around it; a new key needs a line of its own"),
    )


def _unclosed(error: MarkedYAMLError, file: str, at: Position) -> Said:
    begin = _begin(error, file, at)
    hint = sentence("look for a quote or a bracket that is not closed")
    if error.context and "quoted" in error.context:
        return begin, sentence("the quote that starts here is not closed"), sentence("write the same quote at its end")
    return begin, sentence("the file ends in the middle of what starts here"), hint


def _in_brackets(error: MarkedYAMLError, file: str, at: Position) -> Said:
    opens, closes = ("{", "}") if "or '}'" in (error.problem or "") else ("[", "]")
    hint = sentence("a text with a comma, a colon, a quote or a bracket in it needs quotes around it")
    begin = _begin(error, file, at)
    if begin.line == at.line:
        return at, sentence("a “{bracket}” or a comma is missing before this", bracket=closes), hint
    what = sentence("the “{bracket}” that starts here is not closed by line {line}", bracket=opens, line=at.line)
    return begin, what, hint


def _out_of_line(at: Position, line: str) -> Said:
    before = line[: at.column - 1].rstrip()
    if before.endswith(("'", '"')):
        hint = sentence("put the quotes around all of it, or leave them out")
        return at, sentence("the text goes on after its closing quote"), hint
    return (
        at,
        sentence("this line does not line up with those above it"),
        sentence("keys of one list or group start in the same column"),
    )
