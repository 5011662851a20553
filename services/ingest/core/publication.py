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

_MOST: Final = 10**300
"""Beyond it a whole number is no float."""
_YES: Final = frozenset(("true", "yes", "y", "on", "1", "是"))
_NO: Final = frozenset(("false", "no", "n", "off", "0", "none", "null", "never", "否", ""))

_DATE: Final = re.compile(r"\d{4}|\d{1,2}[-/.]")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DATED: Final = _words(
    """
    published_at publishdate pubdate pubdatetime pubtime published publishat publishtime publishedtime
    publisheddate publicationdate datepublished firstpublished firstpublishedat issued dateissued posted
    postedat postdate date datetime 发布时间 发布日期 发表时间 日期
    """
)
"""What systems call the time of publication, the surest first."""
WAITS: Final = _words(
    """
    embargo embargountil embargoed embargoeduntil embargodate embargotime scheduled scheduledat scheduledfor
    schedule publishon publishafter publishup golive goliveat availablefrom visiblefrom notbefore releaseat
    """
)
"""What they call the time until which a text waits."""
ENDS: Final = _words(
    """
    expirydate expires expiry expirationdate expirationtime expiresat expireson expireat expire expireson
    unpublishdate unpublish unpublishat unpublishon publishdown availableuntil visibleuntil validuntil
    """
)
"""What they call the time from which it is no longer for readers."""
_PAID_FOR: Final = _words(
    """
    ad advert advertisement advertorial promoted promotedpost sponsor sponsoredby sponsoredcontent
    paidcontent paidpost nativead 广告 推广 赞助
    """
)
_FIELDS: Final = {
    **dict.fromkeys(_PAID_FOR, "sponsored"),
    **dict.fromkeys(DATED, "published_at"),
    **dict.fromkeys(WAITS, "embargo_until"),
    **dict.fromkeys(ENDS, "expires_at"),
}
_PUBLISHED: Final = frozenset(
    _words(
        "publish published public usable live final approved active online visible posted ok 公开 发布 已发布"
    )
)
_NOT_PUBLISHED: Final = frozenset(
    _words(
        """
        draft drafts auto-draft private trash trashed soft-trashed future pending inherit scheduled
        unpublished
        not-published hidden archived archive deleted spiked killed kill withheld cancelled canceled embargoed
        password protected unlisted review in-review in-progress wip todo idea submitted rejected preview sent
        members paid tiers internal inactive offline disabled expired 草稿 未发布 私密 待审 待审核 回收站
        定时发布
        已删除
        """
    )
)
_BY_ITSELF: Final = frozenset(
    _words("draft auto-draft unpublished not-published do-not-publish 草稿 未发布 不发布")
)
"""Values that say it whatever their field is called."""
_DRAFTS: Final = _words("draft isdraft unpublished 草稿")
_FOR_SOME: Final = frozenset(
    _words(
        """
        private internal staff members member members-only paid premium subscribers subscriber
        subscribers-only
        registered login restricted restricted-access closed-access embargoed-access
        tiers locked closed 会员 付费 内部
        """
    )
)
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
    if asked is None:
        return by_itself and isinstance(value, str) and len(value) < _LONGEST and _said(value) in _BY_ITSELF
    if asked in _LOOSE:
        return asked(name, value) is not None
    return not (asked is _must_be and _DATE.match(_said(value)))


def meant_for(name: str) -> str | None:
    """Give the field of an article that another system calls so, where it bears on publication."""
    return _FIELDS.get(plain(name))


def _faults(sent: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in sent.items():
        if isinstance(value, dict):
            yield from _inside(name, value)
        if value is None or not speaks_of_publication(name, value):
            continue
        if found := (_asked(name) or _must_be_published)(name, value):
            yield Fault(pointer((name,)), found)


def _inside(name: str, part: dict[Any, Any]) -> Iterator[Fault]:
    """Look into an unknown part for what can mean nothing else; a `status` there may be of anything."""
    for inner, value in part.items():
        said = _said(value)
        if said in _BY_ITSELF or (plain(str(inner)) in _DRAFTS and said in _YES):
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
    if said in _NO:
        return None
    if said in _YES:
        return (
            f"is marked as {name}; only what is for all readers is published, so remove {name} to publish it"
        )
    return f"{name} must be true or false, not {_shown(value)}; until it is clear, the text is not published"


def _better_not_be(name: str, value: Any) -> str | None:
    return _must_not_be(name, value) if _said(value) in _YES else None


def _must_not_have_been(name: str, value: Any) -> str | None:
    if _said(value) in _NO:
        return None
    return f"{name} is {_shown(value)}, so the text is no longer for readers; remove {name} to publish it"


def _must_be(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in _NO - {""}:
        return f"is unpublished ({name}: {said}); set it to true, or remove it, to publish it"
    if said in _YES or said == "":
        return None
    return _must_be_published(name, value)


def _better_be(name: str, value: Any) -> str | None:
    return _must_be(name, value) if _said(value) in (_NO - {""}) | _NOT_PUBLISHED else None


def _must_be_published(name: str, value: Any) -> str | None:
    said = _said(value)
    if said in _PUBLISHED or said in _YES or said == "":
        return None
    if said in _NOT_PUBLISHED or said in _BY_ITSELF:
        return f"{name} {said}: only published posts are imported"
    return (
        f"{name} {_shown(value)} is not known; write published, or remove it, if the text is for all readers"
    )


def _must_be_for_all(name: str, value: Any) -> str | None:
    said = _said(value)
    return f"{name} {said}: only what is for all readers is published" if said in _FOR_SOME else None


def _must_be_empty(name: str, value: Any) -> str | None:
    if _said(value) in _NO:
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
_LOOSE: Final[tuple[_Asks, ...]] = (_better_not_be, _better_be, _must_be_for_all)
"""Of words that mean other things, too: `hide: [toc]`, `live: https://…`."""
_SPEAKING: Final[dict[str, _Asks]] = {
    **dict.fromkeys(
        _words(
            """
            draft isdraft private isprivate hidden unlisted deleted isdeleted trash trashed spiked wip
            unpublished donotpublish nopublish 草稿 私密 隐藏
            """
        ),
        _must_not_be,
    ),
    **dict.fromkeys(
        _words(
            """
            hide invisible secret confidential archived offline disabled removed suspended premium paywall
            paywalled membersonly memberonly subscribersonly subscriberonly loginrequired requireslogin
            requirelogin 付费 内部
            """
        ),
        _better_not_be,
    ),
    **dict.fromkeys(_words("deletedat trashedat archivedat unpublishedat removedat"), _must_not_have_been),
    **dict.fromkeys(_words("published publish ispublished ispublic public 发布 公开"), _must_be),
    **dict.fromkeys(
        _words("visible listed live online active enabled approved ready accessibleforfree"), _better_be
    ),
    **dict.fromkeys(
        _words("status poststatus state pubstatus visibility publicationstatus 状态 可见性"),
        _must_be_published,
    ),
    **dict.fromkeys(
        _words("access accesslevel accesstype accessrights audience contenttier"), _must_be_for_all
    ),
    **dict.fromkeys(
        _words("password postpassword passwd protected encrypt encrypted 密码 加密"), _must_be_empty
    ),
}
