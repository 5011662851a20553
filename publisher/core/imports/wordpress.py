"""An export of WordPress (WXR 1.0 to 1.2), as articles.

The file is gone over twice: first for what posts refer to (authors, pictures, reusable blocks) and for which
ids they claim, then for the posts, one at a time. The body goes on as WordPress keeps it, for the reader of
bodies knows its paragraphs and shortcodes; only what needs the rest of the file is put in here.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from publisher.core.imports.posts import Claims, Found, Importing, Making, Passed, moment, revision, words
from publisher.core.imports.wordpress_items import (
    PARTS,
    Attachment,
    id_of,
    kind_not_for_readers,
    meta_of,
    place_of,
    prefixed,
    text_in,
)
from publisher.core.web_page import text_of
from services.ingest.core.faults import Fault
from services.ingest.core.xml_items.parsing import elements

_GALLERY: Final = re.compile(r"\[gallery\b([^\]\[]{0,2000})/?\]")
_ATTRIBUTE: Final = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_REUSED: Final = re.compile(r"""<!-- wp:block \{[^{}]{0,200}?"ref":\s?(\d{1,12})[^{}]{0,200}\} /-->""")
_FOOTNOTES: Final = re.compile(r"<!-- wp:footnotes (?:\{[^{}]{0,500}\} )?/-->")
_NUMBER: Final = re.compile(r"\d{1,12}")
_LARGEST_REUSED: Final = 20_000
_MOST_PUT_IN: Final = 500
"""Reusable blocks, and pictures of galleries, in one post; no honest one has so many."""

_READ: Final = words(
    """
    title link pubDate dc:creator guid description content:encoded excerpt:encoded category wp:post_id
    wp:post_date wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:comment_status wp:ping_status
    wp:post_name wp:status wp:post_parent wp:menu_order wp:post_type wp:post_password wp:is_sticky
    wp:attachment_url wp:postmeta wp:comment
    """
)
_BOOKKEEPING: Final = re.compile(
    r"_(edit_last|edit_lock|thumbnail_id|wp_old_slug|wp_old_date|pingme|encloseme|wp_page_template|"
    r"wp_trash_\w+|expiration-date-[\w-]+|wp_desired_post_slug|oembed_\w+|wp_attached_file|wp_attachment_\w+|publicize_\w+|wpas_\w+|jetpack_(?!newsletter_access)\w+)\Z"
)
"""Of WordPress for itself; it says nothing of the text."""


@dataclass(slots=True)
class Site:
    """What the posts of an export refer to."""

    told: str = ""
    """Its address, where whoever imports says it."""
    blog: str = ""
    link: str = ""
    language: str = ""
    authors: dict[str, str] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    attached: dict[str, list[str]] = field(default_factory=dict)
    """The attachments that were uploaded for a post."""
    reused: dict[str, str] = field(default_factory=dict)
    """Blocks that stand in several posts."""
    claims: Claims = field(default_factory=Claims)
    posts: int = 0

    @property
    def address(self) -> str:
        """The site's address."""
        return self.told or self.blog or self.link


def survey(chunks: Iterable[bytes], site: Site) -> None:
    """Take in what the posts of a file refer to; ValueError if it is no export of WordPress."""
    version = None
    for one in elements(chunks, PARTS, prefixed):
        match one.tag:
            case "wp:author":
                site.authors[text_in(one, "wp:author_login")] = text_in(one, "wp:author_display_name")
            case "wp:wxr_version":
                version = one.text
            case "language":
                site.language = site.language or (one.text or "").strip()
            case "wp:base_blog_url":
                site.blog = (one.text or "").strip()
            case "link":
                site.link = site.link or (one.text or "").strip()
            case "item":
                _take(one, site)
    if version is None:
        raise ValueError(
            "is no export of WordPress (it says no wp:wxr_version); make one under Tools, Export, and for a "
            "feed use remen import-feed"
        )


