"""Files of bulletins: DOCX in official layout, HTML, PDF, charts."""

import io
import os
import re
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import docx
import msgspec
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from crawler.browser.find import find_chromium
from inspection.bulletin.bulletin import Bulletin, BulletinState
from inspection.bulletin.document import Chart, ChartKind, ChartSeries, Document, text_of
from inspection.bulletin.figures import BulletinFigures, GroupRow, NamedSite
from inspection.bulletin.prose import compose
from inspection.bulletin.wording import shipped_wording
from inspection.errors import RuleBroken
from inspection.offices import OfficeLevel
from store.bulletins.charts import png, svg
from store.bulletins.docx_file import DocxRenderer
from store.bulletins.html_page import HtmlRenderer
from store.bulletins.layout import TEXT_MM, head_size
from store.bulletins.pdf_file import PdfRenderer
from store.stores import Stores

DATA = Path(__file__).parents[1] / "inspection" / "bulletin" / "published"
PNG = b"\x89PNG\r\n"


def figures() -> BulletinFigures:
    national = msgspec.json.decode((DATA / "national-2017Q1.json").read_bytes(), type=BulletinFigures)
    rows = tuple(
        GroupRow(name=f"第{n}省", running=100, sampled=20, passed=20 - n, failed=n, rate=1 - n / 20, low=0.5, high=1.0)
        for n in range(1, 8)
    )
    site = NamedSite(
        code="3706000001", name="<某>网站", url="http://x.gov.cn/", organizer="某局", problems=("甲", "乙")
    )
    return msgspec.structs.replace(national, regions=rows, named=(site,), notes=("注：某数不一致。",))


@pytest.fixture(scope="module")
def document() -> Document:
    return compose(
        figures(),
        shipped_wording(),
        number="国办秘函〔2017〕23号",
        issued_on=date(2017, 5, 11),
        copies_to="党中央各部门，全国人大常委会办公厅",
        printed_on=date(2017, 5, 12),
    )


@pytest.fixture(scope="module")
def word(document: Document) -> bytes:
    return DocxRenderer().render(document)


@pytest.fixture(scope="module")
def page(document: Document) -> str:
    return HtmlRenderer().render(document).decode()


def test_docx_has_the_layout_of_official_documents(word: bytes) -> None:
    made = docx.Document(io.BytesIO(word))
    section = made.sections[0]
    lengths = (
        *(section.page_width, section.page_height),
        *(section.top_margin, section.bottom_margin, section.left_margin, section.right_margin),
    )
    assert [round(length.mm) for length in lengths if length is not None] == [210, 297, 37, 35, 28, 26]
    fonts = {
        name: made.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Title", "Heading 1", "Heading 2")
    }
    assert fonts == {
        "Normal": "仿宋_GB2312",
        "Title": "方正小标宋简体",
        "Heading 1": "黑体",
        "Heading 2": "楷体_GB2312",
    }
    normal = made.styles["Normal"]
    assert (normal.font.size, normal.paragraph_format.line_spacing) == (Pt(16), Pt(28))  # type: ignore[attr-defined]
    assert normal.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert made.styles["Title"].font.size == Pt(22)  # type: ignore[attr-defined]


def test_docx_numbers_its_pages_on_the_outer_side(word: bytes) -> None:
    section = docx.Document(io.BytesIO(word)).sections[0]
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        [paragraph] = footer.paragraphs
        assert paragraph.alignment is not None
        assert paragraph.alignment.name == side
        assert paragraph.text == "—  —"
        assert "PAGE" in paragraph._element.xml


def test_docx_says_what_the_document_says(word: bytes, document: Document) -> None:
    made = docx.Document(io.BytesIO(word))
    lines = [paragraph.text for paragraph in made.paragraphs]
    assert lines[:3] == ["国务院办公厅文件", "国办秘函〔2017〕23号", "\n".join(document.title_lines)]
    assert "全国正在运行的政府网站43143家" in "".join(lines)
    assert "注：某数不一致。" in lines
    assert lines[lines.index("国务院办公厅") + 1] == "2017年5月11日"
    assert [line for line in lines if line.startswith("附件")] == [
        "附件：1．各地区政府网站抽查情况",
        "附件1",
        "附件2",
        "附件3",
    ]
    assert made.core_properties.title == document.title


def test_docx_begins_with_the_red_head_and_the_number_above_the_red_line(word: bytes) -> None:
    head, number, title = docx.Document(io.BytesIO(word)).paragraphs[:3]
    [run] = head.runs
    assert str(run.font.color.rgb) == "FF0000"
    assert head.paragraph_format.space_before is not None
    assert round(head.paragraph_format.space_before.mm) == 35
    assert head.style is not None
    assert head.style.element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    line = number._p.get_or_add_pPr().find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (line.get(qn("w:color")), line.get(qn("w:space"))) == ("FF0000", "11")
    assert title._p.get_or_add_pPr().find(qn("w:pBdr")) is None


