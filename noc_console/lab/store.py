"""Keeps encoded looks on disk, so that only the first start of a lab has to encode."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Event

import numpy as np

from noc_console.errors import KnownError
from noc_console.lab.encode import H264, HEVC_SHARE, Look, Stream, encode_look
from noc_console.lab.options import LabOptions

# raised when the encoder or the pictures change, so that old files are not used
VERSION = 2
_LOOK_S = 0.2


def cache_folder(options: LabOptions) -> Path:
    """Return where looks are kept: the options' folder, $NOC_LAB_CACHE, or below the XDG cache home."""
    if options.cache is not None:
        return options.cache
    if own := os.environ.get("NOC_LAB_CACHE"):
        return Path(own)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "noc-console" / "lab"


def looks(names: Sequence[str], options: LabOptions, stop: Event | None = None) -> list[Look]:
    """Return the looks of these names, encoding what is not cached yet, two at a time.

    Raises KnownError when the folder cannot be written, or when `stop` was set before all were encoded.
    """
    codecs = [options.codec(index) for index in range(len(names))]
    paths = [_path(name, index, options) for index, name in enumerate(names)]
    missing = [index for index, path in enumerate(paths) if not path.is_file()]
    if missing:
        try:
            paths[0].parent.mkdir(parents=True, exist_ok=True)
            _encode([(names[index], index, paths[index], options) for index in missing], stop or Event())
        except OSError as error:
            raise KnownError(f"The lab cannot write its media below {paths[0].parent}: {error.strerror}.") from error
    loaded = zip(paths, names, codecs, strict=True)
    return [replace(_load(path, name, options), codec=codec) for path, name, codec in loaded]


def _encode(jobs: Sequence[tuple[str, int, Path, LabOptions]], stop: Event) -> None:
    if len(jobs) == 1:
        _encode_one(*jobs[0])
        return
    pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    try:
        running = [pool.submit(_encode_one, *job) for job in jobs]
        for done, future in enumerate(running, 1):
            while not wait([future], timeout=_LOOK_S).done:
                if stop.is_set():
                    raise KnownError("The lab was stopped while it encoded its pictures.")
            future.result()
            _say(f"\rEncoding the lab's pictures: {done} of {len(running)}" + "\n" * (done == len(running)))
    finally:
        pool.shutdown(cancel_futures=True)


def _encode_one(name: str, index: int, path: Path, options: LabOptions) -> None:
    _save(encode_look(name, index, options.ladder, options.grid, options.codec(index)), path)


def _path(name: str, index: int, options: LabOptions) -> Path:
    told = (VERSION, name, index, options.ladder, options.grid)
    key = repr(told if options.codec(index) == H264 else (*told, options.codec(index), HEVC_SHARE))
    return cache_folder(options) / f"look-{index:02d}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"


def _save(look: Look, path: Path) -> None:
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {}
    for key, stream in enumerate((*look.videos, look.audio)):
        arrays[f"bytes{key}"] = np.frombuffer(b"".join(stream.frames), np.uint8)
        arrays[f"sizes{key}"] = np.array([len(frame) for frame in stream.frames], np.int64)
        arrays[f"config{key}"] = np.frombuffer(stream.config, np.uint8)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(path)


def _load(path: Path, name: str, options: LabOptions) -> Look:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            streams = [
                Stream(
                    tuple(_cut(arrays[f"bytes{key}"].tobytes(), arrays[f"sizes{key}"].tolist())),
                    arrays[f"config{key}"].tobytes(),
                )
                for key in range(len(options.ladder) + 1)
            ]
    except (OSError, ValueError, KeyError) as error:
        path.unlink(missing_ok=True)
        raise KnownError(f"The lab's media file {path} was damaged and has been removed; start again.") from error
    return Look(name, options.grid, options.ladder, tuple(streams[:-1]), streams[-1])


def _cut(joined: bytes, sizes: Iterable[int]) -> Iterable[bytes]:
    at = 0
    for size in sizes:
        yield joined[at : at + size]
        at += size


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
