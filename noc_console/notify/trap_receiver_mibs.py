"""Names for OIDs and for the numbers of enumerations, read from MIB files (SMIv1 and SMIv2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from noc_console.notify.trap_receiver_ber import Oid, Varbind

MAX_FILES = 500
MAX_FILE_BYTES = 4 * 1024 * 1024
# SNMPv2-SMI and the parts of SNMPv2-MIB that every notification uses: known without any file
_KNOWN: Mapping[str, Oid] = {
    "ccitt": (0,),
    "iso": (1,),
    "joint-iso-ccitt": (2,),
    "org": (1, 3),
    "dod": (1, 3, 6),
    "internet": (1, 3, 6, 1),
    "directory": (1, 3, 6, 1, 1),
    "mgmt": (1, 3, 6, 1, 2),
    "mib-2": (1, 3, 6, 1, 2, 1),
    "transmission": (1, 3, 6, 1, 2, 1, 10),
    "experimental": (1, 3, 6, 1, 3),
    "private": (1, 3, 6, 1, 4),
    "enterprises": (1, 3, 6, 1, 4, 1),
    "snmpV2": (1, 3, 6, 1, 6),
    "snmpModules": (1, 3, 6, 1, 6, 3),
    "snmpMIB": (1, 3, 6, 1, 6, 3, 1),
    "snmpTraps": (1, 3, 6, 1, 6, 3, 1, 1, 5),
    "snmp": (1, 3, 6, 1, 2, 1, 11),
    "coldStart": (1, 3, 6, 1, 6, 3, 1, 1, 5, 1),
    "warmStart": (1, 3, 6, 1, 6, 3, 1, 1, 5, 2),
    "linkDown": (1, 3, 6, 1, 6, 3, 1, 1, 5, 3),
    "linkUp": (1, 3, 6, 1, 6, 3, 1, 1, 5, 4),
    "authenticationFailure": (1, 3, 6, 1, 6, 3, 1, 1, 5, 5),
    "egpNeighborLoss": (1, 3, 6, 1, 6, 3, 1, 1, 5, 6),
    "snmpTrapEnterprise": (1, 3, 6, 1, 6, 3, 1, 1, 4, 3),
}
_MACROS = (
    "MODULE-IDENTITY|OBJECT-IDENTITY|OBJECT-TYPE|NOTIFICATION-TYPE|OBJECT-GROUP|"
    "NOTIFICATION-GROUP|MODULE-COMPLIANCE|AGENT-CAPABILITIES"
)
_MODULE = re.compile(r"([A-Z][\w-]*)\s+DEFINITIONS\s*::=\s*BEGIN")
# a mere OBJECT IDENTIFIER has nothing before its place; without it, it is a member of a SEQUENCE
_NODE = re.compile(
    rf"\b([a-z][\w-]*)\s+(?:OBJECT\s+IDENTIFIER\s*|(?:{_MACROS})\b((?:(?!::=).)*))::=\s*\{{([^{{}}]*)\}}", re.DOTALL
)
_TRAP = re.compile(r"\b([a-z][\w-]*)\s+TRAP-TYPE\s+ENTERPRISE\s+([a-z][\w-]*)((?:(?!::=).)*)::=\s*(\d+)", re.DOTALL)
_TYPE = re.compile(
    r"\b([A-Z][\w-]*)\s*::=\s*(?:TEXTUAL-CONVENTION\b(?:(?!::=|\bSYNTAX\b).)*SYNTAX\s+)?INTEGER\s*\{([^{}]*)\}",
    re.DOTALL,
)
_SYNTAX = re.compile(r"\bSYNTAX\s+([A-Za-z][\w-]*)\s*(?:\{([^{}]*)\})?")
_ENUM = re.compile(r"([a-zA-Z][\w-]*)\s*\(\s*(-?\d+)\s*\)")
_TEXT = re.compile(r'"[^"]*"')
_COMMENT = re.compile(r"--(?:(?!--)[^\n])*(?:--|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Node:
    """A name at an OID, and what the numbers of its values are called."""

    module: str
    name: str
    words: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Names:
    """All nodes of the loaded modules by OID; what is unknown stays a number."""

    nodes: dict[Oid, Node] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def name(self, oid: Oid) -> str:
        """Return an OID with its longest known beginning as a name: `ifIndex.3`; dotted where nothing is known."""
        node, rest = self._find(oid)
        if node is None:
            return ".".join(map(str, oid))
        return ".".join([node.name, *map(str, rest)])

    def value(self, bind: Varbind) -> str:
        """Return a value as an operator reads it: `down(2)` for a number that has a word, names for OIDs."""
        if bind.type == "OBJECT IDENTIFIER":
            return self.name(tuple(int(part) for part in bind.text.split(".")))
        node, _ = self._find(bind.oid)
        word = node.words.get(bind.number) if node and bind.number is not None else None
        return f"{word}({bind.number})" if word else bind.text

    def _find(self, oid: Oid) -> tuple[Node | None, Oid]:
        for size in range(len(oid), 4, -1):
            node = self.nodes.get(oid[:size])
            if node is not None:
                return node, oid[size:]
        return None, oid


@dataclass(frozen=True, slots=True)
class _Raw:
    """One definition before its place is known: its parent's name and the numbers below that."""

    module: str
    name: str
    place: tuple[str, ...]
    words: Mapping[int, str]


