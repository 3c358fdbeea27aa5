"""Every message that the parsers and validators in use can give has Chinese words of its own."""

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, get_args

import msgspec
import pytest
from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from pydantic_core.core_schema import ErrorType

from inspection import faults
from inspection.faults import in_chinese, value_fault

ENGLISH_WORDS = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: Decimal
    on: Literal["failed", "late"] = "failed"
    share: Annotated[float, msgspec.Meta(ge=0)] = 0
    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = ("a",)
    code: Annotated[str, msgspec.Meta(pattern="^x", max_length=3)] = "x"
    since: date | None = None


class Rules(msgspec.Struct, frozen=True):
    rules: tuple[Kind, ...]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('points = "x"', "rules[0].points：应为数，例如 1.5"),
        ('on = "late"', "rules[0]：缺少键 points"),
        ('points = 1\non = "soon"', "rules[0].on：不认识的值 'soon'"),
        ("points = 1\npoint = 2", "rules[0]：未知的键 point"),
        ("points = 1\nshare = true", "rules[0].share：应为数，得到true 或 false"),
        ("points = 1\nshare = -1", "rules[0].share：不能小于 0.0"),
        ("points = 1\nnames = []", "rules[0].names：至少应有 1 项"),
        ('points = 1\ncode = "y"', "rules[0].code：文本格式不符，应匹配 '^x'"),
        ('points = 1\ncode = "xxxx"', "rules[0].code：文本不能超过 3 个字"),
        ('points = 1\nsince = "x"', "rules[0].since：日期无效，应写成 YYYY-MM-DD"),
    ],
)
def test_rules_that_do_not_fit(row, told):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(tomllib.loads(f"[[rules]]\n{row}"), Rules)
    assert in_chinese(caught.value) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a", "文件末尾：键后应有 ="),
        ("a = b", "第 1 行第 5 列：值无效；文本须加引号"),
        ("a = 1\na = 2\n", "第 2 行第 6 列：键重复"),
        ("a = 1 b = 2", "第 1 行第 7 列：一行只能有一个键，其后有多余内容"),
        ("[a]\n[a]", "第 2 行第 3 列：表重复"),
        ('a = "b', "文件末尾：引号不配对"),
        ("a = [1", "文件末尾：列表缺少 ]"),
    ],
)
def test_files_that_are_no_toml(text, told):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert in_chinese(caught.value) == told


@pytest.mark.parametrize(("text", "told"), [(b'{"a":', "内容不完整"), (b"{a}", "第 1 个字节处不是有效的 JSON")])
def test_files_that_are_no_json(text, told):
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(text)
    assert in_chinese(caught.value) == told


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(OSError, match="No such file") as missing:
        (tmp_path / "a").read_bytes()
    with pytest.raises(OSError, match="directory") as folder:
        tmp_path.read_bytes()
    with pytest.raises(UnicodeDecodeError) as encoding:
        "a中".encode("gb18030").decode("utf-8")
    assert [in_chinese(each.value) for each in (missing, folder, encoding)] == [
        "文件或目录不存在",
        "这是目录，不是文件",
        "第 2 个字节起不是 UTF-8 文本",
    ]
    assert in_chinese(OSError(28, "No space left on device")) == "磁盘空间不足"
    assert in_chinese(OSError(5, "Input/output error")) == "系统错误 5"


class Body(BaseModel, extra="forbid"):
    day: date
    at: AwareDatetime
    region: str = Field(pattern=r"^\d{6}$")
    by: str = Field(pattern=r"\S")
    kind: Literal["a", "b", "c"]
    count: int = Field(ge=1, le=9)
    names: list[str] = Field(max_length=1)
    since: datetime


def test_values_that_do_not_fit():
    given = {
        **{"day": "x", "at": "2026-01-01T00:00:00", "region": "37", "by": " ", "kind": "d", "count": 10},
        **{"names": ["a", "b"], "more": 1},
    }
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(given)
    told = {fault["loc"][0]: value_fault(fault["type"], fault.get("ctx", {})) for fault in caught.value.errors()}
    assert told == {
        "day": "日期无效，应写成 YYYY-MM-DD",
        "at": "应带时区，例如 2026-11-20T09:30:00+08:00",
        "region": "格式不符，应为 6 位数字",
        "by": "不能为空",
        "kind": "应为 'a'、'b'、'c' 之一",
        "count": "不能大于 9",
        "names": "不能超过 1 项",
        "since": "缺少，必须填写",
        "more": "不认识的字段，请删去或检查拼写",
    }


def test_the_table_knows_only_types_that_there_are():
    assert set(faults._VALUES) <= set(get_args(ErrorType))


def test_what_has_no_words_is_still_chinese():
    assert value_fault("recursion_loop", {}) == "值无效（recursion_loop）"
    assert value_fault("value_error", {"error": ValueError("bad thing")}) == "值无效"
    assert value_fault("value_error", {"error": ValueError("网址无效")}) == "网址无效"
    assert not ENGLISH_WORDS.search(in_chinese(msgspec.ValidationError("Something new happened - at `$.a`")))
