"""In which encoding bytes are read, and which are refused."""

import pytest

from publisher.adapters import feeds
from publisher.adapters.failures import CommandError
from publisher.core.encodings import decode
from services.ingest.core.mojibake import mojibake

NEWS = (
    "河城市政府昨日宣布，新的跨江大桥将于明年三月正式通车，届时两岸之间的行车时"
    "间将由四十分钟缩短到十分钟。市长在记者会上表示，工程总投资约为二十八亿元。"
)
NEWS_T = (
    "河城市政府昨日宣布，新的跨江大橋將於明年三月正式通車，屆時兩岸之間的行車時"
    "間將由四十分鐘縮短到十分鐘。市長在記者會上表示，工程總投資約為二十八億元。"
)
NEWS_J = (
    "河城市は昨日、新しい橋が来年三月に開通すると発表した。両岸の移動時間は四十分か"
    "ら十分に短縮される見込みだ。市長は記者会見で、総事業費は約二十八億円だと述べた。"
)


@pytest.mark.parametrize(
    ("content", "kind", "charset"),
    [
        ("通车".encode("utf-8-sig"), "text", None),
        ("通车".encode("utf-16"), "text", None),
        ('<?xml version="1.0" encoding="GB2312"?><a>通车</a>'.encode("gbk"), "xml", None),
        ("<?xml version='1.0' encoding='big5'?><a>通車</a>".encode("big5"), "xml", None),
        ("<?xml version='1.0' encoding='utf-16'?><a>通車</a>".encode("utf-16-le"), "xml", None),
        ('<html><meta charset="gbk"><p>通车'.encode("gbk"), "html", None),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>镕".encode("gb18030"),
            "html",
            None,
        ),
        ('<?xml version="1.0"?><a>通车</a>'.encode("gbk"), "xml", "gb2312"),
        ('<?xml version="1.0" encoding="utf-8"?><a>通车</a>'.encode("gb18030"), "xml", "gb18030"),
        ('<?xml version="1.0" encoding="utf-8"?><a>通车</a>'.encode(), "xml", "iso-8859-1"),
        ('<meta charset="utf-16"><p>通车'.encode(), "html", None),
        ("<a>été</a>".encode("latin-1"), "xml", "iso-8859-1"),
        ('<html><!-- <meta charset="gbk"> --><meta charset="utf-8"><p>通车'.encode(), "html", None),
        ('<?xml version="1.0" encoding="gbk"?><html><p>通车'.encode("gbk"), "html", None),
    ],
)
def test_what_names_its_encoding_is_read_in_it(content: bytes, kind: str, charset: str | None) -> None:
    text = decode(content, kind, charset).text  # type: ignore[arg-type]
    assert any(word in text for word in ("通车", "通車", "镕", "été")), text


@pytest.mark.parametrize(
    ("text", "codec"), [(NEWS, "gbk"), (NEWS_T, "big5"), (NEWS_J, "shift_jis"), (NEWS_J, "euc_jp")]
)
def test_what_names_none_is_found_from_enough_letters_and_told(text: str, codec: str) -> None:
    found = decode(f"<?xml version='1.0'?><rss><item><title>{text}</title></item></rss>".encode(codec), "xml")
    assert text in found.text
    assert found.note is not None
    assert "found from its letters" in found.note.detail


@pytest.mark.parametrize(
    ("content", "kind", "charset", "says"),
    [
        ("水库开闸".encode("gbk"), "text", None, "encoding unknown"),
        (bytes(range(128, 256)) * 3, "text", None, "encoding unknown"),
        (20 * "Мэр города вчера заявил, что мост".encode("koi8_r"), "text", None, "encoding unknown"),
        (20 * "ראש העיר אמר אתמול כי הגשר החדש".encode("cp1255"), "text", None, "encoding unknown"),
        (20 * "Le maire a déclaré hier, à midi".encode("cp1252"), "text", None, "encoding unknown"),
        (20 * "นายกเทศมนตรีกล่าวเมื่อวานนี้ว่า".encode("cp874"), "text", None, "encoding unknown"),
        (
            '<?xml version="1.0" encoding="utf-8"?><a>通车</a>'.encode("gbk"),
            "xml",
            None,
            "is not UTF-8 at byte",
        ),
        (
            '<?xml version="1.0" encoding="gb2312"?><a>新桥今天通车</a>'.encode(),
            "xml",
            None,
            "is UTF-8, and not",
        ),
        ('<meta charset="iso-8859-1"><p>été'.encode(), "html", None, "is UTF-8, and not"),
        (
            f'<?xml version="1.0" encoding="iso-8859-1"?><a>{NEWS}</a>'.encode(),
            "xml",
            None,
            "is UTF-8, and not",
        ),
        ("<a>通车</a>".encode("gbk"), "xml", "klingon", "which is not known"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "xml", None, "which is not read"),
        (b"<?xml version='1.0' encoding='base64'?><a/>", "xml", None, "which is not read"),
    ],
)
def test_what_is_not_in_the_encoding_that_is_named_is_refused(
    content: bytes, kind: str, charset: str | None, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        decode(content, kind, charset)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["通\ufffd车", "锟斤拷锟斤拷", "ä½\xa0å¥½", "ä½ å¥½", "Ã©tait dÃ©jÃ\xa0"])
def test_mojibake_is_told(text: str) -> None:
    assert mojibake(text)


@pytest.mark.parametrize(
    "text",
    [
        NEWS.encode("gbk").decode("cp1252", errors="ignore"),
        NEWS_T.encode("big5").decode("latin-1"),
        f"<p>{NEWS.encode().decode('gbk', errors='ignore')}</p>",
    ],
)
def test_letters_of_another_encoding_are_told_too(text: str) -> None:
    assert mojibake(text)


@pytest.mark.parametrize("text", [NEWS, NEWS_T, NEWS_J, "一把锛子和銆。" * 20, "××××××××××××××"])
def test_what_is_written_so_is_not(text: str) -> None:
    assert mojibake(text) is None


@pytest.mark.parametrize(
    "text", ["通车", "café, naïve, Ünïcödé “x” ½ «ça»", "L’été»… dit-il", "São Paulo não é", "ÅÄÖ åäö", ""]
)
def test_an_honest_text_is_no_mojibake(text: str) -> None:
    assert mojibake(text) is None


def test_a_feed_is_read_in_the_encoding_that_the_answer_over_http_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = "<rss><channel><item><title>水库</title></item></channel></rss>".encode("gbk")
    for charset, title in (("gb2312", "水库"), (None, "")):
        monkeypatch.setattr(
            feeds, "fetch", lambda *_, named=charset, **__: (short, "https://r.example/", named)
        )
        if title:
            assert feeds.load("https://r.example/").feed.entries[0][0].text == title
        else:
            with pytest.raises(CommandError, match="encoding unknown"):
                feeds.load("https://r.example/")
