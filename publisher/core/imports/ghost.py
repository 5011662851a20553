"""An export of Ghost (its JSON, any version), as articles.

Ghost writes its own address as `__GHOST_URL__`, and its posts as HTML beside what its editor keeps. A post
without the HTML is refused: what an editor keeps is no text yet.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from publisher.core.ids import fitting_id
from publisher.core.imports.posts import Claims, Found, Importing, Making, Passed, moment, revision, words
from publisher.core.reading import Reading
from publisher.core.web_page import text_of
from services.ingest.core.faults import Fault, Rejection, invalid, unreadable

_OWN_ADDRESS: Final = "__GHOST_URL__"
_NO_HTML: Final = (
    "has no html, only what Ghost's editor keeps; open and update the post in Ghost, and export again"
)
_NO_ADDRESS: Final = f"names the site as {_OWN_ADDRESS}; say where it was: --site https://…"
_GATED: Final = re.compile("kg-gated-block|<!--members-only-->")
_READ: Final = words(
    """
    id uuid title slug html plaintext mobiledoc lexical comment_id feature_image featured type page
    status locale visibility created_at created_by updated_at updated_by published_at published_by
    author author_id tags authors custom_excerpt email_recipient_filter show_title_and_feature_image
    newsletter_id post_id email_only tiers feature_image_alt feature_image_caption language image
    email_id
    """
)
_PLACES: Final = {
    "/id": "slug",
    "/title": "title",
    "/body": "html",
    "/published_at": "published_at",
    "/section": "tags",
    "/tags": "tags",
    "/byline": "authors",
    "/language": "locale",
    "/aliases": "slug",
    "/picture": "feature_image",
    "/picture/url": "feature_image",
    "/picture/caption": "feature_image_caption",
    "/picture/alt": "feature_image_alt",
}

Row = dict[str, Any]


class Site:
    """The tables of an export; ValueError if it is none of Ghost."""

    def __init__(self, export: Any) -> None:
        tables = _tables(export)
        self.posts = _rows(tables, "posts")
        self.claims = Claims()
        self.language = next(
            (
                str(s.get("value") or "")
                for s in _rows(tables, "settings")
                if s.get("key") in ("locale", "lang")
            ),
            "",
        )
        self._users = {one.get("id"): one for one in _rows(tables, "users")}
        self._tags = {one.get("id"): one for one in _rows(tables, "tags")}
        self._meta = {one.get("post_id"): one for one in _rows(tables, "posts_meta")}
        self._posts_tags = _by_post(tables, "posts_tags")
        self._posts_authors = _by_post(tables, "posts_authors")
        for number, post in enumerate(self.posts, 1):
            if not _not_for_readers(self.whole(post)):
                self.claims.add(_id(post), _place(number))

    def whole(self, post: Row) -> Row:
        """Give a post with what stands of it in a table of its own."""
        return {**self._meta.get(post.get("id"), {}), **post}

    def tags(self, post: Row) -> list[Row]:
        """Give a post's tags, the first one first."""
        return [
            self._tags[tag]
            for one in self._of(self._posts_tags, post)
            if (tag := one.get("tag_id")) in self._tags
        ]

    def authors(self, post: Row) -> list[str]:
        """Name a post's authors."""
        ids = [one.get("author_id") for one in self._of(self._posts_authors, post)] or [post.get("author_id")]
        return [str(self._users[one].get("name") or "") for one in ids if one in self._users]

    @staticmethod
    def _of(table: dict[Any, list[Row]], post: Row) -> list[Row]:
        return sorted(table.get(post.get("id"), ()), key=_sort_order)


def posts(site: Site, importing: Importing) -> Iterator[Found]:
    """Read the posts, one at a time."""
    for number, post in enumerate(map(site.whole, site.posts), 1):
        place = _place(number)
        if kind := _not_for_readers(post):
            yield Found(place, Passed(kind))
        else:
            refusal = site.claims.refusal(_id(post), place)
            yield Found(place, refusal or _read(post, site, importing))


