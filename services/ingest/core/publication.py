"""What an input says of its own publication, in whatever system's words: it is obeyed, or the input refused.

Systems write down in many ways that something is not for readers, and none of them is a field of Remen's: a
draft must not go out because its mark was not understood. So the value of a field that speaks of publication
is known, or the input is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from services.ingest.core.faults import Fault, pointer
from services.ingest.core.publication_words import (
    BY_ITSELF,
    DRAFTS,
    FIELDS,
    FOR_SOME,
    FOR_WHOM,
    NO,
    NO_POSTS,
    NOT_PUBLISHED,
    OPEN,
    ORDERS,
    PUBLISHED,
    STAGES,
    YES,
    names,
)

_MOST: Final = 10**300
"""Beyond it a whole number is no float."""
_PHP: Final = re.compile(r"a:\d+:\{")
_PHP_RESTRICTS: Final = re.compile(r'_settings";(?:s:1:"1"|b:1|i:1)')
"""Of what a plugin of WordPress keeps in PHP's own form."""
_DATE: Final = re.compile(r"\d{4}|\d{1,2}[-/.]")


_OF: Final = re.compile(
    "(?:is|post|article|publish(?:ing|ed)?|publication|entry|content|page|item|story|news|workflow|editorial"
    "|document|node|record|current)+"
)
"""What stands before a name that speaks of publication, as in workflow_state."""


