"""Which stretch is decoded next: sound before pictures, pictures by the share of their tier, the oldest left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from noc_console.model import MediaMode
from noc_console.net.pipe_media import BOTH, SOUND, Spooled

#: Shares of the decoders' time by tier, where there is not enough of it for all.
WEIGHTS = {1: 4.0, 2: 2.0, 3: 1.0}
MOST_OF_A_RUNG = 2
_MOST_SOUNDS = 6
_USEFUL_DURATIONS = 3.0
_USEFUL_AT_LEAST_S = 12.0
LATE, CROWDED, GONE = "late", "crowded", "gone"

Rung = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stretch that waits; `is_sound_only` when its picture has been given up for want of time."""

    stretch: Spooled
    tier: int = 2
    mode: MediaMode = MediaMode.KEYFRAMES
    is_sound_only: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether nothing but sound is to be decoded of it."""
        return self.is_sound_only or self.stretch.holds == SOUND

    @property
    def useful_s(self) -> float:
        """How long after it came it is still worth decoding."""
        return max(_USEFUL_AT_LEAST_S, _USEFUL_DURATIONS * self.stretch.duration_s)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not decoded, and why: `late`, `crowded`, `gone`. Of `is_picture_only` the sound still is."""

    waiting: Waiting
    why: str
    is_picture_only: bool = False


@dataclass(slots=True)
class Schedule:
    """The stretches that wait for `workers` decoders; one input's go to one decoder, which remembers it.

    Of a rung they are decoded in order. Where decoders cannot keep up, the oldest picture of a rung is given up when
    a third one comes, its sound is kept; what is too old to be of use is left out. Every one of these is in
    `skipped`, which whoever asks takes away. Among inputs the one comes next that had the least time for its weight.
    """

    workers: int
    skipped: list[Skipped] = field(default_factory=list)
    _queues: dict[Rung, deque[Waiting]] = field(default_factory=dict)
    _had: dict[int, float] = field(default_factory=dict)
    _floor: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let every decoder begin at nothing."""
        self._floor = [0.0] * self.workers

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def __iter__(self) -> Iterator[Waiting]:
        for queue in self._queues.values():
            yield from queue

    def worker_of(self, input_id: int) -> int:
        """Return which decoder an input belongs to."""
        return input_id % self.workers

    def put(self, waiting: Waiting) -> None:
        """Take a stretch; what has waited in the same rung makes room for it."""
        stretch = waiting.stretch
        queue = self._queues.setdefault((stretch.input_id, stretch.rung), deque())
        queue.append(waiting)
        pictures = [index for index, one in enumerate(queue) if not one.is_sound]
        if len(pictures) > MOST_OF_A_RUNG:
            self._give_up_picture(queue, pictures[0])
        while len(queue) > _MOST_SOUNDS:
            self.skipped.append(Skipped(queue.popleft(), CROWDED))

    def next(self, worker: int, at: float, is_left_alone: Callable[[int], bool] = lambda _: False) -> Waiting | None:
        """Return what a decoder is to do now; inputs that are to be left alone wait on."""
        self._leave_out_late(at)
        heads = [
            (not queue[0].is_sound, self._time_of(key[0], worker), key)
            for key, queue in self._queues.items()
            if self.worker_of(key[0]) == worker and not is_left_alone(key[0])
        ]
        if not heads:
            return None
        self._floor[worker] = max(self._floor[worker], min(time for _, time, _ in heads))
        key = min(heads)[2]
        chosen = self._queues[key].popleft()
        if not self._queues[key]:
            del self._queues[key]
        return chosen

    def took(self, done: Waiting, cpu_s: float) -> None:
        """Count what a stretch cost against its input."""
        input_id = done.stretch.input_id
        began = self._time_of(input_id, self.worker_of(input_id))
        self._had[input_id] = began + cpu_s / WEIGHTS.get(done.tier, 1.0)

    def keep_only(self, inputs: Iterable[int]) -> None:
        """Forget the inputs that are gone."""
        wanted = set(inputs)
        for key in [key for key in self._queues if key[0] not in wanted]:
            self.skipped += (Skipped(one, GONE) for one in self._queues.pop(key))
        self._had = {key: had for key, had in self._had.items() if key in wanted}

    def _time_of(self, input_id: int, worker: int) -> float:
        # who had nothing to do for long has no claim on the time it did not use
        return max(self._had.get(input_id, 0.0), self._floor[worker])

    def _give_up_picture(self, queue: deque[Waiting], index: int) -> None:
        one = queue[index]
        if one.stretch.holds == BOTH:
            queue[index] = replace(one, is_sound_only=True)
            self.skipped.append(Skipped(one, CROWDED, is_picture_only=True))
        else:
            del queue[index]
            self.skipped.append(Skipped(one, CROWDED))

    def _leave_out_late(self, at: float) -> None:
        for key, queue in list(self._queues.items()):
            while queue and at - queue[0].stretch.came_at > queue[0].useful_s:
                self.skipped.append(Skipped(queue.popleft(), LATE))
            if not queue:
                del self._queues[key]
