"""A bulletin as DOCX in the layout of official documents (GB/T 9704-2012).

A4 with margins of 37, 26, 35 and 28 mm; the first page begins with the red head (发文机关标志), the document number and
the red line, the last one ends with copies and printing (版记); title in size 2 (22 pt) 小标宋, text in size 3 (16 pt)
仿宋 on lines of 28 pt, first headings 黑体, second 楷体; page numbers in size 4 (14 pt), odd ones to the right, even
ones to the left; annexes on new pages. Where a font is not installed, the word processor takes the one named beside it
in the font table.
"""

import io
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, NamedTuple

import docx
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as DocxTable
from docx.table import _Row as DocxRow
from docx.text.paragraph import Paragraph as DocxParagraph

from inspection.bulletin.document import (
    Annex,
    Block,
    Chart,
    Document,
    Heading,
    Paragraph,
    Table,
    annex_labels,
    imprint,
)
from inspection.bulletin.words import day, width
from store.bulletins.charts import png
from store.bulletins.layout import ADDRESS_BREAKS, HEAD_FROM_TOP_MM, RED, RULE_AFTER_MM, TEXT_MM, head_size, mm_pt

_LATIN = "Times New Roman"
_SONG, _FANG, _HEI, _KAI, _TITLE = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
_FALLBACKS = {_TITLE: "华文中宋", _FANG: "仿宋", _KAI: "楷体"}
_BODY_PT, _LINE_PT, _TITLE_PT, _TABLE_PT, _PAGE_NUMBER_PT, _IMPRINT_PT = 16, 28, 22, 10.5, 14, 14
_IMPRINT_LINE_PT = 24
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_DATE_FROM_RIGHT_EM = 4.0
_LEAST_FROM_RIGHT_EM = 2.0

_JUSTIFY, _LEFT = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT


class _Style(NamedTuple):
    """Look of a paragraph; sizes in points, ``indent`` of the first line in characters."""

    name: str
    font: str
    size: float = _BODY_PT
    line: float = _LINE_PT
    alignment: WD_ALIGN_PARAGRAPH = _JUSTIFY
    indent: int = 0


_STYLES = (
    _Style("Normal", _FANG, indent=2),
    _Style("Heading 1", _HEI, indent=2),
    _Style("Heading 2", _KAI, indent=2),
    _Style("Title", _TITLE, _TITLE_PT, 34, _CENTRE),
    _Style("Bulletin Head", _TITLE, alignment=_CENTRE),
    _Style("Bulletin Number", _FANG, alignment=_CENTRE),
    _Style("Bulletin Imprint", _FANG, _IMPRINT_PT, _IMPRINT_LINE_PT, _LEFT),
    _Style("Bulletin Flush", _FANG, alignment=_LEFT),
    _Style("Bulletin Mark", _HEI, alignment=_CENTRE),
    _Style("Bulletin Annex", _HEI, alignment=_LEFT),
    _Style("Bulletin Annex Title", _TITLE, 18, 30, _CENTRE),
    _Style("Bulletin Caption", _HEI, 12, 20, _CENTRE),
    _Style("Bulletin Cell", _SONG, _TABLE_PT, 15, _LEFT),
    _Style("Bulletin Note", _FANG, _TABLE_PT, 15, _LEFT),
)


class DocxRenderer:
    """Port ``BulletinRenderer``."""

    format = "docx"

    def render(self, document: Document) -> bytes:
        """The whole file."""
        made = docx.Document()
        _lay_out(made)
        for style in _STYLES:
            _set_style(made, style)
        _speak_chinese(made)
        _name_fallback_fonts(made)
        made.core_properties.title = document.title
        made.core_properties.author = document.issuer
        made.core_properties.language = "zh-CN"
        made.core_properties.comments = ""
        _write(made, document)
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


def _write(made: DocxDocument, document: Document) -> None:
    if document.mark:
        made.add_paragraph(document.mark, style="Bulletin Mark").runs[0].font.color.rgb = RGBColor(0xB0, 0x23, 0x18)
    if document.head:
        _add_head(made, document)
    title = made.add_paragraph(style="Title")
    for number, line in enumerate(document.title_lines):
        title.add_run(line)
        if number < len(document.title_lines) - 1:
            title.runs[-1].add_break()
    if document.number and not document.head:
        made.add_paragraph(document.number, style="Bulletin Number")
    made.add_paragraph(style="Bulletin Flush")
    for block in document.blocks:
        _add(made, block)
    for note in document.notes:
        made.add_paragraph(note)
    last = len(made.paragraphs) - 1
    _add_annex_list(made, document)
    for paragraph in made.paragraphs[last:]:
        paragraph.paragraph_format.keep_with_next = True  # down to the signature, which must not stand on a page alone
    _sign(made, document)
    for label, annex in zip(annex_labels(document), document.annexes, strict=True):
        _add_annex(made, label, annex)
    _add_imprint(made, imprint(document))


