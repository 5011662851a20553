"""What becomes of NITF and of NewsML-G2."""

import time
from datetime import datetime
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import pytest

from services.ingest.core.faults import Rejection
from services.ingest.core.ninjs import WITHHELD_UNTIL
from services.ingest.core.reading import Defaults, Outline, outline, parse, read
from services.ingest.core.submissions import Publish, Withdraw
from shared.blocks import Heading, Paragraph, PictureBlock

DEFAULTS = Defaults("综合", ZoneInfo("Asia/Kuala_Lumpur"))
G2 = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
XHTML = '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'


def nitf(
    content: str = "<p>河城港口周日关闭。</p>",
    *,
    status: str = "usable",
    docdata: str = "",
    head: str = "",
    above: str = "",
    hedline: str = "<hl1>港口关闭</hl1>",
    doc_id: str = '<doc-id id-string="harbour-1"/>',
    more: str = "",
) -> bytes:
    return (
        f'<?xml version="1.0"?><nitf><head><docdata management-status="{status}" {more}>{doc_id}{docdata}'
        f"</docdata>{head}</head><body><body.head><hedline>{hedline}</hedline>{above}</body.head>"
        f"<body.content>{content}</body.content></body></nitf>"
    ).encode()


def newsml(
    content: str = f"{XHTML}<body><p>河城港口周日关闭。</p></body></html></inlineXML>",
    *,
    meta: str = '<itemClass qcode="ninat:text"/><pubStatus qcode="stat:usable"/>',
    about: str = "<headline>港口关闭</headline>",
    guid: str = "harbour-1",
) -> str:
    return (
        f"<newsItem {G2} guid={quoteattr(guid)} version='3'><itemMeta>{meta}</itemMeta>"
        f"<contentMeta>{about}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def message(*items: str) -> bytes:
    return f"<newsMessage {G2}><itemSet>{''.join(items)}</itemSet></newsMessage>".encode()


def article(value: bytes | str) -> Publish:
    found = read(value if isinstance(value, bytes) else value.encode(), DEFAULTS)
    assert isinstance(found, Publish), found
    return found


def refusal(value: bytes | str) -> Rejection:
    found = read(value if isinstance(value, bytes) else value.encode(), DEFAULTS)
    assert isinstance(found, Rejection), found
    return found


def paragraphs(sent: Publish) -> list[str]:
    return [block.text for block in sent.body if isinstance(block, Paragraph)]


def test_a_document_of_nitf_is_an_article() -> None:
    sent = article(
        nitf(
            docdata='<urgency ed-urg="3"/><date.issue norm="20261115T183000+0800"/>'
            '<date.expire norm="20270101T000000Z"/><key-list><keyword key="港口"/></key-list>'
            '<doc.copyright holder="河城社"/><du-key key="harbour" version="4"/>',
            head='<tobject><tobject.subject tobject.subject.type="地方" tobject.subject.matter="交通"/>'
            "</tobject>",
            above="<byline>王五<byttl>记者</byttl></byline><dateline><location>河城</location></dateline>",
        )
    )
    assert (sent.id, sent.uri, sent.title, sent.section) == ("harbour-1", "harbour-1", "港口关闭", "地方")
    assert (sent.byline, sent.source, sent.revision, sent.urgency) == ("王五, 记者", "河城社", 4, 3)
    assert sent.tags == ("地方", "交通", "港口")
    assert sent.published_at == datetime.fromisoformat("2026-11-15T18:30:00+08:00")
    assert sent.expires_at == datetime.fromisoformat("2027-01-01T00:00:00+00:00")
    assert paragraphs(sent) == ["河城港口周日关闭。"]


@pytest.mark.parametrize(
    "value",
    [
        nitf().replace(b"<nitf>", b'<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">'),
        nitf().replace(b"<nitf>", b'<!DOCTYPE nitf SYSTEM "nitf-3-5.dtd"><nitf>'),
        nitf().replace(b"<nitf>", b'<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.5//EN" "x"><nitf>'),
        b"\xef\xbb\xbf" + nitf(),
        b"\n  " + nitf().removeprefix(b'<?xml version="1.0"?>'),
        nitf().replace(b'"1.0"?', b'"1.0" encoding="UTF-16"?').decode().encode("utf-16"),
    ],
)
def test_it_is_read_in_whatever_form_it_comes(value: bytes) -> None:
    assert article(value).title == "港口关闭"


def test_an_id_that_does_not_fit_is_a_hash_as_that_of_ninjs() -> None:
    sent = article(nitf(doc_id='<doc-id id-string="urn:newsml:x.example:20261115:1"/>'))
    assert (len(sent.id), sent.uri) == (32, "urn:newsml:x.example:20261115:1")
    assert article(newsml(guid="urn:newsml:x.example:20261115:1")).id == sent.id


def test_the_parts_of_a_body_are_what_html_calls_them() -> None:
    sent = article(
        nitf(
            "<block><hl2>小标题</hl2><p>甲<person>王五</person>说:<q>是。</q></p><bq><block><p>引语</p></block></bq>"
            '<media media-type="image"><media-reference source="https://p.example/s.jpg" width="100"/>'
            '<media-reference source="https://p.example/l.jpg" width="900" alternate-text="码头"/>'
            "<media-caption>码头一角。</media-caption><media-producer>甲摄</media-producer></media>"
            '<media media-type="video"><media-reference source="https://p.example/v.mp4"/>'
            "<media-caption>录像</media-caption></media><ul><li>一</li></ul><p>注<fn>来源</fn>。</p></block>",
            hedline="<hl1>港口关闭</hl1><hl2>两日后重开</hl2>",
        )
    )
    assert [block.text for block in sent.body if isinstance(block, Heading)] == ["两日后重开", "小标题"]
    assert paragraphs(sent) == ["甲王五说:是。", "录像", "注 [来源]。"]
    (picture,) = (block.picture for block in sent.body if isinstance(block, PictureBlock))
    assert (picture.url, picture.alt) == ("https://p.example/l.jpg", "码头")
    assert picture.caption == "码头一角。 甲摄"
    assert {"element", "credit", "footnote"} <= {note.kind for note in sent.notes}


@pytest.mark.parametrize(
    ("dateline", "text", "first"),
    [
        ("<location>LONDON</location>", "Text.", "LONDON -- Text."),
        ("<location>LONDON</location>", "LONDON (AP) - Text.", "LONDON (AP) - Text."),
        ("新华社北京5月1日电", "正文。", "新华社北京5月1日电 正文。"),
        ("<location>河城</location>", "(河城15日讯)正文。", "(河城15日讯)正文。"),
        ("<story.date norm='20170102'>20170102T222800</story.date>", "正文。", "正文。"),
    ],
)
def test_a_dateline_stands_before_the_text_once(dateline: str, text: str, first: str) -> None:
    above = f"<dateline>{dateline}</dateline>"
    assert paragraphs(article(nitf(f"<p>{text}</p>", above=above))) == [first]
    content = f"{XHTML}<body><p>{text}</p></body></html></inlineXML>"
    if "story.date" not in dateline:
        about = f"<headline>x</headline>{above}"
        assert paragraphs(article(newsml(content, about=about))) == [first]


@pytest.mark.parametrize(
    "value",
    [
        nitf(status="canceled"),
        nitf(status="killed"),
        nitf("", status="Cancelled", hedline=""),
        nitf(doc_id="", more='management-doc-idref="harbour-1" management-idref-status="canceled"'),
        newsml(meta='<pubStatus qcode="stat:canceled"/>'),
        newsml("", meta='<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>', about=""),
    ],
)
def test_a_kill_takes_the_article_down(value: bytes | str) -> None:
    found = read(value if isinstance(value, bytes) else value.encode(), DEFAULTS)
    assert isinstance(found, Withdraw)
    assert found.id == "harbour-1"


@pytest.mark.parametrize(
    "value",
    [
        nitf(status="withheld"),
        nitf(status="embargoed"),
        newsml(meta='<pubStatus qcode="stat:withheld"/>'),
        newsml(meta='<pubStatus qcode="stat:usable"/><embargoed/>'),
        newsml(meta="<embargoed/>"),
    ],
)
def test_what_is_withheld_is_not_seen(value: bytes | str) -> None:
    assert article(value).embargo_until == datetime.fromisoformat(WITHHELD_UNTIL)


@pytest.mark.parametrize(
    "value",
    [
        nitf(docdata='<date.release norm="20261201T000000Z"/>', status="embargoed"),
        nitf(docdata='<date.release norm="20261201T080000"/>'),
        newsml(meta="<embargoed>2026-12-01T00:00:00Z</embargoed>"),
    ],
)
def test_an_embargo_is_kept(value: bytes | str) -> None:
    assert article(value).embargo_until == datetime.fromisoformat("2026-12-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (nitf(hedline=""), "hedline/hl1"),
        (nitf(doc_id=""), "doc-id/@id-string"),
        (nitf(""), "body.content"),
        (nitf(status="advisory"), "docdata/@management-status"),
        (nitf(docdata='<date.issue norm="yesterday"/>'), "date.issue/@norm"),
        (nitf(docdata='<date.release norm="soon"/>'), "date.release/@norm"),
        (nitf(hedline=f"<hl1>{'长' * 201}</hl1>"), "hedline/hl1"),
        (newsml(about=""), "headline"),
        (newsml(""), "contentSet/inlineXML"),
        (newsml(meta='<pubStatus qcode="stat:odd"/>'), "pubStatus/@qcode"),
        (newsml(meta='<signal qcode="sig:kill"/>'), "signal/@qcode"),
        (newsml(meta='<itemClass qcode="ninat:picture"/>'), "itemClass/@qcode"),
        (newsml(meta="<embargoed>soon</embargoed>"), "embargoed"),
    ],
)
def test_a_fault_is_told_at_the_element(value: bytes | str, place: str) -> None:
    assert place in [fault.pointer for fault in refusal(value).faults]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"<rss><channel/></rss>", "neither NITF nor NewsML-G2; feeds go through remen import-feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "import-feed"),
        (b"<NewsML Version='1.2'/>", "neither NITF nor NewsML-G2"),
        (b"<nitf>", "line 1"),
        (b"<!doctype html><p>a<br>b", "a page of HTML"),
        (b"<section><p>a<br>b", "the message is HTML"),
        (f"<packageItem {G2}/>".encode(), "one by one"),
        (f"<conceptItem {G2}/>".encode(), "concept"),
        (message(), "without a newsItem"),
        (message(newsml(), newsml(guid="2")), "2 text items"),
        (nitf(head='<meta name="status" content="draft"/>'), "draft"),
    ],
)
def test_other_xml_is_refused_with_what_to_do(value: bytes, says: str) -> None:
    assert says in refusal(value).detail


