"""The penalty box: ill channels, then those nobody measures, then well ones whose alarm nobody answered; ids only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.state import BoardMirror, Json

Index = QModelIndex | QPersistentModelIndex
WAITING_TEXT = "Condition gone, nobody answered"


class Row(Enum):
    """What a row of the box is."""

    ILL = auto()
    HEADING = auto()
    DARK = auto()
    WAITING_HEADING = auto()
    WAITING = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """One row: its kind and the channel (0 for a heading)."""

    kind: Row
    channel_id: int = 0


class PenaltyModel(QAbstractListModel):
    """Ranks by severity, unacknowledged first, tier, age."""

    def __init__(self, mirror: BoardMirror) -> None:
        super().__init__()
        self._mirror = mirror
        self._places: list[Place] = []
        self._told: list[tuple[object, ...]] = []

    def rank(self) -> None:
        """Rank anew; the view is only told when the order changed, else its rows are repainted."""
        places = ranked(self._mirror)
        told = [self._words(place) for place in places]
        if places != self._places:
            self.beginResetModel()
            self._places, self._told = places, told
            self.endResetModel()
        elif told != self._told:
            self._told = told
            self.dataChanged.emit(self.index(0, 0), self.index(len(places) - 1, 0))

    @property
    def ill(self) -> int:
        """Number of channels with an open alarm."""
        return sum(place.kind is Row.ILL for place in self._places)

    @property
    def waiting_text(self) -> str:
        """How many channels are well again and only wait for an answer."""
        count = sum(place.kind is Row.WAITING for place in self._places)
        return f"{count} wait{'s' if count == 1 else ''} for acknowledgement"

    def place(self, row: int) -> Place:
        """Return what a row is."""
        return self._places[row]

    def channel(self, row: int) -> Json:
        """Return the board's channel of a row."""
        return self._mirror.channels[self._places[row].channel_id]

    def row_of(self, channel_id: int) -> int:
        """Return the row of a channel, -1 when it is well."""
        return next((row for row, place in enumerate(self._places) if place.channel_id == channel_id), -1)

    def next_ill(self, channel_id: int) -> int:
        """Return the channel after this one in the box, the worst after the last; 0 when none is ill."""
        ids = [place.channel_id for place in self._places if place.kind in (Row.ILL, Row.DARK)]
        if not ids:
            return 0
        return ids[(ids.index(channel_id) + 1) % len(ids)] if channel_id in ids else ids[0]

    def _words(self, place: Place) -> tuple[object, ...]:
        """Return what a row shows besides its age, which is repainted once a second anyway."""
        channel = self._mirror.channels.get(place.channel_id)
        if channel is None:
            return ()
        return tuple(channel[key] for key in ("severity", "acknowledged", "text", "owner", "since", "name"))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of rows."""
        return 0 if parent.isValid() else len(self._places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: the row in words."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        place = self._places[index.row()]
        if place.kind is Row.HEADING:
            return "Not measured"
        if place.kind is Row.WAITING_HEADING:
            return self.waiting_text
        channel = self._mirror.channels[place.channel_id]
        if place.kind is Row.DARK:
            return f"{channel['code']}, {dark_text(channel, self._mirror)}"
        if place.kind is Row.WAITING:
            return f"{channel['code']}, {WAITING_TEXT}"
        age = figures.age(self._mirror.now() - channel["since"])
        return f"{channel['severity']}, {channel['code']} {channel['name']}, {channel['text']}, {age}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Override: the heading cannot be chosen."""
        if index.isValid() and self._places[index.row()].kind is Row.HEADING:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)


def ranked(mirror: BoardMirror) -> list[Place]:
    """Return the rows of the box for what the board says now."""
    ill, dark = [], []
    for channel in mirror.channels.values():
        state = mirror.channel_state(channel)
        if channel["severity"] != "cleared" and state != "disabled":
            ill.append(channel)
        elif channel["state"] in ("stale", "lost"):
            # a lost agent is said once, by the banner, not once for every channel
            dark.append(channel)
    ill.sort(
        key=lambda one: (
            -Severity(one["severity"]).rank,
            one["acknowledged"],
            one["tier"],
            one["since"],
            one["code"],
        )
    )
    dark.sort(key=lambda one: (one["at"], one["code"]))
    rows = [Place(Row.ILL, one["id"]) for one in ill]
    if dark:
        rows += [Place(Row.HEADING)] + [Place(Row.DARK, one["id"]) for one in dark]
    known = {place.channel_id for place in rows}
    waiting = [one for one in mirror.channels.values() if one.get("latched") and one["id"] not in known]
    if waiting:
        waiting.sort(key=lambda one: str(one["code"]))
        rows += [Place(Row.WAITING_HEADING)] + [Place(Row.WAITING, one["id"]) for one in waiting]
    return rows


def dark_text(channel: Json, mirror: BoardMirror) -> str:
    """Return why nothing is measured on a channel."""
    return "No data" if mirror.channel_state(channel) == "lost" else "No fresh data"
