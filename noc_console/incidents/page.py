"""A printed page as a value: title, facts, sections with text, tables and pictures; it is all a printer knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; every cell is text."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG of so many points, with the name its file has where files are written."""

    name: str
    title: str
    svg: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under its own title; `empty` is said where it has nothing to tell."""

    title: str
    text: tuple[str, ...] = ()
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to print but `empty`."""
        return not (self.text or self.pictures or (self.table and self.table.rows))


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that is printed, in order; `foot` says how the page can be made again."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: tuple[str, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Return the drawings of all sections."""
        return tuple(picture for section in self.sections for picture in section.pictures)


def page_json(page: Page) -> dict[str, Any]:
    """Return the page as plain JSON."""
    return asdict(page)


def page_of(said: Mapping[str, Any]) -> Page:
    """Return the page of what `page_json` gave."""
    sections = tuple(
        Section(
            one["title"],
            tuple(one["text"]),
            Table(tuple(one["table"]["head"]), tuple(tuple(row) for row in one["table"]["rows"]))
            if one["table"]
            else None,
            tuple(Picture(**picture) for picture in one["pictures"]),
            one["empty"],
        )
        for one in said["sections"]
    )
    facts = tuple((str(name), str(value)) for name, value in said["facts"])
    return Page(said["title"], said["subtitle"], facts, sections, tuple(said["foot"]))