@pytest.mark.parametrize(
    "value",
    [
        b'<!DOCTYPE nitf [<!ENTITY a "aaaa">]><nitf>&a;</nitf>',
        b'<!DOCTYPE nitf [<!ENTITY a SYSTEM "file:///etc/passwd">]><nitf>&a;</nitf>',
        b'<!DOCTYPE nitf [<!ENTITY % a SYSTEM "http://x.example/">%a;]><nitf/>',
        b'<!DOCTYPE nitf [<!NOTATION n SYSTEM "x"><!ENTITY a SYSTEM "x" NDATA n>]><nitf/>',
        b"<nitf>&nosuch;</nitf>",
        b'<!DOCTYPE nitf SYSTEM "x"><nitf>&nosuch;</nitf>',
        b"<nitf>" + b"<block>" * 150_000,
        b"<nitf><!--" + b"-" * 900_000,
        b"<" * 900_000,
    ],
)
def test_nothing_is_expanded_or_fetched_and_nothing_goes_too_deep(value: bytes) -> None:
    assert isinstance(read(value, DEFAULTS), Rejection)


def test_what_every_page_may_say_is_known_where_a_dtd_is_named() -> None:
    value = nitf("<p>甲&nbsp;乙&mdash;丙</p>").replace(b"<nitf>", b'<!DOCTYPE nitf SYSTEM "x"><nitf>')
    assert paragraphs(article(value)) == ["甲\xa0乙—丙"]


