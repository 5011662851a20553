"""What bytes are that are no JSON, and what to change: said to whoever set up what sends them."""

from typing import Any, Final

_BEGINS: Final = (
    (
        b"\x1f\x8b",
        "is compressed with gzip; send it unpacked (Kafka and HTTP have compressions of their own)",
    ),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd; send it unpacked (Kafka has compressions of its own)"),
    (b"\x04\x22\x4d\x18", "is compressed with lz4; send it unpacked (Kafka has compressions of its own)"),
    (b"BZh", "is compressed with bzip2; send it unpacked"),
    (b"PK\x03\x04", "is a ZIP archive, say a .docx; send the article as JSON"),
    (b"Obj\x01", "is an Avro file; send JSON"),
    (b"%PDF", "is a PDF; send the article as JSON"),
    (b"\xff\xfe", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
    (b"\xfe\xff", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
    (b"{\x00", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
    (b"\x00{", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
)
_REGISTRY_BYTES: Final = 5
"""A zero and the number of a schema, which serializers of a schema registry write before a message."""


def what_it_is(value: bytes) -> str | None:
    """Say what bytes are that are no JSON; None if it cannot be told."""
    if said := next((said for begins, said in _BEGINS if value.startswith(begins)), None):
        return said
    if value[:1] == b"\x00" and len(value) > _REGISTRY_BYTES:
        behind = value[_REGISTRY_BYTES:].lstrip(b"\x00\x02")[:1]
        then = "send JSON without them" if behind in (b"{", b"[") else "send JSON, not Avro or Protobuf"
        return f"begins with a schema registry's five bytes; {then} (a plain JSON or string serializer)"
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in value[:40]):
        return "looks like Avro, Protobuf or another binary form; send JSON"
    return None


def envelope(sent: dict[str, Any]) -> str | None:
    """Say what was put around an article and is not taken off; None if nothing was."""
    if "payload" not in sent:
        return None
    if sent.keys() == {"schema", "payload"}:
        says = "set value.converter.schemas.enable=false, or send what is in payload"
        return f"is Kafka Connect's envelope (schema, payload); {says}"
    if {"op", "source"} & sent.keys():
        return "is a change event of Debezium; send the article itself"
    return None
