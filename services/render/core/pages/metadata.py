"""What a page tells machines of itself: schema.org's terms as JSON-LD, Open Graph, and what a preview shows.

JSON-LD goes into the page inside a script element, as data that no policy of the page stops; a `<` in it is
written as an escape, so that no text can end the element.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from markupsafe import Markup

from services.render.core.articles.stories import (
    CAPTION_CHARACTERS,
    LONGEST_URL,
    cut,
    excerpt,
    list_picture,
    picture_of,
    texts_of,
)
from services.render.core.pages.site import Site, section_path
from services.render.core.text.bidi import without_controls
from services.render.core.text.scripts import OTHER, PREFIX, Script, script_of
from shared.blocks import Picture
from shared.events import ArticlePublished

TAGS: Final = 50
"""So many of an article are told."""
_MEMBERS: Final = 100
ICON: Final = "icon-512.png"
_ICON_SIZE: Final = 512
_LOCALES: Final[dict[Script, str]] = {"zh-Hans": "zh_CN", "zh-Hant": "zh_TW"}
_CONTEXT: Final = "https://schema.org"

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metadata:
    """The values of `head.html`; a locale is empty where a language does not say its country."""

    kind: Literal["article", "website"]
    description: str
    picture: Picture
    pictured: bool
    """Whether the picture is the page's own, not the newspaper's sign."""
    locale: str
    other_locale: str
    json_ld: Markup
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()


def of_page(site: Site, script: Script, title: str, path: str, about: str) -> Metadata:
    """Describe any page but an article's; `about` is what the newspaper says of itself."""
    home = path == "/"
    return Metadata(
        kind="website",
        description=f"{site.name}：{about}" if home else f"{title} - {site.name}",
        picture=_sign(site),
        pictured=False,
        locale=_LOCALES[script],
        other_locale=_LOCALES[OTHER[script]],
        json_ld=embedded([_website(site, script)] if home else []),
    )


def of_article(
    site: Site, script: Script, article: ArticlePublished, section: str, home: str, sponsored: str
) -> Metadata:
    """Describe an article that is written in this script, where it is Chinese.

    `section` is its section's name as it is read, `home` what the front page is called, `sponsored` says
    that it was paid for.
    """
    own = script_of(article.language)
    published, modified = _times_of(site, article)
    picture = list_picture(picture_of(article))
    description = excerpt(texts_of(article.blocks))
    if article.sponsored:
        description = f"{sponsored}：{description}"
    return Metadata(
        kind="article",
        description=description,
        picture=picture or _sign(site),
        pictured=picture is not None,
        locale=_country_of(article.language) if own is None else _LOCALES[own],
        other_locale="" if own is None else _LOCALES[OTHER[own]],
        json_ld=embedded(
            [
                _article(site, script, article, section, description, sponsored),
                _breadcrumbs(
                    site,
                    script,
                    [(home, "/"), (section, section_path(article.section)), (article.title, None)],
                ),
            ]
        ),
        published_at=published,
        modified_at=modified,
        section=section,
        tags=tuple(cut(tag, CAPTION_CHARACTERS) for tag in article.tags[:TAGS]),
    )


def embedded(nodes: Sequence[Node]) -> Markup:
    """Write nodes for the inside of a script element; nothing, if there are none."""
    if not nodes:
        return Markup("")
    text = without_controls(json.dumps(_bounded(nodes), ensure_ascii=False, separators=(",", ":")))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - inside a script only `<` could mean anything


def _bounded(value: Any) -> Any:
    """Cut what is longer than any page has a use for: an article's head is before its text."""
    match value:
        case str():
            return cut(value, LONGEST_URL)
        case dict():
            return {name: _bounded(one) for name, one in value.items()}
        case list() | tuple():
            return [_bounded(one) for one in value[:_MEMBERS]]
    return value


