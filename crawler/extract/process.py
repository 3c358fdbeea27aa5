"""A process that reads pages for a worker: orders on its standard input, facts on its standard output.

    python -m crawler.extract.process MEGABYTES

Each message is its length (four bytes, big endian) and so many bytes of MessagePack. Answers come in the order of the
orders. It ends with its input, and after a page that has left it with more than so many megabytes
of memory: what a heavy page took does not all come back, and the next need not stand upon it.
"""

import os
import resource
import signal
import sys
import traceback
from datetime import date

import msgspec

from crawler.collecting import spare_collections
from crawler.extract.page import extract
from inspection.observation import PageFacts
from inspection.observation.packing import pack

LENGTH_BYTES = 4
_PAGES_OF_MEMORY = "/proc/self/statm"
_LONGEST_STATM = 256
_PAGE_BYTES = resource.getpagesize()


class ReadOrder(msgspec.Struct, frozen=True, array_like=True):
    """A page to read; see :func:`crawler.extract.extract`.

    ``packed``: the facts are wanted for the store; of the facts themselves only those that a crawl goes by.
    """

    body: bytes
    url: str
    as_of: date
    content_type: str
    scripts_ran: bool
    packed: bool = False


class ReadAnswer(msgspec.Struct, frozen=True, array_like=True):
    """Its facts; None where the program failed, with the traceback in ``error``. ``last``: the process ends now.

    ``packed`` are the facts in one piece (:mod:`inspection.observation.packing`), where the order wanted that.
    """

    facts: PageFacts | None
    packed: bytes = b""
    error: str = ""
    last: bool = False


def framed(message: bytes) -> bytes:
    """A message with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def answer(order: ReadOrder) -> ReadAnswer:
    """Read one page; whatever goes wrong is an answer too."""
    try:
        facts = extract(
            order.body,
            order.url,
            as_of=order.as_of,
            content_type=order.content_type,
            scripts_ran=order.scripts_ran,
        )
        if not order.packed:
            return ReadAnswer(facts)
        packed = pack(facts)
        return ReadAnswer(msgspec.structs.replace(facts, text="", meta={}, hidden_links=()), packed)
    except Exception:
        return ReadAnswer(None, error=traceback.format_exc())


class _Memory:
    """The memory of this process, asked for after every page."""

    def __init__(self) -> None:
        try:
            self._file = os.open(_PAGES_OF_MEMORY, os.O_RDONLY)
        except OSError:
            self._file = -1

    def is_larger_than(self, megabytes: int) -> bool:
        """Whether it holds more; never where the system does not tell."""
        if self._file < 0:
            return False
        resident = int(os.pread(self._file, _LONGEST_STATM, 0).split()[1])
        return resident * _PAGE_BYTES > megabytes * 1024 * 1024


def main() -> None:
    """Serve until the input ends. Ctrl-C is for the worker, which ends this process when it is through."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    most_mb = int(sys.argv[1])
    spare_collections()
    orders = msgspec.msgpack.Decoder(ReadOrder)
    answers = msgspec.msgpack.Encoder()
    memory = _Memory()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        size = int.from_bytes(head, "big")
        message = source.read(size)
        if len(message) < size:
            return
        order = orders.decode(message)
        del message
        found = answer(order)
        last = memory.is_larger_than(most_mb)
        target.write(framed(answers.encode(msgspec.structs.replace(found, last=last))))
        target.flush()
        if last:
            return


if __name__ == "__main__":
    main()
