"""Files inside of JSON."""

import base64
import binascii
from typing import Annotated

from pydantic import Field

from inspection.errors import InputRejected

_LONGEST = 24_000_000

Base64 = Annotated[str, Field(max_length=_LONGEST, description="PDF, JPEG or PNG, as Base64")]


def bytes_of(content: str, what: str) -> bytes:
    """The bytes; InputRejected names ``what`` (Chinese) is no Base64."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputRejected(f"{what}不是有效的 Base64") from error
