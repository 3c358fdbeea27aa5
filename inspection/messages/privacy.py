"""Lists show what a message says without the numbers by which its sender could be found."""

import re

_NUMBERS = re.compile(
    r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![\dA-Za-z])"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def without_numbers(text: str) -> str:
    """The text with identity numbers, telephone numbers and e-mail addresses masked."""
    return _NUMBERS.sub("***", text)