@pytest.mark.parametrize(
    ("name", "points", "narrowed"),
    [("国务院办公厅", 48, 1.0), ("青山市人民政府办公室", 48, 0.77), ("某" * 30, 27.5, 0.5)],
)
def test_a_head_stands_in_one_line(name: str, points: float, narrowed: float) -> None:
    size = head_size(f"{name}文件")
    assert size.points == points
    assert size.narrowed == pytest.approx(narrowed, abs=0.01)
    assert (len(name) + 2) * size.points * size.narrowed <= TEXT_MM / 25.4 * 72 + 0.01
    made = compose(msgspec.structs.replace(figures(), office=name), shipped_wording())
    [run] = docx.Document(io.BytesIO(DocxRenderer().render(made))).paragraphs[0].runs
    scale = run._element.get_or_add_rPr().find(qn("w:w"))
    assert (None if scale is None else int(scale.get(qn("w:val"))) / 100) == (
        None if narrowed == 1 else pytest.approx(narrowed, abs=0.011)
    )


def test_docx_ends_with_copies_and_printing_at_the_foot_of_the_last_page(word: bytes) -> None:
    body = docx.Document(io.BytesIO(word)).element.body
    [box] = body.iter(qn("w:txbxContent"))
    assert [
        "".join(part.text or "\t" for part in row.iter(qn("w:t"), qn("w:tab")) if part.getparent().tag == qn("w:r"))
        for row in box.iter(qn("w:tr"))
    ] == [
        "抄送：党中央各部门，全国人大常委会办公厅。",
        "国务院办公厅\t2017年5月12日印发",
    ]
    [place] = [each for each in body.iter(qn("wp:positionV")) if each.get("relativeFrom") == "margin"]
    assert [each.text for each in place] == ["bottom"]
    last = [each for each in body if each.tag == qn("w:p")][-1]
    assert box in list(last.iter(qn("w:txbxContent")))
    lines = [[line.get(qn("w:sz")) for line in borders] for borders in box.iter(qn("w:tcBorders"))]
    assert lines == [["8", "6"], ["6", "8"]]


def test_nothing_is_invented_where_nobody_gets_copies() -> None:
    draft = compose(figures(), shipped_wording(), mark="草稿，不得对外发布")
    assert "抄送" not in text_of(draft)
    assert "印发" not in text_of(draft)
    assert not list(docx.Document(io.BytesIO(DocxRenderer().render(draft))).element.body.iter(qn("w:txbxContent")))
    assert "imprint" not in HtmlRenderer().render(draft).decode().split("</style>")[1]


def test_addresses_are_broken_at_their_dots(word: bytes, page: str) -> None:
    cells = [cell.text for table in docx.Document(io.BytesIO(word)).tables for row in table.rows for cell in row.cells]
    assert "http://x\u200b.gov\u200b.cn/" in cells
    assert "http://x<wbr>.gov<wbr>.cn/" in page


def test_html_has_the_head_and_the_imprint_of_the_paper(page: str) -> None:
    head, number, title = (page.index(part) for part in ('<p class="head"', '<p class="number">国办', "<h1>"))
    assert head < number < title
    assert page.index("抄送：党中央各部门，全国人大常委会办公厅。") > page.rindex("</section>")
    assert "<span>国务院办公厅</span><span>2017年5月12日印发</span>" in page


def test_docx_annexes_begin_on_new_pages_and_tables_repeat_their_header(word: bytes) -> None:
    made = docx.Document(io.BytesIO(word))
    annexes = [each for each in made.paragraphs if re.fullmatch(r"附件\d", each.text)]
    assert [each.paragraph_format.page_break_before for each in annexes] == [True, True, True]
    for table in made.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert not any("w:tblHeader" in row._tr.xml for row in table.rows[1:])
    first = made.tables[0]
    assert [cell.text for cell in first.rows[1].cells][:4] == ["1", "第1省", "100", "20"]


