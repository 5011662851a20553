"""RFC 9457: how every service says over HTTP what went wrong, in a form for people and for programs."""

import json
from http import HTTPStatus
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"
_RFC_9110: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Python has these names from 3.13 on; before, answers and `contracts/` would depend on its version."""


def phrase(status: int) -> str:
    """Name a status."""
    return _RFC_9110.get(status) or HTTPStatus(status).phrase


def problem(status: int, detail: str, **extensions: Any) -> dict[str, Any]:
    """Give the members of a problem document; `extensions` are further members, None ones left out."""
    more = {name: value for name, value in extensions.items() if value is not None}
    return {"title": phrase(status), "status": status, "detail": detail, **more}


def as_bytes(document: dict[str, Any]) -> bytes:
    """Write a problem document as UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False).encode()
