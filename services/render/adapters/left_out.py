"""Articles that stand in the log and of which no page can be made: counted, told, and left out of lists."""

from prometheus_client import Counter

from shared.runtime import log

_left_out = Counter(
    "remen_render_left_out", "Times that an article was left out because a piece of it failed"
)


def left_out(article_id: str, error: Exception) -> None:
    """Tell of an article that is left out, and why."""
    _left_out.inc()
    log.error("article_left_out", article=article_id, reason=repr(error)[:500])
