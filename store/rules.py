"""The rules of supervision that this installation works by: shipped ones and the operator's files."""

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.supervision import SupervisionRules, load_rules
from store.config import StoreConfig


def load_own_rules(config: StoreConfig) -> SupervisionRules:
    """All rules; :class:`InputRejected` names the file and what is wrong with it."""
    folder = config.rules_dir
    if folder is None:
        return load_rules()
    if not folder.is_dir():
        raise InputRejected(f"XUNCHA_RULES_DIR 指定的目录 {folder} 不存在，请建立该目录或去掉此设置")
    try:
        return load_rules({path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))})
    except (OSError, UnicodeDecodeError) as error:
        raise InputRejected(f"无法读取 {folder} 中的规则文件：{in_chinese(error)}；请确认可读并存为 UTF-8") from error