def _add_head(made: DocxDocument, document: Document) -> None:
    """The red head, two lines below it the document number (or its place), the red line, two lines to the title."""
    size = head_size(document.head)
    head = made.add_paragraph(document.head, style="Bulletin Head")
    form = head.paragraph_format
    form.space_before = Pt(round(mm_pt(HEAD_FROM_TOP_MM)) - (_LINE_PT if document.mark else 0))
    form.line_spacing, form.space_after = Pt(round(size.points * 1.2)), Pt(2 * _LINE_PT)
    [run] = head.runs
    run.font.size, run.font.color.rgb = Pt(size.points), RGBColor.from_string(RED)
    if size.narrowed < 1:
        scale = OxmlElement("w:w")
        scale.set(qn("w:val"), str(int(size.narrowed * 100)))
        run._element.get_or_add_rPr().get_or_add_sz().addprevious(scale)
    number = made.add_paragraph(document.number, style="Bulletin Number")
    properties = number._element.get_or_add_pPr()
    _rule(properties, "w:pBdr", bottom=12, colour=RED, space=round(mm_pt(RULE_AFTER_MM)))
    number.paragraph_format.space_after = Pt(2 * _LINE_PT)


def _rule(properties: Any, borders: str, *, colour: str = "000000", space: int = 0, **eighths: int) -> None:
    """Lines at sides of a paragraph or a cell (``top=8``): thickness in eighths of a point, distance in points."""
    element = OxmlElement(borders)
    for side, thickness in eighths.items():
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", thickness), ("space", space), ("color", colour)):
            border.set(qn(f"w:{name}"), str(value))
        element.append(border)
    properties.insert_element_before(element, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


# Page and styles


def _lay_out(made: DocxDocument) -> None:
    section = made.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    made.settings.odd_and_even_pages_header_footer = True
    for footer, alignment in ((section.footer, _RIGHT), (section.even_page_footer, _LEFT)):
        footer.is_linked_to_previous = False
        _number_page(footer.paragraphs[0], alignment)


def _number_page(paragraph: DocxParagraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character from the edge."""
    paragraph.alignment = alignment
    side = "right_indent" if alignment is _RIGHT else "left_indent"
    setattr(paragraph.paragraph_format, side, Pt(_PAGE_NUMBER_PT))
    for part in ("— ", "PAGE", " —"):
        run = paragraph.add_run("" if part == "PAGE" else part)
        run.font.size = Pt(_PAGE_NUMBER_PT)
        _set_fonts(run._element.get_or_add_rPr(), _SONG)
        if part == "PAGE":
            for kind in ("begin", None, "end"):
                run._element.append(_field(kind, part))


def _field(kind: str | None, code: str) -> Any:
    """Begin or end of a field, or its code."""
    if kind is None:
        element = OxmlElement("w:instrText")
        element.set(qn("xml:space"), "preserve")
        element.text = code
        return element
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _set_style(made: DocxDocument, wanted: _Style) -> None:
    known = {style.name for style in made.styles}
    adds = made.styles.add_style
    style = made.styles[wanted.name] if wanted.name in known else adds(wanted.name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)  # all of them are
    style.font.size, style.font.bold, style.font.italic = Pt(wanted.size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    _set_fonts(style.element.get_or_add_rPr(), wanted.font)
    form = style.paragraph_format
    form.alignment = wanted.alignment
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(wanted.line)
    form.space_before = form.space_after = Pt(0)
    form.first_line_indent = Pt(wanted.size * wanted.indent)
    properties = style.element.get_or_add_pPr()
    properties.get_or_add_ind().set(qn("w:firstLineChars"), str(wanted.indent * 100))
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gaps between characters and figures
        properties.find(qn("w:spacing")).addprevious(_switched_off(name))
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)  # the template underlines titles


def _switched_off(name: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), "0")
    return element


def _set_fonts(properties: Any, font: str) -> None:
    """Chinese characters in ``font``, figures and letters in that of their own."""
    fonts = properties.get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    for kind, name in (("w:ascii", _LATIN), ("w:hAnsi", _LATIN), ("w:cs", _LATIN), ("w:eastAsia", font)):
        fonts.set(qn(kind), name)


def _speak_chinese(made: DocxDocument) -> None:
    """The language decides on the shape of characters and punctuation where a font has several.

    Figures stay in the template's own: as Chinese they would be broken at the end of a line.
    """
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _name_fallback_fonts(made: DocxDocument) -> None:
    part = next(part for part in made.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in _FALLBACKS.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{entries}</w:fonts>".encode())


# Blocks


def _add(made: DocxDocument, block: Block) -> None:
    adders: dict[type[Any], Callable[[DocxDocument, Any], None]] = {
        Heading: _add_heading,
        Paragraph: _add_paragraph,
        Table: _add_table,
        Chart: _add_chart,
    }
    adders[type(block)](made, block)


def _add_heading(made: DocxDocument, heading: Heading) -> None:
    made.add_paragraph(heading.text, style=f"Heading {heading.level}").paragraph_format.keep_with_next = True


def _add_paragraph(made: DocxDocument, paragraph: Paragraph) -> None:
    made.add_paragraph(paragraph.text, style="Bulletin Flush" if paragraph.flush else "Normal")


def _add_table(made: DocxDocument, table: Table, *, captioned: bool = True) -> None:
    if captioned:
        made.add_paragraph(table.caption, style="Bulletin Caption").paragraph_format.keep_with_next = True
    grid = made.add_table(rows=0, cols=len(table.header), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    style = made.styles["Bulletin Cell"].style_id
    _fill_row(grid.add_row(), table.header, lambda _: _CENTRE, style)
    _repeat_on_every_page(grid.rows[0])
    for cells in table.rows:
        _fill_row(grid.add_row(), cells, lambda place: _RIGHT if place in table.numeric else _LEFT, style)
    _set_widths(grid, table.widths or (1.0,) * len(table.header))
    if table.note:
        _keep_with_next(grid.rows[-1])  # a page must not hold the note alone
        made.add_paragraph(f"注：{table.note}", style="Bulletin Note")
    made.add_paragraph(style="Bulletin Note")


def _fill_row(row: DocxRow, cells: tuple[str, ...], alignment: Callable[[int], WD_ALIGN_PARAGRAPH], style: str) -> None:
    """``style`` is an id: to look one up by its name for each cell takes most of the time of a long table."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style
        paragraph.alignment = alignment(place)
        paragraph.add_run(_breakable(text))


def _breakable(text: str) -> str:
    """An address may be broken before its dots and after its slashes, and not just anywhere."""
    return ADDRESS_BREAKS.sub(_NO_WIDTH_BREAK, text) if text.startswith(("http://", "https://")) else text


_NO_WIDTH_BREAK = "\N{ZERO WIDTH SPACE}"


def _repeat_on_every_page(row: DocxRow) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        shading = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "EEF2F6")):
            shading.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(shading)
        for run in cell.paragraphs[0].runs:
            _set_fonts(run._element.get_or_add_rPr(), _HEI)


