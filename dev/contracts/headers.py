"""The headers of records, as schemas: CloudEvents 1.0 in binary mode, and Remen's own."""

from typing import Any, Final

from services.ingest.core.dead_letter import DIGEST, HOW, PROBLEM, REFUSED_AT, SECTION, SETTLES, SIZE
from services.ingest.core.outputs import ARRIVALS, INPUT, REQUESTS
from shared import problem, wire

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_NUMBER: Final[Schema] = {"type": "string", "pattern": "^[0-9]+$"}
_POSITION: Final[Schema] = {"type": "string", "pattern": "^[0-9]+/[0-9]+/[0-9]+$"}
_WHERE: Final = "append time (Unix milliseconds)/partition/offset"
_PASSED_ON: Final[Schema] = {
    wire.TRACEPARENT: {**_TEXT, "description": "W3C trace context; passed on."},
    wire.REQUEST_ID: {**_TEXT, "description": "The HTTP request that waits for the outcome; passed on."},
    wire.PUBLISHER: {
        **_TEXT,
        "description": "Who sent the input, by token or topic, written by ingest; absent, it was the "
        "newsroom. Passed on.",
    },
}
_ARRIVED: Final[Schema] = {
    wire.ARRIVED: {
        **_POSITION,
        "description": f"Of a record sent home: where it first arrived ({_WHERE}).",
    },
}


def _headers(says: str, required: tuple[str, ...], *properties: Schema) -> Schema:
    merged = {name: schema for some in properties for name, schema in some.items()}
    needed = {"required": list(required)} if required else {}
    return {"description": says, "type": "object", "properties": merged, **needed}


_SENT: Final[Schema] = {
    "content-type": {**_TEXT, "description": "A JSON media type."},
    **dict.fromkeys(("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"), _TEXT),
}
_EVENT: Final[Schema] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**_TEXT, "description": "Of what ingest writes: the input's topic/partition/offset."},
    "ce_source": _TEXT,
    "ce_type": _TEXT,
    "ce_time": {"type": "string", "format": "date-time"},
    "content-type": {"type": "string", "const": "application/json"},
}

HEADERS: Final[dict[str, Schema]] = {
    "EventHeaders": _headers("Of every event that Remen writes.", tuple(_EVENT), _EVENT),
    "OutcomeHeaders": _headers(
        "Of what ingest decided; a repeat of an input is recognised by its position.",
        (),
        {INPUT: {**_POSITION, "description": f"The input's position in its own partition ({_WHERE})."}},
        {
            REQUESTS: {
                **_TEXT,
                "description": "The newest requests with an Idempotency-Key that the article accepted.",
            },
            ARRIVALS: {
                **_TEXT,
                "description": "Where the article's newest inputs first arrived that were sent home.",
            },
        },
        _PASSED_ON,
        _ARRIVED,
    ),
    "TombstoneHeaders": _headers("Of a record without a value.", ("ce_id",), {"ce_id": _EVENT["ce_id"]}),
    "SubmissionHeaders": _headers(
        "None is needed; those of a CloudEvent in binary mode are welcome, further ones are kept.",
        (),
        _SENT,
        _PASSED_ON,
        _ARRIVED,
    ),
    "DeadLetterHeaders": _headers(
        "Behind the headers of the input: the reason, and where the input lay.",
        (PROBLEM, *REFUSED_AT),
        {
            PROBLEM: {
                "type": "string",
                "contentMediaType": problem.MEDIA_TYPE,
                "description": "RFC 9457 as JSON, with every fault and its place in errors.",
            },
            **dict(zip(REFUSED_AT, (_TEXT, _NUMBER, _NUMBER), strict=True)),
            SECTION: {"type": "string", "description": "The section that the input names, if any was read."},
            SIZE: {
                **_NUMBER,
                "description": "The bytes of an input too large to be kept; the value is only its beginning.",
            },
            DIGEST: {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "The SHA-256 of an input too large to be kept.",
            },
        },
    ),
    "SettlementHeaders": _headers(
        "Which letter is settled, and how.",
        (SETTLES, HOW),
        {
            SETTLES: {"type": "string", "pattern": "^[0-9]+-[0-9]+$"},
            HOW: {"type": "string", "enum": ["replayed", "skipped"]},
        },
    ),
    "ViewHeaders": _headers("None is needed; what render writes has those of an event.", (), _SENT, _ARRIVED),
}
