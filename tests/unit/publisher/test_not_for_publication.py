"""What an input says of its own publication, in its own words, is obeyed at the doors of files and feeds."""

from pathlib import Path

import pytest

from tests.unit.publisher.doors import atom, imported, markdown, published, rss

TEXT = "<description>正文在此。</description>"
META = "<wp:postmeta><wp:meta_key>private</wp:meta_key><wp:meta_value>1</wp:meta_value></wp:postmeta>"
PAGE = "<html><head>{}</head><body><h1>题</h1><p>文。</p></body></html>"


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("<wp:status>draft</wp:status>", "wp:status: status draft: only published posts are imported"),
        ("<wp:status>Pending</wp:status>", "status pending"),
        ('<wp:status x="1">private</wp:status>', "status private"),
        ("<wp:status><![CDATA[trash]]></wp:status>", "status trash"),
        ("<wp:status>future</wp:status>", "status future"),
        ("<wp:status>in negotiation</wp:status>", "is not known"),
        ("<wp:post_type>page</wp:post_type>", "post_type page: only posts are imported"),
        ("<wp:post_type>attachment</wp:post_type>", "post_type attachment"),
        ("<wp:post_password>s</wp:post_password>", "protected by a password (post_password)"),
        ("<app:control><app:draft>yes</app:draft></app:control>", "is marked as draft"),
        ('<c:draft xmlns:c="http://purl.org/atom/app#">yes</c:draft>', "is marked as draft"),
        ("<draft/>", "is marked as draft"),
        ('<x:visibility xmlns:x="urn:x">members</x:visibility>', "visibility members"),
        ("<thr:in-reply-to ref='tag:r,0'/>", "is a reply to another entry"),
        ("<blogger:status>DRAFT</blogger:status>", "status draft"),
        ("<blogger:type>COMMENT</blogger:type>", "type COMMENT: only posts are imported"),
        (META, "private"),
        (META.replace("private", "_access").replace(">1<", ">members<"), "_access members"),
        ("<publish_status>Not published</publish_status>", "publish_status not-published"),
        ("<dc:type>Draft</dc:type>", "dc:type"),
        ("<approved>false</approved>", "is unpublished"),
        ("<expirationDate>someday</expirationDate>", "until it is clear, the text is not published"),
    ],
)  # fmt: skip
def test_an_entry_that_is_not_for_publication_is_refused(tmp_path: Path, mark: str, says: str) -> None:
    (found,) = imported(tmp_path, rss(mark + TEXT))
    assert says in found.refused, found


@pytest.mark.parametrize("kind", ["comment", "template", "settings", "page"])
def test_of_blogger_only_posts_are_imported(tmp_path: Path, kind: str) -> None:
    scheme, term = "http://schemas.google.com/g/2005#kind", "http://schemas.google.com/blogger/2008/kind#"
    entry = f"<category scheme='{scheme}' term='{term}{{}}'/><content type='html'>正文</content>"
    (found,) = imported(tmp_path, atom(entry.format(kind)))
    assert found.refused == f"category: is a {kind} of Blogger; only posts are imported"
    (post,) = imported(tmp_path, atom(entry.format("post")))
    assert (post.refused, post.sent.get("tags")) == ("", None)


@pytest.mark.parametrize(
    "mark",
    [
        "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:post_password></wp:post_password>",
        "<app:control><app:draft>no</app:draft></app:control>",
        "<wp:comment_status>closed</wp:comment_status><wp:ping_status>open</wp:ping_status>",
        "<wp:comment><wp:comment_approved>0</wp:comment_approved><wp:status>draft</wp:status></wp:comment>",
        "<media:status state='blocked'/>",
        "<source><status>draft</status></source>",
        "<category>Draft</category>",
    ],
)
def test_an_entry_that_is_published_is_imported_whatever_else_is_not(tmp_path: Path, mark: str) -> None:
    (found,) = imported(tmp_path, rss(mark + TEXT))
    assert found.refused == ""


def test_a_draft_in_a_feed_that_is_no_xml_is_refused_too(tmp_path: Path) -> None:
    (found,) = imported(tmp_path, rss(f"<wp:status>draft</wp:status><b>&nbsp;<p>{TEXT}"))
    assert "status draft" in found.refused


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("draft: yes", "is marked as draft"),
        ("draft: 'on'", "is marked as draft"),
        ("Draft: TRUE", "is marked as Draft"),
        ("draft: in progress", "draft must be true or false"),
        ("published: false", "is unpublished"),
        ("published: 0", "is unpublished"),
        ("status: pending", "status pending"),
        ("status: 大概可以", "is not known"),
        ("private: true", "is marked as private"),
        ("hidden: 是", "is marked as hidden"),
        ("password: abc", "protected by a password"),
        ("params: {draft: true}", "params.draft: is marked as draft"),
        ("_build: {render: never}", "_build.render: is never"),
        ("build: {list: local}", "build.list: is local"),
        ("headless: true", "is a part of other pages"),
        ("permalink: false", "permalink: is false"),
        ("expiryDate: soon", "until it is clear"),
        ("embargo: 03/04/2027", "can be read in two ways"),
    ],
)
def test_front_matter_that_is_not_for_publication_refuses_its_file(
    tmp_path: Path, line: str, says: str
) -> None:
    assert says in markdown(tmp_path, line).refused


