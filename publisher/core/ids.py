"""Which articles take their id from a name, and how a name becomes an id."""

import hashlib
import json
import re
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from services.ingest.core.field_types import Id
from services.ingest.core.ninjs import is_ninjs

_ID: Final[TypeAdapter[str]] = TypeAdapter(Id)
_UNFIT: Final = re.compile("[^A-Za-z0-9._-]+")
_LONGEST_BEGINNING: Final = 31


def fits(name: str) -> bool:
    """Tell whether a name can be an id."""
    try:
        return bool(_ID.validate_python(name))
    except ValidationError:
        return False


def fitting_id(name: str) -> str:
    """Give a name itself where it can be an id, else a hash of it: the same name is always the same id."""
    return name if fits(name) else hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:32]


def feed_id(feed: str, entry: str) -> str:
    """Give the id of an entry: where its feed's name begins, and a hash of both names.

    No feed can name an article of another, or one that came in another way, whatever it calls its entries.
    """
    begins = _UNFIT.sub("-", re.split("[/?]", feed, maxsplit=1)[0])[:_LONGEST_BEGINNING].strip("-.")
    hashed = hashlib.sha256(json.dumps([feed, entry]).encode()).hexdigest()[:32]
    return f"{begins}-{hashed}" if begins else hashed


def is_native(sent: dict[str, Any]) -> bool:
    """Tell whether an object is an article in the native format: not an action, a CloudEvent or ninjs."""
    return "specversion" not in sent and "action" not in sent and not is_ninjs(sent)