def posts(chunks: Iterable[bytes], site: Site, importing: Importing) -> Iterator[Found]:
    """Read the posts, one at a time."""
    for number, one in enumerate((one for one in elements(chunks, PARTS, prefixed) if one.tag == "item"), 1):
        place = place_of(one, number)
        if kind := kind_not_for_readers(one):
            yield Found(place, Passed(kind))
            continue
        article_id = id_of(one)
        refusal = site.claims.refusal(article_id, place_of(one))
        yield Found(place, refusal or _made(one, article_id, site, importing).reading())


def _take(item: Element, site: Site) -> None:
    kind, number = text_in(item, "wp:post_type"), text_in(item, "wp:post_id")
    if kind == "attachment":
        alts = [value for key, value in meta_of(item) if key == "_wp_attachment_image_alt"]
        url = text_in(item, "wp:attachment_url") or text_in(item, "guid")
        caption = text_of(text_in(item, "excerpt:encoded"))
        site.attachments[number] = Attachment(url, caption, alts[0].strip() if alts else "")
        site.attached.setdefault(text_in(item, "wp:post_parent"), []).append(number)
    elif kind == "wp_block" and len(content := text_in(item, "content:encoded")) <= _LARGEST_REUSED:
        site.reused[number] = content
    site.posts += 1
    if not kind_not_for_readers(item):
        site.claims.add(id_of(item), place_of(item))


def _made(item: Element, article_id: str, site: Site, importing: Importing) -> Making:
    making = Making(
        {"id": article_id, "format": "html", "base": site.address}, dict(_PLACES), zone=importing.zone
    )
    meta, sent = meta_of(item), making.sent
    sent["title"] = text_of(text_in(item, "title"))
    sent["body"] = _body(item, site, making)
    sent["published_at"] = _published(item, importing)
    modified = text_in(item, "wp:post_modified_gmt")
    sent["revision"] = revision(modified, UTC) or revision(text_in(item, "wp:post_modified"), importing.zone)
    sent["uri"] = text_in(item, "guid")
    making.put_language(site.language, "language")
    _put_names(item, making, site, importing)
    _put_picture(meta, making, site)
    making.put_aliases(_old_addresses(item, meta, site), "link")
    _put_the_rest(item, meta, making)
    return making


_PLACES: Final = {
    "/id": "wp:post_name",
    "/title": "title",
    "/body": "content:encoded",
    "/published_at": "wp:post_date_gmt",
    "/section": "category",
    "/tags": "category",
    "/byline": "dc:creator",
    "/language": "language",
    "/base": "wp:base_blog_url",
    "/uri": "guid",
    "/aliases": "link",
    "/picture": "_thumbnail_id",
    "/picture/url": "wp:attachment_url",
    "/picture/caption": "excerpt:encoded of the picture",
    "/picture/alt": "_wp_attachment_image_alt",
}


def _published(item: Element, importing: Importing) -> Any:
    return moment(text_in(item, "wp:post_date_gmt"), UTC) or moment(
        text_in(item, "wp:post_date"), importing.zone
    )


def _put_names(item: Element, making: Making, site: Site, importing: Importing) -> None:
    """Sort what `category` holds: categories, tags, the authors of a plugin, and anything else."""
    named: dict[str, list[str]] = {"category": [], "post_tag": [], "author": []}
    for one in item.findall("category"):
        domain, name = one.get("domain", "category"), (one.text or "").strip()
        if domain in named:
            named[domain].append(name)
        elif name:
            making.set_aside("category", "field", f"{domain} {name[:60]} is not a field of an article")
    making.put_sections(named["category"], named["post_tag"], importing.default_section, "category")
    login = text_in(item, "dc:creator")
    making.put_byline(named["author"] or [site.authors.get(login) or login], "dc:creator")


