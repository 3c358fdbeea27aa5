"""Whether there is a browser to render with."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from inspection.errors import InputRejected

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium(path: Path | None) -> Path | None:
    """The browser to use: ``path`` where given, else one by its usual names.

    None where there is none, or no client library (extra ``browser``). ``InputRejected`` where ``path`` is no
    executable file.
    """
    if path is not None and not os.access(path, os.X_OK):
        raise InputRejected(f"XUNCHA_BROWSER_PATH 指定的浏览器 {path} 不存在或不可执行")
    if find_spec("playwright") is None:
        return None
    found = path or next((name for name in map(shutil.which, _NAMES) if name is not None), None)
    return None if found is None else Path(found)
