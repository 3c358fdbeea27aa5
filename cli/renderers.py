"""What makes the files of bulletins on this machine."""

import os

from crawler.browser.find import find_chromium
from crawler.config import WorkerConfig
from inspection.errors import InputRejected
from inspection.ports import BulletinRenderer
from store.bulletins.docx_file import DocxRenderer
from store.bulletins.html_page import HtmlRenderer
from store.bulletins.pdf_file import PdfRenderer


def bulletin_renderers(*, with_pdf: bool) -> list[BulletinRenderer]:
    """Those for all formats; :class:`InputRejected` where there is no browser for the PDF and it is wanted."""
    if not with_pdf:
        return _always()
    found = available_renderers()
    if PdfRenderer.format not in {renderer.format for renderer in found}:
        raise InputRejected(
            "生成 PDF 需要 Chromium 浏览器和附加组件 browser，未能找到；请安装（pip install 'xuncha[browser]'，"
            "并用 XUNCHA_BROWSER_PATH 指定浏览器），或加 --without-pdf 只生成 DOCX 和 HTML"
        )
    return found


def available_renderers() -> list[BulletinRenderer]:
    """Those for the formats that can be made here: the PDF where there is a browser."""
    config = WorkerConfig()
    chromium = find_chromium(config.browser_path)
    if chromium is None:
        return _always()
    return [*_always(), PdfRenderer(chromium, sandbox=config.browser_sandbox and os.geteuid() != 0)]


def _always() -> list[BulletinRenderer]:
    return [DocxRenderer(), HtmlRenderer()]