def _put_picture(meta: list[tuple[str, str]], making: Making, site: Site) -> None:
    for number in (value.strip() for key, value in meta if key == "_thumbnail_id"):
        if found := site.attachments.get(number):
            making.sent["picture"] = {"url": found.url, "caption": found.caption, "alt": found.alt}
        elif number not in ("", "0", "-1"):
            making.set_aside("_thumbnail_id", "picture", f"the picture {number[:20]} is not in the export")


def _body(item: Element, site: Site, making: Making) -> str:
    """Give the text with reusable blocks and galleries in it, as HTML."""
    number = text_in(item, "wp:post_id")
    left = _MOST_PUT_IN

    def has_room(what: str) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            making.set_aside("content:encoded", "block", f"{what} is one of more than {_MOST_PUT_IN}")
        return left >= 0

    def block(found: re.Match[str]) -> str:
        if found[1] not in site.reused:
            making.set_aside(
                "content:encoded", "block", f"the reusable block {found[1]} is not in the export"
            )
            return ""
        return site.reused[found[1]] if has_room(f"the reusable block {found[1]}") else ""

    def gallery(found: re.Match[str]) -> str:
        said = {name: a or b or c for name, a, b, c in _ATTRIBUTE.findall(found[1])}
        listed = said.get("ids") or said.get("include")
        own = [one for one in site.attached.get(number, ()) if site.attachments[one].is_picture]
        pictures = []
        for one in _NUMBER.findall(listed) if listed else own:
            if one not in site.attachments:
                making.set_aside("content:encoded", "picture", f"the picture {one} is not in the export")
            elif has_room(f"the picture {one}"):
                pictures.append(_figure(site.attachments[one]))
        return "\n\n" + "\n".join(pictures) + "\n\n"

    text = _FOOTNOTES.sub(lambda _: _footnotes(item, making), text_in(item, "content:encoded"))
    return _GALLERY.sub(gallery, _REUSED.sub(block, text))


def _footnotes(item: Element, making: Making) -> str:
    """Give the footnotes of a post, which WordPress keeps beside its text."""
    kept = next((value for key, value in meta_of(item) if key == "footnotes"), "")
    try:
        notes = [(str(one["id"]), str(one["content"])) for one in json.loads(kept)]
    except (ValueError, KeyError, TypeError, RecursionError):
        making.faults.append(
            Fault("footnotes", "cannot be read, and the text refers to them; remove their block")
        )
        return ""
    listed = (
        f'<li id="{escape(name)}">{content} <a href="#{escape(name)}-link">↩︎</a></li>'
        for name, content in notes
    )
    return f'<ol class="wp-block-footnotes">{"".join(listed)}</ol>'


def _figure(picture: Attachment) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.alt)}">{caption}</figure>'


def _old_addresses(item: Element, meta: list[tuple[str, str]], site: Site) -> Iterator[str]:
    link, slug = text_in(item, "link"), text_in(item, "wp:post_name")
    yield link
    root = urlsplit(site.address).path.rstrip("/")
    if number := text_in(item, "wp:post_id"):
        yield f"{root}/?p={number}"
    before, found, behind = urlsplit(link).path.rpartition(slug) if slug else ("", "", "")
    for key, old in meta:
        if key == "_wp_old_slug" and old.strip():
            yield f"{before}{old.strip()}{behind}" if found else f"{root}/{old.strip()}/"


def _put_the_rest(item: Element, meta: list[tuple[str, str]], making: Making) -> None:
    if text_in(item, "excerpt:encoded"):
        making.set_aside("excerpt:encoded", "excerpt", "cards show how the text begins")
    if comments := len(item.findall("wp:comment")):
        making.set_aside("wp:comment", "comments", f"{comments:,} comments are not imported")
    if text_in(item, "wp:is_sticky") == "1":
        making.set_aside("wp:is_sticky", "field", "what leads the page is for the desk to say")
    others = {key: value for key, value in meta if not _BOOKKEEPING.match(key) and key != "footnotes"}
    making.put_fields(others, "wp:postmeta")
    making.put_fields({one.tag: (one.text or "").strip() or None for one in item if one.tag not in _READ})
