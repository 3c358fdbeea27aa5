"""A bulletin as one self-contained HTML page, without scripts; the PDF is made of it."""

from html import escape

from inspection.bulletin.document import Block, Chart, Document, Heading, Paragraph, Table, annex_labels, imprint
from inspection.bulletin.words import day
from store.bulletins.charts import svg
from store.bulletins.layout import ADDRESS_BREAKS, head_size

_STYLE = """\
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
@page :right { @bottom-right { content: "— " counter(page) " —"; margin-right: 14pt;
  font: 14pt "SimSun", "宋体", "Noto Serif CJK SC", serif; } }
@page :left { @bottom-left { content: "— " counter(page) " —"; margin-left: 14pt;
  font: 14pt "SimSun", "宋体", "Noto Serif CJK SC", serif; } }
:root { color: #000; background: #fff; }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 156mm; counter-reset: chart;
  font: 16pt/28pt "仿宋_GB2312", "FangSong_GB2312", "仿宋", FangSong, "Noto Serif CJK SC", serif; }
h1 { margin: 56pt 0 28pt; text-align: center; text-wrap: balance;
  font: 22pt/34pt "方正小标宋简体", "FZXiaoBiaoSong-B05S", "华文中宋", "宋体", "Noto Serif CJK SC", serif; }
h2, h3 { margin: 0; text-indent: 2em; font-size: 16pt; line-height: 28pt; font-weight: normal; break-after: avoid; }
h2 { font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
h3 { font-family: "楷体_GB2312", "楷体", KaiTi, "Noto Serif CJK SC", serif; font-weight: 500; }
p { margin: 0; text-indent: 2em; text-align: justify; overflow-wrap: anywhere; }
p.flush, p.mark, p.number, .annexes p { text-indent: 0; }
p.mark { color: #b02318; text-align: center; font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
p.number { text-align: center; text-indent: 0; }
p.head { color: #f00; text-align: center; text-indent: 0; white-space: nowrap; margin: 2rem 0 56pt; line-height: 58pt;
  font-family: "方正小标宋简体", "FZXiaoBiaoSong-B05S", "华文中宋", "宋体", "Noto Serif CJK SC", serif; }
p.head + p.number { min-height: 28pt; padding-bottom: 4mm; border-bottom: 1.5pt solid #f00; }
.imprint { margin-top: 56pt; font-size: 14pt; line-height: 24pt; border: solid #000; border-width: 1pt 0;
  break-inside: avoid; }
.imprint p { display: flex; justify-content: space-between; padding: 0 1em; text-indent: 0; }
.imprint p.copies { display: block; padding-left: 4em; text-indent: -3em; }
.imprint p + p { border-top: 0.75pt solid #000; }
.annexes { margin: 28pt 0 0 2em; break-inside: avoid; break-after: avoid; }
.annexes ol { margin: 0; padding: 0; list-style: none; }
.signature { width: fit-content; margin: 56pt 2em 0 auto; break-inside: avoid; break-before: avoid; }
a { color: inherit; }
.signature p { text-align: center; text-indent: 0; }
.notes { margin-top: 28pt; font-size: 14pt; }
section.annex { break-before: page; margin-top: 56pt; }
section.annex > p.label { text-indent: 0; font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
section.annex > h2 { text-indent: 0; text-align: center; margin: 14pt 0; font-size: 18pt;
  font-family: "方正小标宋简体", "华文中宋", "宋体", "Noto Serif CJK SC", serif; }
.wide { overflow-x: auto; }
table { width: 100%; margin: 8pt 0; border-collapse: collapse; font-size: 10.5pt; line-height: 15pt; }
caption { font-size: 12pt; padding: 4pt; font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
caption.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.5pt solid #000; padding: 2pt 4pt; text-align: left; font-weight: normal; overflow-wrap: anywhere; }
thead th { background: #eef2f6; text-align: center; font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.remark { break-before: avoid; font-size: 10.5pt; line-height: 15pt; text-indent: 0; }
figure { margin: 14pt 0; break-inside: avoid; text-align: center; }
figure svg { max-width: 100%; height: auto; }
figcaption { font-size: 12pt; line-height: 18pt; font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
@media print { body { padding: 0; max-width: none; } p.head { margin-top: 35mm; }
  p.mark + p.head { margin-top: 25mm; } a { text-decoration: none; } }
@media (max-width: 40rem) { body { font-size: 13pt; line-height: 1.7; } h1 { font-size: 17pt; line-height: 1.5; }
  p.head { font-size: 8vw !important; white-space: normal; transform: none !important; line-height: 1.3; }
  h2, h3 { font-size: 13pt; } }
"""
_FLUSH, _NUMBER, _UNSEEN = ' class="flush"', ' class="n"', ' class="unseen"'


class HtmlRenderer:
    """Port ``BulletinRenderer``."""

    format = "html"

    def render(self, document: Document) -> bytes:
        """The page, UTF-8."""
        return page(document).encode()


