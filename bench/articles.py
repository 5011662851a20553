"""The articles that are sent: fictional, about 3 KB each."""

import json
from typing import Any

_LINE = "河城旧邮局改建的图书馆周日开放,首日有三百人到访,馆方说书架还空着一半,欢迎市民把读完的书留下。"


def article(number: int = 0, written_in: str = "plain") -> dict[str, Any]:
    """Give an article as a publisher sends it; its body has 20 paragraphs, 2.9 KB of UTF-8."""
    lines = [f"(河城15日讯){_LINE}", *[_LINE] * 19]
    bodies = {
        "plain": "\n".join(lines),
        "markdown": "\n\n".join(lines),
        "html": "".join(f"<p>{line}</p>\n" for line in lines),
    }
    return {
        "id": f"bench-{number}",
        "title": f"旧邮局改成图书馆 周日开放(之{number})",
        "section": "地方",
        "body": bodies[written_in],
        "format": written_in,
        "byline": "河城记者组",
        "published_at": "2026-11-15T18:30:00+08:00",
    }


def value(number: int = 0, written_in: str = "plain") -> bytes:
    """Give the article as it lies in ingest.v1."""
    return json.dumps(article(number, written_in), ensure_ascii=False).encode()
