"""What systems call publication, its times, and what is not for readers: names of fields, and values."""

import re
from typing import Final

YES: Final = frozenset(("true", "yes", "y", "on", "1", "是"))
NO: Final = frozenset(("false", "no", "n", "off", "0", "none", "null", "never", "否", ""))


def names(text: str) -> tuple[str, ...]:
    """List names."""
    return tuple(text.split())


DATED: Final = names(
    """
    published_at publishdate publish pubdate pubdatetime pubtime published publishat publishtime publishedtime
    publisheddate publicationdate datepublished firstpublished firstpublishedat issued dateissued posted
    postedat postdate date datetime 发布时间 发布日期 发表时间 日期
    """
)
"""What systems call the time of publication, the surest first."""
WAITS: Final = names(
    """
    embargo embargountil embargoed embargoeduntil embargodate embargotime scheduled scheduledat scheduledfor
    schedule publishon publishafter publishup golive goliveat availablefrom visiblefrom notbefore releaseat
    """
)
"""What they call the time until which a text waits."""
ENDS: Final = names(
    """
    expirydate expires expiry expirationdate expirationtime expiresat expireson expireat expire expireson
    unpublishdate unpublish unpublishat unpublishon publishdown availableuntil visibleuntil validuntil
    """
)
"""What they call the time from which it is no longer for readers."""
PAID_FOR: Final = names(
    """
    ad advert advertisement advertorial promoted promotedpost sponsor sponsoredby sponsoredcontent
    paidcontent paidpost nativead 广告 推广 赞助
    """
)
FIELDS: Final = {
    **dict.fromkeys(PAID_FOR, "sponsored"),
    **dict.fromkeys(DATED, "published_at"),
    **dict.fromkeys(WAITS, "embargo_until"),
    **dict.fromkeys(ENDS, "expires_at"),
}
PUBLISHED: Final = frozenset(
    names(
        """
        publish published public everyone everybody usable live final approved active online visible posted
        ok 公开 发布 已发布
        """
    )
)
NOT_PUBLISHED: Final = frozenset(
    names(
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
BY_ITSELF: Final = frozenset(
    names("draft auto-draft unpublished not-published do-not-publish 草稿 未发布 不发布")
)
"""Values that say it whatever their field is called."""
DRAFTS: Final = names("draft isdraft unpublished 草稿")
FOR_SOME: Final = frozenset(
    names(
        """
        private internal staff members member members-only paid premium subscribers subscriber
        subscribers-only
        registered login restricted restricted-access closed-access embargoed-access
        tiers locked closed 会员 付费 内部
        """
    )
)

_TO_ALL: Final = names(
    "public free everyone everybody all any anyone anonymous guest guests open none visitor visitors 公开"
)
OPEN: Final = frozenset(_TO_ALL) | NO
"""For whom a text is that is for everybody."""
FOR_WHOM: Final = names(
    """
    membership membershiplevel memberlevel membershiplevels memberaccess subscriptionlevel requiredrole
    requiredroles allowedroles allowedmembers restrictto restrictedto visibleto newsletteraccess
    jetpacknewsletteraccess
    rcpsubscriptionlevel rcpaccesslevel rcpuserlevel membersaccessrole wpmemblock ppwppasswords ihcmbwho
    wpacismembersonly erphpdown s2memberlevel umcontentrestriction
    """
)
"""Fields, also those of WordPress's plugins for members, that say for whom a text is."""
STAGES: Final = names(
    "stage phase workflow review reviewstatus approval approvalstatus moderation moderationstatus lifecycle"
)
"""Fields that may say how far a text is, and many other things."""
NO_POSTS: Final = frozenset(
    names(
        "attachment comment reply template revision autosave nav-menu-item wp-block wp-template oembed-cache"
        " custom-css trackback pingback"
    )
)
"""Kinds of things that are kept among posts and are none."""
FINAL_WORDS: Final = frozenset(
    names("草稿 未发布 不发布 unpublished not-published do-not-publish auto-draft")
)
"""What says it even where the name is a writer's own: a tag, a category."""
ORDERS: Final = re.compile(
    r"\b(?:not (?:for|to be) (?:publication|publish(?:ed|ing)?|releas(?:e|ed)|use|used|broadcast)"
    r"|do(?:n.t| not) (?:publish|use|run|release|broadcast)|hold (?:for|until)|under embargo"
    r"|embargo(?:ed)? (?:until|till|to)|mandatory kill|kill(?:ed)? this|withdraw this|internal use only)"
    r"|(?:请勿|請勿|勿|不得|不可|禁止|暂不|暫不|先别|先不要)(?:对外|對外|提前)?"
    r"(?:发表|發表|发布|發布|刊发|刊發|刊登|使用|发稿|發稿|见报|見報|[发發](?![现現]))"
    r"|(?:仅供|僅供|只供)(?:内部|內部)|(?:待|等待)(?:核实|核實|审核|審核|审定|審定)",
    re.IGNORECASE,
)
"""What agencies and editors write to a desk about a text that must not go out, or not yet."""
