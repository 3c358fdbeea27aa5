"""What parsers, validators and the file system find fault with, in Chinese: they all speak English.

Pure tables; whoever catches such an error asks here for the words and adds the file or field that it is about.
"""

import errno
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

_CHINESE = re.compile(r"[\u4e00-\u9fff]")

_FILES: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "文件或目录不存在"),
    (PermissionError, "没有权限"),
    (IsADirectoryError, "这是目录，不是文件"),
    (NotADirectoryError, "路径中有一段不是目录"),
    (FileExistsError, "已有同名文件或目录"),
    (TimeoutError, "操作超时"),
)
_ERRNOS = {
    errno.EMFILE: "打开的文件过多",
    errno.EFBIG: "文件过大",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "文件系统只读",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ENOTEMPTY: "目录不是空的",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}

_TYPES = {
    **{"str": "文本", "int": "整数", "float": "数", "bool": "true 或 false", "null": "空"},
    **{"array": "列表（[…]）", "object": "表（键 = 值）", "date": "日期", "datetime": "时刻", "time": "时间"},
    **{"bytes": "字节串", "decimal": "小数", "uuid": "UUID", "duration": "时长"},
}
_STRUCTURES: tuple[tuple[str, str], ...] = (
    (r"Object missing required field `(.+)`", r"缺少键 \1"),
    (r"Object contains unknown field `(.+)`", r"未知的键 \1"),
    (r"Invalid enum value (.+)", r"不认识的值 \1"),
    (r"Expected `str` matching regex (.+)", r"文本格式不符，应匹配 \1"),
    (r"Expected `str` of length >= (\d+)", r"文本至少应有 \1 个字"),
    (r"Expected `str` of length <= (\d+)", r"文本不能超过 \1 个字"),
    (r"Expected `(?:array|object|bytes)` of (?:length >=|at least length) (\d+).*", r"至少应有 \1 项"),
    (r"Expected `(?:array|object|bytes)` of (?:length <=|at most length) (\d+).*", r"不能超过 \1 项"),
    (r"Expected `array` of length (\d+) to (\d+).*", r"应有 \1 至 \2 项"),
    (r"Expected `array` of length (\d+).*", r"应有 \1 项"),
    (r"Expected `(?:int|float)` that's a multiple of (.+)", r"应为 \1 的整数倍"),
    (r"Expected `(?:int|float)` >= (.+)", r"不能小于 \1"),
    (r"Expected `(?:int|float)` > (.+)", r"应大于 \1"),
    (r"Expected `(?:int|float)` <= (.+)", r"不能大于 \1"),
    (r"Expected `(?:int|float)` < (.+)", r"应小于 \1"),
    (r"Expected `\w+` with a timezone component", "应带时区，例如 2026-11-20T09:30:00+08:00"),
    (r"Expected `\w+` with no timezone component", "不应带时区"),
    (r"Invalid decimal string", "应为数，例如 1.5"),
    (r"Invalid RFC3339 encoded date", "日期无效，应写成 YYYY-MM-DD"),
    (r"Invalid RFC3339 encoded datetime", "时刻无效，应写成 2026-11-20T09:30:00+08:00"),
    (r"Invalid RFC3339 encoded time", "时间无效，应写成 09:30:00"),
    (r"Invalid ISO8601 duration", "时长无效"),
    (r"Invalid UUID.*", "UUID 无效"),
    (r"Invalid base64 encoded string", "不是有效的 base64"),
    (r"Invalid value (.+)", r"不认识的值 \1"),
    (r".*out of range.*", "数值超出范围"),
    (r"Input data was truncated", "内容不完整"),
    (r"JSON is malformed: .* \(byte (\d+)\)", r"第 \1 个字节处不是有效的 JSON"),
)
"""Messages of msgspec, the first that matches; those with two types are told by :func:`_types`."""

