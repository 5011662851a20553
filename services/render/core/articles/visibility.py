"""When an article may be shown at all, and when it may stand in the hot list.

The article's own times decide, so an embargo lifts and an expiry falls without any event.
"""

from datetime import datetime

from shared.events import ArticlePublished


def embargoed(article: ArticlePublished, now: datetime) -> bool:
    """Tell whether nobody may know of the article yet."""
    return article.embargo_until is not None and now < article.embargo_until


def expired(article: ArticlePublished, now: datetime) -> bool:
    """Tell whether the article's time is over."""
    return article.expires_at is not None and article.expires_at <= now


def visible(article: ArticlePublished, now: datetime) -> bool:
    """Tell whether pages and lists may show the article."""
    return not embargoed(article, now) and not expired(article, now)


def may_be_hot(article: ArticlePublished) -> bool:
    """Tell whether the article may stand in the hot list: sponsored and sensitive ones never do."""
    return not (article.sponsored or article.sensitive)


def is_past(article: ArticlePublished, since: datetime) -> bool:
    """Tell whether the article could be read before a moment: that is where the archive begins."""
    return article.published_at < since and (article.embargo_until is None or article.embargo_until < since)
