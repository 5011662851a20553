"""What becomes of an export of WordPress."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from publisher.core.imports import wordpress
from publisher.core.imports.posts import Importing, Passed
from publisher.core.reading import Reading
from services.ingest.core.faults import Rejection
from tests.exports import wordpress as export
from tests.exports import wordpress_attachment as attachment
from tests.exports import wordpress_item as item
from tests.exports import wordpress_meta as meta
from tests.unit.ingest.reading_bodies import blocks

IMPORTING = Importing(ZoneInfo("Asia/Kuala_Lumpur"), "综合")


def found(*items: str, **more: Any) -> list[Reading | Rejection | Passed]:
    site = wordpress.Site(**more)
    wordpress.survey(export(items), site)
    return [one.read for one in wordpress.posts(export(items), site, IMPORTING)]


def article(*items: str, **more: Any) -> dict[str, Any]:
    one = found(*items, **more)[0]
    assert isinstance(one, Reading), one
    return one.sent


def test_a_post_is_an_article() -> None:
    assert article(item(7)) == {
        "id": "story-7",
        "title": "第7篇",
        "section": "地方",
        "body": "第7篇的第一段。\n\n第二段。",
        "format": "html",
        "base": "https://old.example",
        "published_at": "2019-03-05T00:00:00+00:00",
        "revision": 1551830400,
        "byline": "王五",
        "language": "zh-CN",
        "uri": "https://old.example/?p=7",
        "aliases": ["/2019/03/story-7/", "/?p=7"],
    }


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"wp__status": "draft"}, "draft"),
        ({"wp__status": "private"}, "private"),
        ({"wp__status": "trash"}, "trash"),
        ({"wp__status": "future"}, "future"),
        ({"wp__status": "PENDING"}, "PENDING"),
        ({"wp__status": "auto-draft"}, "auto-draft"),
        ({"wp__status": "workflow-custom"}, "workflow-custom"),
        ({"wp__status": None}, "without a status"),
        ({"wp__post_password": "s3cret"}, "password"),
        ({"wp__post_type": "page"}, "page"),
        ({"wp__post_type": "revision"}, "revision"),
        ({"wp__post_type": "nav_menu_item"}, "nav_menu_item"),
    ],
)
def test_what_is_not_for_readers_is_told_by_its_kind(changes: dict[str, Any], kind: str) -> None:
    assert found(item(1, **changes)) == [Passed(kind)]


def test_a_field_that_speaks_of_publication_is_obeyed_whatever_wrote_it() -> None:
    one = found(item(1, more=meta("visibility", "members")))[0]
    assert isinstance(one, Reading)
    assert [fault.pointer for fault in one.faults] == ["wp:postmeta"]


def test_footnotes_that_wordpress_keeps_beside_the_text_are_put_behind_it() -> None:
    text = '<p>减税<sup data-fn="n-1" class="fn"><a href="#n-1" id="n-1-link">1</a></sup>。</p>'
    text += "<!-- wp:footnotes /-->"
    body = article(
        item(1, content__encoded=text, more=meta("footnotes", '[{"content":"以公报为准。","id":"n-1"}]'))
    )["body"]
    assert [block["kind"] for block in blocks(body)] == ["paragraph", "footnotes"]
    one = found(item(1, content__encoded=text, more=meta("footnotes", "gone")))[0]
    assert isinstance(one, Reading)
    assert [fault.pointer for fault in one.faults] == ["footnotes"]


def test_a_time_that_a_plugin_keeps_is_obeyed_or_keeps_the_post_from_readers() -> None:
    kept = meta("_expiration-date", "1893456000") + meta("_expiration-date-type", "draft")
    assert article(item(1, more=kept))["expires_at"] == "2030-01-01T00:00:00+00:00"
    assert article(item(1, more=meta("embargo_until", "2026-12-24 08:00")))["embargo_until"] == (
        "2026-12-24T08:00:00+08:00"
    )
    one = found(item(1, more=meta("unpublish_on", "some day")))[0]
    assert isinstance(one, Reading)
    assert "until it is clear" in one.faults[0].detail


def test_a_date_of_zeros_is_none_and_the_sites_own_time_has_its_zone() -> None:
    zeros = {"wp__post_date_gmt": "0000-00-00 00:00:00", "wp__post_modified_gmt": "0000-00-00 00:00:00"}
    assert article(item(1, **zeros))["published_at"] == "2019-03-05T08:00:00+08:00"
    assert "revision" not in article(item(1, **zeros))


def test_pictures_are_found_wherever_the_export_has_them() -> None:
    post = item(
        1,
        content__encoded='前。\n\n[gallery columns="2" ids="8,9,77"]\n\n后。',
        more=meta("_thumbnail_id", "8"),
    )
    media = [attachment(8, "码头一角。", "一座码头"), attachment(9)]
    for order in ([post, *media], [*media, post]):
        one = next(one for one in found(*order) if isinstance(one, Reading))
        url = "https://old.example/u/8.jpg"
        assert one.sent["picture"] == {"url": url, "caption": "码头一角。", "alt": "一座码头"}
        assert (
            f'<figure><img src="{url}" alt="一座码头"><figcaption>码头一角。</figcaption></figure>'
            in one.sent["body"]
        )
        assert "u/9.jpg" in one.sent["body"]
        assert "[gallery" not in one.sent["body"]
        assert [n.detail for n in one.notes if n.kind == "picture"] == ["the picture 77 is not in the export"]


def test_a_gallery_that_lists_nothing_is_of_what_was_uploaded_for_the_post() -> None:
    own = found(
        item(1, content__encoded="[gallery]\n\n文。"), attachment(8, parent=1), attachment(9, parent=2)
    )[0]
    assert isinstance(own, Reading)
    assert "u/8.jpg" in own.sent["body"]
    assert "u/9.jpg" not in own.sent["body"]


def test_a_reusable_block_is_put_where_it_is_used() -> None:
    block = item(5, wp__post_type="wp_block", content__encoded="<p>热线电话</p>")
    post = item(1, content__encoded='文。<!-- wp:block {"ref":5} /--><!-- wp:block {"ref":6} /-->')
    one = found(post, block)[0]
    assert isinstance(one, Reading)
    assert one.sent["body"] == "文。<p>热线电话</p>"
    assert [note.kind for note in one.notes] == ["block"]


def test_all_authors_are_named() -> None:
    authors = "".join(f'<category domain="author" nicename="x">{n}</category>' for n in ("甲", "乙"))
    assert article(item(1, more=authors))["byline"] == "甲, 乙"
    assert article(item(1, dc__creator="nobody"))["byline"] == "nobody"


def test_categories_are_the_section_and_tags() -> None:
    kinds = [
        ("category", "太长的名字" * 5),
        ("category", "国际"),
        ("category", "欧洲"),
        ("post_tag", "河"),
        ("series", "x"),
    ]
    one = found(item(1, more="".join(f'<category domain="{d}">{n}</category>' for d, n in kinds)))[0]
    assert isinstance(one, Reading)
    assert one.sent["section"] == "国际"
    assert one.sent["tags"] == ["太长的名字" * 5, "欧洲", "河"]
    assert [note.detail for note in one.notes] == ["series x is not a field of an article"]
    assert article(item(1, more=""))["section"] == "综合"


def test_every_old_address_is_kept() -> None:
    old = meta("_wp_old_slug", "first-name") + meta("_wp_old_slug", "%e6%97%a7")
    sent = article(item(3, wp__post_name="%e6%96%b0", link="https://old.example/b/%e6%96%b0.html", more=old))
    assert sent["aliases"] == ["/b/%e6%96%b0.html", "/?p=3", "/b/first-name.html", "/b/%e6%97%a7.html"]
    assert len(sent["id"]) == 32
    assert sent["id"] == article(item(4, wp__post_name="%e6%96%b0"))["id"]


def test_two_posts_of_one_id_are_both_refused_before_either_is_sent() -> None:
    first, second, third = found(item(1, wp__post_name="same"), item(2, wp__post_name="same"), item(3))
    assert isinstance(first, Rejection)
    assert "post 2" in first.detail
    assert isinstance(second, Rejection)
    assert "post 1" in second.detail
    assert isinstance(third, Reading)


def test_a_draft_claims_no_id() -> None:
    draft, post = found(item(1, wp__post_name="same", wp__status="draft"), item(2, wp__post_name="same"))
    assert draft == Passed("draft")
    assert isinstance(post, Reading)


def test_what_is_not_used_is_told() -> None:
    more = meta("_yoast_wpseo_title", "SEO") + meta("subtitle", "副题") + meta("_edit_lock", "1")
    more += "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment><wp:is_sticky>1</wp:is_sticky><x>y</x>"
    one = found(item(1, excerpt__encoded="摘要", more=more))[0]
    assert isinstance(one, Reading)
    told = {note.pointer for note in one.notes}
    assert told == {"excerpt:encoded", "wp:comment", "wp:is_sticky", "wp:postmeta", "x"}
    assert any("subtitle" in note.detail for note in one.notes)
    assert any("_yoast_wpseo_title" in note.detail for note in one.notes)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<rss><channel><title>x</title></channel></rss>", "no export of WordPress"),
        (b"<rss><channel>", "line 1"),
        (b"not xml", "not valid XML at line 1"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "declares an entity"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "declares an entity"),
        (b"<x>" * 300, "nested"),
    ],
)
def test_what_is_no_export_is_refused_before_anything_is_sent(content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wordpress.survey([content], wordpress.Site())


def test_a_post_is_given_before_the_next_is_read() -> None:
    site, asked = wordpress.Site(), list[int]()
    wordpress.survey(export(item(n) for n in range(3)), site)

    def counted(number: int) -> str:
        asked.append(number)
        return item(number)

    posts = wordpress.posts(export(counted(n) for n in range(1000)), site, IMPORTING)
    next(posts)
    assert len(asked) <= 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"http://wordpress.org", b"https://wordpress.org"),
        (b"export/1.2/", b"export/1.0/"),
        (b"xmlns:wp=", b"xmlns:w="),
    ],
)
def test_a_version_is_known_by_what_its_names_stand_for(old: bytes, new: bytes) -> None:
    content = b"".join(export([item(1)])).replace(old, new)
    content = content.replace(b"<wp:", b"<w:").replace(b"</wp:", b"</w:") if new == b"xmlns:w=" else content
    site = wordpress.Site()
    wordpress.survey([content], site)
    (one,) = wordpress.posts([content], site, IMPORTING)
    assert isinstance(one.read, Reading)


@pytest.mark.parametrize("piece", ['<!-- wp:block {"ref":5} /-->', '[gallery ids="8"]', "[gallery]"])
def test_what_is_put_in_is_bounded_and_what_is_left_out_is_told(piece: str) -> None:
    block = item(5, wp__post_type="wp_block", content__encoded="长" * 5_000)
    one = found(item(1, content__encoded=piece * 20_000), block, attachment(8, parent=1))[0]
    assert isinstance(one, Reading)
    assert len(one.sent["body"]) < 6_000_000
    assert any("more than" in note.detail for note in one.notes)


_ULTIMATE_MEMBER = 'a:1:{{s:26:"_um_custom_access_settings";{}}}'


@pytest.mark.parametrize(
    ("key", "value", "is_refused"),
    [
        ("_jetpack_newsletter_access", "subscribers", True),
        ("_jetpack_newsletter_access", "everybody", False),
        ("rcp_subscription_level", "2", True),
        ("um_content_restriction", _ULTIMATE_MEMBER.format('s:1:"1";'), True),
        ("um_content_restriction", _ULTIMATE_MEMBER.format('s:1:"0";'), False),
    ],
)
def test_a_post_that_a_plugin_keeps_for_members_is_a_fault(key: str, value: str, is_refused: bool) -> None:
    (one,) = found(item(1, more=meta(key, value)))
    assert isinstance(one, Reading)
    assert bool(one.faults) == is_refused


@pytest.mark.parametrize("key", ["sponsored", "_sponsored", "_sponsored_post", "advertorial"])
def test_a_post_that_was_paid_for_says_so(key: str) -> None:
    said = article(item(1, more=meta(key, "1"))).get("sponsored")
    assert said is (None if key == "_sponsored_post" else True)
    assert "sponsored" not in article(item(1, more=meta(key, "0")))
