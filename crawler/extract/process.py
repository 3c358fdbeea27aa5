"""A process that reads pages for a worker: orders on its standard input, facts on its standard output.

    python -m crawler.extract.process

Each message is its length (four bytes, big endian) and so many bytes of MessagePack. Answers come in the order of the
orders. It ends with its input.
"""

import gc
import signal
import sys
import traceback
from datetime import date

import msgspec

from crawler.extract.page import extract
from inspection.observation import PageFacts

LENGTH_BYTES = 4
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A page makes thousands of objects that all go at once; Python's own 700 would go through them again and again."""


class ReadOrder(msgspec.Struct, frozen=True, array_like=True):
    """A page to read; see :func:`crawler.extract.extract`."""

    body: bytes
    url: str
    as_of: date
    content_type: str
    scripts_ran: bool


class ReadAnswer(msgspec.Struct, frozen=True, array_like=True):
    """Its facts; None where the program failed, with the traceback in ``error``."""

    facts: PageFacts | None
    error: str = ""


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


def main() -> None:
    """Serve until the input ends. Ctrl-C is for the worker, which ends this process when it is through."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    orders = msgspec.msgpack.Decoder(ReadOrder)
    answers = msgspec.msgpack.Encoder()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        size = int.from_bytes(head, "big")
        message = source.read(size)
        if len(message) < size:
            return
        target.write(framed(answers.encode(answer(orders.decode(message)))))
        target.flush()


if __name__ == "__main__":
    main()
