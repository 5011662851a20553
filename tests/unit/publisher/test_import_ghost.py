"""What becomes of an export of Ghost."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from publisher.core.imports import ghost
from publisher.core.imports.posts import Importing, Passed
from publisher.core.reading import Reading
from services.ingest.core.faults import Rejection
from tests.exports import ghost as export
from tests.exports import ghost_post as post

IMPORTING = Importing(ZoneInfo("Asia/Kuala_Lumpur"), "综合", "https://old.example")


def found(
    *posts: dict[str, Any], importing: Importing = IMPORTING, **tables: Any
) -> list[Reading | Rejection | Passed]:
    return [one.read for one in ghost.posts(ghost.Site(export(list(posts), **tables)), importing)]


def reading(*posts: dict[str, Any], **more: Any) -> Reading:
    one = found(*posts, **more)[0]
    assert isinstance(one, Reading), one
    return one


def test_a_post_is_an_article() -> None:
    assert reading(post(7)).sent == {
        "id": "tale-7",
        "title": "第7篇",
        "section": "文化",
        "body": "<p>第7篇。</p>",
        "format": "html",
        "base": "https://old.example",
        "published_at": "2021-05-06T07:08:09+00:00",
        "revision": 1620371289,
        "byline": "王五",
        "language": "zh",
        "aliases": ["/tale-7/"],
    }


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": "draft"}, "draft"),
        ({"status": "sent"}, "sent"),
        ({"status": None}, "without a status"),
        ({"visibility": "members"}, "for members"),
        ({"visibility": "paid"}, "for paid"),
        ({"visibility": "tiers"}, "for tiers"),
        ({"visibility": "new-kind"}, "for new-kind"),
        ({"type": "page"}, "page"),
        ({"page": 1}, "page"),
        ({"status": "scheduled", "published_at": None}, "scheduled"),
        ({"email_only": True}, "sent"),
    ],
)
def test_what_is_not_for_readers_is_told_by_its_kind(changes: dict[str, Any], kind: str) -> None:
    assert found(post(1, **changes)) == [Passed(kind)]


def test_one_that_waits_for_its_date_waits_for_it_here_too() -> None:
    sent = reading(post(1, status="scheduled", published_at="2027-01-01T00:00:00.000Z")).sent
    assert sent["published_at"] == "2027-01-01T00:00:00+00:00"


def test_the_sites_own_address_is_put_in_and_asked_for_where_nobody_says_it() -> None:
    one = post(1, html='<img src="__GHOST_URL__/a.jpg"><p>文。</p>', feature_image="__GHOST_URL__/b.jpg")
    sent = reading(one).sent
    assert 'src="https://old.example/a.jpg"' in sent["body"]
    assert sent["picture"]["url"] == "https://old.example/b.jpg"
    faults = reading(one, importing=replace(IMPORTING, site="")).faults
    assert [fault.pointer for fault in faults] == ["html", "feature_image"]
    assert all("--site" in fault.detail for fault in faults)


@pytest.mark.parametrize("kept", [{"lexical": "{}"}, {"mobiledoc": "{}"}])
def test_what_only_the_editor_keeps_is_refused_with_what_to_do(kept: dict[str, Any]) -> None:
    one = found(post(1, html=None, **kept))[0]
    assert isinstance(one, Rejection)
    assert "export again" in one.detail


@pytest.mark.parametrize("mark", ["<!--kg-gated-block:begin nonMember:false -->", "<!--members-only-->"])
def test_parts_for_members_are_not_published(mark: str) -> None:
    assert reading(post(1, html=f"<p>甲</p>{mark}<p>乙</p>")).faults[0].pointer == "html"


def test_authors_and_tags_come_in_their_order() -> None:
    one = post(1)
    authors = [{"post_id": one["id"], "author_id": a, "sort_order": n} for a, n in (("u2", 1), ("u1", 0))]
    tags = [
        {"post_id": one["id"], "tag_id": t, "sort_order": n} for t, n in (("t2", 1), ("t1", 0), ("t3", 2))
    ]
    named = [{"id": f"t{n}", "name": name} for n, name in ((1, "#hidden"), (2, "国际"), (3, "欧洲"))]
    found = reading(one, posts_authors=authors, posts_tags=tags, tags=named)
    assert found.sent["byline"] == "王五, 李六"
    assert (found.sent["section"], found.sent["tags"]) == ("国际", ["欧洲"])
    assert [note.kind for note in found.notes] == ["tag"]


def test_the_picture_has_its_caption_and_alternative_from_their_own_table() -> None:
    one = post(1, feature_image="https://p.example/1.jpg")
    about = {
        "post_id": one["id"],
        "feature_image_caption": "码头。<em>甲摄</em>",
        "feature_image_alt": "码头",
    }
    assert reading(one, posts_meta=[about]).sent["picture"] == {
        "url": "https://p.example/1.jpg",
        "caption": "码头。甲摄",
        "alt": "码头",
    }


def test_milliseconds_are_a_time_too() -> None:
    assert reading(post(1, published_at=1620284889000)).sent["published_at"] == "2021-05-06T07:08:09+00:00"


def test_what_is_not_used_is_told_and_what_forbids_is_a_fault() -> None:
    one = reading(post(1, custom_excerpt="摘要", codeinjection_head="<script>", featured=True))
    assert {note.pointer for note in one.notes} == {"custom_excerpt", "codeinjection_head", "featured"}
    assert reading(post(1, private=True)).faults


def test_two_posts_of_one_id_are_both_refused() -> None:
    first, second = found(post(1, slug="same"), post(2, slug="same"))
    assert isinstance(first, Rejection)
    assert isinstance(second, Rejection)


@pytest.mark.parametrize(
    "content", [None, [], {}, {"db": []}, {"db": [{"data": {}}]}, {"data": {"posts": 3}}]
)
def test_what_is_no_export_is_refused(content: Any) -> None:
    with pytest.raises(ValueError, match="no export of Ghost"):
        ghost.Site(content)
