"""Rules that are data: TOML files beside the code that they govern, and an operator's own in their place."""

import tomllib
from importlib import resources
from typing import TypeVar

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese

T = TypeVar("T", bound=msgspec.Struct)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a file of rules; a key that it does not know is refused."""


def parse_rules(text: str, type_: type[T], origin: str) -> T:
    """The rules that a file holds; :class:`InputRejected` names the file, the place and what is expected there."""
    try:
        return msgspec.convert(tomllib.loads(text), type_)
    except tomllib.TOMLDecodeError as error:
        raise InputRejected(f"{origin} 不是有效的 TOML：{in_chinese(error)}") from error
    except msgspec.ValidationError as error:
        raise InputRejected(f"{origin} 有误：{in_chinese(error)}。请对照随程序提供的同名文件修改") from error


def shipped_rules(package: str, type_: type[T]) -> T:
    """The ``rules.toml`` that comes with a package of ``inspection``."""
    text = (resources.files(f"inspection.{package}") / "rules.toml").read_text("utf-8")
    return parse_rules(text, type_, f"{package}.toml")
