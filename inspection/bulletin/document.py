"""A bulletin as a document: what stands in it and in which order, for renderers that know nothing of figures."""

from datetime import date
from enum import StrEnum
from typing import TypeAlias

import msgspec

from inspection.bulletin.words import day


class Heading(msgspec.Struct, frozen=True, kw_only=True, tag="heading"):
    """``level`` 1 is numbered 一、, level 2 （一）; the number is part of the text."""

    level: int
    text: str


class Paragraph(msgspec.Struct, frozen=True, kw_only=True, tag="paragraph"):
    """One paragraph of the body. ``flush``: without the indent of the first line, as whom it is addressed to."""

    text: str
    flush: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True, tag="table"):
    """``header`` is repeated on every page; ``numeric`` are columns (from 0) of numbers; ``widths`` are relative."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    note: str = ""


class ChartKind(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    """Horizontal bars: one for each label."""
    INTERVALS = "intervals"
    """A point with its interval for each label."""
    COURSE = "course"
    """Columns of the first series over time, the other series as lines in per cent."""


class ChartSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Values by label, None where not known; shares lie in 0..1. ``low`` and ``high`` are empty or as long."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


class Chart(msgspec.Struct, frozen=True, kw_only=True, tag="chart"):
    """A chart as data. ``description`` says in words what it shows, for those who cannot see it."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    description: str


Block: TypeAlias = Heading | Paragraph | Table | Chart


class Annex(msgspec.Struct, frozen=True, kw_only=True):
    """附件; its number is its place. A table whose caption is the annex's title needs none of its own."""

    title: str
    blocks: tuple[Block, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole bulletin.

    ``head`` stands over the red line (发文机关标志), empty where a paper has none; ``title_lines`` is the title as it
    is broken on paper. ``number`` is the document number (文号), empty where it has none; ``addressees`` whom it is
    sent to (主送机关); ``issued_on`` is None until it is issued; ``mark`` is printed above everything: 草稿, 演练;
    empty once published. The last page ends with whom copies go to (抄送), ``copies_to``, empty where to nobody, and
    who printed it when (印发): ``printed_on`` is None until then.
    """

    title_lines: tuple[str, ...]
    issuer: str
    blocks: tuple[Block, ...]
    annexes: tuple[Annex, ...] = ()
    notes: tuple[str, ...] = ()
    number: str = ""
    addressees: str = ""
    issued_on: date | None = None
    mark: str = ""
    head: str = ""
    copies_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None

    @property
    def title(self) -> str:
        """In one line."""
        return "".join(self.title_lines)


def annex_labels(document: Document) -> list[str]:
    """附件1, 附件2 and so on; one alone has no number."""
    if len(document.annexes) == 1:
        return ["附件"]
    return [f"附件{number}" for number, _ in enumerate(document.annexes, 1)]


def imprint(document: Document) -> list[str]:
    """The lines at the end of the last page (版记): copies, where there are some, and the printing once it is dated.

    The parts of the second line, which stand apart on paper, are joined by a tab.
    """
    copies = [f"抄送：{document.copies_to.rstrip('。')}。"] if document.copies_to else []
    if not document.printed_by or document.printed_on is None:
        return copies
    return [*copies, f"{document.printed_by}\t{day(document.printed_on)}印发"]


def text_of(document: Document) -> str:
    """Everything in it as plain text, a line for each paragraph and table row (cells joined by tabs)."""
    lines = [document.mark, document.head, document.number, document.title, document.addressees]
    lines += [line for block in document.blocks for line in _lines(block)]
    lines += document.notes
    for label, annex in zip(annex_labels(document), document.annexes, strict=True):
        lines += [f"{label} {annex.title}", *(line for block in annex.blocks for line in _lines(block))]
    if document.issued_on is not None:
        lines += [document.issuer, f"{document.issued_on:%Y-%m-%d}"]
    lines += imprint(document)
    return "\n".join(line for line in lines if line)


def _lines(block: Block) -> list[str]:
    if isinstance(block, Table):
        return [block.caption, "\t".join(block.header), *map("\t".join, block.rows), block.note]
    if isinstance(block, Chart):
        return [block.title, block.description]
    return [block.text]