def _wide(piece: str, size: int) -> bytes:
    deep = "<block>" * 150
    return nitf(f"{deep}{piece * (size // len(piece))}{'</block>' * 150}")


@pytest.mark.parametrize(
    "piece",
    ["<em/>", "<p>a</p>", "a<br/>", "<fn>a</fn>", "<media/>", "<x a='1' b='2'/>", "<hl2>a</hl2>", "&lt;p "],
)
def test_it_takes_time_in_proportion_to_its_size(piece: str) -> None:
    took = []
    for size in (50_000, 200_000):
        value = _wide(piece, size)
        began = time.process_time()
        parse(value)
        took.append(time.process_time() - began)
    assert took[1] < 16 * took[0] + 0.2


def test_an_item_of_newsml_is_an_article() -> None:
    sent = article(
        newsml(
            meta='<itemClass qcode="ninat:text"/><provider literal="河城社"/>'
            "<versionCreated>2026-11-15T18:30:00+08:00</versionCreated><pubStatus qcode='stat:usable'/>",
            about="<urgency>2</urgency><headline role='hldrole:sub'>副题</headline>"
            "<headline role='hldrole:main'>港口关闭</headline>"
            "<by>王五</by><language tag='zh-Hans'/><subject><name>地方</name></subject>"
            "<slugline>harbour</slugline>",
        )
    )
    assert (sent.id, sent.title, sent.section, sent.byline) == ("harbour-1", "港口关闭", "地方", "王五")
    assert (sent.source, sent.revision, sent.urgency, sent.language) == ("河城社", 3, 2, "zh-Hans")
    assert sent.published_at == datetime.fromisoformat("2026-11-15T18:30:00+08:00")
    for told in ("副题", "slugline"):
        assert any(told in note.detail for note in sent.notes)