def page(document: Document) -> str:
    """The whole page as text."""
    body = [
        *([f'<p class="mark" role="note">{escape(document.mark)}</p>'] if document.mark else []),
        *_head(document),
        f"<h1>{'<br>'.join(map(escape, document.title_lines))}</h1>",
        *([f'<p class="number">{escape(document.number)}</p>'] if document.number and not document.head else []),
        *_blocks(document.blocks, under="body"),
        *_notes(document),
        *_annex_list(document),
        *_signature(document),
        *_annexes(document),
        *_imprint(document),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _head(document: Document) -> list[str]:
    """The red head, the number (or its place) and the red line; a long head is as narrow as that of the DOCX."""
    if not document.head:
        return []
    size = head_size(document.head)
    look = f"font-size: {size.points * size.narrowed:.1f}pt"
    look += f"; transform: scaleY({1 / size.narrowed:.2f})" if size.narrowed < 1 else ""
    return [
        f'<p class="head" style="{look}">{escape(document.head)}</p>',
        f'<p class="number">{escape(document.number)}</p>',
    ]


def _imprint(document: Document) -> list[str]:
    """版记: copies, and who printed it when."""
    lines = imprint(document)
    if not lines:
        return []
    told = [
        f'<p class="copies">{escape(line)}</p>'
        if "\t" not in line
        else f"<p>{''.join(f'<span>{escape(part)}</span>' for part in line.split(chr(9)))}</p>"
        for line in lines
    ]
    return ['<footer class="imprint">', *told, "</footer>"]


def _blocks(blocks: tuple[Block, ...], *, under: str, titled: str = "") -> list[str]:
    return [_block(block, f"{under}-{place}", titled) for place, block in enumerate(blocks, 1)]


def _block(block: Block, id_: str, titled: str) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        return f"<p{_FLUSH if block.flush else ''}>{escape(block.text)}</p>"
    return _table(block, titled) if isinstance(block, Table) else _chart(block, id_)


def _table(table: Table, titled: str) -> str:
    """A caption that repeats what stands above it is for screen readers alone."""
    hidden = _UNSEEN if table.caption == titled else ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.header)
    rows = "\n".join(
        f"<tr>{''.join(_cell(cell, place, table) for place, cell in enumerate(row))}</tr>" for row in table.rows
    )
    note = f'\n<p class="remark">注：{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="wide" role="region" aria-label="{escape(table.caption)}" tabindex="0"><table>'
        f"<caption{hidden}>{escape(table.caption)}</caption>\n{_widths(table)}<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></div>{note}"
    )


def _widths(table: Table) -> str:
    if not table.widths:
        return ""
    total = sum(table.widths)
    columns = "".join(f'<col style="width:{width / total:.1%}">' for width in table.widths)
    return f"<colgroup>{columns}</colgroup>\n"


def _cell(text: str, place: int, table: Table) -> str:
    """The first column of words names its row."""
    names_row = next((column for column in range(len(table.header)) if column not in table.numeric), None)
    if place == names_row:
        return f'<th scope="row">{escape(text)}</th>'
    return f"<td{_NUMBER if place in table.numeric else ''}>{_breakable(text)}</td>"


def _breakable(text: str) -> str:
    """An address may be broken before its dots and after its slashes."""
    broken = escape(text)
    return ADDRESS_BREAKS.sub("<wbr>", broken) if text.startswith(("http://", "https://")) else broken


def _chart(chart: Chart, id_: str) -> str:
    """The picture is named by its title and told by its description."""
    picture = _with_own_ids(svg(chart), id_)
    told = f'<title id="{id_}-t">{escape(chart.title)}</title><desc id="{id_}-d">{escape(chart.description)}</desc>'
    tag, rest = picture.split(">", 1)
    picture = f'{tag} role="img" aria-labelledby="{id_}-t {id_}-d">{told}{rest}'
    return f"<figure>{picture}<figcaption>{escape(chart.title)}</figcaption></figure>"


def _with_own_ids(picture: str, id_: str) -> str:
    """Several pictures of a page must not share ids: matplotlib names the parts of all alike."""
    own = picture.replace(' id="', f' id="{id_}.').replace('"#', f'"#{id_}.')
    return own.replace("url(#", f"url(#{id_}.")


def _notes(document: Document) -> list[str]:
    if not document.notes:
        return []
    return ['<div class="notes">', *(f"<p>{escape(note)}</p>" for note in document.notes), "</div>"]


def _annex_list(document: Document) -> list[str]:
    if not document.annexes:
        return []
    only = len(document.annexes) == 1
    lines = (
        f"<li>{'附件：' if number == 1 else '　　　'}{'' if only else f'{number}．'}"
        f'<a href="#annex-{number}">{escape(annex.title)}</a></li>'
        for number, annex in enumerate(document.annexes, 1)
    )
    return ['<nav class="annexes" aria-label="附件"><ol>', *lines, "</ol></nav>"]


def _signature(document: Document) -> list[str]:
    issued = f"<p>{day(document.issued_on)}</p>" if document.issued_on is not None else ""
    return [f'<div class="signature"><p>{escape(document.issuer)}</p>{issued}</div>']


def _annexes(document: Document) -> list[str]:
    return [
        "\n".join(
            [
                f'<section class="annex" id="annex-{number}">',
                f'<p class="label">{label}</p>',
                f"<h2>{escape(annex.title)}</h2>",
                *_blocks(annex.blocks, under=f"a{number}", titled=annex.title),
                "</section>",
            ]
        )
        for number, (label, annex) in enumerate(zip(annex_labels(document), document.annexes, strict=True), 1)
    ]
