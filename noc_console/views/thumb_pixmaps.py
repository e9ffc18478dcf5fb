"""Decodes small pictures on a thread beside the screen and keeps the newest ones ready to draw, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

_MOST_PIXELS = 12_000_000
"""48 MB of pixmaps at four bytes each."""
_MOST_WAITING = 400
_BATCH = 24
_LARGEST_SIDE = 4096


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture to draw: who it is, its bytes, and the box it must fit, in device pixels."""

    key: Hashable
    jpeg: bytes
    size: tuple[int, int]

    @property
    def place(self) -> tuple[Hashable, tuple[int, int]]:
        """Where it is kept."""
        return self.key, self.size


class Pixmaps(QObject):
    """`get` returns a picture that is ready, else has it decoded; `landed` tells that some have become ready."""

    landed = Signal()
    _decoded = Signal(object)

    def __init__(self, most_pixels: int = _MOST_PIXELS) -> None:
        super().__init__()
        self._most_pixels = most_pixels
        self._ready: OrderedDict[tuple[Hashable, tuple[int, int]], QPixmap] = OrderedDict()
        self._pixels = 0
        self._waiting: OrderedDict[tuple[Hashable, tuple[int, int]], Wanted] = OrderedDict()
        self._is_busy = False
        self._thread: ThreadPoolExecutor | None = None
        self._decoded.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def get(self, wanted: Wanted) -> QPixmap | None:
        """Return a picture ready to draw; None while it is decoded, an empty pixmap where it cannot be."""
        found = self._ready.get(wanted.place)
        if found is not None:
            self._ready.move_to_end(wanted.place)
            return found
        self._waiting[wanted.place] = wanted
        self._waiting.move_to_end(wanted.place)
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        self._start()
        return None

    def is_idle(self) -> bool:
        """Say whether nothing is being decoded."""
        return not self._is_busy and not self._waiting

    def _start(self) -> None:
        if self._is_busy or not self._waiting:
            return
        # what was asked for last is on the screen now
        batch = [self._waiting.popitem()[1] for _ in range(min(_BATCH, len(self._waiting)))]
        self._is_busy = True
        self._thread = self._thread or ThreadPoolExecutor(1, "pictures")
        self._thread.submit(_decode_all, batch).add_done_callback(self._tell)

    def _tell(self, done: Future[list[tuple[Wanted, QImage]]]) -> None:
        """Hand a batch to the GUI's thread; runs on the other one."""
        self._decoded.emit(done.result())

    def _take(self, batch: list[tuple[Wanted, QImage]]) -> None:
        self._is_busy = False
        for wanted, image in batch:
            self._keep(wanted, QPixmap.fromImage(image))
        self._start()
        self.landed.emit()

    def _keep(self, wanted: Wanted, pixmap: QPixmap) -> None:
        before = self._ready.pop(wanted.place, None)
        self._pixels += _area(pixmap) - (_area(before) if before is not None else 0)
        self._ready[wanted.place] = pixmap
        while self._pixels > self._most_pixels and len(self._ready) > 1:
            self._pixels -= _area(self._ready.popitem(last=False)[1])


def decode(jpeg: bytes, size: tuple[int, int]) -> QImage:
    """Return a JPEG made to fit a box with its shape kept; an empty image where the bytes are none."""
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    whole = reader.size()
    if not whole.isValid() or max(whole.width(), whole.height()) > _LARGEST_SIDE:
        return QImage()
    reader.setScaledSize(whole.scaled(QSize(*size), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return image.convertToFormat(QImage.Format.Format_RGB32) if not image.isNull() else image


def _decode_all(batch: list[Wanted]) -> list[tuple[Wanted, QImage]]:
    return [(wanted, decode(wanted.jpeg, wanted.size)) for wanted in batch]


def _area(pixmap: QPixmap) -> int:
    return max(1, pixmap.width() * pixmap.height())
