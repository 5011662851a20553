"""What is wrong with an input, in words a journalist understands: place, fault, and what would be right.

Every fault of an input is named at once. Over HTTP and in the dead letters it is the same RFC 9457 document.
"""

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


LONGEST_LIST: Final = 50
"""Of the faults named: a dead letter carries them in a header, which must not grow with the input."""


def unreadable(status: int, detail: str) -> Rejection:
    """Refuse an input as a whole."""
    return Rejection(status, detail, (Fault("", detail),))


def invalid(faults: Iterable[Fault], article_id: str | None) -> Rejection:
    """Refuse an input for the faults found in it."""
    found = tuple(faults)
    if len(found) > LONGEST_LIST:
        more = Fault("", f"has {len(found) - LONGEST_LIST} more faults")
        found = (*found[:LONGEST_LIST], more)
    detail = "; ".join(f"{f.pointer or 'the message'}: {f.detail}" for f in found)
    status = 413 if any(f.too_large for f in found) else 422
    return Rejection(status, detail, found, article_id[:200] if article_id else None)


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


def faults_of(error: ValidationError) -> list[Fault]:
    """Translate pydantic's findings."""
    return faults_of_request(error.errors(include_url=False))


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
        return f"is {len(found['input'])} characters long, at most {context['max_length']} are possible"
    if kind == "too_long":
        return f"has {context['actual_length']} entries, at most {context['max_length']} are possible"
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = "at least" if kind == "greater_than_equal" else "at most"
        return f"must be {bound} {context.get('ge', context.get('le'))}"
    return str(found["msg"])
