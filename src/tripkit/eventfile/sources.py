"""The files of an event directory put together to one tree: event.yaml, lists in files of their own, texts; unchecked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tripkit.domain.sentences import sentence
from tripkit.eventfile.directory import EventDirectory
from tripkit.eventfile.errors import Findings, Position, list_words, nearest_word
from tripkit.eventfile.format.programme import SECTIONS
from tripkit.eventfile.other_words import word_meant
from tripkit.eventfile.yamltree import Mapping, Node, Scalar, Sequence, parse

EVENT = "event.yaml"
STORY = "story.yaml"
TEXT_OF = {
    "segments": "description",
    "topics": "description",
    "partners": "description",
    "sites": "description",
    "speakers": "biography",
    "programme": "description",
    "practical": "text",
    "reminders": "text",
}
"""The lists whose entries may have a text in a file, and the key that the text stands for."""
SINGLE_TEXTS: dict[str, tuple[str, ...]] = {
    "organisation": ("organisation", "description"),
    "purpose": ("trip", "purpose"),
    "terms": ("trip", "terms", "text"),
}
"""Texts that there is one of, and where they belong."""
_TEXT_FILE = re.compile(r"texts/(?:(?P<list>[a-z]+)/)?(?P<key>[^/]+)\.(?P<language>[^./]+)\.md")


@dataclass(frozen=True, slots=True)
class Sources:
    """``root``: None when event.yaml could not be read; ``unread``: lists whose file could not be."""

    root: Mapping | None
    story: Node | None
    unread: frozenset[str]


def read_sources(directory: EventDirectory, findings: Findings) -> Sources:
    """Read every YAML file and every text. What is wrong with one does not keep the others from being read."""
    root = _read_yaml(directory, EVENT, findings) if _is_there(directory, findings) else None
    if root is not None and not isinstance(root, Mapping):
        findings.error(root.at, sentence("keys are wanted here"), sentence("start with “organisation:” and “trip:”"))
        root = None
    unread = {
        section
        for section in SECTIONS
        if directory.has(f"{section}.yaml") and not _add_list(directory, section, root, findings)
    }
    for name in directory.names("texts"):
        _add_text(directory, name, root, unread, findings)
    _warn_of_unknown_files(directory, findings)
    story = _read_yaml(directory, STORY, findings) if directory.has(STORY) else None
    return Sources(root, story, frozenset(unread))


def _is_there(directory: EventDirectory, findings: Findings) -> bool:
    if directory.has(EVENT):
        return True
    hint = sentence("a trip is written in a file of this name; “tripkit event new” makes one to start from")
    near = nearest_word(EVENT, directory.names())
    what = sentence("there is no file {file} in the directory", file=EVENT)
    if near is not None:
        hint = sentence("rename {file} to {right}", file=near, right=EVENT)
    findings.error(Position(EVENT), what, hint)
    return False


def _read_yaml(directory: EventDirectory, name: str, findings: Findings) -> Node | None:
    text = directory.text(name)
    if text is None:
        return None
    before = len(findings.errors)
    tree = parse(name, text, findings)
    if tree is None and len(findings.errors) == before:
        findings.error(Position(name), sentence("the file is empty"), sentence("write something, or take it away"))
    return tree


def _add_list(directory: EventDirectory, section: str, root: Mapping | None, findings: Findings) -> bool:
    name = f"{section}.yaml"
    tree = _read_yaml(directory, name, findings)
    if tree is None:
        return False
    if not isinstance(tree, Sequence):
        hint = sentence("write lines that start with “- ”; the name of the list is the name of the file already")
        findings.error(tree.at, sentence("a list is wanted here"), hint)
        return False
    if root is not None:
        if section in root.nodes:
            findings.error(
                root.key_at[section],
                sentence("“{key}” is written here and in {file}", key=section, file=name),
                sentence("keep one of them"),
            )
            return False
        root.nodes[section] = tree
        root.key_at[section] = tree.at
    return True


def _add_text(directory: EventDirectory, name: str, root: Mapping | None, unread: set[str], findings: Findings) -> None:
    match = _TEXT_FILE.fullmatch(name)
    if match is None or not _belongs(match["list"], match["key"]):
        folders = ", ".join(f"texts/{section}/" for section in TEXT_OF)
        singles = ", ".join(f"texts/{single}.<language>.md" for single in SINGLE_TEXTS)
        findings.error(
            Position(name),
            sentence("nothing is known by the name of this file"),
            sentence("texts are {singles}, and <key>.<language>.md in {folders}", singles=singles, folders=folders),
        )
        return
    text = directory.text(name)
    if text is None or root is None or match["list"] in unread:
        return
    owner, key = _owner(root, match["list"], match["key"], name, findings)
    if owner is not None:
        _put(owner, key, match["language"], Scalar(Position(name), text, text), findings)


def _belongs(section: str | None, key: str) -> bool:
    return key in SINGLE_TEXTS if section is None else section in TEXT_OF


def _owner(root: Mapping, section: str | None, key: str, name: str, findings: Findings) -> tuple[Mapping | None, str]:
    """The group of keys a text belongs to, and the key it is for; None when that is not there or not a group."""
    if section is None:
        *path, last = SINGLE_TEXTS[key]
        node: Node | None = root
        for step in path:
            node = node.nodes.get(str(step)) if isinstance(node, Mapping) else None
        return (node if isinstance(node, Mapping) else None), str(last)
    entries = root.nodes.get(section)
    owners = _by_key(entries) if isinstance(entries, Sequence) else {}
    if key not in owners:
        findings.error(
            Position(name),
            sentence("there is no “{key}” among {section}", key=key, section=section),
            sentence("known: {words}", words=list_words(owners)) if owners else None,
            nearest_word(key, owners),
        )
        return None, ""
    return owners[key], TEXT_OF[section]


def _by_key(entries: Sequence) -> dict[str, Mapping]:
    mappings = (entry for entry in entries.nodes if isinstance(entry, Mapping))
    return {key.raw: entry for entry in mappings if isinstance(key := entry.nodes.get("key"), Scalar)}


def _put(owner: Mapping, key: str, language: str, text: Scalar, findings: Findings) -> None:
    if key not in owner.nodes:
        owner.nodes[key] = Mapping(text.at)
        owner.key_at[key] = text.at
    texts = owner.nodes[key]
    if not isinstance(texts, Mapping):
        return  # Said when it is checked against the format.
    if language in texts.nodes:
        there = texts.key_at[language]
        findings.error(
            text.at,
            sentence("this text is also written in {file}, line {line}", file=there.file, line=there.line),
            sentence("keep one of them"),
        )
        return
    texts.nodes[language] = text
    texts.key_at[language] = text.at


def _warn_of_unknown_files(directory: EventDirectory, findings: Findings) -> None:
    known = {EVENT, STORY, *(f"{section}.yaml" for section in SECTIONS)}
    for name in directory.names():
        if name not in known and name.rpartition(".")[0].upper() not in {"README", "LICENSE", "CHANGELOG"}:
            meant = word_meant(name.rpartition(".")[0], SECTIONS)
            near = f"{meant}.yaml" if meant is not None else nearest_word(name, known)
            findings.warn(Position(name), sentence("this file is not read"), None, near)
    for folder in directory.folders():
        if folder not in {"texts", "pictures"}:
            near = nearest_word(folder, ("texts", "pictures"))
            findings.warn(Position(f"{folder}/"), sentence("this folder is not read"), None, near)
