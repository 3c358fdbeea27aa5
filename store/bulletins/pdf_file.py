"""A bulletin as PDF: its HTML page printed by Chromium, which is started for it and asks nobody anything."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from inspection.bulletin.document import Document
from inspection.errors import RuleBroken
from inspection.faults import in_chinese
from store.bulletins.html_page import page

_WITHIN_S = 120.0
_ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://0.0.0.0:9",
)
_CAUSE_LENGTH = 300


class PdfRenderer:
    """Port ``BulletinRenderer``. ``sandbox``: Chromium's own; it does not work as root or in most containers."""

    format = "pdf"

    def __init__(self, chromium: Path, *, sandbox: bool) -> None:
        self._chromium = chromium
        self._sandbox = sandbox

    def render(self, document: Document) -> bytes:
        """The pages as the HTML page's print style has them; :class:`RuleBroken` where Chromium cannot be used."""
        with TemporaryDirectory(prefix="xuncha-bulletin-") as name:
            folder = Path(name)
            source, target = folder / "bulletin.html", folder / "bulletin.pdf"
            source.write_text(page(document), "utf-8")
            self._print(source, target, folder / "profile")
            return target.read_bytes()

    def _print(self, source: Path, target: Path, profile: Path) -> None:
        command = [
            str(self._chromium),
            *_ARGUMENTS,
            *(() if self._sandbox else ("--no-sandbox",)),
            f"--user-data-dir={profile}",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_WITHIN_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            cause = in_chinese(error) if isinstance(error, OSError) else f"{_WITHIN_S} 秒内没有完成"
            raise RuleBroken(
                f"无法用浏览器 {self._chromium} 生成 PDF：{cause}；可用 --without-pdf 不生成 PDF"
            ) from error
        if done.returncode or not target.exists():
            cause = " ".join(done.stderr.decode("utf-8", "replace").split())[-_CAUSE_LENGTH:]
            raise RuleBroken(
                f"浏览器 {self._chromium} 没有生成 PDF：{cause}。容器不允许创建用户命名空间时，请设 "
                "XUNCHA_BROWSER_SANDBOX=false；也可用 --without-pdf 不生成 PDF"
            )
