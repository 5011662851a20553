"""Whatever comes in, there is one answer: what to write, or one refusal that says what to change."""

import json
import os
import subprocess
import sys
from copy import deepcopy
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN, Edition, advance
from services.ingest.core.reading import Headers
from shared.articles import ArticleEvent, TextErased
from shared.events import Arrival
from tests.builders import NOON_MS, arrival, as_json, published, reinstated, sent_article, withdrawn
from tests.unit.ingest.anything import (
    BINARY_MODE,
    HTML,
    ID,
    MARKDOWN,
    NATIVE,
    NINJS,
    STRUCTURED_MODE,
    in_base64,
    in_cloud_event,
    outcome_of,
)

# lone surrogates too: JSON can escape them, UTF-8 cannot write them
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, 1, -1, 2**53, 2**63, 2**64, 10**400, 1e308])
TIMES = st.sampled_from(
    [
        "2026-11-15T18:30:00+08:00",
        "2026-11-15T18:30:00.123456789Z",
        "2026-11-15T18:30:00+08:00:30",
        "2026-11-15T18:30:00-00:00:00.000001",
        "2026-W46-7T18:30+08",
        "20261115T183000Z",
        "2026-11-15",
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59.999999-00:01",
        "24:00",
    ]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | TIMES,
    lambda children: st.lists(children, max_size=5) | st.dictionaries(TEXTS, children, max_size=5),
    max_leaves=12,
)
PIECES_OF_MARKUP = [
    *HTML.replace(">", ">\0").split("\0"), *MARKDOWN.splitlines(keepends=True),
    "<", ">", "&", "</", "<!--", "-->", "<![CDATA[", "]]>", "&#0;", "&#xD800;", "&#12;",
    "&lt", "<p", "\n",
    "<svg>", "<math>", "<template>", "href='", '"', "javascript:x()", "data:,x", "//a.example",
    "https://", "**", "*", "_", "`", "```\n", "[", "](", ")", "![", "]: ", "#", "> ", "- ",
    "1. ", "    ", "|", "\\", "\t",
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(PIECES_OF_MARKUP) | TEXTS, max_size=30).map("".join)


def places_in(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the place of everything inside a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for step, inner in steps for place in [(*here, step), *places_in(inner, (*here, step))]]


