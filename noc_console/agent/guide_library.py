"""The guides in force: shipped ones and the site's own folder, looked at every two seconds, reloaded when changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.guide_files import File, Stamp, broken, read_file, stamps_of
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import NotFound
from noc_console.catalogues import alarm_types
from noc_console.errors import KnownError
from noc_console.guides.guide import Guide
from noc_console.guides.mistakes import Mistake
from noc_console.guides.shelf import SITE, Shelf, shelf_of
from noc_console.model import Event
from noc_console.resources import playbooks

LOOK_S = 2.0
_GOOD = "guide_good:"  # a line of the history for the last good text of each file of the site
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shelved:
    """One guide in force with the text it was read from; `is_site` where it is the site's own."""

    guide: Guide
    text: str
    file: str
    is_site: bool
    changed_at: float


@dataclass(slots=True)
class GuideLibrary:
    """Every guide by its id, and what is wrong with files that are not in force."""

    recorder: Recorder
    tell: Callable[..., Awaitable[None]]
    folders: tuple[Path, ...]
    by_id: Mapping[str, Shelved] = field(default_factory=dict)
    is_loaded: asyncio.Event = field(default_factory=asyncio.Event)
    _files: dict[Path, File] = field(default_factory=dict)
    _stamps: Mapping[Path, Stamp] | None = None
    _shelf: Shelf = field(default_factory=lambda: Shelf({}, frozenset(), ()))

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong with the files, by file and line."""
        return self._shelf.mistakes

    async def run(self) -> None:
        """Look at the folders until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Take the guides as they are in the folders now; nothing is read that did not change."""
        found = await asyncio.to_thread(stamps_of, self.folders)
        if found == self._stamps:
            return
        before, first = dict(self.by_id), self._stamps is None
        await self._read(found)
        self._stamps = found
        self._shelve()
        self.is_loaded.set()
        changed = _changed(before, self.by_id)
        if not first and (changed or self.mistakes):
            await self._say(changed)

    async def _read(self, found: Mapping[Path, Stamp]) -> None:
        for path in self._files.keys() - found.keys():
            del self._files[path]
        for path, stamp in found.items():
            known = self._files.get(path)
            if known is None or known.stamp != stamp:
                self._files[path] = await self._with_last_good(await self._fresh(path, stamp), known)

    async def _fresh(self, path: Path, stamp: Stamp) -> File:
        try:
            return await asyncio.to_thread(read_file, path, stamp, self._called(path))
        except Exception:  # noqa: BLE001 - a bug met by one file must not hide the guides of all others
            _log.exception("%s could not be read", path.name)
            return broken(path, stamp, self._called(path), "Reading it met a fault of this program; its log tells.")

    def _is_site(self, path: Path) -> bool:
        return path.parent != self.folders[0]

    def _called(self, path: Path) -> str:
        return SITE + path.name if self._is_site(path) else path.name

    async def _with_last_good(self, fresh: File, known: File | None) -> File:
        """Return a file with the version of it that is in force: a broken one leaves the last good one."""
        is_site = self._is_site(fresh.path)
        if fresh.read.guide is not None:
            if is_site:
                await self._note(fresh)
            return fresh
        if known is not None and known.read.guide is not None:
            return fresh.with_good(known)
        if is_site and (text := await self._noted(fresh)):
            good = await asyncio.to_thread(read_file, fresh.path, (0, 0), self._called(fresh.path), text)
            return fresh.with_good(good) if good.read.guide is not None else fresh
        return fresh

    async def _note(self, file: File) -> None:
        try:
            await self.recorder.history.note(_GOOD + file.path.name, file.text)
        except KnownError as error:
            _log.info("the last good version of %s was not kept: %s", file.path.name, error)

    async def _noted(self, file: File) -> str:
        try:
            return await self.recorder.history.noted(_GOOD + file.path.name)
        except KnownError:
            return ""

    def _shelve(self) -> None:
        """Put the files' guides in force: the site's go before the shipped ones, of two files the first by name."""
        files = [self._files[path] for path in sorted(self._files)]
        own = [file for file in files if self._is_site(file.path)]
        self._shelf = shelf_of((one.read for one in files if one not in own), (one.read for one in own))
        standing = {id(one.read.guide): one for one in files if one.read.guide is not None}
        self.by_id = {
            name: Shelved(guide, file.text, file.read.file, name in self._shelf.of_site, file.stamp[0] / 1e9)
            for name, guide in self._shelf.guides.items()
            if (file := standing.get(id(guide))) is not None
        }

    async def _say(self, changed: list[str]) -> None:
        wrong = f" {len(self.mistakes)} mistakes." if self.mistakes else ""
        said = f"Guides changed: {', '.join(changed[:10])}." if changed else "No guide changed."
        data = {"guides": changed, "mistakes": len(self.mistakes), "text": said + wrong}
        await self.tell(Event("GuidesChanged", self.recorder.clock.now(), data=data))

    # -- what is asked

    def find(self, guide_id: str) -> Shelved:
        """Return a guide in force by its id, whatever the case."""
        found = self.by_id.get(guide_id) or self.by_id.get(guide_id.upper())
        if found is None:
            raise NotFound(f"There is no guide {guide_id}.")
        return found

    def for_alarm(self, alarm_type: str) -> Shelved | None:
        """Return the guide of an alarm type: the site's own that names it, else the catalogue's, else the first."""
        own = [name for name in sorted(self._shelf.of_site) if alarm_type in self.by_id[name].guide.alarms]
        if own:
            return self.by_id[own[0]]
        kind = alarm_types().get(alarm_type)
        found = self._shelf.for_alarm(alarm_type, kind.playbook if kind else "")
        return self.by_id[found.id] if found is not None else None

    def listed(self) -> list[dict[str, Any]]:
        """Return every guide in force as a row, by id."""
        return [_row(one) for _, one in sorted(self.by_id.items())]

    def told_mistakes(self) -> list[dict[str, Any]]:
        """Return what is wrong with files, by file and line."""
        return [{"file": one.file, "line": one.line, "column": one.column, "text": one.text} for one in self.mistakes]


def library_of(recorder: Recorder, tell: Callable[..., Awaitable[None]], db: Path) -> GuideLibrary:
    """Return the library of an agent: what is shipped, and the folder `guides` beside its history."""
    return GuideLibrary(recorder, tell, (playbooks(), db.absolute().parent / "guides"))


def _row(one: Shelved) -> dict[str, Any]:
    guide = one.guide
    return {
        "guide": guide.id,
        "kind": guide.kind,
        "version": guide.version,
        "title": {"en": guide.title.en, "vi": guide.title.vi},
        "summary": {"en": guide.summary.en, "vi": guide.summary.vi},
        "alarms": list(guide.alarms),
        "severity": guide.severity,
        "respond_s": guide.respond_s,
        "minutes": guide.minutes,
        "is_site": one.is_site,
        "file": one.file,
        "changed_at": one.changed_at,
        "schedule": list(guide.schedule.at) if guide.schedule else [],
        "steps": len(guide.steps),
    }


def _changed(before: Mapping[str, Shelved], after: Mapping[str, Shelved]) -> list[str]:
    names: Iterable[str] = before.keys() | after.keys()
    return sorted(name for name in names if _text(before.get(name)) != _text(after.get(name)))


def _text(one: Shelved | None) -> str:
    return one.text if one else ""
