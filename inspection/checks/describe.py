"""The thresholds of an indicator in words, made from its check's parameters."""

from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from inspection.checks.check import Params
from inspection.standard import Edition, Indicator


def threshold_text(row: Indicator, edition: Edition, params: type[Params]) -> str:
    """The thresholds as users read them (Chinese), in the order in which the check declares them."""
    values = msgspec.convert(row.params, params)
    classes = {class_.id: class_.name for class_ in edition.column_classes}
    fields = msgspec.inspect.type_info(params).fields  # type: ignore[attr-defined]
    phrases = ((_phrase(field), getattr(values, field.name)) for field in fields)
    return "；".join(_filled(phrase, value, classes) for phrase, value in phrases if value not in (None, (), {}))


def _phrase(field: msgspec.inspect.Field) -> str:
    schema = getattr(field.type, "extra_json_schema", None) or {}
    return str(schema.get("title", field.name + " {}"))


def _filled(phrase: str, value: Any, classes: dict[str, str]) -> str:
    """``{%}`` in a phrase shows a share as percentage."""
    if "{%}" in phrase:
        return phrase.replace("{%}", f"{_shown(value * 100, classes)}%")
    return phrase.replace("{}", _shown(value, classes))


def _shown(value: Any, classes: dict[str, str]) -> str:
    if isinstance(value, dict):
        return "、".join(f"{_shown(key, classes)} {_shown(each, classes)}" for key, each in value.items())
    if isinstance(value, tuple):
        return "、".join(_shown(each, classes) for each in value)
    if isinstance(value, Enum):
        return str(getattr(value, "chinese", value.value))
    if isinstance(value, float | Decimal):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:g}"
    return classes.get(value, str(value)) if isinstance(value, str) else str(value)