def _read(post: Row, site: Site, importing: Importing) -> Reading | Rejection:
    html = post.get("html")
    if not isinstance(html, str) or not html.strip():
        kept = post.get("lexical") or post.get("mobiledoc")
        return invalid([Fault("html", _NO_HTML)], _id(post)) if kept else unreadable(422, "html: has no text")
    making = Making({"id": _id(post), "format": "html", "base": importing.site}, dict(_PLACES))
    sent = making.sent
    sent["title"] = str(post.get("title") or "")
    sent["body"] = _addressed(html, "html", making, importing)
    sent["published_at"] = moment(_said(post.get("published_at")), UTC)
    sent["revision"] = revision(_said(post.get("updated_at")), UTC)
    making.put_language(post.get("locale") or site.language, "locale")
    making.put_byline(site.authors(post), "authors")
    public = [one for one in site.tags(post) if not _is_internal(one)]
    names = [str(one.get("name") or "") for one in public]
    making.put_sections(names, (), importing.default_section, "tags")
    for one in site.tags(post):
        if _is_internal(one):
            making.set_aside("tags", "tag", f"{one.get('name')} is a tag for the desk")
    _put_picture(post, making, importing)
    making.put_aliases([f"/{post.get('slug')}/"] if post.get("slug") else (), "slug")
    _put_the_rest(post, making)
    return making.reading()


def _put_picture(post: Row, making: Making, importing: Importing) -> None:
    if not (address := post.get("feature_image") or post.get("image")):
        return
    making.sent["picture"] = {
        "url": _addressed(str(address), "feature_image", making, importing),
        "caption": text_of(str(post.get("feature_image_caption") or "")),
        "alt": str(post.get("feature_image_alt") or ""),
    }


def _put_the_rest(post: Row, making: Making) -> None:
    if _GATED.search(making.sent["body"]):
        making.faults.append(Fault("html", "has parts for members only; take them out to publish the rest"))
    if post.get("custom_excerpt"):
        making.set_aside("custom_excerpt", "excerpt", "cards show how the text begins")
    if post.get("featured") in (True, 1):
        making.set_aside("featured", "field", "what leads the page is for the desk to say")
    making.put_fields({name: value for name, value in post.items() if name not in _READ})


def _not_for_readers(post: Row) -> str | None:
    if (kind := post.get("type") or "post") != "post" or post.get("page") in (True, 1):
        return str(kind) if kind != "post" else "page"
    visibility, status = post.get("visibility") or "public", post.get("status")
    if visibility != "public":
        return f"for {visibility}"
    if post.get("email_only") in (True, 1):
        return "sent"
    # one that waits for its date has the date, and an article waits for it, too
    if status == "scheduled" and post.get("published_at"):
        return None
    return None if status == "published" else str(status or "without a status")


def _addressed(text: str, place: str, making: Making, importing: Importing) -> str:
    if _OWN_ADDRESS not in text:
        return text
    if not importing.site:
        making.faults.append(Fault(place, _NO_ADDRESS))
        return text
    return text.replace(_OWN_ADDRESS, importing.site.rstrip("/"))


def _said(time: Any) -> Any:
    """Give a time as text; old versions count milliseconds."""
    if isinstance(time, int | float) and not isinstance(time, bool) and 0 < time < 2**47:
        return datetime.fromtimestamp(time / 1000, UTC).isoformat()
    return time


def _tables(export: Any) -> Row:
    found = export.get("db", export) if isinstance(export, dict) else None
    found = found[0] if isinstance(found, list) and found else found
    tables = found.get("data") if isinstance(found, dict) else None
    if not isinstance(tables, dict) or not isinstance(tables.get("posts"), list):
        raise ValueError(
            "is no export of Ghost (it has no data.posts); make one in its settings, under Import/Export"
        )
    return tables


def _rows(tables: Row, name: str) -> list[Row]:
    rows = tables.get(name)
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _by_post(tables: Row, name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for one in _rows(tables, name):
        found.setdefault(one.get("post_id"), []).append(one)
    return found


def _sort_order(row: Row) -> int:
    order = row.get("sort_order")
    return order if isinstance(order, int) else 0


def _is_internal(tag: Row) -> bool:
    return tag.get("visibility") == "internal" or str(tag.get("name") or "").startswith("#")


def _id(post: Row) -> str:
    return fitting_id(str(post.get("slug") or f"post-{post.get('id')}"))


def _place(number: int) -> str:
    return f"post {number}"
