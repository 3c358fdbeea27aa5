"""The editions of the standard that this installation judges by: shipped ones and the operator's files."""

from inspection.checks import CHECK_PARAMS
from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.standard import EditionLibrary
from store.config import StoreConfig


def load_editions(config: StoreConfig) -> EditionLibrary:
    """All editions; :class:`InputRejected` names the file and what is wrong with it."""
    return EditionLibrary(CHECK_PARAMS, own_files(config))


def own_files(config: StoreConfig) -> dict[str, str]:
    """Texts of the operator's editions (``*.toml``) and lists of terms (``*.txt``) by name, in order of their names."""
    folder = config.standard_dir
    if folder is None:
        return {}
    if not folder.is_dir():
        raise InputRejected(f"XUNCHA_STANDARD_DIR 指定的目录 {folder} 不存在，请建立该目录或去掉此设置")
    texts = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".toml", ".txt")):
        try:
            texts[path.name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputRejected(f"无法读取标准文件 {path}：{in_chinese(error)}；请确认可读并存为 UTF-8") from error
    return texts