_TOML: tuple[tuple[str, str], ...] = (
    (r"Expected '=' after a key.*", "键后应有 ="),
    (r"Expected '(\]+)' at the end.*", r"表名之后应有 \1"),
    (r"Expected newline or end of document.*", "一行只能有一个键，其后有多余内容"),
    (r"Invalid (?:initial character for a key part|statement)", "应为“键 = 值”或“[表]”"),
    (r"Invalid date or datetime", "日期或时刻无效"),
    (r"Invalid value", "值无效；文本须加引号"),
    (r"Unterminated string|Expected '(?:\"+|'+)'|Expected .*['\"]{3}.*", "引号不配对"),
    (r"Unclosed array", "列表缺少 ]"),
    (r"Unclosed inline table", "表缺少 }"),
    (r"Cannot overwrite a value|Duplicate inline table key.*", "键重复"),
    (r"Cannot (?:declare|mutate|redefine).*", "表重复"),
    (r"Unescaped '\\' in a string|Invalid hex value|Escaped character.*", r"文本中的 \ 应写成 \\"),
    (r"(?:Illegal|Found invalid) character (.+)", r"不能有字符 \1"),
)

_VALUES: Mapping[str, str] = {
    "missing": "缺少，必须填写",
    "extra_forbidden": "不认识的字段，请删去或检查拼写",
    "json_invalid": "不是有效的 JSON，请检查该处附近的引号、逗号和括号",
    "json_type": "应为 JSON 文本",
    "model_type": "应为对象（{{…}}）",
    "model_attributes_type": "应为对象（{{…}}）",
    "dict_type": "应为对象（{{…}}）",
    "mapping_type": "应为对象（{{…}}）",
    "dataclass_type": "应为对象（{{…}}）",
    "list_type": "应为列表（[…]）",
    "tuple_type": "应为列表（[…]）",
    "set_type": "应为列表（[…]）",
    "frozen_set_type": "应为列表（[…]）",
    "iterable_type": "应为列表（[…]）",
    "none_required": "应为空",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "multiple_of": "应为 {multiple_of} 的整数倍",
    "finite_number": "应为有限的数",
    "too_short": "至少应有 {min_length} 项，现有 {actual_length} 项",
    "too_long": "不能超过 {max_length} 项",
    "string_type": "应为文本",
    "string_unicode": "含有不能解码的字符",
    "string_too_short": "至少应有 {min_length} 个字",
    "string_too_long": "不能超过 {max_length} 个字",
    "string_pattern_mismatch": "格式不符，应匹配 {pattern}",
    "string_not_ascii": "只能用 ASCII 字符",
    "enum": "应为 {expected} 之一",
    "literal_error": "应为 {expected} 之一",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数过大",
    "int_from_float": "应为整数，不能带小数",
    "float_type": "应为数",
    "float_parsing": "应为数",
    "decimal_type": "应为数",
    "decimal_parsing": "应为数",
    "decimal_max_digits": "不能超过 {max_digits} 位数字",
    "decimal_max_places": "小数不能超过 {decimal_places} 位",
    "decimal_whole_digits": "整数部分不能超过 {whole_digits} 位",
    "bytes_type": "应为字节串",
    "date_type": "应为日期，写成 YYYY-MM-DD",
    "date_parsing": "日期无效，应写成 YYYY-MM-DD",
    "date_from_datetime_parsing": "日期无效，应写成 YYYY-MM-DD",
    "date_from_datetime_inexact": "应只有日期，不带时间",
    "date_past": "应为过去的日期",
    "date_future": "应为将来的日期",
    "time_type": "应为时间，写成 09:30:00",
    "time_parsing": "时间无效，应写成 09:30:00",
    "datetime_type": "应为时刻，写成 2026-11-20T09:30:00+08:00",
    "datetime_parsing": "时刻无效，应写成 2026-11-20T09:30:00+08:00",
    "datetime_object_invalid": "时刻无效，应写成 2026-11-20T09:30:00+08:00",
    "datetime_from_date_parsing": "时刻无效，应写成 2026-11-20T09:30:00+08:00",
    "datetime_past": "应为过去的时刻",
    "datetime_future": "应为将来的时刻",
    "timezone_aware": "应带时区，例如 2026-11-20T09:30:00+08:00",
    "timezone_naive": "不应带时区",
    "timezone_offset": "时区应为 {tz_expected}",
    "time_delta_type": "应为时长",
    "time_delta_parsing": "时长无效",
    "union_tag_invalid": "{tag} 不认识，应为 {expected_tags} 之一",
    "union_tag_not_found": "缺少 {discriminator}",
    "url_type": "应为网址",
    "url_parsing": "网址无效",
    "url_scheme": "网址应以 {expected_schemes} 开头",
    "url_too_long": "网址不能超过 {max_length} 个字符",
    "uuid_type": "应为 UUID",
    "uuid_parsing": "UUID 无效",
}
"""Texts by the error types of pydantic, with what pydantic tells of the bound that is broken."""

