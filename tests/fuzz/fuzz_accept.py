"""A coverage-guided fuzzer over `accept`: any bytes and headers have one outcome that can be written.

It is run on demand. In an environment that has the tests' dependencies and also `atheris`, from the root:

    python tests/fuzz/fuzz_accept.py CORPUS -max_total_time=600

CORPUS is a folder; it is filled with the known kinds of inputs and with what is found on the way. Further
inputs, say an agency's items, may be put there: any file is an input. A finding stops the run and is kept as
`crash-…`; give its path in place of CORPUS to see it again.

An input of the fuzzer is one byte that chooses headers and what is known of the article, then the value. Half
of the mutations are made on the JSON itself (a value is replaced, dropped, repeated, wrapped), the others on
the bytes.
"""

import hashlib
import json
import random
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Final

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore] # no dependency: see above

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(include=["services", "shared"]):
    from services.ingest.core.editions import UNKNOWN, advance
    from tests.builders import arrival, as_json, published, reinstated, withdrawn
    from tests.unit.ingest.anything import (
        BINARY_MODE,
        HTML,
        MARKDOWN,
        NATIVE,
        NINJS,
        STRUCTURED_MODE,
        in_base64,
        in_cloud_event,
        outcome_of,
    )

TEXT: Final = advance(UNKNOWN, published(second=5, revision=2), offset=0)
GONE: Final = advance(TEXT, withdrawn(second=6), offset=1)
CASES: Final = list(
    product(
        [(), BINARY_MODE, STRUCTURED_MODE, (("content-type", b"text/html"), ("ce_type", None))],
        [UNKNOWN, TEXT, GONE, advance(GONE, reinstated(second=7), offset=2)],
    )
)
FORMATS: Final = ["plain", "markdown", "html"]
WRAPS: Final[list[Callable[[Any], Any]]] = [in_cloud_event, in_base64, lambda sent: sent.get("data", sent)]
VALUES: Final[list[Any]] = [
    None, True, 0, -1, 1e9, 2**53, 10**400, "", " ", "\u3000", "\x00", "\u2028", "\ud800", "字" * 300,
    "a\n" * 99, [], {}, [[]], "2026-11-15T18:30:00+08:00", "2026-11-15T18:30:00+08:00:30",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00", "https://a.example/字", "javascript:x()", "//a", "text/html",
    "text/plain",
    "canceled", "withheld", "composite", "main", HTML, MARKDOWN,
]  # fmt: skip


def one_input(spoilt: bytes) -> None:
    """Decide about one input of the fuzzer."""
    headers, edition = CASES[spoilt[0] % len(CASES)] if spoilt else CASES[0]
    outcome_of(spoilt[1:], edition, arrival(9), headers)


def mutate(spoilt: bytes, longest: int, seed: int) -> bytes:
    """Change an input: its JSON where it is some, or its bytes."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        try:
            sent = json.loads(spoilt[1:])
            return (spoilt[:1] + as_bytes(changed(sent, chance), chance))[:longest]
        except (ValueError, RecursionError):
            pass
    return bytes(atheris.Mutate(spoilt, longest))


def as_bytes(sent: Any, chance: random.Random) -> bytes:
    """Write JSON in one of its ways."""
    return json.dumps(sent, ensure_ascii=chance.random() < 0.3).encode("utf-8", "surrogatepass")


def changed(sent: Any, chance: random.Random) -> Any:
    """Change something inside a JSON value."""
    if isinstance(sent, dict) and chance.random() < 0.05:
        return chance.choice(WRAPS)(sent)
    if not isinstance(sent, dict | list) or not sent:
        return changed_text(sent, chance) if isinstance(sent, str) else chance.choice(VALUES)
    step = chance.choice(list(sent)) if isinstance(sent, dict) else chance.randrange(len(sent))
    match chance.randrange(8):
        case 0:
            sent[step] = chance.choice(VALUES)
        case 1:
            del sent[step]
        case 2:
            sent[step] = [sent[step]] * chance.randrange(4)
        case 3 if isinstance(sent, dict):
            other = chance.choice([*NATIVE, *NINJS])
            sent |= chance.sample(list(other.items()), chance.randrange(1, len(other)))
        case 4 if isinstance(sent, dict):
            sent["format"] = chance.choice(FORMATS)
        case _:
            sent[step] = changed(sent[step], chance)
    return sent


def changed_text(text: str, chance: random.Random) -> str:
    """Mix a text with pieces of itself and of markup."""
    pieces = chance.choice([text, HTML, MARKDOWN])
    start, cut = chance.randrange(len(pieces) + 1), chance.randrange(len(text) + 1)
    piece = pieces[start : start + chance.choice([1, 2, 5, 20])] * chance.choice([1, 1, 1, 2, 60])
    return text[:cut] + piece + text[cut + chance.choice([0, 0, 1, 8]) :]


def fill(corpus: Path) -> None:
    """Put every known kind of input into the corpus."""
    corpus.mkdir(parents=True, exist_ok=True)
    for number, (sent, wrap) in enumerate(product([*NATIVE, *NINJS], [dict, in_cloud_event, in_base64])):
        value = bytes([number % len(CASES)]) + as_json(wrap(sent))
        (corpus / hashlib.sha256(value).hexdigest()[:16]).write_bytes(value)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        if not argument.startswith("-") and not Path(argument).is_file():
            fill(Path(argument))
    atheris.Setup(sys.argv, one_input, custom_mutator=mutate)
    atheris.Fuzz()
