"""Text that went through a wrong encoding is published through no door, and an honest one through each."""

import json
from typing import Any

import pytest

from services.ingest.core import mojibake
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish

NEWS = "河城新桥今天通车，两岸的行车时间缩短到十分钟。"


def _sent(**more: Any) -> dict[str, Any]:
    return {"id": "bridge", "title": "通车", "section": "地方", "body": NEWS} | more


def _faults(sent: dict[str, Any], *, ascii_only: bool = False) -> list[tuple[str, str]]:
    found = read(json.dumps(sent, ensure_ascii=ascii_only).encode(), DEFAULTS)
    return [(fault.pointer, fault.detail) for fault in found.faults] if isinstance(found, Rejection) else []


WRONG = [
    ("通\ufffd车", "contains U+FFFD"),
    ("锟斤拷锟斤拷通车", "contains 锟斤拷"),
    ("ä¸­æ–‡", "UTF-8 that was read as Latin-1"),
    ("中文".encode().decode("latin-1"), "UTF-8 that was read as Latin-1"),
    ("He said â€œyesâ€", "UTF-8 that was read as Latin-1"),
    ("Itâ€™s open", "UTF-8 that was read as Latin-1"),
    ("CafÃ© am FluÃŸ", "UTF-8 that was read as Latin-1"),
    ("ÖÐÎÄ", "read as Latin-1"),
    ("ÐÂÇÅ½ñÌìÍ¨³µ 2026", "read as Latin-1"),
    ("今天的新桥通车".encode().decode("gbk", errors="ignore"), "UTF-8 that was read as GBK"),
    (NEWS.encode().decode("gbk", errors="ignore"), "UTF-8 that was read as GBK"),
]


@pytest.mark.parametrize("field", ["title", "body"])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize(("text", "says"), WRONG)
def test_it_is_refused_with_what_it_is(text: str, says: str, field: str, ascii_only: bool) -> None:
    ((place, told),) = _faults(_sent(**{field: text}), ascii_only=ascii_only)
    assert (place, says in told) == (f"/{field}", True)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"byline": "å¼ ä¸‰"}, "/byline"),
        ({"source": "锟斤拷日报"}, "/source"),
        ({"correction": "â€œä¸‰â€"}, "/correction"),
        ({"tags": ["桥", "ä¸­æ–‡"]}, "/tags/1"),
        ({"picture": {"url": "https://i.example/1.jpg", "caption": "通\ufffd车"}}, "/picture/caption"),
        ({"pictures": [{"url": "https://i.example/1.jpg", "credit": "ÐÂ»ªÉç"}]}, "/pictures/0/credit"),
        ({"section": "å›½é™…"}, "/section"),
    ],
)
def test_every_text_is_looked_at(more: dict[str, Any], place: str) -> None:
    assert [found for found, _ in _faults(_sent(**more))] == [place]


@pytest.mark.parametrize("written_in", ["html", "markdown"])
def test_signs_that_are_written_as_references_are_read_first(written_in: str) -> None:
    body = "<p>&acirc;&euro;&oelig;Yes&acirc;&euro;&trade;</p>"
    ((place, _),) = _faults(_sent(format=written_in, body=body))
    assert place == "/body"
    assert _faults(_sent(format=written_in, body="<p>&#228;&#184;&#173;&#230;&#8211;&#8225;</p>"))


def test_of_all_faulty_texts_each_is_named() -> None:
    assert [place for place, _ in _faults(_sent(title="ä¸­æ–‡", body="通\ufffd车"))] == ["/title", "/body"]


def test_an_agencys_item_is_told_at_its_own_place() -> None:
    item = {"uri": "urn:x:1", "headlines": [{"value": "ä¸­æ–‡"}], "bodies": [{"value": NEWS}]}
    assert [place for place, _ in _faults(item)] == ["/headlines/0/value"]
    nitf = (
        "<nitf><head><docdata><doc-id id-string='1'/></docdata></head><body><body.head><hedline>"
        "<hl1>ä¸­æ–‡</hl1></hedline></body.head><body.content><p>正文。</p></body.content></body></nitf>"
    )
    found = read(nitf.encode(), DEFAULTS)
    assert isinstance(found, Rejection)
    assert [fault.pointer for fault in found.faults] == ["hedline/hl1"]


def test_a_picture_s_caption_in_an_agencys_item_is_set_aside_and_told() -> None:
    shown = {"type": "picture", "renditions": {"a": {"href": "https://i.example/1.jpg"}}}
    item = {"uri": "urn:x:1", "headline": "通车", "body_text": NEWS, "associations": {"p": shown}}
    shown["description_text"] = "ä¸­æ–‡"
    found = read(json.dumps(item).encode(), DEFAULTS)
    assert isinstance(found, Publish)
    assert [picture.caption for picture in found.pictures] == [""]
    ((place, did, kind, told),) = found.notes
    assert (place, did, kind) == ("/associations/p/description_text", "set aside", "encoding")
    assert "UTF-8 that was read as Latin-1" in told