@pytest.mark.parametrize(
    "content",
    [
        "<inlineXML><nitf><body><body.content><p>河城港口周日关闭。</p></body.content></body></nitf></inlineXML>",
        "<inlineData contenttype='text/plain'>河城港口周日关闭。</inlineData>",
        "<inlineData contenttype='text/html'>&lt;p>河城港口周日关闭。&lt;/p></inlineData>",
        f"<inlineData contenttype='text/plain'>短</inlineData>{XHTML}<head/><body><p>河城港口周日关闭。</p>"
        "</body></html></inlineXML>",
    ],
)
def test_the_text_is_found_in_whatever_it_stands(content: str) -> None:
    assert paragraphs(article(newsml(content))) == ["河城港口周日关闭。"]


def test_pictures_that_come_with_a_text_are_its_pictures() -> None:
    remote = (
        "<remoteContent href='https://p.example/{}.jpg' contenttype='image/jpeg' width='{}' height='100'"
        " rendition='rnd:web'/>"
    )
    picture = newsml(
        remote.format("l", 1200) + remote.format("s", 300),
        meta='<itemClass qcode="ninat:picture"/>',
        about="<headline>x</headline><creditline>甲</creditline><description>码头一角。</description>",
        guid="p1",
    )
    sent = article(message(newsml(), picture))
    (one,) = sent.pictures
    assert (one.url, one.caption, one.credit) == ("https://p.example/l.jpg", "码头一角。", "甲")
    content = f"{XHTML}<body><p>文</p></body></html></inlineXML>"
    away = article(newsml(f"<remoteContent href='tag:x' contenttype='image/jpeg'/>{content}"))
    assert "picture" in [note.kind for note in away.notes]


def test_an_outline_is_given_as_of_other_inputs() -> None:
    sent = parse(nitf())
    assert not isinstance(sent, Rejection)
    assert outline(sent, DEFAULTS)[:2] == Outline("harbour-1", "综合")[:2]


def test_whatever_is_cut_off_is_refused() -> None:
    whole = nitf(docdata='<date.issue norm="20261115T183000Z"/>', above="<byline>王五</byline>")
    for cut in range(0, len(whole) - 1, 3):
        assert isinstance(read(whole[:cut], DEFAULTS), Rejection)


@pytest.mark.parametrize("encoding", ["GB2312", "gbk", "GB18030", "utf-8", "big5", "Shift_JIS"])
def test_what_says_its_encoding_is_read_in_it(encoding: str) -> None:
    text = nitf().decode().replace('"1.0"?', f'"1.0" encoding="{encoding}"?')
    if encoding in ("big5", "Shift_JIS"):
        text = text.replace("港口关闭", "港口").replace("河城港口周日关闭", "河城")
    assert article(text.encode(encoding)).title in ("港口关闭", "港口")


@pytest.mark.parametrize("encoding", ["GB2312", "big5", "x-unknown", "utf-7", "zlib", "utf-16"])
def test_what_is_not_in_the_encoding_that_it_says_is_refused(encoding: str) -> None:
    refusal(nitf().decode().replace('"1.0"?', f'"1.0" encoding="{encoding}"?').encode() + b"\xff\xff")


def test_bytes_in_no_encoding_that_is_said_are_refused() -> None:
    refusal(nitf().decode().encode("gbk"))


def test_a_note_in_the_text_of_nitf_takes_nothing_of_the_text_away() -> None:
    note = "<note><body.content><p>编者按：旧称西港。</p></body.content></note>"
    assert paragraphs(article(nitf(f"<p>港口关闭。</p>{note}<p>周一重开。</p>"))) == [
        "港口关闭。",
        "编者按：旧称西港。",
        "周一重开。",
    ]


def test_a_fraction_of_nitf_does_not_join_the_number_before_it() -> None:
    fraction = "<frac><frac-num>1</frac-num><frac-sep>/</frac-sep><frac-den>2</frac-den></frac>"
    assert paragraphs(article(nitf(f"<p>水位1{fraction}米，或{fraction}丈</p>"))) == ["水位1 1/2米，或1/2丈"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (nitf(docdata='<ed-msg info="NOT FOR PUBLICATION"/>'), "ed-msg"),
        (nitf(above="<note><body.content><p>编辑：勿发</p></body.content></note>"), "note"),
        (newsml(meta="<edNote>人数待核实</edNote>"), "edNote"),
        (newsml(meta='<itemClass qcode="ninat:text"/><pubStatus literal="draft"/>'), "pubStatus"),
        (newsml('<inlineData contenttype="text/html" encoding="base64">PHA+</inlineData>'), "base64"),
    ],
)
def test_what_tells_the_desk_not_to_publish_or_cannot_be_read_is_refused(
    value: bytes | str, says: str
) -> None:
    assert says in refusal(value).detail


def test_a_meta_of_nitf_embargoes_and_an_item_of_newsml_ends() -> None:
    embargoed = article(nitf(head='<meta name="embargo" content="2027-01-01T00:00:00Z"/>'))
    assert embargoed.embargo_until is not None
    ended = article(newsml(meta="<expires>2027-01-01T00:00:00Z</expires>"))
    assert ended.expires_at is not None
