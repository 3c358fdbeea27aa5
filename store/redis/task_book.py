"""How requests left of a site lie in Redis: in compressed segments, one per step that added some.

The requests of one step resemble each other (same page, same host), so that together they shrink to a tenth. Only the
holder of the lease writes, so it knows where each request lies; which of a segment have ended is a list of places
beside it, and a segment goes when all have.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from struct import Struct
from typing import Self

import msgspec
import zstandard

from inspection.observation.packing import compressed

_PLACE = Struct(">H")
_MOST_IN_SEGMENT = 50_000

_Decoder = msgspec.msgpack.Decoder(dict[str, bytes])


class Segment(msgspec.Struct, frozen=True):
    """New requests. ``text`` begins with their number and a colon, so that scripts can count them."""

    name: str
    text: bytes


class Ended(msgspec.Struct, frozen=True):
    """Places of a segment whose requests have ended now; ``all`` if none is left in it."""

    name: str
    places: bytes
    all: bool


class TaskBook:
    """Where the requests left of one site lie, under one lease. ``len`` is their number."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, int]] = {}
        self._left: dict[str, int] = {}

    @classmethod
    def load(cls, segments: Mapping[str, bytes], ended: Mapping[str, bytes]) -> tuple[Self, dict[str, bytes]]:
        """The book of what lies in Redis, and the requests left themselves, by id."""
        book, tasks = cls(), dict[str, bytes]()
        for name, text in segments.items():
            over = {place for (place,) in _PLACE.iter_unpack(ended.get(name, b""))}
            left = 0
            for place, (key, task) in enumerate(_unpacked(text).items()):
                if place not in over:
                    book._places[key] = (name, place)
                    tasks[key] = task
                    left += 1
            book._left[name] = left
        return book, tasks

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def add(self, name: str, tasks: Mapping[str, bytes]) -> list[Segment]:
        """Requests, new or changed, as segments with names of their own. Changed ones must have been ended before."""
        pairs = list(tasks.items())
        segments = []
        for number, start in enumerate(range(0, len(pairs), _MOST_IN_SEGMENT)):
            part = dict(pairs[start : start + _MOST_IN_SEGMENT])
            segments.append(Segment(f"{name}.{number}", _packed(part)))
            self._left[f"{name}.{number}"] = len(part)
            self._places.update((key, (f"{name}.{number}", place)) for place, key in enumerate(part))
        return segments

    def end(self, keys: Iterable[str]) -> list[Ended]:
        """Requests that have ended or are about to be added anew; those not known are left out."""
        places: dict[str, list[int]] = defaultdict(list)
        for key in keys:
            found = self._places.pop(key, None)
            if found is not None:
                places[found[0]].append(found[1])
        ended = []
        for name, numbers in places.items():
            self._left[name] -= len(numbers)
            is_over = not self._left[name]
            if is_over:
                del self._left[name]
            ended.append(Ended(name, b"".join(map(_PLACE.pack, numbers)), is_over))
        return ended


def _packed(tasks: Mapping[str, bytes]) -> bytes:
    packed = compressed(msgspec.msgpack.encode(tasks))
    return b"%d:%s" % (len(tasks), packed)


def _unpacked(text: bytes) -> dict[str, bytes]:
    packed = text.partition(b":")[2]
    return _Decoder.decode(zstandard.ZstdDecompressor().decompress(packed))
