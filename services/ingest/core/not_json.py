"""What bytes are that are no JSON, and what to change: said to whoever set up what sends them."""

import re
from contextlib import suppress
from typing import Final

from pydantic_core import from_json

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
    (b"{\\rtf", "is RTF; send the article as JSON"),
    (b"\xff\xfe", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
    (b"\xfe\xff", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
    (b"{\x00", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
    (b"\x00{", "is not JSON in UTF-8 but in UTF-16; write it in UTF-8"),
)
_JSON: Final = "send the article as JSON, its text in body"
_FILE: Final = f"{_JSON}, or use remen publish with the file"
_LOOKS_LIKE: Final = tuple(
    (re.compile(form, re.IGNORECASE), f"{said}")
    for form, said in (
        (
            r"--[^\n]{1,100}\n(?:[^\n]*\n){0,3}?Content-Disposition\s*:",
            f"is a form (multipart/form-data); {_JSON}",
        ),
        (r"---\s", f"is Markdown or YAML with front matter (---); {_FILE}"),
        (r"\+\+\+\s", f"is Markdown with front matter in TOML (+++); {_FILE}"),
        (r"#{1,6}\s|!\[|[^\n{}]{1,200}\n(?:===|---)", f"is Markdown; {_FILE}, with format markdown"),
        (
            r"[\w.%+\[\]-]{1,60}=[^\s&]*(?:&[\w.%+\[\]-]{1,60}=[^\s&]*)*\s*\Z",
            f"is form-encoded (name=value&…); {_JSON}",
        ),
        (r"%7B", "is percent-encoded; send the JSON as it was before"),
        (r"[\w.$]{1,60}\(\s*[{\[]", "is JSONP, JSON inside a call; send the JSON alone"),
        (r"(?:export\s|module\.|(?:var|let|const)\s)", "is JavaScript; send JSON alone"),
        (r"(?:[aO]:\d+:)", "is PHP's serialize(); use json_encode()"),
        (r"\[object ", "is a JavaScript object written as text; use JSON.stringify()"),
        (
            r"(?:[A-Za-z-]{1,40}:[^\n]*\n){0,20}?(?:Received|MIME-Version|Message-ID|Delivered-To):",
            f"is an e-mail; {_JSON}",
        ),
        (r"\{\s*'", "has its names in single quotes; JSON has double ones (in Python use json.dumps())"),
        (r"[{\[]\s*[{\s]*[“”＂]", 'has its names in typographic quotes; JSON has straight ones (")'),
        (r"\{\s*(?:/[/*]|#)", "has comments, which JSON has not; remove them"),
        (r"\{\s*[^\W\d]\w*\s*:", "has names without quotes, as in JavaScript; JSON has double ones"),
        (
            r"(?:[\w-]{1,60}|\"[^\"\n]{1,60}\")[ \t]*:(?:[ \t]|\n)",
            f"is YAML; {_FILE} (.md, with --- above and below)",
        ),
        (
            r"(?:\"?[\w ]{1,40}\"?[,;\t]){2,}\"?[\w ]{1,40}\"?\r?\n",
            f"is a table (CSV); {_JSON}, each row by itself",
        ),
    )
)
"""How texts begin that are no JSON, and what to do; the first that fits is told."""
_LOOKED_AT: Final = 4_000
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=_\s-]{20,}")
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
    try:
        text = value.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError as error:
        return _in_which(value, error)
    if not text:
        return "is empty; send a JSON object"
    begins = text[:_LOOKED_AT]
    return _like_json(text) or next((said for form, said in _LOOKS_LIKE if form.match(begins)), None)


def _in_which(value: bytes, error: UnicodeDecodeError) -> str:
    """Say of JSON that is not in UTF-8 what it may be in."""
    names = []
    for codec, name in (("gb18030", "GBK"), ("big5", "Big5"), ("cp1252", "Windows-1252")):
        with suppress(ValueError):
            from_json(value.decode(codec).encode(), allow_inf_nan=False)
            names.append(name)
    looks = f", and looks like {' or '.join(names[:2])}" if names else ""
    return f"is not UTF-8 at byte {error.start + 1}{looks}; write it in UTF-8"


def _like_json(text: str) -> str | None:
    """Say what is wrong with something that was meant to be JSON, where that is sure."""
    first, _, more = text.partition("\n")
    if more.lstrip()[:1] == "{" and _is_json(first):
        return "is several JSON objects, one a line; send each by itself (remen publish reads .jsonl)"
    if _BASE64.fullmatch(text[:_LOOKED_AT]) and text.startswith(("eyJ", "ew")):
        return "is Base64; send the JSON that was put into it"
    return None


def _is_json(text: str) -> bool:
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError:
        return False
    return True