_PATTERNS = {
    r"^\d{6}$": "6 位数字",
    r"^(\d{2})?$": "2 位数字，或留空",
    r"^(\d{2}|\d{4}|\d{6})$": "2、4 或 6 位数字",
    r"^(\d{2}|\d{4}|\d{6})?$": "2、4 或 6 位数字，或留空",
    r"^\d{4}-(0[1-9]|1[0-2])$": "YYYY-MM",
    r"^[0-9a-f]{64}$": "64 位小写十六进制数",
}
"""Patterns in words."""


def in_chinese(error: Exception) -> str:
    """What an error of tomllib, msgspec, an encoding or the file system says; its place first, where it has one."""
    if isinstance(error, OSError):
        return _of_file(error)
    if isinstance(error, UnicodeDecodeError):
        return f"第 {error.start + 1} 个字节起不是 {error.encoding.upper()} 文本"
    if isinstance(error, tomllib.TOMLDecodeError):
        return _of_toml(str(error))
    if isinstance(error, msgspec.MsgspecError):
        return _of_structure(str(error))
    return _own_words(error) or "内容无效"


def value_fault(kind: str, bounds: Mapping[str, Any]) -> str:
    """What a validator of pydantic says: by its error type and what it tells of the bound (``ctx``)."""
    if kind in ("value_error", "assertion_error"):
        return _own_words(bounds.get("error", "")) or "值无效"
    pattern = bounds.get("pattern")
    if pattern == r"\S":
        return "不能为空"
    if pattern in _PATTERNS:
        return f"格式不符，应为 {_PATTERNS[pattern]}"
    told = {name: str(bound).replace(" or ", "、").replace(", ", "、") for name, bound in bounds.items()}
    if pattern is not None:
        told["pattern"] = str(pattern)
    try:
        return _VALUES[kind].format(**told)
    except KeyError:
        return f"值无效（{kind}）"


def _own_words(error: object) -> str:
    """The text of an error that this program wrote itself, in Chinese; else empty."""
    text = str(error)
    return text if _CHINESE.search(text) else ""


def _of_file(error: OSError) -> str:
    for class_, text in _FILES:
        if isinstance(error, class_):
            return text
    return _own_words(error) or _ERRNOS.get(error.errno or 0) or f"系统错误 {error.errno or error!r}"


def _of_toml(message: str) -> str:
    what, _, place = message.partition(" (at ")
    where = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    at = f"第 {where[1]} 行第 {where[2]} 列：" if where else "文件末尾：" if place else ""
    return f"{at}{_first_match(_TOML, what) or '语法有误'}"


def _of_structure(message: str) -> str:
    """``<what> - at `$.<path>` `` with its place first."""
    what, _, place = message.partition(" - at `")
    told = _types(what) or _first_match(_STRUCTURES, what) or "值无效"
    where = place.removesuffix("`").removeprefix("$").removeprefix(".").replace("[...]", "[…]")
    return f"{where}：{told}" if where else told


def _types(what: str) -> str:
    found = re.fullmatch(r"Expected `(.+?)`, got `(.+?)`", what)
    if not found:
        return ""
    expected = "或".join(_TYPES.get(name, name) for name in found[1].removesuffix(" | null").split(" | "))
    return f"应为{expected}，得到{_TYPES.get(found[2], found[2])}"


def _first_match(table: tuple[tuple[str, str], ...], what: str) -> str:
    return next((found.expand(text) for pattern, text in table if (found := re.fullmatch(pattern, what))), "")