def manifest(site: Site, script: Script) -> bytes:
    """Write the web manifest: name and signs for who puts the newspaper on a home screen."""
    whole = {"sizes": "192x192", "type": "image/png", "src": site.static["icon-192.png"]}
    large = {"sizes": "512x512", "type": "image/png", "src": site.static[ICON]}
    masked = large | {"src": site.static["icon-maskable-512.png"], "purpose": "maskable"}
    return json.dumps(
        {
            "name": site.name,
            "short_name": site.name,
            "lang": script,
            "id": "/",
            "start_url": f"{PREFIX[script]}/",
            "scope": "/",
            "display": "minimal-ui",
            "background_color": "#fbfaf7",
            "theme_color": "#fbfaf7",
            "icons": [whole, large, masked],
        },
        ensure_ascii=False,
    ).encode()


def _article(
    site: Site,
    script: Script,
    article: ArticlePublished,
    section: str,
    description: str,
    sponsored: str,
) -> Node:
    # in another language it is the same page in both scripts
    prefix = "" if script_of(article.language) is None else PREFIX[script]
    address = f"{site.url}{prefix}/article/{article.id}"
    published, modified = _times_of(site, article)
    publisher = _publisher(site)
    if article.byline:
        author: Node = {"@type": "Person", "name": article.byline}
    elif article.source:
        author = {"@type": "Organization", "name": article.source}
    else:
        author = publisher
    node: Node = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "url": address,
        "headline": article.title,
        "description": description,
        "datePublished": published.isoformat(timespec="seconds"),
        "dateModified": modified.isoformat(timespec="seconds"),
        "author": author,
        "publisher": publisher,
        "articleSection": section,
        "inLanguage": article.language,
        "isAccessibleForFree": True,
    }
    pictures = article.pictures or tuple(filter(None, (picture_of(article),)))
    if pictures:
        node["image"] = [_image(picture) for picture in pictures]
    if article.tags:
        node["keywords"] = list(article.tags)
    if article.sponsored:
        # what was paid for is no news; who paid is known where a source is named
        node["@type"] = "AdvertiserContentArticle"
        node["sponsor"] = {"@type": "Organization", "description": sponsored}
        if article.source:
            node["sponsor"]["name"] = article.source
    elif article.dateline:
        node["dateline"] = article.dateline.text
    if article.correction:
        node["correction"] = {
            "@type": "CorrectionComment",
            "text": article.correction,
            "datePublished": modified.isoformat(timespec="seconds"),
        }
    return node


def _times_of(site: Site, article: ArticlePublished) -> tuple[datetime, datetime]:
    """Give the site's local times of publication and of the last change, which is never the earlier."""
    published = article.published_at.astimezone(site.zone)
    return published, max(published, article.modified_at.astimezone(site.zone))


def _breadcrumbs(site: Site, script: Script, steps: Sequence[tuple[str, str | None]]) -> Node:
    """Write the way to a page; the last step is the page itself and has no address."""
    items: list[Node] = []
    for position, (name, path) in enumerate(steps, 1):
        item: Node = {"@type": "ListItem", "position": position, "name": name}
        if path is not None:
            item["item"] = f"{site.url}{PREFIX[script]}{path}"
        items.append(item)
    return {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def _website(site: Site, script: Script) -> Node:
    home = f"{site.url}{PREFIX[script]}"
    return {
        "@context": _CONTEXT,
        "@type": "WebSite",
        "name": site.name,
        "url": f"{home}/",
        "inLanguage": script,
        "publisher": _publisher(site),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{home}/search?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def _publisher(site: Site) -> Node:
    return {
        "@type": "NewsMediaOrganization",
        "name": site.name,
        "url": f"{site.url}/",
        "logo": _image(_sign(site)),
    }


def _sign(site: Site) -> Picture:
    return Picture(url=site.url + site.static[ICON], alt=site.name, width=_ICON_SIZE, height=_ICON_SIZE)


def _image(picture: Picture) -> Node:
    node: Node = {"@type": "ImageObject", "url": picture.url}
    if picture.width and picture.height:
        node |= {"width": picture.width, "height": picture.height}
    if picture.caption:
        node["caption"] = picture.caption
    if picture.credit:
        node["creditText"] = picture.credit
    return node


def _country_of(language: str) -> str:
    """Write a language tag as Open Graph has it, language and country; empty without a country."""
    name, *parts = language.split("-")
    country = next((part for part in parts if len(part) == 2), "")
    return f"{name.lower()}_{country.upper()}" if country else ""