def not_for_readers(sent: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Give a fault for each field by which an input says that it is not for publication, or might say so."""
    return tuple(_faults(sent))


def speaks_of_publication(name: str, value: Any, *, by_itself: bool = True) -> bool:
    """Tell whether a field does; under one name some systems write whether, others when.

    `by_itself`: a value such as draft does, whatever its field is called.
    """
    asked = _asked(name)
    if asked is None or asked in _LOOSE:
        says_it = asked is not None and asked(name, value) is not None
        return says_it or (by_itself and _says_it_by_itself(value))
    return not (asked is _must_be and _DATE.match(_said(value)))


def told_to_the_desk(text: str) -> str | None:
    """Tell why a text must not go out by what its sender tells the desk of it; None if nothing says so."""
    found = ORDERS.search(text)
    return f"says {found.group().strip()!r}; until it is clear, the text is not published" if found else None


def said_yes(value: Any) -> bool:
    """Tell whether a value says yes, whatever its type."""
    return _said(value) in YES


def _says_it_by_itself(value: Any) -> bool:
    return isinstance(value, str) and len(value) < _LONGEST and _said(value) in BY_ITSELF


def meant_for(name: str) -> str | None:
    """Give the field of an article that another system calls so, where it bears on publication."""
    return FIELDS.get(plain(name))


def _faults(sent: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in sent.items():
        if isinstance(value, dict):
            yield from _inside(name, value)
        if value is None or not speaks_of_publication(name, value):
            continue
        asks = _asked(name)
        found = asks(name, value) if asks else None
        if found is None and _says_it_by_itself(value):
            found = _must_be_published(name, value)
        if found:
            yield Fault(pointer((name,)), found)


def _inside(name: str, part: dict[Any, Any]) -> Iterator[Fault]:
    """Look into an unknown part for what can mean nothing else; a `status` there may be of anything."""
    for inner, value in part.items():
        said = _said(value)
        small = plain(str(inner))
        no = small in ("published", "ispublished", "publish") and said in NO - {"", "null", "none"}
        if said in BY_ITSELF or no or (small in DRAFTS and said in YES):
            yield Fault(
                pointer((name, str(inner))), f"says {inner}: {said}; only published posts are imported"
            )


def plain(name: str) -> str:
    """Give a field's name without its namespace, in one spelling."""
    return re.sub(r"[\s_-]", "", name.rpartition(":")[2]).lower()


@lru_cache(maxsize=1024)
def _asked(name: str) -> "_Asks | None":
    small = plain(name[-_LONGEST:])
    found = _OF.match(small)
    return _SPEAKING.get(small) or (_SPEAKING.get(small[found.end() :]) if found else None)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < _MOST else "?"
    return re.sub(r"[\s_]+", "-", value.strip().lower()) if isinstance(value, str) else "?"


def _must_not_be(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in NO:
        return None
    if said in YES:
        return (
            f"is marked as {name}; only what is for all readers is published, so remove {name} to publish it"
        )
    return f"{name} must be true or false, not {_shown(value)}; until it is clear, the text is not published"


def _better_not_be(name: str, value: Any) -> str | None:
    return _must_not_be(name, value) if _said(value) in YES else None


def _must_not_have_been(name: str, value: Any) -> str | None:
    if _said(value) in NO:
        return None
    return f"{name} is {_shown(value)}, so the text is no longer for readers; remove {name} to publish it"


def _must_be(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in NO - {""}:
        return f"is unpublished ({name}: {said}); set it to true, or remove it, to publish it"
    if said in YES or said == "":
        return None
    return _must_be_published(name, value)


def _better_be(name: str, value: Any) -> str | None:
    return _must_be(name, value) if _said(value) in (NO - {""}) | NOT_PUBLISHED else None


def _must_be_published(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in PUBLISHED or said in YES or said == "":
        return None
    if said in NOT_PUBLISHED or said in BY_ITSELF:
        return f"{name} {said}: only published posts are imported"
    return (
        f"{name} {_shown(value)} is not known; write published, or remove it, if the text is for all readers"
    )


def _must_be_for_all(name: str, value: Any) -> str | None:
    said = _said(value)
    return f"{name} {said}: only what is for all readers is published" if said in FOR_SOME else None


def _must_be_for_everybody(name: str, value: Any) -> str | None:
    said = _said(value)
    if isinstance(value, str) and _PHP.match(value) and not _PHP_RESTRICTS.search(value):
        return None
    if said in OPEN or (isinstance(value, list | dict) and not value):
        return None
    return f"{name} {said[:40]}: only what is for all readers is published; remove {name} to publish it"


def _must_be_post(name: str, value: Any) -> str | None:
    said = _said(value)
    return f"{name} {said}: only posts are published" if said in NO_POSTS else None


def _must_not_say_unpublished(name: str, value: Any) -> str | None:
    return _must_be_published(name, value) if _said(value) in NOT_PUBLISHED else None


def _must_be_empty(name: str, value: Any) -> str | None:
    if _said(value) in NO:
        return None
    return (
        f"is protected by a password ({name}), which Remen does not ask readers for; remove {name} to "
        "publish the text"
    )


def _shown(value: Any) -> str:
    return repr(value if isinstance(value, str) else str(value))[:40]


_Asks = Callable[[str, Any], str | None]
_LONGEST: Final = 100
"""Characters of a name, and of a value, that are looked at."""
_LOOSE: Final[tuple[_Asks, ...]] = (
    _better_not_be,
    _better_be,
    _must_be_for_all,
    _must_be_for_everybody,
    _must_be_post,
    _must_not_say_unpublished,
)
"""Of words that mean other things, too: `hide: [toc]`, `live: https://…`."""
_SPEAKING: Final[dict[str, _Asks]] = {
    **dict.fromkeys(
        names(
            """
            draft isdraft private isprivate hidden unlisted deleted isdeleted trash trashed spiked wip
            unpublished donotpublish nopublish 草稿 私密 隐藏
            """
        ),
        _must_not_be,
    ),
    **dict.fromkeys(
        names(
            """
            hide invisible secret confidential archived offline disabled removed suspended premium paywall
            paywalled membersonly memberonly subscribersonly subscriberonly loginrequired requireslogin
            requirelogin paid ispaid paidonly paidmembersonly subscription forsubscribers formembers 付费 内部
            """
        ),
        _better_not_be,
    ),
    **dict.fromkeys(names("deletedat trashedat archivedat unpublishedat removedat"), _must_not_have_been),
    **dict.fromkeys(names("published publish ispublished ispublic public 发布 公开"), _must_be),
    **dict.fromkeys(
        names("visible listed live online active enabled approved ready accessibleforfree free isfree"),
        _better_be,
    ),
    **dict.fromkeys(
        names("status poststatus state pubstatus visibility publicationstatus 状态 可见性"),
        _must_be_published,
    ),
    **dict.fromkeys(FOR_WHOM, _must_be_for_everybody),
    **dict.fromkeys(names("posttype type kind contenttype"), _must_be_post),
    **dict.fromkeys(STAGES, _must_not_say_unpublished),
    **dict.fromkeys(
        names("access accesslevel accesstype accessrights audience contenttier"), _must_be_for_all
    ),
    **dict.fromkeys(
        names("password postpassword passwd protected encrypt encrypted 密码 加密"), _must_be_empty
    ),
}