def load(folders: Iterable[Path]) -> Names:
    """Return the names in every file of some folders; a file that cannot be read is a fault, told by its name."""
    texts, faults = [], []
    for path in _files(folders):
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise OSError("larger than 4 MiB")
            texts.append(path.read_text(encoding="utf-8", errors="replace"))
        except OSError as error:
            faults.append(f"{path.name}: {error.strerror or error}")
    names = read(texts)
    names.faults = tuple(faults)
    return names


def read(texts: Iterable[str]) -> Names:
    """Return the names that the texts of modules define."""
    raws: list[_Raw] = []
    types: dict[str, Mapping[int, str]] = {}
    bodies = [_COMMENT.sub("", _TEXT.sub('""', text)) for text in texts]
    for body in bodies:
        types |= {found[1]: _words(found[2]) for found in _TYPE.finditer(body)}
    for body in bodies:
        raws += _definitions(body, types)
    return Names(_placed(raws))


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    count = 0
    for folder in folders:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                count += 1
                if count > MAX_FILES:
                    return
                yield path


def _definitions(body: str, types: Mapping[str, Mapping[int, str]]) -> Iterator[_Raw]:
    heads = list(_MODULE.finditer(body))
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(body)
        part = body[head.end() : end]
        for found in _NODE.finditer(part):
            yield _Raw(head[1], found[1], _place(found[3]), _node_words(found[2] or "", types))
        for found in _TRAP.finditer(part):
            generic = found[2] == "snmp"  # RFC 1215: the generic traps
            place = ("snmpTraps", str(int(found[4]) + 1)) if generic else (found[2], "0", found[4])
            yield _Raw(head[1], found[1], place, {})


def _place(text: str) -> tuple[str, ...]:
    """Return the parts between the braces: a parent and numbers; `org(3)` counts as its number."""
    parts = re.sub(r"([a-zA-Z][\w-]*)\s*\(\s*(\d+)\s*\)", r"\2", text).split()
    return tuple(parts)


def _node_words(body: str, types: Mapping[str, Mapping[int, str]]) -> Mapping[int, str]:
    found = _SYNTAX.search(body)
    if found is None:
        return {}
    return _words(found[2]) if found[2] and found[1] != "BITS" else types.get(found[1], {})


def _words(text: str) -> Mapping[int, str]:
    return {int(number): word for word, number in _ENUM.findall(text)}


def _placed(raws: list[_Raw]) -> dict[Oid, Node]:
    """Find the place of each definition, parents first; what has no known parent is left out."""
    nodes = {oid: Node("", name) for name, oid in _KNOWN.items() if len(oid) > 4}
    known = dict(_KNOWN)
    left = raws
    while left:
        later = []
        for raw in left:
            oid = _oid_of(raw.place, known)
            if oid is None:
                later.append(raw)
                continue
            known.setdefault(raw.name, oid)
            if oid not in nodes or not nodes[oid].module:
                nodes[oid] = Node(raw.module, raw.name, raw.words)
        if len(later) == len(left):
            break
        left = later
    return nodes


def _oid_of(place: tuple[str, ...], known: Mapping[str, Oid]) -> Oid | None:
    if not place:
        return None
    begin = known.get(place[0].rpartition(".")[2]) if not place[0].isdigit() else (int(place[0]),)
    if begin is None or not all(part.isdigit() or part in known for part in place[1:]):
        return None
    numbers = tuple(int(part) if part.isdigit() else known[part][-1] for part in place[1:])
    return (*begin, *numbers)