@pytest.mark.parametrize(
    "line", ["draft: false", "draft: 'no'", "published: true", "status: publish", "password: ''", "hidden: 0"]
)
def test_front_matter_that_is_published_is(tmp_path: Path, line: str) -> None:
    assert markdown(tmp_path, line).refused == ""


def test_json_front_matter_and_a_folder_of_drafts_are_obeyed_too(tmp_path: Path) -> None:
    found = published(tmp_path, "a.md", '{"title": "题", "draft": true}\n\n正文')
    assert "is marked as draft" in found.refused
    assert published(tmp_path, "_drafts/a.md", "# 题\n正文").refused.startswith("lies in _drafts")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ('<meta name="status" content="draft">', "status: status draft"),
        ('<meta property="article:status" content="private">', "article:status: status private"),
        ('<meta name="dc.status" content="unpublished">', "dc.status: status unpublished"),
        ('<meta name="draft" content="maybe">', "draft must be true or false"),
        ('<meta property="article:content_tier" content="locked">', "is locked"),
        ('<script type="application/ld+json">{"@type":"Article","creativeWorkStatus":"Draft"}</script>',
         "creativeWorkStatus: status draft"),
        ('<script type="application/ld+json">{"@type":"WebPage","mainEntity":{"@type":"NewsArticle",'
         '"isAccessibleForFree":"False"}}</script>', "isAccessibleForFree"),
        ('<meta name="workflow" content="draft">', "workflow: workflow draft"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_for_publication_is_refused(tmp_path: Path, head: str, says: str) -> None:
    found = published(tmp_path, "a.html", PAGE.format(head))
    assert says in found.refused


def test_what_ends_or_begins_later_says_so_in_its_own_words(tmp_path: Path) -> None:
    found = markdown(tmp_path, "expiryDate: 2030-01-01T00:00:00Z", "embargo: 2026-12-01 08:00")
    assert (found.sent["expires_at"], found.sent["embargo_until"]) == (
        "2030-01-01T00:00:00+00:00",
        "2026-12-01T08:00:00+08:00",
    )
    (entry,) = imported(tmp_path, rss("<dcterms:valid>2030-01-01T00:00:00Z</dcterms:valid>" + TEXT))
    assert entry.sent["expires_at"] == "2030-01-01T00:00:00+00:00"
    page = '<meta property="article:expiration_time" content="2030-01-01T00:00:00Z"><h1>题</h1><p>文。</p>'
    assert published(tmp_path, "a.html", page).sent["expires_at"] == "2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("key", "value", "is_refused"),
    [
        ("rcp_subscription_level", "any-paid", True),
        ("_jetpack_newsletter_access", "paid_subscribers", True),
        ("_jetpack_newsletter_access", "everybody", False),
        ("_ppwp_passwords", "x", True),
        ("_wpmem_block", "1", True),
        ("_wpmem_block", "0", False),
        ("_members_access_role", "editor", True),
        ("_wp_page_template", "members.php", False),
    ],
)
def test_what_a_plugin_keeps_for_members_is_refused(
    tmp_path: Path, key: str, value: str, is_refused: bool
) -> None:
    meta = (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
    )
    (found,) = imported(tmp_path, rss(meta + TEXT))
    assert ("only what is for all readers" in found.refused) == is_refused


@pytest.mark.parametrize(
    "mark", ["<premium/>", "<isPaid>1</isPaid>", "<free>false</free>", "<category>草稿</category>"]
)
def test_a_mark_that_stands_for_itself_or_can_mean_nothing_else_is_obeyed(tmp_path: Path, mark: str) -> None:
    (found,) = imported(tmp_path, rss(mark + TEXT))
    assert found.refused


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("tags: [草稿]", "tags"),
        ("categories: 未发布", "categories"),
        ("category: [地方, unpublished]", "category"),
        ("review: pending", "/review"),
        ("stage: in review", "/stage"),
        ("paid: true", "/paid"),
        ("free: false", "/free"),
        ("membership: gold", "/membership"),
        ("meta: {published: false}", "/meta/published"),
    ],
)
def test_a_file_that_says_so_in_its_own_words_is_refused(tmp_path: Path, field: str, place: str) -> None:
    assert markdown(tmp_path, field).refused.startswith(f"{place}: ")


@pytest.mark.parametrize(
    "field",
    [
        "tags: [draft, 选秀]",
        "review: 5",
        "review: false",
        "stage: 3",
        "free: true",
        "membership: everyone",
        "meta: {published: true}",
        "subscription: false",
    ],
)
def test_a_word_that_means_something_else_is_not(tmp_path: Path, field: str) -> None:
    assert markdown(tmp_path, field).refused == ""


def test_a_day_of_publication_may_be_called_publish(tmp_path: Path) -> None:
    assert markdown(tmp_path, "publish: 2027-03-01 08:00").sent["published_at"] == "2027-03-01T08:00:00+08:00"
    assert markdown(tmp_path, "publish: false").refused.startswith("/publish: is unpublished")
