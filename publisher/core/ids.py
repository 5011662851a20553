"""Which articles take their id from a name, and how a name becomes an id."""

import hashlib
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from services.ingest.core.field_types import Id
from services.ingest.core.ninjs import is_ninjs

_ID: Final[TypeAdapter[str]] = TypeAdapter(Id)


def fitting_id(name: str) -> str:
    """Give a name itself where it can be an id, else a hash of it: the same name is always the same id."""
    try:
        return _ID.validate_python(name)
    except ValidationError:
        return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:32]


def is_native(sent: dict[str, Any]) -> bool:
    """Tell whether an object is an article in the native format: not an action, a CloudEvent or ninjs."""
    return "specversion" not in sent and "action" not in sent and not is_ninjs(sent)
