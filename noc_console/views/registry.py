"""Every screen by name; modules are imported only when the screen is first shown."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from PySide6.QtWidgets import QWidget

from noc_console.views.desk import Desk


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen: `place` is `module:Class` below `noc_console.views`; `icon` non-empty puts it in the navigation."""

    title: str
    place: str
    icon: str = ""
    needs_lab: bool = False
    needs_streams: bool = False
    label: str = ""
    """What stands under the icon where the title is too long for it."""
    key: str = ""
    """A key of its own; the others are numbered in their order."""


SCREENS: Mapping[str, Entry] = {
    "overview": Entry("Overview", "overview:OverviewScreen", "overview"),
    "wall": Entry("Wall", "wall_screen:WallScreen", "wall"),
    "mosaic": Entry("Mosaic", "mosaic_screen:MosaicScreen", "mosaic", key="Ctrl+M"),
    "channels": Entry("Channels", "channels:ChannelsScreen", "channels"),
    "alarms": Entry("Alarms", "alarms:AlarmsScreen", "alarms"),
    "ts": Entry("TS", "ts:TsScreen", "ts", needs_streams=True),
    "notices": Entry("Notices", "notices_screen:NoticesScreen", "notices"),
    "maintenance": Entry("Maintenance", "maintenance:MaintenanceScreen", "maintenance", label="Maint."),
    "incidents": Entry("Incidents", "incidents:IncidentsScreen", "incidents"),
    "guides": Entry("Guides", "guides:GuidesScreen", "guides", key="Ctrl+G"),
    "shift": Entry("Shift", "shift:ShiftScreen", "shift", key="Ctrl+H"),
    "lab": Entry("Lab", "lab_panel:LabScreen", "lab", needs_lab=True),
    "drills": Entry("Drills", "drills:DrillsScreen", "drills", needs_lab=True, key="Ctrl+D"),
    "guide": Entry("Guide", "guide:GuideScreen"),
    "checklist": Entry("Checklist", "shift_list:ChecklistScreen"),
    "incident": Entry("Incident", "incident:IncidentScreen"),
    "channel": Entry("Channel", "channel:ChannelScreen"),
    "ts-input": Entry("Transport stream", "ts_input:TsInputScreen"),
    "add-channel": Entry("Add channel", "add_channel:AddChannelScreen"),
    "nms": Entry("NMS log", "nms:NmsScreen"),
    "rules": Entry("Rules", "workshop:WorkshopScreen"),
    "import": Entry("Import channels", "import_channels:ImportScreen"),
}


def in_navigation() -> list[str]:
    """Return the names of the screens with an entry in the navigation, in their order."""
    return [name for name, entry in SCREENS.items() if entry.icon and _is_there(entry)]


def keys_of(names: Iterable[str]) -> dict[str, str]:
    """Return the key of each screen: its own, else Ctrl and its number among the others, as long as they last."""
    numbered = (f"Ctrl+{number}" if number < 10 else "" for number in count(1))
    return {name: SCREENS[name].key or next(numbered) for name in names}


def build(name: str, desk: Desk) -> QWidget:
    """Make a screen; `channel`, `alarms` and `add-channel` take an id by their `open(id)` afterwards."""
    module, _, kind = SCREENS[name].place.partition(":")
    screen: QWidget = getattr(importlib.import_module(f"noc_console.views.{module}"), kind)(desk)
    return screen


def _is_there(entry: Entry) -> bool:
    module = entry.place.partition(":")[0]
    return importlib.util.find_spec(f"noc_console.views.{module}") is not None