def _keep_with_next(row: DocxRow) -> None:
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _set_widths(grid: DocxTable, widths: tuple[float, ...]) -> None:
    """On columns and cells: word processors go by the one or by the other."""
    total = sum(widths)
    for column, share in zip(grid.columns, widths, strict=True):
        column.width = Mm(TEXT_MM * share / total)
    for row in grid.rows:
        for cell, share in zip(row.cells, widths, strict=True):
            cell.width = Mm(TEXT_MM * share / total)


def _add_chart(made: DocxDocument, chart: Chart) -> None:
    paragraph = made.add_paragraph(style="Bulletin Flush")
    paragraph.alignment = _CENTRE
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE  # a fixed line would cut the picture
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(png(chart)), width=Mm(TEXT_MM))
    named = shape._inline.docPr
    named.set("title", chart.title)
    named.set("descr", chart.description)
    made.add_paragraph(chart.title, style="Bulletin Caption")
    made.add_paragraph(style="Bulletin Note")


def _add_imprint(made: DocxDocument, lines: Sequence[str]) -> None:
    """版记: in a text box at the foot of the last page, thick lines (0.35 mm) around them and thin ones between."""
    if not lines:
        return
    height = sum(_IMPRINT_LINE_PT * _lines_of_imprint(line) + _IMPRINT_RULE_PT for line in lines) + _IMPRINT_RULE_PT
    anchor = made.add_paragraph(style="Bulletin Imprint")
    anchor.paragraph_format.line_spacing = Pt(1)
    box = parse_xml(_BOX.format(width=int(Mm(TEXT_MM)), height=int(Pt(height))))
    anchor.add_run()._element.append(box)
    grid = made.add_table(rows=0, cols=1)
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for place, line in enumerate(lines):
        [cell] = grid.add_row().cells
        cell.width = Mm(TEXT_MM)
        _rule(
            cell._tc.get_or_add_tcPr(),
            "w:tcBorders",
            top=_THIN if place else _THICK,
            bottom=_THIN if place < len(lines) - 1 else _THICK,
        )
        _fill_imprint(cell.paragraphs[0], line)
    [content] = box.iter(qn("w:txbxContent"))
    content.append(grid._tbl)
    behind = made.add_paragraph(style="Bulletin Imprint")
    behind.paragraph_format.line_spacing = Pt(1)
    content.append(behind._element)


