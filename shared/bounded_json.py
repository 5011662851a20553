"""Reading JSON that others wrote, in time and memory that its size allows.

pydantic copies what it refuses into each of its errors, and a list or an object of two bytes takes sixty in
memory: a few megabytes of brackets, which compressed are a few kilobytes, would take half a minute and two
gigabytes. So what is large is counted before it is read, and read once.
"""

import re
from typing import Final, TypeVar

from pydantic import BaseModel
from pydantic_core import from_json

LARGE_BYTES: Final = 4 * 1024

# An open end is part of it: what looks for the end of a text again and again takes the square of the time.
_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.?)*+"?', re.DOTALL)

Model = TypeVar("Model", bound=BaseModel)


def parts(value: bytes) -> int:
    """Count the lists and objects of a document, not the brackets in its texts."""
    outside = _TEXT.sub(b"", value)
    return outside.count(b"[") + outside.count(b"{")


def is_too_large(value: bytes, most_bytes: int, most_parts: int) -> bool:
    """Tell whether a document has more bytes, or more lists and objects."""
    if len(value) > most_bytes:
        return True
    # with those in its texts: hardly ever too many, and quickly counted
    return value.count(b"[") + value.count(b"{") > most_parts and parts(value) > most_parts


def read(model: type[Model], value: bytes) -> Model:
    """Read a document as a model says; ValueError if it is not one."""
    if len(value) <= LARGE_BYTES:
        return model.model_validate_json(value)
    return model.model_validate(from_json(value))
