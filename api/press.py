"""What makes the files of bulletins, as routes take it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from inspection.errors import NotFound, RuleBroken
from inspection.ports import BulletinRenderer

_PDF = "pdf"


class Press:
    """The renderers of this process, lent to one request at a time: drawing charts sets what all threads share."""

    def __init__(self, renderers: Sequence[BulletinRenderer]) -> None:
        self._renderers = {renderer.format: renderer for renderer in renderers}
        self._lock = Lock()

    @contextmanager
    def all(self, *, pdf: bool) -> Iterator[list[BulletinRenderer]]:
        """Those of all formats, the PDF only where it is wanted; RuleBroken where it is and there is no browser."""
        if not self._renderers:
            raise RuleBroken("本服务没有生成通报文件的程序，不能发布通报；请用 xuncha bulletin publish 发布")
        if pdf and _PDF not in self._renderers:
            raise RuleBroken(
                "生成 PDF 需要 Chromium 浏览器和附加组件 browser，本服务所在的机器上未能找到；请安装，"
                "或在请求中写明 without_pdf: true，只生成其他格式"
            )
        with self._lock:
            yield [each for format_, each in self._renderers.items() if pdf or format_ != _PDF]

    @contextmanager
    def one(self, format_: str) -> Iterator[BulletinRenderer]:
        """That of one format; NotFound names those that there are."""
        if format_ not in self._renderers:
            listed = "、".join(self._renderers) or "无"
            raise NotFound(f"本服务不能生成 {format_} 文件；可生成：{listed}")
        with self._lock:
            yield self._renderers[format_]


def _press(request: Request) -> Press:
    press: Press = request.app.state.press
    return press


OfBulletins = Annotated[Press, Depends(_press)]
