"""PSI and SI as a tree: services with their streams and descriptors, and the tables with their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from noc_console.views.theme import Theme
from noc_console.views.ts_facts import pid_text

Index = QModelIndex | QPersistentModelIndex
_SHOWN_OF_STREAM = ("profile", "level", "width", "height", "frame_rate", "hdr", "sample_rate", "channels", "atmos")


@dataclass(slots=True)
class Node:
    """One line: what it is and what is known of it."""

    name: str
    fact: str = ""
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    row: int = 0

    def add(self, child: Node) -> Node:
        """Hang a line under this one."""
        child.parent, child.row = self, len(self.children)
        self.children.append(child)
        return child


def tree_of(report: Mapping[str, Any]) -> Node:
    """Return the tree of an answer of GET /channels/{id}/ts."""
    root = Node("")
    for service in report.get("services", ()):
        _add_service(root, service)
    tables = report.get("tables", {})
    if tables:
        branch = root.add(
            Node("Tables", f"TS id {report.get('transport_stream_id')}, {report.get('network') or '-'}")
        )
        for name, one in tables.items():
            versions = ", ".join(str(version) for version in one["versions"])
            wrong = f", {one['crc_errors']} CRC errors" if one["crc_errors"] else ""
            branch.add(Node(str(name), f"version {versions or '-'}, {one['sections']} sections{wrong}"))
    return root


def _add_service(root: Node, service: Mapping[str, Any]) -> None:
    title = str(service["name"] or f"Programme {service['id']}")
    marks = ["scrambled"] if service.get("is_scrambled") else []
    marks += [f"CA {system}" for system in service.get("ca_systems", ())]
    fact = ", ".join([f"service {service['id']}", str(service["provider"] or "-"), *marks])
    branch = root.add(Node(title, fact))
    branch.add(Node("PMT", f"{pid_text(service['pmt_pid'])}, PCR on {pid_text(service['pcr_pid']) or '-'}"))
    _add_descriptors(branch, service.get("descriptors", ()))
    for stream in service["streams"]:
        codec = str(stream["codec"] or f"type 0x{stream['stream_type']:02x}")
        fact = ", ".join([codec, *stream.get("languages", ()), *_format(stream)])
        leaf = branch.add(Node(f"{pid_text(stream['pid'])}  {stream['kind']}", fact))
        leaf.add(Node("stream_type", f"0x{stream['stream_type']:02x}"))
        _add_descriptors(leaf, stream.get("descriptors", ()))


def _format(stream: Mapping[str, Any]) -> list[str]:
    told = {name: stream[name] for name in _SHOWN_OF_STREAM if stream.get(name)}
    parts = []
    if "width" in told and "height" in told:
        parts.append(f"{told['width']}x{told['height']}")
    if "frame_rate" in told:
        parts.append(f"{told['frame_rate']:g} fps")
    if "sample_rate" in told:
        parts.append(f"{told['sample_rate'] / 1000:g} kHz")
    if "channels" in told:
        parts.append(f"{told['channels']} ch")
    return parts + [str(told[name]) for name in ("profile", "hdr") if name in told]


def _add_descriptors(branch: Node, descriptors: Any) -> None:
    for one in descriptors:
        facts = one.get("facts")
        text = ", ".join(f"{key} {value}" for key, value in facts.items()) if facts else str(one.get("bytes") or "")
        branch.add(Node(f"0x{one['tag']:02x} {one['name']}", text[:300]))


class TreeDelegate(QStyledItemDelegate):
    """Lines 20 high; what is known of a line stands back behind its name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override: the height of a line."""
        return QSize(super().sizeHint(option, index).width(), 20)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: the second column in grey."""
        super().initStyleOption(option, index)
        colours = self._theme.colours
        colour = colours.secondary if index.column() else colours.text
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
            option.palette.setColor(role, colour)


class TreeModel(QAbstractItemModel):
    """Two columns over nodes; the same tree again only tells that texts may have changed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("")

    def show_report(self, report: Mapping[str, Any]) -> bool:
        """Show an answer; say whether the tree has another shape than before."""
        new = tree_of(report)
        if _shape(new) == _shape(self.root):
            self._take_facts(self.root, new)
            return False
        self.beginResetModel()
        self.root = new
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of lines under one."""
        return len(self._node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: what it is, and what is known."""
        return 2

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Override: the place of a line."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._node(parent).children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Override: the line above."""
        above = self._node(index).parent
        if above is None or above is self.root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: the texts."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        node = self._node(index)
        return node.fact if index.column() else node.name

    def _node(self, index: Index) -> Node:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, Node) else self.root

    def _take_facts(self, old: Node, new: Node) -> None:
        for before, after in zip(old.children, new.children, strict=True):
            if before.fact != after.fact:
                before.fact = after.fact
                place = self.createIndex(before.row, 1, before)
                self.dataChanged.emit(place, place)
            self._take_facts(before, after)


def _shape(node: Node) -> tuple[Any, ...]:
    return (node.name, *(_shape(child) for child in node.children))
