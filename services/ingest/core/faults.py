"""What is wrong with an input, in words a journalist understands: place, fault, and what would be right.

Every fault of an input is named at once. Over HTTP and in the dead letters it is the same RFC 9457 document,
which stays small whatever the input: a dead letter carries it in a header.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from shared.problem import problem


class TooLargeError(ValueError):
    """An input asks for too much (413); the text says of what, and how much is possible."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to change; `pointer` is a JSON pointer into the input ("" is the whole)."""

    pointer: str
    detail: str
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an input was refused; `status` is the HTTP status that says the same."""

    status: int
    detail: str
    faults: tuple[Fault, ...] = ()
    id: str | None = None
    section: str | None = None
    """That the input names, where this could be read: a publisher of it may be told."""

    def problem(self) -> dict[str, Any]:
        """Give the RFC 9457 document."""
        errors = [{"pointer": f.pointer, "detail": f.detail} for f in self.faults]
        return problem(self.status, self.detail, id=self.id, errors=errors or None)


_KINDS: Final = {
    400: "unreadable",
    403: "no_right",
    404: "unknown_article",
    409: "conflict",
    413: "too_large",
    422: "invalid",
    500: "set_aside",
}
_OTHER: Final = "other"
REASONS: Final = (*_KINDS.values(), _OTHER)
"""Why an input may be refused, each in a word."""


def reason_of(rejection: Rejection) -> str:
    """Give the kind of a refusal in a word, one of a few."""
    return _KINDS.get(rejection.status, _OTHER)


LARGEST_PROBLEM_BYTES: Final = 16 * 1024
"""Of the RFC 9457 document of any refusal; the limits below see to it."""
_MOST_FAULTS: Final = 50
_FAULTS_BYTES: Final = 6_000
"""Of all the faults that are named, which the document has twice: in its detail and one by one."""
_LONGEST_POINTER: Final = 200
_LONGEST_DETAIL: Final = 500
_LONGEST_ID: Final = 200


def unreadable(status: int, detail: str) -> Rejection:
    """Refuse an input as a whole."""
    short = _cut(detail, _LONGEST_DETAIL)
    return Rejection(status, short, (Fault("", short),))


def invalid(faults: Iterable[Fault], article_id: str | None) -> Rejection:
    """Refuse an input for the faults found in it; of too many, and of a long one, the beginning is told."""
    found = tuple(faults)
    told: list[Fault] = []
    room = _FAULTS_BYTES
    for fault in found[:_MOST_FAULTS]:
        place = _cut(fault.pointer, _LONGEST_POINTER)
        short = Fault(place, _cut(fault.detail, _LONGEST_DETAIL), fault.too_large)
        room -= len(json.dumps((short.pointer, short.detail), ensure_ascii=False).encode())
        if room < 0:
            break
        told.append(short)
    if more := len(found) - len(told):
        told.append(Fault("", f"has {more:,} more fault{'s' if more > 1 else ''}"))
    detail = "; ".join(f"{f.pointer or 'the message'}: {f.detail}" for f in told)
    status = 413 if any(f.too_large for f in found) else 422
    return Rejection(status, detail, tuple(told), article_id[:_LONGEST_ID] if article_id else None)


def _cut(text: str, longest: int) -> str:
    # an escape of a JSON pointer, ~0 or ~1, stays whole
    return text if len(text) <= longest else text[:longest].removesuffix("~") + "…"


_WORDS: Final = {
    "missing": "is required",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number without quotes",
    "bool_type": "must be true or false, without quotes",
    "list_type": "must be a list [ … ]",
    "tuple_type": "must be a list [ … ]",
    "model_type": "must be an object { … }",
    "model_attributes_type": "must be an object { … }",
    "dict_type": "must be an object { … }",
}

_BOUNDS: Final = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def faults_of(error: ValidationError) -> list[Fault]:
    """Translate pydantic's findings."""
    return faults_of_request(error.errors(include_url=False, include_input=False))


def faults_of_request(found: Iterable[Any]) -> list[Fault]:
    """Translate findings in pydantic's form, as FastAPI gives them for a request's parameters."""
    return [Fault(pointer(one["loc"]), _say(one), _is_too_large(one)) for one in found]


def pointer(location: Sequence[str | int]) -> str:
    """Write a location as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def _is_too_large(found: Any) -> bool:
    return isinstance(found.get("ctx", {}).get("error"), TooLargeError)


def _say(found: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind in _WORDS:
        return _WORDS[kind]
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"must be one of {context['expected']}"
    if kind == "string_too_long":
        return f"must have at most {context['max_length']} characters"
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"must be {words} {context[name]}"
    return str(found["msg"])
