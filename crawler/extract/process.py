"""A process that reads pages for a worker: orders on its standard input, facts on its standard output.

    python -m crawler.extract.process MEGABYTES

Each message is its length (four bytes, big endian) and so many bytes of MessagePack. Answers come in the order of the
orders. It ends with its input, and after a page that has left it with more than so many megabytes
of memory: what a heavy page took does not all come back, and the next need not stand upon it.
"""

import resource
import signal
import sys
import traceback
from datetime import date
from pathlib import Path

import msgspec

from crawler.collecting import spare_collections
from crawler.extract.page import extract
from inspection.observation import PageFacts

LENGTH_BYTES = 4
_PAGES_OF_MEMORY = Path("/proc/self/statm")


class ReadOrder(msgspec.Struct, frozen=True, array_like=True):
    """A page to read; see :func:`crawler.extract.extract`."""

    body: bytes
    url: str
    as_of: date
    content_type: str
    scripts_ran: bool


class ReadAnswer(msgspec.Struct, frozen=True, array_like=True):
    """Its facts; None where the program failed, with the traceback in ``error``. ``last``: the process ends now."""

    facts: PageFacts | None
    error: str = ""
    last: bool = False


def framed(message: bytes) -> bytes:
    """A message with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def answer(order: ReadOrder) -> ReadAnswer:
    """Read one page; whatever goes wrong is an answer too."""
    try:
        return ReadAnswer(
            extract(
                order.body,
                order.url,
                as_of=order.as_of,
                content_type=order.content_type,
                scripts_ran=order.scripts_ran,
            )
        )
    except Exception:
        return ReadAnswer(None, traceback.format_exc())


def _is_larger_than(megabytes: int) -> bool:
    try:
        resident = int(_PAGES_OF_MEMORY.read_text("ascii").split()[1])
    except OSError:
        return False
    return resident * resource.getpagesize() > megabytes * 1024 * 1024


def main() -> None:
    """Serve until the input ends. Ctrl-C is for the worker, which ends this process when it is through."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    most_mb = int(sys.argv[1])
    spare_collections()
    orders = msgspec.msgpack.Decoder(ReadOrder)
    answers = msgspec.msgpack.Encoder()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        size = int.from_bytes(head, "big")
        message = source.read(size)
        if len(message) < size:
            return
        order = orders.decode(message)
        del message
        found = answer(order)
        last = _is_larger_than(most_mb)
        target.write(framed(answers.encode(msgspec.structs.replace(found, last=last))))
        target.flush()
        if last:
            return


if __name__ == "__main__":
    main()