@st.composite
def spoilt(draw: st.DrawFn, kinds: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw a valid input and change some of it."""
    sent: dict[str, Any] = deepcopy(draw(st.sampled_from(kinds)))
    for _ in range(draw(st.integers(0, 3))):
        if not (places := places_in(sent)):
            break
        *way, last = draw(st.sampled_from(places))
        inside = reduce(lambda value, step: value[step], way, sent)
        match draw(st.sampled_from(["replace", "markup", "drop", "misspell", "repeat"])):
            case "replace":
                inside[last] = draw(ANY_JSON)
            case "markup":
                inside[last] = draw(MARKUP)
            case "drop":
                del inside[last]
            case "misspell" if isinstance(inside, dict):
                inside[draw(TEXTS) + str(last)] = inside.pop(last)
            case _:
                inside[last] = [inside[last]] * draw(st.integers(0, 3))
    return sent


EVENTS = st.one_of(
    st.builds(published, second=st.integers(0, 9), revision=st.integers(0, 4)),
    st.builds(withdrawn, second=st.integers(0, 9)),
    st.builds(reinstated, second=st.integers(0, 9)),
    st.just(TextErased(ID)),
)


@st.composite
def reachable_editions(draw: st.DrawFn) -> Edition:
    """Draw what may be known of the id after some events."""
    edition = UNKNOWN
    events: list[ArticleEvent] = draw(st.lists(EVENTS, max_size=5))
    for offset, event in enumerate(events):
        edition = advance(edition, event, offset=offset)
    return edition


EDITIONS = reachable_editions()
ARRIVALS = st.builds(
    Arrival, st.integers(0, 2 * NOON_MS) | st.just(NOON_MS + 4500), st.integers(0, 11), st.integers(0, 2**62)
)
HEADERS: st.SearchStrategy[Headers] = st.sampled_from([(), BINARY_MODE, STRUCTURED_MODE]) | st.lists(
    st.tuples(
        st.sampled_from(["ce_specversion", "CE_Type", "ce_datacontenttype", "content-type", "ce_arrived"])
        | TEXTS,
        st.none() | st.binary(max_size=40) | st.just(b"text/html"),
    ),
    max_size=5,
).map(tuple)


@st.composite
def written(draw: st.DrawFn, inputs: st.SearchStrategy[Any]) -> bytes:
    """Draw an input and how its JSON is written; what UTF-8 cannot hold is written all the same."""
    sent = draw(st.sampled_from([lambda sent: sent, in_cloud_event, in_base64]))(draw(inputs))
    text = json.dumps(sent, ensure_ascii=draw(st.booleans()))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode("utf-8", "surrogatepass")


@given(st.none() | st.binary() | written(ANY_JSON), EDITIONS, ARRIVALS, HEADERS)
def test_any_bytes_have_one_outcome(
    value: bytes | None, edition: Edition, arrived: Arrival, headers: Headers
) -> None:
    outcome_of(value, edition, arrived, headers)


@settings(max_examples=300)
@given(written(spoilt(NATIVE)), EDITIONS, ARRIVALS, HEADERS)
def test_any_near_native_input_has_one_outcome(
    value: bytes, edition: Edition, arrived: Arrival, headers: Headers
) -> None:
    outcome_of(value, edition, arrived, headers)


@settings(max_examples=300)
@given(written(spoilt(NINJS)), EDITIONS, ARRIVALS, HEADERS)
def test_any_near_ninjs_input_has_one_outcome(
    value: bytes, edition: Edition, arrived: Arrival, headers: Headers
) -> None:
    outcome_of(value, edition, arrived, headers)


@settings(max_examples=300)
@given(st.sampled_from(["plain", "markdown", "html"]), MARKUP, ARRIVALS)
def test_any_body_in_any_format_has_one_outcome(written_in: str, body: str, arrived: Arrival) -> None:
    outcome_of(json.dumps(sent_article(format=written_in, body=body)).encode(), UNKNOWN, arrived)


@pytest.mark.parametrize("written_in", ["markdown", "html"])
@pytest.mark.parametrize(
    "repeated",
    [
        "*a* ", "**a**\n\n", "[a](http://b) ", "|a", "|a|\n|-|\n", "> ", "- ", "  - a\n",
        "# a\n", "`", "[", "![](",
        "*", "_a", "<b>", "<b>a</b>", "<a href=http://b>a</a>", "<td>", "<table><tr><td>", "<li>a",
        "<blockquote>", "<div>", "<p>a", "<img src=http://b>",
        "<iframe src=http://b></iframe>", "&", "&amp;",
        "<", "<!--", '"', "\\", "a\n", "e\u0301", "字", "\U0001f600", "1. a\n",
        "[a]: http://b\n", "<http://b>",
        "http://b ", "a  \n",
    ],
)  # fmt: skip
def test_a_long_body_of_any_one_thing_has_one_outcome(written_in: str, repeated: str) -> None:
    body = repeated * (10_000 // len(repeated))
    outcome_of(as_json(sent_article(format=written_in, body=body)), UNKNOWN, arrival())


@pytest.mark.parametrize(
    ("written_in", "begins"),
    [("plain", "a\n" * 4000), ("markdown", "**a** " * 9000), ("html", "<a href=http://b>a</a> " * 9000)],
)
def test_the_largest_body_can_be_written(written_in: str, begins: str) -> None:
    # in NFC, a note has three times as many bytes; nothing grows more
    notes = "\U0001d160" * ((999_000 - len(as_json(begins))) // 4)
    value = as_json(sent_article(format=written_in, body=begins + notes))
    assert isinstance(outcome_of(value, UNKNOWN, arrival()), Accepted)


@pytest.mark.parametrize(
    "faulty",
    [
        {"title": "字" * 60_000},
        {"x" * 180_000: 1},
        {"id": "\\/~" * 30_000},
        {f"titl{n}": 1 for n in range(9_000)},
        {"tags": [0] * 60_000},
        {"pictures": [{}] * 60_000},
        {"format": "x" * 180_000},
        {"action": "x" * 180_000},
        {"published_at": "9" * 180_000},
        {"language": "字" * 60_000},
        {"picture": {"url": '"' * 80_000}},
        {"revision": 10**4000},
    ],
)  # fmt: skip
def test_the_reason_of_a_refusal_does_not_grow_with_the_input(faulty: dict[str, Any]) -> None:
    outcome_of(as_json(sent_article() | faulty), UNKNOWN, arrival())
    as_ninjs = NINJS[0] | {f"{name}s": value for name, value in faulty.items()} | faulty
    outcome_of(as_json({k: v for k, v in as_ninjs.items() if k not in {"id", "action"}}), UNKNOWN, arrival())


@pytest.mark.parametrize("sent", [*NATIVE, *NINJS])
@pytest.mark.parametrize("wrapped", [lambda sent: sent, in_cloud_event, in_base64])
def test_every_kind_of_input_is_understood(sent: dict[str, Any], wrapped: Any) -> None:
    edition = advance(UNKNOWN, published(), offset=0)
    if sent.get("action") == "reinstate":
        edition = advance(edition, withdrawn(second=1), offset=1)
    outcome = outcome_of(as_json(wrapped(sent)), edition, arrival(9))
    assert isinstance(outcome, Accepted) == (sent.get("type", "text") == "text"), outcome


_PRINT_OUTCOMES = """
from tests.builders import arrival, as_json
from tests.unit.ingest.anything import NATIVE, NINJS, outcome_of
from services.ingest.core.editions import UNKNOWN
for sent in [*NATIVE, *NINJS, *({**s, "titel": 0, "sektion": 1, "idd": []} for s in [*NATIVE, *NINJS])]:
    print(outcome_of(as_json(sent), UNKNOWN, arrival()))
"""


def test_another_process_decides_the_same() -> None:
    def told(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _PRINT_OUTCOMES]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert told("1") == told("2")
