"""Items of an agency that does not exist, and what ingest makes of them."""

import json
from typing import Any, Final

from services.ingest.core.faults import Rejection
from services.ingest.core.ninjs import Native, as_native
from services.ingest.core.reading import Defaults, read
from services.ingest.core.submissions import Publish

URI: Final = "urn:newsml:agency.example:20261115:harbour"


def first(**changes: Any) -> dict[str, Any]:
    """Give an item of ninjs 1.x; a change to None leaves the field out."""
    item: dict[str, Any] = {
        "uri": URI,
        "type": "text",
        "versioncreated": "2026-11-15T10:30:00Z",
        "headline": "Harbour library opens",
        "body_text": "The old post office is a library now.\nThree hundred came.",
    } | changes
    return {name: value for name, value in item.items() if value is not None}


def third(**changes: Any) -> dict[str, Any]:
    """Give an item of ninjs 3.x; a change to None leaves the field out."""
    item: dict[str, Any] = {
        "uri": URI,
        "type": "text",
        "versionCreated": "2026-11-15T10:30:00Z",
        "headlines": [{"role": "main", "value": "Harbour library opens"}],
        "bodies": [{"contentType": "text/plain", "value": "The old post office is a library now."}],
    } | changes
    return {name: value for name, value in item.items() if value is not None}


def native(item: dict[str, Any]) -> dict[str, Any]:
    """Read an item that can stand as a native object."""
    read_as = as_native(item, "综合")
    assert isinstance(read_as, Native)
    return read_as.sent


def meant(item: dict[str, Any]) -> Any:
    """Read an item as an input."""
    return read(json.dumps(item).encode(), Defaults())


def published(item: dict[str, Any]) -> Publish:
    """Read an item that becomes an article."""
    article = meant(item)
    assert isinstance(article, Publish), article
    return article


def faults(item: dict[str, Any]) -> dict[str, str]:
    """Read an item that is refused; give each fault by its place."""
    refused = meant(item)
    assert isinstance(refused, Rejection), refused
    assert refused.status == 422
    return {fault.pointer: fault.detail for fault in refused.faults}


def picture(**changes: Any) -> dict[str, Any]:
    """Give an associated picture of ninjs 1.x in three sizes."""
    return {
        "uri": "urn:picture:1",
        "type": "picture",
        "headline": "The hall",
        "description_text": "The reading hall",
        "renditions": {
            "original": rendition("https://agency.example/5000.jpg", 5000),
            "web": rendition("https://agency.example/1600.jpg", 1600),
            "thumbnail": rendition("https://agency.example/120.jpg", 120),
        },
    } | changes


def rendition(href: Any, width: Any = None, mimetype: Any = "image/jpeg") -> dict[str, Any]:
    """Give a rendition half as high as wide."""
    return {"href": href, "width": width, "height": width and width // 2, "mimetype": mimetype}
