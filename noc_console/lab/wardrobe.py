"""Keeps the ill variants of looks: encoded in the background when first asked for, and put over the healthy media."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from noc_console.lab.ailing import Ill, ailing
from noc_console.lab.encode import Look, Stream
from noc_console.lab.fault import Fault
from noc_console.lab.faults import FAULTS
from noc_console.lab.media_faults import PICTURE, SOUND, TIME


@dataclass(frozen=True, slots=True)
class Dress:
    """What is put over the healthy media of one GOP; the sound's time stamps are moved on by `late_ms`."""

    picture: Ill | None = None
    sound: Ill | None = None
    late_ms: float = 0.0

    @property
    def has_sound(self) -> bool:
        """Say whether the sound is not as it should be."""
        return self.sound is not None or bool(self.late_ms)


HEALTHY = Dress()


def dress_of(faults: Iterable[Fault]) -> Dress:
    """Return what these faults, oldest first, make of the media together: the newest of each part holds."""
    dress = HEALTHY
    for fault in faults:
        ill = Ill.of(fault.kind, fault.params)
        match FAULTS[fault.kind].ills:
            case "picture":
                dress = replace(dress, picture=ill)
            case "sound":
                dress = replace(dress, sound=ill)
            case "time":
                dress = replace(dress, late_ms=fault.params["ms"])
    return dress


class Wardrobe:
    """The variants of these looks; whoever needs one that is not ready waits for it."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._looks = tuple(looks)
        self._kept: dict[tuple[int, Ill], Future[tuple[Stream, ...]]] = {}
        self._dressed: dict[tuple[int, Dress], Look] = {}
        self._tailor = ThreadPoolExecutor(1, thread_name_prefix="ill media")

    def order(self, look: int, fault: str, params: Mapping[str, float]) -> None:
        """Begin to make what a fault needs of a look."""
        ills = FAULTS[fault].ills
        if ills != TIME:
            self._made(look, Ill.of(fault, params), ills)

    def dressed(self, look: int, dress: Dress) -> Look:
        """Return a look as it is under these ills, with the sound where it belongs."""
        healthy = self._looks[look]
        if dress == HEALTHY:
            return healthy
        if (found := self._dressed.get((look, dress))) is None:
            found = healthy
            if dress.picture is not None:
                found = replace(found, videos=self._made(look, dress.picture, PICTURE).result())
            if dress.sound is not None:
                found = replace(found, audio=self._made(look, dress.sound, SOUND).result()[0])
            self._dressed[look, dress] = found
        return found

    def then(self, work: Callable[[], object]) -> Future[object]:
        """Do something more in the background, after what was ordered so far."""
        return self._tailor.submit(work)

    def close(self) -> None:
        """Make nothing more."""
        self._tailor.shutdown(wait=False, cancel_futures=True)

    def _made(self, look: int, ill: Ill, ills: str) -> Future[tuple[Stream, ...]]:
        made = self._kept.get((look, ill))
        if made is None:
            made = self._kept[look, ill] = self._tailor.submit(ailing, self._looks[look], look, ill, ills)
        return made