def _fill_imprint(paragraph: DocxParagraph, line: str) -> None:
    """One character of space at either side; a second line of copies begins below the first name."""
    paragraph.style = "Bulletin Imprint"
    paragraph.add_run(line)
    form = paragraph.paragraph_format
    edge = Pt(_IMPRINT_PT) - _CELL_PADDING
    form.left_indent = form.right_indent = edge
    if "\t" in line:
        form.right_indent = Pt(0)
        form.tab_stops.add_tab_stop(Mm(TEXT_MM) - _CELL_PADDING - Pt(_IMPRINT_PT), WD_TAB_ALIGNMENT.RIGHT)
    else:
        form.left_indent, form.first_line_indent = edge + Pt(_IMPRINT_PT * 3), Pt(-_IMPRINT_PT * 3)


_CELL_PADDING = Pt(5.4)
"""At the left and right of a cell, by the template."""
_IMPRINT_RULE_PT = 2
_THICK, _THIN = 8, 6
"""Eighths of a point: 0.35 and 0.25 mm."""
_BOX = """\
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"
 layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="margin"><wp:align>center</wp:align></wp:positionH>
<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:wrapTopAndBottom/><wp:docPr id="9001" name="版记"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wps:wsp><wps:cNvSpPr txBox="1"/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent/></wps:txbx>
<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></wps:bodyPr></wps:wsp>
</a:graphicData></a:graphic></wp:anchor></w:drawing>"""


def _lines_of_imprint(line: str) -> int:
    """How many lines it takes: copies stand 4 characters from the left and one from the right."""
    if "\t" in line:
        return 1
    room = mm_pt(TEXT_MM) / _IMPRINT_PT - 5
    return ceil((width(line) - 3) / room)


# What follows the text


def _add_annex_list(made: DocxDocument, document: Document) -> None:
    if not document.annexes:
        return
    made.add_paragraph()
    only = len(document.annexes) == 1
    for number, annex in enumerate(document.annexes, 1):
        head = "附件：" if number == 1 else "　　　"
        paragraph = made.add_paragraph(f"{head}{annex.title if only else f'{number}．{annex.title}'}")
        hanging = 5.0 if not only else 3.0
        paragraph.paragraph_format.left_indent = Pt(_BODY_PT * (2 + hanging))
        paragraph.paragraph_format.first_line_indent = Pt(-_BODY_PT * hanging)
        paragraph._element.get_or_add_pPr().get_or_add_ind().attrib.pop(qn("w:firstLineChars"), None)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _sign(made: DocxDocument, document: Document) -> None:
    """Issuer and day, centred on each other, the day four characters from the right (at least two for the longer).

    They stay together with the two lines left for the seal (GB/T 9704-2012, 7.3.5.1).
    """
    for _ in range(2):
        made.add_paragraph().paragraph_format.keep_with_next = True
    dated = "" if document.issued_on is None else day(document.issued_on)
    issuer_em, day_em = width(document.issuer), width(dated)
    from_right = max(_LEAST_FROM_RIGHT_EM, _DATE_FROM_RIGHT_EM + (day_em - issuer_em) / 2)
    for text, em in ((document.issuer, issuer_em), (dated, day_em)):
        if text:
            paragraph = made.add_paragraph(text, style="Bulletin Flush")
            paragraph.alignment = _RIGHT
            paragraph.paragraph_format.right_indent = Pt(_BODY_PT * (from_right + (issuer_em - em) / 2))
            paragraph.paragraph_format.keep_with_next = text == document.issuer and bool(dated)


def _add_annex(made: DocxDocument, label: str, annex: Annex) -> None:
    made.add_paragraph(label, style="Bulletin Annex").paragraph_format.page_break_before = True
    title = made.add_paragraph(annex.title, style="Bulletin Annex Title")
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(14)
    title.paragraph_format.keep_with_next = True
    for block in annex.blocks:
        if isinstance(block, Table):
            _add_table(made, block, captioned=block.caption != annex.title)
        else:
            _add(made, block)