def test_docx_pictures_are_described(word: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert len(pictures) == 3
        assert all(archive.read(name).startswith(PNG) for name in pictures)
        text = archive.read("word/document.xml").decode()
        assert len(re.findall(r'<wp:docPr [^>]*descr="[^"]+"', text)) == 3
        assert "华文中宋" in archive.read("word/fontTable.xml").decode()


class Outline(HTMLParser):
    """Collects tags, ids and references; complains where tags do not nest."""

    _VOID = ("meta", "br", "wbr", "col", "path", "use")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self._VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in ("src", "href", "xlink:href") and value:
                self.references.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self._VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._VOID:
            assert self.open.pop() == tag


def test_html_is_whole_and_loads_nothing(page: str) -> None:
    outline = Outline(page)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert all(reference.startswith("#") for reference in outline.references)
    assert {reference[1:] for reference in outline.references} <= set(outline.ids)
    assert not {"script", "img", "link", "iframe"} & set(outline.tags)
    assert "url(http" not in page


def test_html_tells_readers_who_do_not_see(page: str) -> None:
    assert '<html lang="zh-CN">' in page
    assert page.count('<svg role="img"') + page.count('role="img" aria-labelledby') >= 3
    assert '<th scope="col">抽查数</th>' in page
    assert '<th scope="row">第1省</th>' in page
    assert "<caption" in page
    for label in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert all(f'id="{part}"' in page for part in label.split())


def test_html_escapes_what_sites_are_called(page: str) -> None:
    assert "&lt;某&gt;网站" in page
    assert "<某>" not in page


def test_one_annex_has_no_number() -> None:
    bare = msgspec.structs.replace(figures(), regions=(), series=(), running=(), own=None, reported=None, notes=())
    made = compose(bare, shipped_wording())
    assert "附件：存在突出问题的网站名单" in re.sub(r"<[^>]+>", "", HtmlRenderer().render(made).decode())
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(DocxRenderer().render(made))).paragraphs]
    assert "附件：存在突出问题的网站名单" in lines
    assert "附件" in lines


@pytest.mark.parametrize("kind", list(ChartKind))
def test_charts(kind: ChartKind) -> None:
    chart = Chart(
        kind=kind,
        title="图",
        labels=("甲", "乙", "一个很长很长很长很长很长很长的名称"),
        series=(
            ChartSeries(name="数量", values=(3.0, None, 1.0), low=(0.5, None, 0.6), high=(0.9, None, 1.0)),
            *([ChartSeries(name="率", values=(0.9, 0.8, None))] if kind is ChartKind.COURSE else []),
        ),
        description="说明",
    )
    assert png(chart).startswith(PNG)
    picture = svg(chart)
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert svg(chart) == picture  # the same each time: nothing of the clock or of chance is in it


def test_pdf_is_printed_by_chromium(document: Document) -> None:
    chromium = find_chromium(None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    body = PdfRenderer(chromium, sandbox=os.geteuid() != 0).render(document)
    assert body.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", body)) >= 6


def test_pdf_says_what_is_missing(document: Document, tmp_path: Path) -> None:
    with pytest.raises(RuleBroken, match="--without-pdf"):
        PdfRenderer(tmp_path / "chromium", sandbox=True).render(document)
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho kaputt >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(RuleBroken, match="kaputt"):
        PdfRenderer(broken, sandbox=True).render(document)


def test_bulletins_keep_their_form_in_mongodb(mongo_stores: Stores, document: Document) -> None:
    bulletin = Bulletin(
        id="b1",
        state=BulletinState.DRAFT,
        level=OfficeLevel.NATIONAL,
        office="国务院办公厅",
        figures=figures(),
        document=document,
        wording=shipped_wording(),
        steps=(),
        issued_on=date(2017, 5, 11),
    )
    assert mongo_stores.bulletins.add([bulletin]) == 1
    assert mongo_stores.bulletins.find("b1") == bulletin
    assert mongo_stores.bulletins.page({"state": "draft"}) == [bulletin]
    assert mongo_stores.bulletins.page({"state": "published", "office": "国务院办公厅"}) == []


@pytest.mark.parametrize("with_annexes", [True, False])
def test_no_page_holds_the_signature_alone(document: Document, with_annexes: bool) -> None:
    """The last paragraph of the text, the list of annexes and the signature stay together; the day ends them."""
    annexes = document.annexes if with_annexes else ()
    made = docx.Document(io.BytesIO(DocxRenderer().render(msgspec.structs.replace(document, annexes=annexes))))
    lines = [paragraph.text for paragraph in made.paragraphs]
    end = lines.index("2017年5月11日")
    first = lines.index("注：某数不一致。")
    kept = [bool(paragraph.paragraph_format.keep_with_next) for paragraph in made.paragraphs[first - 1 : end + 1]]
    assert lines[end - 1] == document.issuer
    assert kept == [False, *[True] * (end - first), False]


def test_no_page_holds_the_note_of_a_table_alone(word: bytes) -> None:
    made = docx.Document(io.BytesIO(word))
    noted = [
        table for table in made.tables if made.element.body[made.element.body.index(table._tbl) + 1].xpath("string()")
    ]
    assert noted
    for table in noted:
        rows = [{bool(cell.paragraphs[0].paragraph_format.keep_with_next) for cell in row.cells} for row in table.rows]
        assert rows[-2:] == [{False}, {True}]
