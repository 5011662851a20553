"""Exports of other systems, made up: as many posts as a test wants."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>河城旧报</title><link>https://old.example</link><language>zh-CN</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://old.example</wp:base_blog_url>
<wp:author><wp:author_login><![CDATA[wang]]></wp:author_login>
<wp:author_display_name><![CDATA[王五]]></wp:author_display_name></wp:author>
"""


def wordpress_item(number: int, **changes: str | None) -> str:
    """Give a post; a change to None leaves the element out, `more` is put in as it is."""
    fields: dict[str, str | None] = {
        "title": f"第{number}篇",
        "link": f"https://old.example/2019/03/story-{number}/",
        "dc:creator": "wang",
        "guid": f"https://old.example/?p={number}",
        "content:encoded": f"第{number}篇的第一段。\n\n第二段。",
        "wp:post_id": str(number),
        "wp:post_date": "2019-03-05 08:00:00",
        "wp:post_date_gmt": "2019-03-05 00:00:00",
        "wp:post_modified_gmt": "2019-03-06 00:00:00",
        "wp:post_name": f"story-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
        "wp:post_password": "",
        "more": '<category domain="category" nicename="local"><![CDATA[地方]]></category>',
    }
    fields |= {name.replace("__", ":"): value for name, value in changes.items()}
    more = fields.pop("more") or ""
    inside = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in fields.items() if v is not None)
    return f"<item>{inside}{more}</item>\n"


def wordpress_attachment(number: int, caption: str = "", alt: str = "", parent: int = 0) -> str:
    """Give the picture of a media library."""
    more = f"<wp:attachment_url>https://old.example/u/{number}.jpg</wp:attachment_url>"
    if alt:
        more += wordpress_meta("_wp_attachment_image_alt", alt)
    return wordpress_item(
        number,
        wp__post_type="attachment",
        wp__status="inherit",
        excerpt__encoded=caption,
        content__encoded="",
        wp__post_parent=str(parent),
        more=more,
    )


def wordpress_meta(key: str, value: str) -> str:
    """Give a custom field."""
    inside = f"<wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value>"
    return f"<wp:postmeta>{inside}</wp:postmeta>"


def wordpress(items: Iterable[str]) -> Iterator[bytes]:
    """Give an export, piece by piece."""
    yield _HEAD.encode()
    for item in items:
        yield item.encode()
    yield b"</channel></rss>"


def ghost_post(number: int, **changes: Any) -> dict[str, Any]:
    """Give a post as Ghost exports it."""
    return {
        "id": f"{number:024x}",
        "title": f"第{number}篇",
        "slug": f"tale-{number}",
        "html": f"<p>第{number}篇。</p>",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "published_at": "2021-05-06T07:08:09.000Z",
        "updated_at": "2021-05-07T07:08:09.000Z",
    } | changes


def ghost(posts: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Give an export of Ghost."""
    found = {
        "posts": posts,
        "users": [{"id": "u1", "name": "王五"}, {"id": "u2", "name": "李六"}],
        "tags": [{"id": "t1", "name": "文化", "visibility": "public"}],
        "posts_tags": [{"post_id": one["id"], "tag_id": "t1", "sort_order": 0} for one in posts],
        "posts_authors": [{"post_id": one["id"], "author_id": "u1", "sort_order": 0} for one in posts],
        "settings": [{"key": "locale", "value": "zh"}],
    }
    return {"db": [{"meta": {"version": "5.80.0"}, "data": found | tables}]}


def ghost_file(posts: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> bytes:
    """Write an export of Ghost."""
    return json.dumps(ghost(posts, **tables), ensure_ascii=False).encode()
