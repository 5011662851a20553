"""What an input says of its own publication, in whatever system's words: it is obeyed, or the input refused.

Systems write down in many ways that something is not for readers, and none of them is a field of Remen's: a
draft must not go out because its mark was not understood. So the value of a field that speaks of publication
is known, or the input is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from services.ingest.core.faults import Fault, pointer

_YES: Final = frozenset(("true", "yes", "y", "on", "1", "是"))
_NO: Final = frozenset(("false", "no", "n", "off", "0", "none", "null", "否", ""))

_DATE: Final = re.compile(r"\d{4}|\d{1,2}[-/.]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PUBLISHED: Final = _words(
    "publish published public usable live final approved active online visible posted ok 公开 发布 已发布"
)
_NOT_PUBLISHED: Final = _words(
    """
    draft drafts auto-draft private trash trashed future pending inherit scheduled unpublished hidden archived
    archive deleted spiked killed kill withheld cancelled canceled embargoed password protected unlisted
    review in-review in-progress wip todo idea submitted rejected preview sent members paid tiers internal
    inactive offline disabled expired 草稿 未发布 私密 待审 待审核 回收站 定时发布 已删除
    """
)


def not_for_readers(sent: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Give a fault for each field by which an input says that it is not for publication, or might say so."""
    return tuple(_faults(sent))


def speaks_of_publication(name: str, value: Any) -> bool:
    """Tell whether a field does; under one name some systems write whether, others when."""
    asked = _SPEAKING.get(_plain(name))
    return asked is not None and not (asked is _must_be and _DATE.match(_said(value)))


def _faults(sent: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in sent.items():
        if value is None or not speaks_of_publication(name, value):
            continue
        if found := _SPEAKING[_plain(name)](name, value):
            yield Fault(pointer((name,)), found)


def _plain(name: str) -> str:
    """Give a field's name without its namespace, in one spelling."""
    return re.sub(r"[\s_-]", "", name.rpartition(":")[2]).lower()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return re.sub(r"[\s_]+", "-", value.strip().lower()) if isinstance(value, str) else "?"


def _must_not_be(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in _NO:
        return None
    if said in _YES:
        return (
            f"is marked as {name}; only what is for all readers is published, so remove {name} to publish it"
        )
    return f"{name} must be true or false, not {said[:40]!r}; until it is clear, the text is not published"


def _must_be(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in _NO - {""}:
        return f"is unpublished ({name}: {said}); set it to true, or remove it, to publish it"
    if said in _YES or said == "":
        return None
    return _must_be_published(name, value)


def _must_be_published(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in _PUBLISHED or said in _YES or said == "":
        return None
    if said in _NOT_PUBLISHED:
        return f"{name} {said}: only published posts are imported"
    return f"{name} {said[:40]!r} is not known; write published, or remove it, if the text is for all readers"


def _must_be_empty(name: str, value: Any) -> str | None:
    if _said(value) in _NO:
        return None
    return f"is protected by a {name}, which Remen does not ask readers for; remove it to publish the text"


_SPEAKING: Final[dict[str, Callable[[str, Any], str | None]]] = {
    **dict.fromkeys(
        _words("draft isdraft private isprivate hidden unlisted deleted isdeleted trash trashed spiked wip"),
        _must_not_be,
    ),
    **dict.fromkeys(_words("published publish ispublished ispublic public"), _must_be),
    **dict.fromkeys(
        _words("status poststatus state pubstatus visibility publicationstatus"), _must_be_published
    ),
    **dict.fromkeys(_words("password postpassword passwd protected encrypt"), _must_be_empty),
}