def test_in_a_cloud_event_it_is_found_too() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "x", "type": "y", "data": _sent(title="ÖÐÎÄ")}
    assert _faults(event)


@pytest.mark.parametrize(
    "text",
    [
        "é", "Ö", "café 开张", "Ünïcödé", "L’été»… dit-il", "“Nestlé®” 雀巢", "São Paulo não é", "ÅÄÖ åäö",
        "IRMÃ—", "Straße in Köln", "±5 °C × 3", "Ísland: þetta er æði", "ÉÉÉ!", "涓涓细流", "横浜", "锛子",
        "烫烫烫！火锅端上桌",
        "价格 £5、€9", "ÀÁÂÃÄÅ 是六个字母",
        "«Ça va?» — «Oui»", "Đà Nẵng", "Łódź", "¿Qué?", "½ ¾ ¼",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["title", "body", "byline"])
def test_an_honest_text_stands(text: str, field: str) -> None:
    assert _faults(_sent(**{field: text})) == []
    assert _faults(_sent(**{field: text}), ascii_only=True) == []


def test_an_address_and_a_field_that_is_set_aside_may_be_written_in_any_way() -> None:
    assert _faults(_sent(aliases=["/Ã©tÃ©/"], memo="ä¸­æ–‡")) == []


_NEWS = "今天上午，记者在河城旧邮局看到，读者排起了长队。馆方表示，图书馆首日有三百人到访，书架还空着一半。"
_NEWS_OF_TAIPEI = (
    "今天上午，記者在河城舊郵局看到，讀者排起了長隊。館方表示，圖書館首日有三百人到訪，書架還空著一半。"
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_NEWS_OF_TAIPEI.encode("big5").decode("gb18030"), "is Big5 that was read as GBK"),
        (_NEWS.encode("gbk").decode("big5hkscs", "ignore"), "is GBK that was read as Big5"),
        (_NEWS.encode("gbk").decode("cp1251", "ignore"), "is GBK that was read as Windows-1251"),
        (_NEWS.encode().decode("cp932", "ignore"), "is UTF-8 that was read as Shift JIS"),
        ("記者は図書館を訪れたが多くの人が並んでいたので帰った" * 2, ""),
    ],
)
def test_a_text_of_one_eastern_encoding_that_was_read_as_another_is_refused(text: str, says: str) -> None:
    found = read(json.dumps(_sent(body=text), ensure_ascii=False).encode(), DEFAULTS)
    assert (found.detail if isinstance(found, Rejection) else "").startswith(f"/body: {says}" if says else "")
    assert isinstance(found, Rejection) == bool(says)


@pytest.mark.parametrize(
    "text",
    [
        "王小明 李小红 张伟 陈静 杨丽 黄强 赵磊 周军 吴洋 徐勇 孙艳 马杰 朱娟 胡涛 郭超 何霞 高平",
        "天地玄黄 宇宙洪荒 日月盈昃 辰宿列张 寒来暑往 秋收冬藏 闰余成岁 律吕调阳 云腾致雨 露结为霜 金生丽水",
        "오늘 오전 기자는 도서관을 방문했다 많은 사람들이 줄을 서 있었다 첫날 삼백 명이 왔다",
        "Сегодня утром репортер посетил библиотеку где стояла очередь из читателей",
        "カタカナダケノテキスト トウキョウ オオサカ ナゴヤ キョウト コウベ ヨコハマ サッポロ フクオカ",
    ],
)
def test_a_list_of_names_and_a_text_of_another_language_is_none(text: str) -> None:
    assert mojibake.may_have(text.encode(), {"body": text})
    assert mojibake.mojibake(text) is None


@pytest.mark.parametrize(
    "quoted",
    [
        "“锟斤拷”",
        "「\ufffd」",
        "“ä¸­æ–‡ç½‘é¡µ”",
        "<code>ÖÐÎÄÍøÒ³</code>",
        "`涓枃锛`",
        "（锟斤拷锟斤拷）",
    ],
)
def test_a_text_that_quotes_a_few_such_letters_stands(quoted: str) -> None:
    text = f"程序员一看到{quoted}就知道，编码弄错了。{_NEWS}"
    assert mojibake.mojibake(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"程序员一看到 ä¸­æ–‡ç½‘é¡µ 就知道，编码弄错了。{_NEWS}",
        f"图书馆\ufffd日有三百人。{_NEWS}",
        f"“{'ä¸­æ–‡ç½‘é¡µ' * 3}”，他说。",
        f"“锟斤拷”，他说。馆方表示ä¸­æ–‡ç½‘é¡µ。{_NEWS}",
        "“ÖÐÎÄÍøÒ³”" * 20,
    ],
)
def test_what_is_not_quoted_or_is_most_of_the_text_is_refused(text: str) -> None:
    assert mojibake.mojibake(text)
